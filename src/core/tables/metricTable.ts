/**
 * All points of a run as one Arrow table in long form, sorted by metric, attempt and step; and the series that analyses
 * take from it. Only this room and the reader of Arrow files see Arrow.
 */

import {
  Dictionary,
  Float64,
  Int32,
  makeData,
  makeVector,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
  type Vector,
} from "apache-arrow";
import { guessKind, type MetricKind } from "../model/metric.js";
import type { Attempt, MetricSummary } from "../model/run.js";
import type { Series } from "../model/series.js";
import {
  attemptAt,
  joinAttempts,
  splitAttempts,
  type PlacedAttempts,
  type Stream,
} from "./attempts.js";
import type { MetricNames, PointLog } from "./pointLog.js";

/** Where a metric's rows lie in the table. */
interface Rows {
  readonly start: number;
  readonly end: number;
  readonly isEvaluation: boolean;
  /** Several values at most steps, by design of the logger: the series is their mean. */
  readonly reduced: boolean;
}

/** A metric's points as they are in the file, all attempts, for drawing and for export. */
export interface MetricPoints {
  readonly attempt: Int32Array;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  /** NaN where nothing was recorded too; see `recorded`. */
  readonly value: Float64Array;
  readonly recorded: Uint8Array | null;
  /** 1 where a later attempt went back behind the point. */
  readonly superseded: Uint8Array;
}

export interface Contradiction {
  readonly metric: string;
  readonly step: number;
  readonly used: number;
  readonly other: number;
}

export class MetricTable {
  constructor(
    readonly arrow: Table,
    readonly attempts: readonly Attempt[],
    /** Values that two sources give differently for one step: the first few, and how many there are. */
    readonly contradictions: readonly Contradiction[],
    readonly contradictionCount: number,
    /** Names of the logs whose steps have no order. */
    readonly unordered: readonly number[],
    private readonly rows: ReadonlyMap<string, Rows>,
    private readonly columns: SortedColumns,
    private readonly counts: ReadonlyMap<PointLog, number>,
  ) {}

  private readonly held = new Map<string, WeakRef<Series>>();

  get length(): number {
    return this.columns.step.length;
  }

  /** Rows that came from one file: those that another file gives too are counted for one of the two. */
  rowsFrom(log: PointLog): number {
    return this.counts.get(log) ?? 0;
  }

  /** Names of the metrics that have a recorded value, in alphabetical order. */
  metricNames(): string[] {
    return [...this.rows.keys()];
  }

  kindOf(metric: string): MetricKind {
    return this.rows.get(metric)?.isEvaluation ? "evaluation" : guessKind(metric);
  }

  /**
   * One value per step from the surviving attempts, steps ascending; null for a metric that the run does not have. O(rows),
   * once as long as somebody holds it: one answer asks for the same series many times.
   */
  series(metric: string): Series | null {
    const rows = this.rows.get(metric);
    if (!rows) return null;
    const held = this.held.get(metric)?.deref();
    if (held) return held;
    const series = this.reduce(rows);
    this.held.set(metric, new WeakRef(series));
    return series;
  }

  private reduce(rows: Rows): Series {
    const { attempt, step, value, recorded, stderr } = this.columns;
    const steps: number[] = [];
    const values: number[] = [];
    const errors: number[] = [];
    let lastAttempt = -1;
    let count = 0;
    let sum = 0;
    let notRecorded = 0;
    for (const i of this.surviving(rows)) {
      if (recorded && recorded[i] === 0) {
        notRecorded += 1;
        continue;
      }
      const at = step[i] as number;
      const last = steps.length - 1;
      const isSameStep = last >= 0 && steps[last] === at;
      if (isSameStep && lastAttempt === attempt[i]) {
        count += 1;
        sum += value[i] as number;
        values[last] = rows.reduced ? sum / count : (value[i] as number);
        errors[last] = stderr?.[i] ?? NaN;
        continue;
      }
      count = 1;
      sum = value[i] as number;
      lastAttempt = attempt[i] as number;
      const place = isSameStep ? last : last + 1;
      steps[place] = at;
      values[place] = sum;
      errors[place] = stderr?.[i] ?? NaN;
    }
    return {
      step: Float64Array.from(steps),
      value: Float64Array.from(values),
      stderr: errors.some((error) => !Number.isNaN(error)) ? Float64Array.from(errors) : null,
      notRecorded,
      reduced: rows.reduced,
    };
  }

