/** `onset examples`. */

import {
  answerExamples,
  answerExampleTasks,
  formatInterval,
  formatStep,
  metricName,
  nameOf,
  outcomeIn,
  CORRECT,
  UNKNOWN,
  tasksNamed,
  toJson,
  type CheckpointOutcomes,
  type ExampleRow,
  type ExamplesAnswer,
  type ExamplesChoice,
  type ExamplesQuestion,
  type LearnedExamples,
  type Raster,
} from "../core/index.js";
import { resolveRun, showProgress, UsageError, write, type Call } from "./call.js"; // prettier-ignore
import { diffExamples } from "./exampleDiff.js";
import { csvLine, formatNumber, formatTable } from "./table.js";

/** Rows that are asked for at once. */
const BATCH = 4096;
/** Rows that people are shown. */
const SHOWN = 20;

export async function examples(call: Call): Promise<number> {
  if (call.json && call.csv) throw new UsageError("--json or --csv, not both");
  if (call.options.diff) return diffExamples(call, call.options.diff, choiceOf(call));
  if (call.run === null) return listTasks(call);
  return learnedExamples(call, call.run);
}

async function listTasks({ catalog, json, csv }: Call): Promise<number> {
  const keys = catalog.runs().map(({ key }) => key);
  const found = [];
  for await (const one of answerExampleTasks(catalog, keys)) {
    found.push(one);
    showProgress(found.length, keys.length, "runs");
  }
  const rows = found.flatMap(({ run, tasks }) =>
    tasks.map((one) => ({ id: run.id, name: nameOf(one), ...one })),
  );
  if (json) await write(`${toJson({ runs: found }, 1)}\n`);
  else if (csv) {
    const lines = rows.map(({ id, task, filter, usual, examples: count, checkpoints }) =>
      csvLine([id, task, filter, usual, count, checkpoints]),
    );
    await write(`run,task,filter,metric,examples,checkpoints\n${lines.join("")}`);
  } else if (rows.length === 0) {
    await write(
      "No examples. Looked for files that say what became of each example of an evaluation.\n",
    );
  } else {
    const header = ["run", "task", "examples", "checkpoints", "metrics"];
    const cells = rows.map(({ id, name, usual, metrics, examples: count, checkpoints }) => [
      id,
      name,
      formatStep(count),
      formatStep(checkpoints),
      [usual, ...metrics.filter((metric) => metric !== usual)].join(", "),
    ]);
    await write(formatTable([header, ...cells], [2, 3]));
  }
  return rows.length > 0 ? 0 : 1;
}

async function learnedExamples(call: Call, name: string): Promise<number> {
  const { catalog, json, csv } = call;
  const { key } = await resolveRun(catalog, name);
  const question: ExamplesQuestion = {
    ...choiceOf(call),
    persistence: numberOf("--persistence", call.options.persistence, isCount),
    example: call.options.example,
    step: numberOf("--step", call.options.step, Number.isFinite),
    from: 0,
    to: BATCH,
  };
  const answer = await answerExamples(catalog, key, question);
  const named = tasksNamed(answer.tasks, question);
  if (named.length > 1) {
    throw new UsageError(
      `"${name}" has ${named.length} tasks: ${named.map(nameOf).join(", ")}; name one with --task, or with --filter`,
    );
  }
  const { learned, note } = answer;
  const pages = async function* (): AsyncGenerator<LearnedExamples["rows"]> {
    for (let from = 0; learned && from < learned.rows.of; from += BATCH) {
      const next =
        from === 0
          ? answer
          : await answerExamples(catalog, key, { ...question, from, to: from + BATCH });
      if (next.learned) yield next.learned.rows;
    }
  };
  const batches = listed(pages(), learned?.checkpoints.length ?? 0);
  if (json) await writeJson(answer, batches);
  else if (csv) await writeCsv(batches);
  else await describe(answer, question, batches);
  return learned && note === null ? 0 : 1;
}

