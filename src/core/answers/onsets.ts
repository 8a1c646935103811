/** Behaviours × runs in the order of acquisition: the Onsets panel and `onset onsets`. */

import { medianOnset } from "../analysis/seedShare.js";
import type { Catalog } from "../catalog/catalog.js";
import { formatInterval, type Interval, type OnsetStatus } from "../model/interval.js";
import { formatExpectation, type Judgement } from "../query/expectation.js";
import { behavioursOf, isMishap, type Behaviour } from "../query/onsetFile.js";
import { recipesOf } from "./recipes.js";
import { referenceOf, type RunReference } from "./runs.js";
import { adviceOf, askRun, judgementOf } from "./when.js";

export interface OnsetCell {
  /** Index of the run. */
  readonly run: number;
  readonly status: OnsetStatus;
  readonly after: number | null;
  readonly by: number | null;
  readonly confirmed: boolean;
  readonly sharpness: number | null;
  /** Whether the onset stays where it is when the threshold moves a little (M8). */
  readonly robust: boolean | null;
  readonly text: string;
  readonly note: string | null;
  readonly expectation: Judgement | null;
  /** Step of the checkpoint to evaluate next, and how many evaluations are left (M9). */
  readonly advice: { readonly step: number; readonly evaluationsLeft: number } | null;
}

/** One behaviour, of one metric where it is about several. */
export interface OnsetRow {
  readonly behaviour: string;
  readonly metric: string | null;
  /** The behaviour, with its metric where there are several. */
  readonly label: string;
  /** The question that each cell answers. */
  readonly question: string;
  readonly note: string | null;
  readonly expectation: string | null;
  /** Runs that have data, by index. The others are no cells. */
  readonly cells: readonly OnsetCell[];
  /** Bounds of the median onset over all runs with data, and in how many it was seen. */
  readonly median: Interval | null;
  readonly present: number;
}

export interface OnsetsAnswer {
  readonly runs: readonly {
    readonly key: string;
    readonly run: RunReference;
    readonly recipe: string;
  }[];
  /** In the order in which they were acquired: by the median onset, then by how often they were. */
  readonly rows: readonly OnsetRow[];
}

/** Most metrics of one behaviour that get rows of their own. */
const MAX_METRICS = 200;

/** Asks `questions`, or all saved and built-in behaviours, of the runs. */
export async function answerOnsets(
  catalog: Catalog,
  keys: readonly string[],
  signal?: AbortSignal,
  onProgress: (done: number, of: number) => void = () => undefined,
): Promise<OnsetsAnswer> {
  const runs = keys.flatMap((key) => catalog.run(key) ?? []);
  const recipes = await recipesOf(catalog, runs);
  const rows = new Map<
    string,
    { behaviour: Behaviour; metric: string | null; question: string; cells: OnsetCell[] }
  >();
  for (const [index, run] of runs.entries()) {
    signal?.throwIfAborted();
    for (const behaviour of behavioursOf(catalog.onsetFileOf(run)).values()) {
      const { loaded, answers } = await askRun(catalog, behaviour, run.key, signal);
      for (const answer of answers.slice(0, MAX_METRICS)) {
        if (answer.status === "no-data") continue;
        // Where each run's own worst metric counts, runs differ in the metric.
        const isOfAny = isMishap(behaviour);
        const metric = isOfAny ? null : answer.metric;
        const question = isOfAny ? behaviour.when : answer.question;
        const name = JSON.stringify([behaviour.name, question]);
        let row = rows.get(name);
        if (!row) rows.set(name, (row = { behaviour, metric, question, cells: [] }));
        row.cells.push({
          run: index,
          status: answer.status,
          after: answer.after,
          by: answer.by,
          confirmed: answer.confirmed,
          sharpness: answer.sharpness?.sharpness ?? null,
          robust: answer.record.sensitivity?.robust ?? null,
          text: formatInterval(answer),
          note: answer.note,
          expectation: judgementOf(answer, behaviour, loaded.view),
          advice: adviceOf(answer, run),
        });
      }
    }
    onProgress(index + 1, runs.length);
  }
  const counts = new Map<string, number>();
  for (const { behaviour } of rows.values()) {
    counts.set(behaviour.name, (counts.get(behaviour.name) ?? 0) + 1);
  }
  return {
    runs: await Promise.all(
      runs.map(async (run, index) => ({
        key: run.key,
        run: await referenceOf(catalog, run),
        recipe: recipes[index] as string,
      })),
    ),
    rows: [...rows.values()]
      .map(({ behaviour, metric, question, cells }): OnsetRow => {
        const { name, note, expectation } = behaviour;
        const isOneOfSeveral = (counts.get(name) ?? 0) > 1 && metric !== null;
        return {
          behaviour: name,
          metric,
          label: isOneOfSeveral ? `${name}: ${metric}` : name,
          question,
          note,
          expectation: expectation && formatExpectation(expectation),
          cells,
          median: medianOnset(cells),
          present: cells.filter(({ by }) => by !== null).length,
        };
      })
      .sort(byAcquisition),
  };
}

function byAcquisition(a: OnsetRow, b: OnsetRow): number {
  const at = ({ median }: OnsetRow): number => median?.by ?? Infinity;
  const share = ({ present, cells }: OnsetRow): number => present / cells.length;
  if (at(a) !== at(b)) return at(a) - at(b);
  return share(b) - share(a) || (a.label < b.label ? -1 : 1);
}
