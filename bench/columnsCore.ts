/** What `columns.mjs` measures, in one bundle. */

export { downsample, type Drawn } from "../src/core/analysis/downsample.js";
export { answerTimeline } from "../src/core/answers/timeline.js";
export { Catalog } from "../src/core/catalog/catalog.js";
export { PointBuffer } from "../src/core/model/series.js";
export { GrowingAttempts } from "../src/core/tables/attempts.js";
export { buildMetricTable } from "../src/core/tables/buildMetricTable.js";
export { MetricNames, PointLog } from "../src/core/tables/pointLog.js";
export { fsFiles } from "../src/node/fsFiles.js";
