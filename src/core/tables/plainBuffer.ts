/** Room for points before they are packed, used again and again. */

import {
  POSITION,
  STDERR,
  STEP,
  VALUE,
  WALL_TIME,
  type PlainColumns,
  type Segment,
} from "./segment.js";

/** Points that there is room for at all times. */
const KEPT = 1 << 16;

type Room = { [K in keyof PlainColumns]: NonNullable<PlainColumns[K]> };

export class PlainBuffer {
  length = 0;
  private room: Room = roomFor(64);

  /** Forgets all points, and makes room for some. Returns the columns, which are to be filled by index. */
  begin(points: number): Room {
    this.length = 0;
    const size = this.room.step.length;
    if (size < points || (size > KEPT && points <= KEPT)) {
      this.room = roomFor(Math.min(Math.max(points, KEPT), Math.max(points, 2 * size)));
    }
    return this.room;
  }

  /** Adds the points of a slot, for which there must be room. */
  addSlot(segment: Segment, slot: number): void {
    const { position, step, wallTime, value, recorded, stderr } = this.room;
    const at = this.length;
    const count = segment.countAt(slot);
    segment.read(slot, POSITION, position, at, 0, count);
    segment.read(slot, STEP, step, at, 0, count);
    segment.read(slot, WALL_TIME, wallTime, at, 0, count);
    segment.read(slot, VALUE, value, at, 0, count);
    segment.read(slot, STDERR, stderr, at, 0, count);
    segment.readRecorded(slot, recorded, at, 0, count);
    this.length = at + count;
  }
}

function roomFor(points: number): Room {
  return {
    position: new Float64Array(points),
    step: new Float64Array(points),
    wallTime: new Float64Array(points),
    value: new Float64Array(points),
    recorded: new Uint8Array(points),
    stderr: new Float64Array(points),
  };
}
