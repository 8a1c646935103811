/**
 * What a run's table has to say, point by point and metric by metric, in the simplest way: every point is an object, every
 * attempt is looked for, everything is sorted. Only how streams agree on their restarts is the program's own.
 */

import type { Attempt, RestartMark } from "../../src/core/model/run.js";
import { attemptAt, joinAttempts, type StreamAttempts } from "../../src/core/tables/attempts.js";

export interface Point {
  readonly metric: string;
  readonly step: number;
  readonly wallTime: number;
  readonly value: number | null;
  readonly stderr: number;
}

export interface ReferenceLog {
  readonly points: Point[];
  readonly marks: RestartMark[];
}

export interface ReferenceStream {
  readonly logs: readonly ReferenceLog[];
  readonly restarts: boolean;
  readonly apart?: string;
}

/** A point with its place in the run. */
interface Row extends Point {
  readonly log: ReferenceLog;
  readonly stream: number;
  readonly isEvaluation: boolean;
  readonly axis: string | null;
  readonly attempt: number;
  readonly superseded: boolean;
}

export interface ReferenceMetric {
  readonly rows: readonly Row[];
  readonly isEvaluation: boolean;
  readonly axis: string | null;
  /** Step, value and standard error. */
  readonly series: readonly (readonly [number, number, number])[];
  readonly reduced: boolean;
  readonly notRecorded: number;
}

export interface Contradicted {
  readonly rows: number;
  readonly shown: object;
}

export interface ReferenceTable {
  readonly attempts: readonly Attempt[];
  readonly unordered: readonly number[];
  readonly metrics: ReadonlyMap<string, ReferenceMetric>;
  /** The last row of each stream that says another thing than those before it, with how many rows do. */
  readonly contradictions: readonly Contradicted[];
  readonly rowsFrom: ReadonlyMap<ReferenceLog, number>;
}

export function referenceTable(
  streams: readonly ReferenceStream[],
  evaluations: readonly ReferenceLog[],
): ReferenceTable {
  const split = streams.map(splitByPoint);
  const own = streams.flatMap(({ apart }, index) => (apart === undefined ? [index] : []));
  const ofRun = joinAttempts(own.map((index) => (split[index] as Split).attempts));
  const last = ofRun.attempts.length - 1;
  const points: Row[] = [];
  for (const [stream, { logs, apart }] of streams.entries()) {
    const { attempts: streamAttempts, locals } = split[stream] as Split;
    const joined = apart === undefined ? ofRun : joinAttempts([streamAttempts]);
    const place = joined.placed[apart === undefined ? own.indexOf(stream) : 0];
    if (!place) throw new Error("a stream without a place");
    for (const [file, log] of logs.entries()) {
      for (const [i, point] of log.points.entries()) {
        const local = locals[file]?.[i] ?? NaN;
        const low = place.firsts[local] ?? NaN;
        const high = (place.firsts[local + 1] ?? joined.attempts.length) - 1;
        const attempt = low === high ? low : attemptAt(joined.attempts, point.step, low, high);
        const superseded = point.step >= (place.cutoffs[attempt] ?? NaN);
        const placed = { attempt: Math.min(attempt, last), superseded, axis: apart ?? null };
        points.push({ ...point, log, stream, isEvaluation: false, ...placed });
      }
    }
  }
  for (const [index, log] of evaluations.entries()) {
    for (const point of log.points) {
      const attempt = attemptAt(ofRun.attempts, point.step);
      const superseded = point.step >= (ofRun.cutoffs[attempt] ?? NaN);
      const placed = { stream: streams.length + index, attempt, superseded, axis: null };
      points.push({ ...point, log, isEvaluation: true, ...placed });
    }
  }
  const metrics = new Map<string, ReferenceMetric>();
  const contradictions: Contradicted[] = [];
  const rowsFrom = new Map<ReferenceLog, number>();
  for (const metric of [...new Set(points.map((point) => point.metric))].sort()) {
    const ofMetric = points.filter((point) => point.metric === metric);
    if (ofMetric.every(({ value }) => value === null)) continue;
    const { rows, found, repeats } = mergeByStep(ofMetric);
    contradictions.push(...found);
    for (const { log } of rows) rowsFrom.set(log, (rowsFrom.get(log) ?? 0) + 1);
    const isEvaluation = ofMetric.some((point) => point.isEvaluation);
    const reduced = repeats && found.length === 0 && !isEvaluation;
    const surviving = rows.filter(({ superseded }) => !superseded);
    const recorded = surviving.filter(({ value }) => value !== null);
    metrics.set(metric, {
      rows,
      isEvaluation,
      axis: ofMetric[0]?.axis ?? null,
      series: seriesByStep(recorded, reduced),
      reduced,
      notRecorded: surviving.length - recorded.length,
    });
  }
  const unordered = split.flatMap(({ attempts }, index) => (attempts.unordered ? [index] : []));
  return { attempts: ofRun.attempts, unordered, metrics, contradictions, rowsFrom };
}

interface Split {
  readonly attempts: StreamAttempts;
  /** The attempt of the stream, by log and point. */
  readonly locals: number[][];
}

