/** OLMo-core's `metrics_step1000.json`: a flat object of the metrics at the step that its name says. */

import { baseName } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { numberOf, readJson } from "./json.js";
import { ProblemList } from "./problems.js";
import { NO, START, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";

const NAME = /^metrics_step(\d{1,15})\.json$/;
const MAX_BYTES = 64 * 1024 * 1024;

async function* read({ source, file, from }: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  let isWhole = true;
  // Written once and whole: what follows it later is nothing of it.
  if (from.offset === 0) {
    const parsed = await readJson(source, MAX_BYTES);
    const step = Number(NAME.exec(baseName(file))?.[1]);
    if (!parsed.ok || !isPlainObject(parsed.value)) {
      const reason = parsed.ok ? "not an object" : parsed.reason;
      isWhole = false;
      problems.add("step-metrics/not-json", `not an object of metrics: ${reason}; not read`);
    } else {
      for (const [metric, given] of Object.entries(parsed.value)) {
        const value = numberOf(given);
        if (value !== undefined) points.add(points.idOf(metric), step, NaN, value);
      }
    }
  }
  yield { points: points.take(), problems: problems.take(true) };
  // One that is still being written is read anew once there is more of it.
  return isWhole ? { offset: source.stamp.size, line: 1, memory: null } : START;
}

export const stepMetrics: Reader = {
  format: "step-metrics",
  system: "OLMo-core",
  kind: "log",
  claims: (name) => (NAME.test(name) ? YES : NO),
  read,
};
