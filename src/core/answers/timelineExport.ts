/** What a Timeline shows as files: all its points, and a record of what they say. */

import type { Catalog } from "../catalog/catalog.js";
import { formatInterval, formatStep } from "../model/interval.js";
import { behavioursOf } from "../query/onsetFile.js";
import { toArrow, toCsv, type ExportColumns } from "../tables/exportTable.js";
import { VERSION } from "../version.js";
import { runAxis } from "./axes.js";
import { stepsOf } from "./runs.js";
import { answerTimeline, type TimelineQuestion } from "./timeline.js";
import { answerWhen, type WhenResult } from "./when.js";

export type PointsQuestion = Pick<TimelineQuestion, "runs" | "metrics" | "axis" | "range"> & {
  readonly format: "csv" | "arrow";
};

/** Every point of the metrics within the range, superseded ones too, whatever a chart would have thinned out. */
export async function exportPoints(
  catalog: Catalog,
  { runs, metrics, axis, range, format }: PointsQuestion,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const identities = await catalog.identify();
  const rows = {
    ...{ run: [] as number[], metric: [] as number[], attempt: [] as number[] },
    ...{ step: [] as number[], x: [] as number[], wallTime: [] as number[] },
    ...{ value: [] as number[], superseded: [] as number[] },
  };
  const names: string[] = [];
  for (const key of runs) {
    if (!catalog.run(key)) continue;
    const loaded = await catalog.load(key, signal);
    const start = identities.get(key)?.parent?.step ?? stepsOf(loaded).first ?? 0;
    const own = runAxis(loaded, axis, start);
    const run = names.push(catalog.idOf(key)) - 1;
    for (const [metric, name] of metrics.entries()) {
      const points = loaded.table.points(name);
      for (let i = 0; i < (points?.step.length ?? 0); i++) {
        if (!points || points.recorded?.[i] === 0) continue;
        const step = points.step[i] as number;
        const x = own?.at(step) ?? NaN;
        if (range && !(x >= range[0] && x <= range[1])) continue;
        rows.run.push(run);
        rows.metric.push(metric);
        rows.attempt.push(points.attempt[i] as number);
        rows.step.push(step);
        rows.x.push(x);
        rows.wallTime.push(points.wallTime[i] as number);
        rows.value.push(points.value[i] as number);
        rows.superseded.push(points.superseded[i] as number);
      }
    }
  }
  const columns: ExportColumns = {
    ...{ runs: names, metrics },
    run: Int32Array.from(rows.run),
    metric: Int32Array.from(rows.metric),
    attempt: Int32Array.from(rows.attempt),
    step: Float64Array.from(rows.step),
    x: Float64Array.from(rows.x),
    wallTime: Float64Array.from(rows.wallTime),
    value: Float64Array.from(rows.value),
    superseded: Uint8Array.from(rows.superseded),
  };
  const title = axis.replace(/^metric:/, "");
  if (format === "arrow") return toArrow(columns, title);
  return encoded([...toCsv(columns, title)]);
}

