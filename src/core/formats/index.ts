/** The readers of metrics, in the order in which they are asked whether a file is theirs. */

import { columnarJson } from "./columnarJson.js";
import { csv } from "./csv.js";
import { goldenValues } from "./goldenValues.js";
import { jsonl } from "./jsonl.js";
import { lmEval } from "./lmEval.js";
import type { Reader } from "./reader.js";
import { stepMetrics } from "./stepMetrics.js";
import { textLogs } from "./textLogs/index.js";
import { tfevents } from "./tfevents.js";
import { trainerState } from "./trainerState.js";

export const readers: readonly Reader[] = [
  tfevents,
  trainerState,
  jsonl,
  csv,
  goldenValues,
  lmEval,
  stepMetrics,
  columnarJson,
  ...textLogs,
];

export function readerOf(format: string): Reader {
  const reader = readers.find((candidate) => candidate.format === format);
  if (!reader) throw new Error(`no reader for ${format}`);
  return reader;
}
