/** Which points of a log are of which metric. */

import type { Numbers } from "./narrowColumn.js";
import type { PointLog } from "./pointLog.js";
import { Pyramid } from "./pyramid.js";

/** The points of one metric in one log, in the order of writing. */
export interface MetricPlace {
  /** Indices in the log; longer than `count`. */
  index: Uint32Array;
  count: number;
  /** Points with a recorded value. */
  recorded: number;
  /** Points whose step is that of the metric's point before. */
  repeated: number;
  /** Points whose step is below that. */
  descents: number;
  /** Of the values, as far as they were asked for. */
  pyramid: Pyramid;
}

/** A metric's place as it is kept: its indices are the next `count` ones of an order of all points. */
export interface KeptPlace extends Pick<
  MetricPlace,
  "count" | "recorded" | "repeated" | "descents"
> {
  readonly metric: number;
  readonly pyramid: readonly Float64Array[];
}

export class MetricPlaces {
  private readonly byMetric = new Map<number, MetricPlace>();
  /** Points of the log that are here. */
  private length = 0;
  /** Points that have another step than the point before them, of whichever metric. */
  changes = 0;

  /** `order` has the indices of all points, metric by metric. */
  static restored(order: Uint32Array, kept: readonly KeptPlace[], changes: number): MetricPlaces {
    const places = new MetricPlaces();
    places.changes = changes;
    for (const { metric, pyramid, ...counts } of kept) {
      const index = order.subarray(places.length, places.length + counts.count);
      places.byMetric.set(metric, { ...counts, index, pyramid: Pyramid.restored(pyramid) });
      places.length += counts.count;
    }
    return places;
  }

  /** What `restored` makes it of again. O(points). */
  kept(): { order: Uint32Array; places: KeptPlace[]; changes: number } {
    const order = new Uint32Array(this.length);
    const places: KeptPlace[] = [];
    let at = 0;
    for (const [metric, { index, count, recorded, repeated, descents, pyramid }] of this.byMetric) {
      if (count === 0) continue;
      order.set(index.subarray(0, count), at);
      at += count;
      places.push({ metric, count, recorded, repeated, descents, pyramid: pyramid.kept() });
    }
    return { order, places, changes: this.changes };
  }

  /** In the order of the metrics' first points. */
  metrics(): number[] {
    return [...this.byMetric].flatMap(([metric, { count }]) => (count > 0 ? [metric] : []));
  }

  of(metric: number): MetricPlace | undefined {
    const place = this.byMetric.get(metric);
    return place && place.count > 0 ? place : undefined;
  }

  get bytes(): number {
    let bytes = 0;
    for (const { index, pyramid } of this.byMetric.values()) {
      bytes += index.byteLength + pyramid.bytes + PLACE_BYTES;
    }
    return bytes;
  }

  /** Takes what the log has beyond what is here. */
  readOn(log: PointLog): void {
    const { metric, step, recorded, length } = log;
    let last = -1;
    let place: MetricPlace | undefined;
    for (let i = this.length; i < length; i++) {
      const id = metric[i] as number;
      if (id !== last || !place) {
        last = id;
        place = this.byMetric.get(id) ?? this.add(id);
      }
      if (place.count === place.index.length) place.index = grown(place.index);
      if (place.count > 0) count(place, step, i, 1);
      if (recorded === null || recorded[i] === 1) place.recorded += 1;
      if (i > 0 && step[i] !== step[i - 1]) this.changes += 1;
      place.index[place.count++] = i;
    }
    this.length = length;
  }

  /** Forgets what the log does not have any more; who has taken a metric's place still has all of it. */
  cut({ metric, step, recorded, length }: PointLog): void {
    const cut = new Set<MetricPlace>();
    for (let i = this.length - 1; i >= length; i--) {
      const place = this.byMetric.get(metric[i] as number);
      if (!place) continue;
      cut.add(place);
      place.count -= 1;
      if (recorded === null || recorded[i] === 1) place.recorded -= 1;
      if (i > 0 && step[i] !== step[i - 1]) this.changes -= 1;
      if (place.count > 0) count(place, step, i, -1);
    }
    for (const place of cut) {
      place.index = place.index.slice();
      place.pyramid = new Pyramid();
    }
    this.length = Math.min(this.length, length);
  }

  private add(metric: number): MetricPlace {
    const pyramid = new Pyramid();
    const place = {
      index: new Uint32Array(4),
      count: 0,
      recorded: 0,
      repeated: 0,
      descents: 0,
      pyramid,
    };
    this.byMetric.set(metric, place);
    return place;
  }
}

/** Counts what the point `i` behind the last one of a place is to that. */
function count(place: MetricPlace, step: Numbers, i: number, by: number): void {
  const difference = (step[i] as number) - (step[place.index[place.count - 1] as number] as number);
  if (difference === 0) place.repeated += by;
  if (difference < 0) place.descents += by;
}

/** What the object takes, roughly. */
const PLACE_BYTES = 120;

function grown(from: Uint32Array): Uint32Array {
  const to = new Uint32Array(Math.ceil(from.length * 1.25) + 4);
  to.set(from);
  return to;
}
