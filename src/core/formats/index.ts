/** The readers of metrics, in the order in which they are asked whether a file is theirs. */

import { bigBench } from "./bigBench.js";
import { csv } from "./csv.js";
import { helm } from "./helm.js";
import { inspect } from "./inspect.js";
import { jsonl } from "./jsonl.js";
import { lightEval } from "./lightEval.js";
import { lmEval } from "./lmEval.js";
import { olmes } from "./olmes.js";
import { olmoEval } from "./olmoEval.js";
import type { Reader } from "./reader.js";
import { tfevents } from "./tfevents.js";
import { trainerState } from "./trainerState.js";

export const readers: readonly Reader[] = [
  tfevents,
  trainerState,
  // Before the readers of all JSON lines and JSON: these know their files by name as well.
  olmes,
  jsonl,
  csv,
  inspect,
  helm,
  lightEval,
  olmoEval,
  bigBench,
  lmEval,
];

export function readerOf(format: string): Reader {
  const reader = readers.find((candidate) => candidate.format === format);
  if (!reader) throw new Error(`no reader for ${format}`);
  return reader;
}
