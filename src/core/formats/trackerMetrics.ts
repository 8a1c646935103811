/**
 * `tracker_metrics.jsonl` of Levanter and Marin: one line with the configuration and the last values of a run, written when
 * it ends. Lines of its JSON tracker under the same name are read like any JSON lines.
 */

import { readRange } from "../io/files.js";
import { flattenConfig, isPlainObject } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import { decodeText, parseJson } from "./json.js";
import { ProblemList } from "./problems.js";
import { LOOK, NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";
import { addSummary } from "./wandbSummary.js";

const MAX_BYTES = 16 * 1024 * 1024;

async function* read({ source, file }: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const text = decodeText(await readRange(source, 0, Math.min(source.stamp.size, MAX_BYTES)));
  const parsed = parseJson(text.split("\n", 1)[0] ?? "");
  const record = parsed.ok && isPlainObject(parsed.value) ? parsed.value : {};
  const { config, summary } = record;
  if (!parsed.ok) problems.add("tracker-metrics/not-json", `not JSON: ${parsed.reason}; not read`);
  const axis = isPlainObject(summary) ? addSummary(summary, points) : undefined;
  yield {
    points: points.take(),
    config: flattenConfig(config),
    problems: problems.take(true),
    ...(axis === undefined ? {} : { axis }),
  };
  return { offset: source.stamp.size, line: 1, memory: null };
}

export const trackerMetrics: Reader = {
  format: "tracker-metrics",
  system: "Levanter",
  kind: "log",
  isRewritten: true,
  claims(name, head) {
    if (name !== "tracker_metrics.jsonl") return NO;
    if (head === null) return LOOK;
    return /^\s*\{\s*"(config|summary)"\s*:/.test(decodeText(head)) ? YES : NO;
  },
  read,
};
