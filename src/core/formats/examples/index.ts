/** The readers of examples, in the order in which they are asked whether a file is theirs. */

import type { ExamplesReader } from "../examples.js";
import { bigBenchSamples } from "./bigBenchSamples.js";
import { exampleTables } from "./exampleTables.js";
import { helmInstances } from "./helmInstances.js";
import { inspectSamples } from "./inspectSamples.js";
import { lightEvalDetails } from "./lightEvalDetails.js";
import { lmEvalSamples } from "./lmEvalSamples.js";
import { olmesPredictions } from "./olmesPredictions.js";
import { outcomeDigits } from "./outcomeDigits.js";

export const examplesReaders: readonly ExamplesReader[] = [
  lmEvalSamples,
  olmesPredictions,
  outcomeDigits,
  inspectSamples,
  bigBenchSamples,
  helmInstances,
  exampleTables,
  lightEvalDetails,
];

export function examplesReaderOf(format: string): ExamplesReader {
  const reader = examplesReaders.find((candidate) => candidate.format === format);
  if (!reader) throw new Error(`no reader of examples for ${format}`);
  return reader;
}