function encoded(texts: readonly string[]): Uint8Array {
  const encoder = new TextEncoder();
  const parts = texts.map((text) => encoder.encode(text));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * A record in Markdown (rule 4): the runs, every onset that is shaded with its method, parameters and hash, what the picture
 * draws and how. `picture` is the name of the file beside it.
 */
export async function timelineRecord(
  catalog: Catalog,
  question: TimelineQuestion & { readonly scale: string; readonly picture: string },
  position: (x: number) => number,
  signal?: AbortSignal,
): Promise<string> {
  const answer = await answerTimeline(catalog, question, position, [], signal);
  const identities = await catalog.identify();
  const { axis, range, smooth, spread, scale, picture } = question;
  const behaviours = behavioursOf(catalog.onsetFile());
  const sections: string[] = [
    "# Timeline",
    `![${escaped(answer.charts.map(({ metric }) => metric).join(", "))}](${encodeURI(picture).replace(/[()]/g, (sign) => `\\${sign}`)})`,
    "## Runs",
    table(
      ["run", "label", "seed group", "directory"],
      answer.runs.map(({ id, label, group, key }) => [
        id,
        label,
        group,
        catalog.run(key)?.directory ?? "",
      ]),
    ),
    "## Onsets",
  ];
  const results: WhenResult[] = [];
  for (const { behaviour, metric, bands } of answer.charts) {
    if (behaviour === null || bands.length === 0) continue;
    const keys = answer.runs.map(({ key }) => key);
    for await (const result of answerWhen(catalog, behaviour, keys, signal)) {
      if (result.metric === metric) results.push(result);
    }
  }
  if (results.length === 0) sections.push("No onset is shaded.");
  else {
    sections.push(
      table(
        ["behaviour", "metric", "run", "onset", "confirmed", "evaluations", "hash"],
        results.map((result) => [
          result.behaviour,
          result.metric ?? "",
          result.run.id,
          formatInterval(result),
          result.by === null ? "" : result.confirmed ? "yes" : "no",
          formatStep(result.evaluations),
          result.record.hash,
        ]),
      ),
      "An onset is an interval: absent at its left end, present at its right end, the two evaluations between which it lies.",
      "### Methods",
      table(
        ["behaviour", "question", "method", "parameters"],
        uniqueBy(results, ({ behaviour, record }) =>
          JSON.stringify([behaviour, record.method]),
        ).map(({ behaviour, record }) => [
          behaviour,
          behaviours.get(behaviour)?.when ?? record.question,
          record.method,
          JSON.stringify(record.parameters),
        ]),
      ),
    );
  }
  const from = answer.axis.from.map(({ text, runs }) =>
    answer.axis.from.length === 1 ? text : `${runs.join(", ")}: ${text}`,
  );
  sections.push(
    "## What the picture draws",
    list([
      `axis: ${axis.replace(/^metric:/, "")}, ${scale}${axis === "step" ? "" : `; ${from.join("; ")}`}`,
      `shown: ${range ? `${formatStep(range[0])} to ${formatStep(range[1])}` : "all of it"}`,
      `seed groups: ${spread === null ? "every seed by itself" : `mean and ${spread}, from three seeds on`}`,
      `smoothing: ${smooth === null ? "none" : smooth.kind === "ema" ? `exponential moving average over ${smooth.share * 100} % of the axis, over the raw line` : `centred median of ${smooth.points} points, over the raw line`}; no onset is judged by it`,
      "lines are thinned out to the first, last, lowest and highest point of each pixel column (Jugel et al. 2014)",
      ...(answer.axis.without.length > 0
        ? [`not drawn, since their axis is not known: ${answer.axis.without.join(", ")}`]
        : []),
      ...answer.marks
        .filter(({ text }) => text !== "")
        .map(
          ({ run, text }) =>
            `mark: ${run < 0 ? "" : `${identities.get(answer.runs[run]?.key ?? "")?.label ?? ""}: `}${text}`,
        ),
    ]),
    `Onset ${VERSION}.`,
  );
  return `${sections.join("\n\n")}\n`;
}

function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

/** Names come from files: nothing in them is Markdown. */
function escaped(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#]/g, "\\$&");
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${escaped(item)}`).join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** Checkpoints of one run that are looked into: those that were written last. */
const LOOKED_INTO = 100;

export interface PartialCheckpoint {
  readonly key: string;
  readonly step: number;
  readonly reason: string;
}

/** Checkpoints on the disk that are still being written or cut off, among the last ones of each run. */
export async function partialCheckpoints(
  catalog: Catalog,
  runs: readonly string[],
  signal?: AbortSignal,
): Promise<PartialCheckpoint[]> {
  const found: PartialCheckpoint[] = [];
  for (const key of runs) {
    const all = [...(catalog.run(key)?.checkpoints ?? [])];
    const here = all.filter(({ container }) => container !== "remote").slice(-LOOKED_INTO);
    await Promise.all(
      here.map(async (checkpoint) => {
        signal?.throwIfAborted();
        const { state, reason } = await catalog.inspect(checkpoint);
        if (state === "partial") found.push({ key, step: checkpoint.step, reason: reason ?? "" });
      }),
    );
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.step - b.step));
}
