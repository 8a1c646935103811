/** The readers of metrics, in the order in which they are asked whether a file is theirs. */

import { arrow } from "./arrow.js";
import { bigBench } from "./bigBench.js";
import { jsonHistory } from "./jsonHistory.js";
import { csv } from "./csv.js";
import { exampleTable } from "./exampleTable.js";
import { goldenValues } from "./goldenValues.js";
import { helm } from "./helm.js";
import { inspect } from "./inspect.js";
import { jsonl } from "./jsonl.js";
import { lightEval } from "./lightEval.js";
import { mlflowDatabase } from "./mlflowDatabase.js";
import { nanochatEval } from "./nanochatEval.js";
import { parquet } from "./parquet.js";
import { lmEval } from "./lmEval.js";
import { olmes } from "./olmes.js";
import { olmoEval } from "./olmoEval.js";
import type { Reader } from "./reader.js";
import { resultColumns } from "./resultColumns.js";
import { stepMetrics } from "./stepMetrics.js";
import { textLogs } from "./textLogs/index.js";
import { tfevents } from "./tfevents.js";
import { trackerMetrics } from "./trackerMetrics.js";
import { trackio } from "./trackio.js";
import { trainerState } from "./trainerState.js";
import { dvclive } from "./dvclive.js";
import { mlflow } from "./mlflow.js";
import { wandb } from "./wandb.js";
import { wandbSummary } from "./wandbSummary.js";

export const readers: readonly Reader[] = [
  tfevents,
  trainerState,
  wandb,
  wandbSummary,
  mlflow,
  dvclive,
  // Before the readers of all JSON lines and JSON: these know their files by name as well.
  olmes,
  trackerMetrics,
  exampleTable,
  jsonl,
  nanochatEval,
  csv,
  parquet,
  arrow,
  trackio,
  mlflowDatabase,
  inspect,
  helm,
  lightEval,
  olmoEval,
  bigBench,
  goldenValues,
  resultColumns,
  lmEval,
  stepMetrics,
  jsonHistory,
  ...textLogs,
];

export function readerOf(format: string): Reader {
  const reader = readers.find((candidate) => candidate.format === format);
  if (!reader) throw new Error(`no reader for ${format}`);
  return reader;
}