function choiceOf({ metrics, options }: Call): ExamplesChoice {
  const [metric = null] = metrics;
  if (metrics.length > 1) throw new UsageError("examples takes one --metric");
  const { task, filter } = options;
  return { task, filter, metric, cut: numberOf("--cut", options.cut, Number.isFinite) };
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;

function numberOf(
  option: string,
  text: string | null,
  isAllowed: (value: number) => boolean,
): number | null {
  if (text === null) return null;
  const value = text.trim() === "" ? NaN : Number(text);
  if (!isAllowed(value)) throw new UsageError(`${option} takes a number, not "${text}"`);
  return value;
}

/** An example with its outcomes as digits. */
type Listed = ExampleRow & { readonly outcomes: string };

async function* listed(
  pages: AsyncIterable<LearnedExamples["rows"]>,
  checkpoints: number,
): AsyncGenerator<Listed[]> {
  for await (const { examples: rows, raster } of pages) {
    yield rows.map((row, r) => ({ ...row, outcomes: digitsOf(raster, r, checkpoints) }));
  }
}

/** `0` wrong, `1` right, `?` unknown, in the order of the checkpoints. */
function digitsOf(raster: Raster, row: number, checkpoints: number): string {
  let digits = "";
  for (let c = 0; c < checkpoints; c++) {
    const outcome = outcomeIn(raster, row, c);
    digits += outcome === UNKNOWN ? "?" : outcome === CORRECT ? "1" : "0";
  }
  return digits;
}

async function writeJson(
  { learned, ...answer }: ExamplesAnswer,
  batches: AsyncIterable<readonly Listed[]>,
): Promise<void> {
  if (!learned) return write(`${toJson({ ...answer, learned }, 1)}\n`);
  const { rows, ...rest } = learned;
  const head = toJson({ ...answer, learned: { ...rest, of: rows.of } });
  await write(`${head.slice(0, -"}}".length)},"examples":[`);
  let separator = "\n";
  for await (const batch of batches) {
    await write(separator + batch.map((row) => toJson(row)).join(",\n"));
    separator = ",\n";
  }
  return write("\n]}}\n");
}

const CSV = [
  ...["id", "hash", "status", "after", "by", "confirmed", "cluster", "forgotten", "evaluations"],
  ...["correct", "correctness", "confidence", "variability", "change", "outcomes"],
] as const satisfies readonly (keyof Listed)[];

async function writeCsv(batches: AsyncIterable<readonly Listed[]>): Promise<void> {
  await write(csvLine(CSV));
  for await (const batch of batches) {
    const lines = batch.map((row) =>
      csvLine(CSV.map((name) => (name === "confirmed" ? String(row[name]) : row[name]))),
    );
    await write(lines.join(""));
  }
}

async function describe(
  { run, learned, note }: ExamplesAnswer,
  { step, example }: ExamplesQuestion,
  batches: AsyncIterable<readonly Listed[]>,
): Promise<void> {
  await write(`${run.id}${run.label === run.id ? "" : `  ${run.label}`}\n`);
  if (note !== null) await write(`${note}\n`);
  if (!learned) return;
  const right = learned.cut === null ? "" : `, right ${learned.cut.operator} ${learned.cut.value}`;
  const { persistence } = learned;
  const often = persistence === 1 ? "first right" : `right at ${persistence} evaluations in a row`;
  await write(`${metricName(learned)}${right}; learned when ${often}\n`);
  if (note !== null) return;
  if (example !== null) return describeExamples(learned, batches);
  const here = learned.checkpoints.find((checkpoint) => checkpoint.step === step);
  if (here) return describeStep(here, batches);
  await write(`${describeCounts(learned)}\n\n`);
  await write(`${formatTable([["cluster", "examples"], ...clusterRows(learned)], [1])}\n`);
  await write(
    `${formatTable([CHECKPOINT, ...learned.checkpoints.map(checkpointRow)], [0, 3, 4])}\n`,
  );
  await describeRows(batches, learned.rows.of);
}

function describeCounts({ counts, repeated, changed }: LearnedExamples): string {
  const n = formatStep;
  const parts = [
    `${n(counts.examples)} examples`,
    `${n(counts.learned)} learned, ${n(counts.learnedAtFirst)} of them at the first evaluation`,
    `${n(counts.neverLearned)} never`,
    `${n(counts.unforgettable)} learned and never forgotten`,
    `${n(counts.forgotten)} forgotten, ${n(counts.forgettingEvents)} times in all`,
  ];
  if (counts.unknown > 0) parts.push(`${n(counts.unknown)} without a known outcome`);
  if (repeated.count > 0) {
    parts.push(
      `${n(repeated.count)} outcomes given twice, ${n(repeated.differing)} of them differ`,
    );
  }
  if (changed.count > 0) parts.push(`${n(changed.count)} ids with several questions`);
  return parts.join("; ");
}

function clusterRows({ clusters }: LearnedExamples): string[][] {
  const names = { first: null, learned: null, never: null, unknown: "no known outcome" };
  return clusters.map(({ kind, after, by, examples: count }) => [
    names[kind] ?? formatInterval({ after, by }),
    formatStep(count),
  ]);
}

const CHECKPOINT = ["step", "right", "learned by", "gained", "lost"];

function checkpointRow({ step, right, learned, changes }: CheckpointOutcomes): string[] {
  const share = (of: CheckpointOutcomes["right"]): string =>
    of === null
      ? "–"
      : `${formatStep(of.successes)} of ${formatStep(of.of)}, ${(100 * of.value).toFixed(1)} %`;
  return [
    formatStep(step),
    share(right),
    share(learned),
    changes ? formatStep(changes.gained) : "",
    changes ? formatStep(changes.lost) : "",
  ];
}

async function describeRows(batches: AsyncIterable<readonly Listed[]>, of: number): Promise<void> {
  for await (const batch of batches) {
    const rows = batch
      .slice(0, SHOWN)
      .map((row) => [row.id, formatInterval(row), String(row.forgotten), row.outcomes]);
    const header = ["example", "first learned", "forgotten", "outcomes"];
    await write(formatTable([header, ...rows], [2]));
    break;
  }
  if (of > SHOWN) await write(`and ${formatStep(of - SHOWN)} more; --csv lists all of them\n`);
}

/** What became of the examples at one checkpoint. */
async function describeStep(
  here: CheckpointOutcomes,
  batches: AsyncIterable<readonly Listed[]>,
): Promise<void> {
  await write(formatTable([CHECKPOINT, checkpointRow(here)], [0, 3, 4]));
  const ids = { gained: [] as string[], lost: [] as string[] };
  for await (const batch of batches) {
    for (const { id, change } of batch) {
      if (change === "gained" || change === "lost") ids[change].push(id);
    }
  }
  for (const change of ["gained", "lost"] as const) {
    if (ids[change].length > 0) await write(`${change}: ${shorten(ids[change])}\n`);
  }
}

function shorten(ids: readonly string[]): string {
  const more = ids.length - SHOWN;
  return `${ids.slice(0, SHOWN).join(", ")}${more > 0 ? ` and ${formatStep(more)} more` : ""}`;
}

/** Single examples through all checkpoints. */
async function describeExamples(
  { checkpoints }: LearnedExamples,
  batches: AsyncIterable<readonly Listed[]>,
): Promise<void> {
  const words: Readonly<Record<string, string>> = { "0": "wrong", "1": "right", "?": "–" };
  for await (const batch of batches) {
    for (const { id, hash, forgotten, outcomes, scores, ...row } of batch) {
      await write(
        `\n${id}${hash === null ? "" : `  ${hash}`}\n` +
          `first learned: ${formatInterval(row)}${row.by !== null && !row.confirmed ? ", unconfirmed" : ""}; ` +
          `forgotten ${forgotten} times; right at ${row.correct} of ${row.evaluations}\n`,
      );
      const lines = checkpoints.map(({ step }, c) => [
        formatStep(step),
        words[outcomes[c] ?? "?"] ?? "",
        scores === null ? "" : formatNumber(scores[c] ?? null),
      ]);
      await write(formatTable(lines, [0, 2]));
    }
  }
}
