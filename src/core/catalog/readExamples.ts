/** Reads one file of examples with the step of its checkpoint and the shots, which the results beside it say. */

import { readers } from "../formats/index.js";
import { examplesReaderOf } from "../formats/examples/index.js";
import type { Example, ExamplesChunk } from "../formats/examples.js";
import { HEAD_BYTES, START } from "../formats/reader.js";
import { FileError, readRange, type Files } from "../io/files.js";
import { baseName } from "../io/path.js";
import { problem } from "../model/problem.js";
import type { ExamplesSource } from "../model/run.js";

/**
 * All examples have their step, or the file gives one problem that there is none. Their tasks are named as the metrics
 * are: `task@5` with 5 shots, which are other questions than those without. `known` keeps results that several files
 * belong to. Throws `FileError`.
 */
export async function* readExamples(
  files: Files,
  source: ExamplesSource,
  signal?: AbortSignal,
  known = new Map<string, Promise<Results>>(),
): AsyncGenerator<ExamplesChunk, void> {
  const { file, results } = source;
  const { step, metrics } =
    results === null ? NO_RESULTS : await resultsOf(files, results, known, signal);
  const reader = examplesReaderOf(source.format);
  const names = new Map<string, string>();
  const taskOf = (task: string): string => {
    if (reader.shotsInResults !== true) return task;
    let name = names.get(task);
    if (name === undefined) names.set(task, (name = withShots(task, metrics)));
    return name;
  };
  const opened = await files.open(file);
  try {
    const chunks = reader.read({ source: opened, file, run: source.run ?? null }, signal);
    for await (const { examples, problems } of chunks) {
      const placed: Example[] = [];
      for (const example of examples) {
        if (example.step !== null) placed.push(example);
        else if (step !== null) {
          placed.push({ ...example, step, task: taskOf(example.task) });
        }
      }
      if (placed.length < examples.length) {
        yield { examples: placed, problems: [problem("examples/no-step", file, NO_STEP)] };
        return;
      }
      yield { examples: placed, problems };
    }
  } finally {
    await opened.close();
  }
}

const NO_STEP = "no results beside it say the step of its checkpoint; not read";

/** What a file of results says of the examples beside it. */
export interface Results {
  readonly step: number | null;
  /** Names of the metrics, which say the task and its shots. */
  readonly metrics: ReadonlySet<string>;
}

const NO_RESULTS: Results = { step: null, metrics: new Set() };

/** `task@5` where the results have this task with 5 shots, and with no other number of them. */
function withShots(task: string, metrics: ReadonlySet<string>): string {
  const found = new Set<string>();
  for (const metric of metrics) {
    if (!metric.startsWith(task)) continue;
    const shots = /^(?:@\d+)?(?=\/)/.exec(metric.slice(task.length));
    if (shots) found.add(shots[0]);
  }
  const [only = ""] = found;
  return found.size === 1 ? task + only : task;
}

function resultsOf(
  files: Files,
  file: string,
  known: Map<string, Promise<Results>>,
  signal: AbortSignal | undefined,
): Promise<Results> {
  let results = known.get(file);
  if (!results) known.set(file, (results = readResults(files, file, signal)));
  return results;
}

/** What a file of results says, by whichever reader claims it. */
async function readResults(
  files: Files,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Results> {
  try {
    const source = await files.open(file);
    try {
      const head = await readRange(source, 0, HEAD_BYTES);
      const name = baseName(file);
      const reader = readers.find((one) => {
        const { kind } = one.claims(name, null);
        return kind === "yes" || (kind === "look" && one.claims(name, head).kind === "yes");
      });
      if (reader?.kind !== "evaluation") return NO_RESULTS;
      let step: number | null = null;
      const metrics = new Set<string>();
      for await (const { evaluated, points } of reader.read(
        { source, file, from: START },
        signal,
      )) {
        step ??= evaluated?.step ?? null;
        for (const metric of points.metrics) metrics.add(metric);
      }
      return { step, metrics };
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return NO_RESULTS;
  }
}