  /** Rows that no later attempt superseded, steps ascending, of one step those of later attempts last. */
  private surviving({ start, end }: Rows): Uint32Array {
    const { step, superseded } = this.columns;
    const surviving = new Uint32Array(end - start);
    let count = 0;
    let isAscending = true;
    for (let i = start; i < end; i++) {
      if (superseded[i] === 1) continue;
      if (count > 0 && (step[surviving[count - 1] as number] as number) > (step[i] as number)) {
        isAscending = false;
      }
      surviving[count++] = i;
    }
    const rows = surviving.subarray(0, count);
    // What a later attempt logged late lies before the end of the one that it went on from.
    return isAscending
      ? rows
      : rows.sort((a, b) => (step[a] as number) - (step[b] as number) || a - b);
  }

  points(metric: string): MetricPoints | null {
    const rows = this.rows.get(metric);
    if (!rows) return null;
    const { start, end } = rows;
    const { attempt, step, wallTime, value, recorded, superseded } = this.columns;
    return {
      attempt: attempt.subarray(start, end),
      step: step.subarray(start, end),
      wallTime: wallTime.subarray(start, end),
      value: value.subarray(start, end),
      recorded: recorded?.subarray(start, end) ?? null,
      superseded: superseded.subarray(start, end),
    };
  }

  /** A row per metric that has a recorded value; first and last are those of the series. */
  summaries(): MetricSummary[] {
    const summaries: MetricSummary[] = [];
    for (const name of this.rows.keys()) {
      const points = this.points(name);
      const series = this.series(name);
      const last = (series?.step.length ?? 0) - 1;
      if (!points || !series || last < 0) continue;
      const recorded = points.recorded?.reduce((sum, flag) => sum + flag, 0) ?? points.step.length;
      summaries.push({
        name,
        kind: this.kindOf(name),
        points: recorded,
        first: { step: series.step[0] as number, value: series.value[0] as number },
        last: { step: series.step[last] as number, value: series.value[last] as number },
      });
    }
    return summaries;
  }

  /** The table, or the rows of some metrics, as an Arrow IPC file. */
  toIpc(metrics: readonly string[] | null): Uint8Array {
    if (metrics === null) return tableToIPC(this.arrow, "file");
    const parts = metrics.flatMap((metric) => {
      const rows = this.rows.get(metric);
      return rows ? [this.arrow.slice(rows.start, rows.end)] : [];
    });
    const [first, ...others] = parts;
    return tableToIPC(first ? first.concat(...others) : this.arrow.slice(0, 0), "file");
  }
}

interface SortedColumns {
  readonly metric: Int32Array;
  readonly attempt: Int32Array;
  readonly step: Float64Array;
  readonly wallTime: Float64Array;
  readonly value: Float64Array;
  readonly recorded: Uint8Array | null;
  readonly stderr: Float64Array | null;
  readonly superseded: Uint8Array;
}

/** What a run's table is made of. */
export interface TableInput {
  readonly names: MetricNames;
  /** Logs that continue one another; of two streams that have the same point the later one counts. */
  readonly streams: readonly Stream[];
  /** Evaluations of single checkpoints, earlier made ones first. */
  readonly evaluations: readonly PointLog[];
}

/** One file's points with the attempt of each, in the order in which later ones win. */
interface Part {
  readonly log: PointLog;
  readonly attempt: Int32Array;
  /** By attempt: the step from which on a point is superseded. */
  readonly cutoffs: Float64Array;
  /** Parts of one stream repeat a step by design; parts of different ones contradict each other. */
  readonly stream: number;
}

export function buildMetricTable(input: TableInput): MetricTable {
  const { names, streams, evaluations } = input;
  const split = streams.map((stream) => ({
    stream,
    attempts: splitAttempts(stream, names.names.length),
  }));
  const { attempts, placed, cutoffs } = joinAttempts(split);
  const parts: Part[] = [];
  for (const [index, { stream, attempts: own }] of split.entries()) {
    const place = placed[index] as PlacedAttempts;
    for (const [file, log] of stream.logs.entries()) {
      const attempt = attemptColumn(log, own.attempt[file] as Int32Array, place, attempts);
      parts.push({ log, attempt, cutoffs: place.cutoffs, stream: index });
    }
  }
  for (const [index, log] of evaluations.entries()) {
    const attempt = Int32Array.from({ length: log.length }, (_, i) =>
      attemptAt(attempts, log.step[i] as number),
    );
    parts.push({ log, attempt, cutoffs, stream: streams.length + index });
  }
  const sorter = new Sorter(names.names, parts, streams.length);
  sorter.sort();
  const unordered = split.flatMap(({ attempts: own }, index) => (own.unordered ? [index] : []));
  return new MetricTable(
    toArrow(names.names, sorter.columns),
    attempts,
    sorter.contradictions,
    sorter.contradictionCount,
    unordered,
    sorter.rows,
    sorter.columns,
    countsByLog(parts, sorter.counts),
  );
}

