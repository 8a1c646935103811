/** Builds a run's table: sorts the points of all its logs by metric, attempt and step, and merges what several say. */

import {
  Dictionary,
  Float64,
  Int32,
  makeData,
  makeVector,
  Table,
  Utf8,
  vectorFromArray,
  type Vector,
} from "apache-arrow";
import type { Attempt } from "../model/run.js";
import {
  attemptAt,
  joinAttempts,
  splitAttempts,
  type PlacedAttempts,
  type Stream,
} from "./attempts.js";
import { MetricTable, type Contradiction, type Rows, type SortedColumns } from "./metricTable.js";
import type { MetricNames, PointLog } from "./pointLog.js";

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
  /** The attempt among those that `cutoffs` is of. */
  readonly local: Int32Array;
  /** By attempt: the step from which on a point is superseded. */
  readonly cutoffs: Float64Array;
  /** What its steps count, where they count something else than those of the run. */
  readonly axis: string | null;
  /** Parts of one stream repeat a step by design; parts of different ones contradict each other. */
  readonly stream: number;
}

export function buildMetricTable(input: TableInput): MetricTable {
  const { names, streams, evaluations } = input;
  const split = streams.map((stream) => ({
    stream,
    attempts: splitAttempts(stream, names.names.length),
  }));
  const isOfRun = (index: number): boolean => streams[index]?.apart === undefined;
  const ofRun = split.filter((_, index) => isOfRun(index));
  const joined = joinAttempts(ofRun);
  const { attempts, cutoffs } = joined;
  const parts: Part[] = [];
  for (const [index, one] of split.entries()) {
    const { stream, attempts: own } = one;
    // Steps that count something else say nothing of the run's attempts, and are split by themselves.
    const { placed, attempts: all } = isOfRun(index) ? joined : joinAttempts([one]);
    const place = placed[isOfRun(index) ? ofRun.indexOf(one) : 0] as PlacedAttempts;
    for (const [file, log] of stream.logs.entries()) {
      const local = attemptColumn(log, own.attempt[file] as Int32Array, place, all);
      const attempt = isOfRun(index)
        ? local
        : local.map((attempt) => Math.min(attempt, attempts.length - 1));
      const axis = stream.apart ?? null;
      parts.push({ log, attempt, local, cutoffs: place.cutoffs, axis, stream: index });
    }
  }
  for (const [index, log] of evaluations.entries()) {
    const attempt = Int32Array.from({ length: log.length }, (_, i) =>
      attemptAt(attempts, log.step[i] as number),
    );
    parts.push({
      log,
      attempt,
      local: attempt,
      cutoffs,
      axis: null,
      stream: streams.length + index,
    });
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

/** Values of one step that are searched for an equal one: logs that never set a step have all of theirs at 0. */
const MAX_VALUES_COMPARED = 64;

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
    const contradicted = this.contradictionCount;
    let several = 0;
    let distinct = 0;
    for (let from = 0, to: number; from < place.length; from = to) {
      const first = place[from] as number;
      const isSameStep = (i: number): boolean =>
        attemptOf(i) === attemptOf(first) && stepOf(i) === stepOf(first);
      for (to = from + 1; to < place.length; to++) {
        if (!isSameStep(place[to] as number)) break;
      }
      const at = this.length;
      this.addStep(metric, place.subarray(from, to), part, index);
      distinct += 1;
      if (this.length - at > 1) several += 1;
    }
    const isRecorded = this.hasRecorded(start);
    if (!isRecorded) {
      this.length = start;
      return;
    }
    for (const origin of this.origins) this.counts[origin]! += 1;
    const sources = [...new Set(part)].map((origin) => this.parts[origin] as Part);
    const isEvaluation = sources.some(({ stream }) => stream >= this.streamCount);
    this.rows.set(this.names[metric] as string, {
      start,
      end: this.length,
      isEvaluation,
      reduced: !isEvaluation && several > distinct / 2 && this.contradictionCount === contradicted,
      axis: sources[0]?.axis ?? null,
    });
  }

  private hasRecorded(start: number): boolean {
    const { recorded } = this.columns;
    return recorded === null || recorded.subarray(start, this.length).includes(1);
  }

  /**
   * Adds the rows of one metric, attempt and step. One stream repeats a step by design or says it again; what a second
   * one says is merged with the equal values of those before it, and contradicts them where it has others.
   */
  private addStep(metric: number, rows: Uint32Array, part: Uint32Array, index: Uint32Array): void {
    const start = this.length;
    let from = 0;
    while (from < rows.length) {
      const { stream } = this.parts[part[rows[from] as number] as number] as Part;
      const before = this.length;
      let free = start;
      for (; from < rows.length; from++) {
        const origin = part[rows[from] as number] as number;
        if ((this.parts[origin] as Part).stream !== stream) break;
        const row = index[rows[from] as number] as number;
        const equal = this.equalRow(free, before, origin, row);
        if (equal >= 0) {
          this.merge(equal, origin, row);
          free = equal + 1;
        } else if (before === start || this.isRecorded(origin, row)) {
          this.addRow(metric, origin, row);
        }
      }
      if (before > start && this.length > before) this.contradict(metric, before);
    }
  }

  /** The first of the next rows from `from` up to `to` that says the same or nothing; -1 where there is none. */
  private equalRow(from: number, to: number, origin: number, row: number): number {
    const { value, recorded } = this.columns;
    const own = (this.parts[origin] as Part).log.value[row] as number;
    for (let at = from; at < Math.min(to, from + MAX_VALUES_COMPARED); at++) {
      if (recorded?.[at] === 0) return at;
      if (this.isRecorded(origin, row) && isSameValue(value[at] as number, own)) return at;
    }
    return -1;
  }

  private isRecorded(origin: number, row: number): boolean {
    return (this.parts[origin] as Part).log.recorded?.[row] !== 0;
  }

  /** Makes one row of two equal ones: the value with more digits stays, and what only one of them has. */
  private merge(at: number, origin: number, row: number): void {
    const { value, recorded, wallTime, stderr } = this.columns;
    const { log } = this.parts[origin] as Part;
    const before = value[at] as number;
    const isFinerBefore = recorded?.[at] !== 0 && Math.fround(before) !== before;
    let otherTime = log.wallTime[row] as number;
    let otherError = log.stderr?.[row] ?? NaN;
    if (!isFinerBefore || Math.fround(log.value[row] as number) !== log.value[row]) {
      otherTime = wallTime[at] as number;
      otherError = stderr?.[at] ?? NaN;
      this.setRow(at, origin, row);
    }
    if (Number.isNaN(wallTime[at])) wallTime[at] = otherTime;
    if (stderr && Number.isNaN(stderr[at])) stderr[at] = otherError;
  }

  private contradict(metric: number, from: number): void {
    this.contradictionCount += this.length - from;
    if (this.contradictions.length >= SHOWN_CONTRADICTIONS) return;
    const { step, value } = this.columns;
    this.contradictions.push({
      metric: this.names[metric] as string,
      step: step[from] as number,
      used: value[this.length - 1] as number,
      other: value[from - 1] as number,
    });
  }

  private addRow(metric: number, origin: number, row: number): void {
    this.columns.metric[this.length] = metric;
    this.length += 1;
    this.origins.push(origin);
    this.setRow(this.length - 1, origin, row);
  }

  private setRow(at: number, origin: number, row: number): void {
    const { log, attempt, local, cutoffs } = this.parts[origin] as Part;
    const { columns } = this;
    this.origins[this.origins.length - (this.length - at)] = origin;
    columns.attempt[at] = attempt[row] as number;
    columns.step[at] = log.step[row] as number;
    columns.superseded[at] =
      (log.step[row] as number) >= (cutoffs[local[row] as number] as number) ? 1 : 0;
    columns.wallTime[at] = log.wallTime[row] as number;
    columns.value[at] = log.value[row] as number;
    if (columns.recorded) columns.recorded[at] = log.recorded?.[row] ?? 1;
    if (columns.stderr) columns.stderr[at] = log.stderr?.[row] ?? NaN;
  }
}

/** Equal, as far as a source that keeps 32 bits can tell. */
function isSameValue(a: number, b: number): boolean {
  return Math.fround(a) === Math.fround(b) || (Number.isNaN(a) && Number.isNaN(b));
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
