/** The points of a log as they were at one time, and how more of them come. */

import type { MetricColumns } from "../model/series.js";
import { Descents, type Descent } from "./descents.js";
import { PlainBuffer } from "./plainBuffer.js";
import { POSITION, SegmentWriter, STEP, type PlainColumns, type Segment } from "./segment.js";
import { Stretch } from "./stretch.js";

/** What is known of a metric's points in a log without a look at them. */
export interface MetricFacts {
  readonly metric: number;
  readonly count: number;
  /** Points with a recorded value. */
  readonly recorded: number;
  /** Points whose step is that of the metric's point before. */
  readonly equal: number;
  /** Points whose step is below that. */
  readonly descents: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly firstPosition: number;
  readonly lastPosition: number;
}

/** Points that come to a log. Their positions are above those of the log. */
export interface NewPoints {
  /** In the order of their numbers. */
  readonly metrics: readonly NewColumns[];
  readonly length: number;
  readonly rows: number;
  readonly firstStep: number;
  readonly lastStep: number;
}

/** A metric's columns as a reader has made them, or a part of plain ones. */
export type NewColumns =
  | { readonly metric: number; readonly columns: MetricColumns; readonly count: number }
  | {
      readonly metric: number;
      readonly plain: PlainColumns;
      readonly from: number;
      readonly to: number;
    };

/** Never changed: a table that was made of them stays true while their log grows. */
export class LogPoints {
  static readonly NONE = new LogPoints([], [], Descents.NONE, 0, 0, NaN, NaN, 0);

  private constructor(
    private readonly segments: readonly Segment[],
    /** By metric, in the order of their numbers. */
    readonly facts: readonly MetricFacts[],
    readonly descents: Descents,
    readonly length: number,
    /** How often the step changes from point to point, the first one included. */
    readonly rows: number,
    /** Steps of the first and of the last point that was written; NaN where there is none. */
    readonly firstStep: number,
    readonly lastStep: number,
    /** What positions of points that come are at least. */
    readonly end: number,
  ) {}

  /** A metric's points in the order of writing. */
  stretch(metric: number): Stretch {
    return Stretch.of(metric, this.segments);
  }

  get hasStderr(): boolean {
    return this.segments.some((segment) => segment.hasStderr);
  }

  get bytes(): number {
    const points = this.segments.reduce((sum, { bytes }) => sum + bytes, 0);
    return points + FACTS_BYTES * this.facts.length + this.descents.bytes;
  }

  /** These points and those that come behind them. O(what comes), amortised, and a little for each metric. */
  with(points: NewPoints): LogPoints {
    if (points.length === 0) return this;
    const segment = pack(points.metrics);
    const descents: Descent[] = [];
    const news = new Map<number, MetricFacts>();
    let end = this.end;
    for (let slot = 0; slot < segment.slots; slot++) {
      const metric = segment.metricAt(slot);
      const facts = withSlot(findFacts(this.facts, metric), segment, slot, descents);
      news.set(metric, facts);
      end = Math.max(end, facts.lastPosition + 1);
    }
    const isSameRow = points.firstStep === this.lastStep;
    return new LogPoints(
      withTail(this.segments, segment),
      withFacts(this.facts, news),
      this.descents.with(descents.sort((a, b) => a.position - b.position)),
      this.length + points.length,
      this.rows + points.rows - (isSameRow ? 1 : 0),
      this.length === 0 ? points.firstStep : this.firstStep,
      points.lastStep,
      end,
    );
  }
}

/** What the object takes, roughly. */
const FACTS_BYTES = 120;

/** For one segment after the other. */
const writer = new SegmentWriter();

function pack(metrics: readonly NewColumns[]): Segment {
  writer.begin(metrics.some((one) => ("plain" in one ? one.plain : one.columns).stderr !== null));
  for (const one of metrics) {
    if ("plain" in one) writer.add(one.metric, one.plain, one.from, one.to);
    else writer.addColumns(one.metric, one.columns, one.count);
  }
  return writer.finish();
}