/** Rows by the log that they were read into, of which a part may be only a piece. */
function countsByLog(parts: readonly Part[], counts: Uint32Array): Map<PointLog, number> {
  const byLog = new Map<PointLog, number>();
  for (const [part, { log }] of parts.entries()) {
    byLog.set(log.origin, (byLog.get(log.origin) ?? 0) + (counts[part] as number));
  }
  return byLog;
}

/** Attempts of the run for a log's points, from those of its stream. */
function attemptColumn(
  log: PointLog,
  own: Int32Array,
  { firsts }: PlacedAttempts,
  attempts: readonly Attempt[],
): Int32Array {
  return own.map((local, i) => {
    const low = firsts[local] as number;
    const high = (firsts[local + 1] ?? attempts.length) - 1;
    return low === high ? low : attemptAt(attempts, log.step[i] as number, low, high);
  });
}

const SHOWN_CONTRADICTIONS = 5;

/** Sorts the points of all parts by metric, attempt and step, merges equal ones and finds contradicting ones. */
class Sorter {
  readonly rows = new Map<string, Rows>();
  readonly contradictions: Contradiction[] = [];
  contradictionCount = 0;
  columns: SortedColumns;
  /** Rows by part. */
  readonly counts: Uint32Array;
  private length = 0;
  /** Part of each row of the metric that is being added. */
  private origins: number[] = [];

  constructor(
    private readonly names: readonly string[],
    private readonly parts: readonly Part[],
    private readonly streamCount: number,
  ) {
    const total = parts.reduce((sum, { log }) => sum + log.length, 0);
    this.counts = new Uint32Array(parts.length);
    this.columns = {
      metric: new Int32Array(total),
      attempt: new Int32Array(total),
      step: new Float64Array(total),
      wallTime: new Float64Array(total),
      value: new Float64Array(total),
      recorded: parts.some(({ log }) => log.recorded) ? new Uint8Array(total) : null,
      stderr: parts.some(({ log }) => log.stderr) ? new Float64Array(total) : null,
      superseded: new Uint8Array(total),
    };
  }

  sort(): void {
    const { order, offsets } = this.byMetric();
    const metrics = this.names.map((_, id) => id);
    metrics.sort((a, b) => ((this.names[a] as string) < (this.names[b] as string) ? -1 : 1));
    for (const metric of metrics) {
      this.addMetric(
        metric,
        order.part.subarray(offsets[metric], offsets[metric + 1]),
        order.index.subarray(offsets[metric], offsets[metric + 1]),
      );
    }
    const { length } = this;
    const { metric, attempt, step, wallTime, value, recorded, stderr, superseded } = this.columns;
    this.columns = {
      metric: metric.subarray(0, length),
      attempt: attempt.subarray(0, length),
      step: step.subarray(0, length),
      wallTime: wallTime.subarray(0, length),
      value: value.subarray(0, length),
      recorded: recorded?.subarray(0, length) ?? null,
      stderr: stderr?.subarray(0, length) ?? null,
      superseded: superseded.subarray(0, length),
    };
  }

  /** Points grouped by metric (a counting sort), within a metric in the order of parts and of writing. */
  private byMetric(): {
    order: { part: Uint32Array; index: Uint32Array };
    offsets: Uint32Array;
  } {
    const offsets = new Uint32Array(this.names.length + 1);
    for (const { log } of this.parts) {
      for (let i = 0; i < log.length; i++) offsets[(log.metric[i] as number) + 1]! += 1;
    }
    for (let id = 0; id < this.names.length; id++) offsets[id + 1]! += offsets[id] as number;
    const next = offsets.slice();
    const total = offsets[this.names.length] as number;
    const part = new Uint32Array(total);
    const index = new Uint32Array(total);
    for (const [p, { log }] of this.parts.entries()) {
      for (let i = 0; i < log.length; i++) {
        const at = next[log.metric[i] as number]!++;
        part[at] = p;
        index[at] = i;
      }
    }
    return { order: { part, index }, offsets };
  }

