/** What the host calls. One instance serves one file at a time. */

import { crcOf } from "./crc32c";
import { reserve } from "./memory";
import { define, Metric, NAME, nameOf, TAG } from "./metrics";
import { append, qualify } from "./rows";
import { addPiece as addTo } from "./templates";

export { beginFile, clear, hasRoom } from "./rows";
export { count, metricColumn, stepColumn, wallColumn, valueColumn } from "./rows";
export { recordedColumn, stderrColumn, hasUnrecorded, hasStderr } from "./rows";
export { fileNames, fileNameCount } from "./rows";
export { beginEvents, eventAt, eventLength, events, leaveToPlain, setKind } from "./events";
export {
  decimalNumber,
  isDecided as isNumberDecided,
  jsonNumber,
  value as number,
} from "./numbers";
export { beginRows, passRows, rowAt, rows, rowsRead } from "./templates";
export { placeAt, beforeStep, beforeEpoch, watchAt, watchedStep, watchedTexts } from "./templates";
export { onceAt, onceStep } from "./templates";
export { addRowPoint, beginTemplate, endTemplate, leaveRows } from "./templates";
export { beginWandb, lastOf, lastStep, setLast, setPlace, wandb } from "./wandb";
export { recordAt, recordData, recordEnd, recordLength } from "./wandb";
export { nameItem, namelessCount, namelessLength, namelessText } from "./wandb";

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
  const name = nameOf(text, length, NAME);
  if (name.metric == 0) define(name, names++);
  return name.metric;
}

/** Makes the text in `nameBuffer` a tag of a metric. */
export function tagged(length: u32, metric: usize): void {
  nameOf(text, length, TAG).metric = metric;
}

/** Number of names: a new metric's is the last one. */
export function nameCount(): u32 {
  return names;
}

/** Adds a piece to the template that is made: the text in `nameBuffer`, and what follows it. */
export function addPiece(length: u32, kind: u32): void {
  addTo(text, length, kind);
}

/** Adds a point that the plain code read. There must be room. */
export function addPoint(metric: usize, step: f64, wall: f64, value: f64): void {
  append(changetype<Metric>(metric), step, reinterpret<u64>(wall), value);
}

/** Says of the next point whether a value was recorded, and its standard error. */
export function qualifyPoint(isRecorded: u32, stderr: f64): void {
  qualify(0, isRecorded != 0, stderr);
}

/** The checksum's register after `length` more bytes: `crcOf` for data that comes in pieces. */
export function crc32cOn(at: usize, length: usize, register: u32): u32 {
  return crcOf(at, length, register);
}
