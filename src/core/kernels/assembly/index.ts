/** What the host calls. One instance serves one file at a time. */

import * as columns from "./columns";
import { crcOf } from "./crc32c";
import { reserve } from "./memory";
import { define, find, Metric } from "./metrics";

export { beginFile, goOn, hasRoom, setFloor, takeBatch } from "./columns";
export { beginEvents, eventAt, eventLength, events, leaveToPlain, setKind } from "./events";

/** Bytes that can be read behind the end of every buffer. */
const SLACK: usize = 64;

let text: usize = 0;
let textCapacity: usize = 0;
let names: u32 = 0;

/** Memory for the host's bytes. */
export function buffer(bytes: usize): usize {
  return reserve(bytes + SLACK);
}

/** Memory for a name of `length` bytes, until the next call. */
export function nameBuffer(length: usize): usize {
  if (length > textCapacity) {
    textCapacity = length * 2;
    text = reserve(textCapacity + SLACK);
  }
  return text;
}

/** The metric of the name in `nameBuffer`; a new one where none is known. */
export function metricNamed(length: u32): usize {
  const known = find(text, length);
  if (known != 0) return known;
  names += 1;
  return define(text, length, 0, names - 1);
}

/** Makes the name in `nameBuffer`, where it is not known, another one of a metric. */
export function alias(length: u32, metric: usize): void {
  if (find(text, length) == 0) define(text, length, metric, 0);
}

/** Number of names: a new metric's is the last one. */
export function nameCount(): u32 {
  return names;
}

/** Adds a point that the plain code read. There must be room. */
export function addPoint(
  metric: usize,
  step: f64,
  wall: f64,
  value: f64,
  isRecorded: bool,
  stderr: f64,
): void {
  // All that is no time has the same bits.
  const bits = wall == wall ? reinterpret<u64>(wall) : 0x7ff8000000000000;
  columns.append(changetype<Metric>(metric), step, bits, value, isRecorded, stderr);
}

/** The checksum's register after `length` more bytes: `crcOf` for data that comes in pieces. */
export function crc32cOn(at: usize, length: usize, register: u32): u32 {
  return crcOf(at, length, register);
}

// Where the reading stands, for points that come later.

export function rowStep(): f64 {
  return columns.rowStep;
}

export function reached(): f64 {
  return columns.reached;
}

export function metricCount(): u32 {
  return columns.idCount;
}

/** Number of the name of the file's metric `id`. */
export function nameOf(id: u32): u32 {
  return columns.metricAt(id).name;
}

/** The step below which the file's metric `id` restarts; minus infinity where it has no point since the last restart. */
export function floorOf(id: u32): f64 {
  const metric = columns.metricAt(id);
  return metric.attempt == columns.attempt ? metric.last : -Infinity;
}

/** True where the file has gone back at least once. */
export function hasRestarted(): bool {
  return columns.hasRestarted();
}