  private addMetric(metric: number, part: Uint32Array, index: Uint32Array): void {
    const start = this.length;
    this.origins = [];
    const place = Uint32Array.from(part, (_, i) => i);
    const attemptOf = (i: number): number =>
      (this.parts[part[i] as number] as Part).attempt[index[i] as number] as number;
    const stepOf = (i: number): number =>
      (this.parts[part[i] as number] as Part).log.step[index[i] as number] as number;
    const compare = (a: number, b: number): number =>
      attemptOf(a) - attemptOf(b) || stepOf(a) - stepOf(b) || a - b;
    if (!isSorted(place, compare)) place.sort(compare);
    let several = 0;
    let distinct = 0;
    let runLength = 0;
    let isRecorded = false;
    const streams = new Set<number>();
    for (const i of place) {
      const origin = part[i] as number;
      const source = this.parts[origin] as Part;
      const row = index[i] as number;
      const at = this.length;
      const isSameStep =
        at > start &&
        this.columns.step[at - 1] === source.log.step[row] &&
        this.columns.attempt[at - 1] === attemptOf(i);
      if (isSameStep && this.mergesWithLast(metric, origin, row)) continue;
      if (isSameStep) {
        runLength += 1;
        if (runLength === 2) several += 1;
      } else {
        distinct += 1;
        runLength = 1;
      }
      this.lastStream = source.stream;
      streams.add(source.stream);
      isRecorded ||= source.log.recorded === null || source.log.recorded[row] === 1;
      this.addRow(metric, origin, row);
    }
    if (!isRecorded) {
      this.length = start;
      return;
    }
    for (const origin of this.origins) this.counts[origin]! += 1;
    const isEvaluation = [...streams].some((stream) => stream >= this.streamCount);
    this.rows.set(this.names[metric] as string, {
      start,
      end: this.length,
      isEvaluation,
      reduced: streams.size === 1 && !isEvaluation && several > distinct / 2,
    });
  }

  private lastStream = -1;

  /** True when the row repeats the last one from another source; a different value there is a contradiction. */
  private mergesWithLast(metric: number, origin: number, row: number): boolean {
    const source = this.parts[origin] as Part;
    if (source.stream === this.lastStream) return false;
    const { value, recorded } = this.columns;
    const at = this.length - 1;
    const used = source.log.value[row] as number;
    const other = value[at] as number;
    const isOtherRecorded = recorded === null || recorded[at] === 1;
    const isRecorded = source.log.recorded === null || source.log.recorded[row] === 1;
    if (!isRecorded) return true;
    if (
      isOtherRecorded &&
      Math.fround(used) !== Math.fround(other) &&
      !(isNaN(used) && isNaN(other))
    ) {
      this.contradictionCount += 1;
      if (this.contradictions.length < SHOWN_CONTRADICTIONS) {
        const step = this.columns.step[at] as number;
        this.contradictions.push({ metric: this.names[metric] as string, step, used, other });
      }
      return false;
    }
    // The later source takes the place of the earlier one: event files hold float32, the others all digits.
    this.length = at;
    this.origins.pop();
    this.addRow(metric, origin, row);
    this.lastStream = source.stream;
    return true;
  }

  private addRow(metric: number, origin: number, row: number): void {
    const { log, attempt, cutoffs } = this.parts[origin] as Part;
    this.origins.push(origin);
    const at = this.length++;
    const { columns } = this;
    columns.metric[at] = metric;
    columns.attempt[at] = attempt[row] as number;
    columns.step[at] = log.step[row] as number;
    const cutoff = cutoffs[attempt[row] as number] as number;
    columns.superseded[at] = (log.step[row] as number) >= cutoff ? 1 : 0;
    columns.wallTime[at] = log.wallTime[row] as number;
    columns.value[at] = log.value[row] as number;
    if (columns.recorded) columns.recorded[at] = log.recorded?.[row] ?? 1;
    if (columns.stderr) columns.stderr[at] = log.stderr?.[row] ?? NaN;
  }
}

function isSorted(place: Uint32Array, compare: (a: number, b: number) => number): boolean {
  for (let i = 1; i < place.length; i++) {
    if (compare(place[i - 1] as number, place[i] as number) > 0) return false;
  }
  return true;
}

function toArrow(names: readonly string[], columns: SortedColumns): Table {
  const { metric, attempt, step, wallTime, value, recorded, stderr } = columns;
  const length = step.length;
  const float = (data: Float64Array, isNull: (i: number) => boolean): Vector<Float64> => {
    const nullBitmap = new Uint8Array(Math.ceil(length / 8));
    let nullCount = 0;
    for (let i = 0; i < length; i++) {
      if (isNull(i)) nullCount++;
      else nullBitmap[i >> 3]! |= 1 << (i & 7);
    }
    const type = new Float64();
    return makeVector(
      nullCount === 0
        ? makeData({ type, length, data })
        : makeData({ type, length, data, nullCount, nullBitmap }),
    );
  };
  const dictionary = vectorFromArray(names.length === 0 ? [""] : names, new Utf8());
  return new Table({
    metric: makeVector(
      makeData({
        type: new Dictionary(new Utf8(), new Int32()),
        length,
        data: metric,
        dictionary,
        nullCount: 0,
      }),
    ),
    attempt: makeVector(makeData({ type: new Int32(), length, data: attempt })),
    step: float(step, () => false),
    wallTime: float(wallTime, (i) => Number.isNaN(wallTime[i])),
    value: float(value, (i) => recorded?.[i] === 0),
    ...(stderr ? { stderr: float(stderr, (i) => Number.isNaN(stderr[i])) } : {}),
  });
}