function splitByPoint({ logs, restarts: everyFile }: ReferenceStream): Split {
  const restarts: { from: number; reached: number; file: number; at: number }[] = [];
  let announced = 0;
  let rows = 0;
  let before: Point | null = null;
  /** Points of the present attempt, with their file. */
  let present: (Point & { file: number })[] = [];
  let restartedIn = -1;
  const restart = (from: number, file: number, at: number): void => {
    const reached = Math.max(-Infinity, ...present.map(({ step }) => step));
    restarts.push({ from, reached, file, at });
    present = [];
    restartedIn = file;
  };
  const marks: { file: number; at: number; step: number }[] = [];
  const locals = logs.map((log, file) => {
    marks.push(...log.marks.map((mark) => ({ file, ...mark })));
    return log.points.map((point, at) => {
      if (everyFile && file > 0 && at === 0) restart(point.step, file, 0);
      while (marks[0] && (marks[0].file < file || marks[0].at <= at)) {
        const { step } = marks.shift() as { step: number };
        if (!present.some((one) => one.step >= step)) continue;
        restart(step, file, at);
        announced += 1;
      }
      if (point.step !== before?.step) rows += 1;
      before = point;
      const last = present.filter(({ metric }) => metric === point.metric).at(-1);
      const isFirst = restartedIn !== file && last?.file !== file && file > 0;
      if (last && (point.step < last.step || (point.step === last.step && isFirst))) {
        restart(point.step, file, at);
      }
      present.push({ ...point, file });
      return restarts.length;
    });
  });
  const unordered = !everyFile && restarts.length - announced > Math.max(8, rows / 10);
  if (unordered) for (const own of locals) own.fill(0);
  const kept = unordered ? [] : restarts;
  const all = logs.flatMap(({ points }, file) =>
    points.map(({ step }, i) => ({ step, local: locals[file]?.[i] })),
  );
  const stepsIn = (attempt: number): number[] =>
    all.flatMap(({ step, local }) => (local === attempt ? [step] : []));
  const lowest = Math.min(Infinity, ...stepsIn(0));
  const highest = Math.max(-Infinity, ...stepsIn(kept.length));
  return { attempts: { restarts: kept, unordered, lowest, highest }, locals };
}

/** Rows of a metric: of each attempt and step, what one stream says after the other. */
function mergeByStep(points: readonly Row[]): {
  rows: Row[];
  found: Contradicted[];
  repeats: boolean;
} {
  const sorted = [...points].sort((a, b) => a.attempt - b.attempt || a.step - b.step);
  const rows: Row[] = [];
  const found: Contradicted[] = [];
  let [several, distinct] = [0, 0];
  while (sorted.length > 0) {
    const { attempt, step, metric } = sorted[0] as Row;
    const end = sorted.findIndex((point) => point.attempt !== attempt || point.step !== step);
    const group = sorted.splice(0, end < 0 ? sorted.length : end);
    const own: Row[] = [];
    for (const stream of new Set(group.map((point) => point.stream))) {
      const known = own.length;
      let free = 0;
      for (const point of group.filter((one) => one.stream === stream)) {
        const equal = own
          .slice(0, known)
          .findIndex((row, i) => i >= free && saysNoMore(row, point));
        const row = own[equal];
        if (row) {
          own[equal] = united(row, point);
          free = equal + 1;
        } else if (known === 0 || point.value !== null) own.push(point);
      }
      if (known === 0 || own.length === known) continue;
      const [used, other] = [own.at(-1)?.value ?? NaN, own[known - 1]?.value ?? NaN];
      found.push({ rows: own.length - known, shown: { metric, step, used, other } });
    }
    distinct += 1;
    if (own.length > 1) several += 1;
    rows.push(...own);
  }
  return { rows, found, repeats: several > distinct / 2 };
}

function saysNoMore(row: Row, point: Row): boolean {
  if (row.value === null) return true;
  return point.value !== null && Object.is(single(row.value), single(point.value));
}

/** 0 and −0 are one. */
function single(value: number): number {
  return Math.fround(value) + 0;
}

function united(row: Row, point: Row): Row {
  const isFine = ({ value }: Row): boolean => value !== null && Math.fround(value) !== value;
  const [kept, other] = isFine(row) && !isFine(point) ? [row, point] : [point, row];
  return {
    ...kept,
    wallTime: Number.isNaN(kept.wallTime) ? other.wallTime : kept.wallTime,
    stderr: Number.isNaN(kept.stderr) ? other.stderr : kept.stderr,
  };
}

function seriesByStep(rows: readonly Row[], reduced: boolean): [number, number, number][] {
  const steps = [...new Set(rows.map(({ step }) => step))].sort((a, b) => a - b);
  return steps.map((step) => {
    const all = rows.filter((row) => row.step === step);
    const latest = Math.max(...all.map(({ attempt }) => attempt));
    const own = all.filter(({ attempt }) => attempt === latest);
    const last = own.at(-1);
    const mean = own.reduce((sum, { value }) => sum + (value ?? NaN), 0) / own.length;
    return [step, reduced && own.length > 1 ? mean : (last?.value ?? NaN), last?.stderr ?? NaN];
  });
}