/** The facts of a metric's points before and of those in a slot. Adds to `descents` where its steps go back. */
function withSlot(
  before: MetricFacts | null,
  segment: Segment,
  slot: number,
  descents: Descent[],
): MetricFacts {
  const count = segment.countAt(slot);
  const metric = segment.metricAt(slot);
  const firstStep = segment.numberAt(slot, STEP, 0);
  const firstPosition = segment.numberAt(slot, POSITION, 0);
  let equal = before?.equal ?? 0;
  let back = before?.descents ?? 0;
  if (before && firstStep === before.lastStep) equal += 1;
  if (before && firstStep < before.lastStep) {
    back += 1;
    descents.push({
      ...{ metric, position: firstPosition, step: firstStep },
      ...{ beforePosition: before.lastPosition, beforeStep: before.lastStep },
    });
  }
  if (!segment.hasAscendingSteps(slot)) {
    const steps = scratch.begin(count).step;
    segment.read(slot, STEP, steps, 0, 0, count);
    for (let i = 1; i < count; i++) {
      const step = steps[i] as number;
      const beforeStep = steps[i - 1] as number;
      if (step > beforeStep) continue;
      if (step === beforeStep) equal += 1;
      if (!(step < beforeStep)) continue;
      back += 1;
      const position = segment.numberAt(slot, POSITION, i);
      const beforePosition = segment.numberAt(slot, POSITION, i - 1);
      descents.push({ metric, position, step, beforePosition, beforeStep });
    }
  }
  return {
    metric,
    count: (before?.count ?? 0) + count,
    recorded: (before?.recorded ?? 0) + segment.recordedAt(slot),
    equal,
    descents: back,
    firstStep: before ? before.firstStep : firstStep,
    lastStep: segment.numberAt(slot, STEP, count - 1),
    firstPosition: before ? before.firstPosition : firstPosition,
    lastPosition: segment.numberAt(slot, POSITION, count - 1),
  };
}

function findFacts(facts: readonly MetricFacts[], metric: number): MetricFacts | null {
  let low = 0;
  let high = facts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((facts[middle] as MetricFacts).metric < metric) low = middle + 1;
    else high = middle;
  }
  const found = facts[low];
  return found?.metric === metric ? found : null;
}

function withFacts(
  facts: readonly MetricFacts[],
  news: Map<number, MetricFacts>,
): readonly MetricFacts[] {
  const changed = facts.map((one) => {
    const now = news.get(one.metric);
    news.delete(one.metric);
    return now ?? one;
  });
  return news.size === 0 ? changed : [...changed, ...news.values()].sort((a, b) => a.metric - b.metric);
}

/** Segments that are shorter than this, or have fewer points for each metric than that, grow. */
const SHORT = 16_384;
const SHORT_SLOT = 128;

/** Short segments at the end become one: so there are few, and a point is packed again a few times at most. */
function withTail(segments: readonly Segment[], added: Segment): readonly Segment[] {
  const result = [...segments];
  let tail = added;
  for (let last = result.at(-1); last; last = result.at(-1)) {
    const isShort = last.length < Math.max(SHORT, SHORT_SLOT * last.slots);
    if (!isShort || last.length > 2 * tail.length) break;
    result.pop();
    tail = joined(last, tail);
  }
  return [...result, tail];
}

function joined(first: Segment, second: Segment): Segment {
  const isWithStderr = first.hasStderr || second.hasStderr;
  writer.begin(isWithStderr);
  let [a, b] = [0, 0];
  while (a < first.slots || b < second.slots) {
    const ofFirst = a < first.slots ? first.metricAt(a) : Infinity;
    const ofSecond = b < second.slots ? second.metricAt(b) : Infinity;
    const metric = Math.min(ofFirst, ofSecond);
    const fromFirst = ofFirst === metric ? first.countAt(a) : 0;
    const fromSecond = ofSecond === metric ? second.countAt(b) : 0;
    const room = scratch.begin(fromFirst + fromSecond);
    if (fromFirst > 0) scratch.addSlot(first, a++);
    if (fromSecond > 0) scratch.addSlot(second, b++);
    const plain = { ...room, stderr: isWithStderr ? room.stderr : null };
    writer.add(metric, plain, 0, scratch.length);
  }
  return writer.finish();
}

const scratch = new PlainBuffer();
