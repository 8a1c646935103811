/**
 * The points of one file by metric, in compact columns. A metric's points lie in blocks of 120: values as float32, wall
 * times as differences of their bits, steps as one run of constant stride; a block that needs more room for one of the
 * three gets a unit of memory with eight bytes each. Restarts are found on the way, by the rule of `splitAttempts`.
 */

import { reserve } from "./memory";
import { Metric } from "./metrics";

/** What all memory for points comes in. */
const UNIT: usize = 1024;
/** Points of a block. */
export const BLOCK: u32 = 120;
export const VALUES: usize = 64;
export const WALLS: usize = 544;
/** Units that one point can need: its block, and one for each kind of wide column. */
const MOST_UNITS: u32 = 6;

const SEGMENT_UNITS: u32 = 4096;
const MOST_SEGMENTS: u32 = 16;

/** The bits of NaN: no wall time. */
const NONE: u64 = 0x7ff8000000000000;

@unmanaged
class Block {
  next: usize;
  count: u32;
  attempt: u32;
  /** 1 where the first wall time is too far from the one before it. */
  isApart: u32;
  first: f64;
  stride: f64;
  /** Bits of the first wall time. */
  wall: u64;
  /** Units with eight bytes for each point, 0 where there is none; `recorded` has one byte for each. */
  steps: usize;
  walls: usize;
  values: usize;
  recorded: usize;
  stderr: usize;
}

/** The file that is being read, counted. */
export let file: u32 = 0;
/** Attempts are counted over all files: of another one, no metric has the present one. */
export let attempt: u32 = 0;
let attemptOfFile: u32 = 0;
let attemptOfBatch: u32 = 0;
/** Changes of the step in this batch. */
export let rows: u32 = 0;
export let rowStep: f64 = NaN;
/** Highest step of the attempt. */
export let reached: f64 = -Infinity;

const segments = reserve(MOST_SEGMENTS << 2);
let segmentCount: u32 = 0;
let used: u32 = 0;

/** The file's metrics in the order of their first points. */
let ids: usize = 0;
let idCapacity: u32 = 0;
export let idCount: u32 = 0;

/** The steps that restarts began with and had reached, two numbers each. */
let restarts: usize = 0;
let restartCapacity: u32 = 0;

let batch: usize = 0;
let batchBytes: usize = 0;

/** Forgets the points of the file before. */
export function beginFile(): void {
  file += 1;
  attempt += 1;
  attemptOfFile = attempt;
  attemptOfBatch = attempt;
  rows = 0;
  rowStep = NaN;
  reached = -Infinity;
  used = 0;
  idCount = 0;
}

/** Goes on after points that were read before: the last row's step, and the highest of the attempt. */
export function goOn(step: f64, highest: f64): void {
  rowStep = step;
  reached = highest;
}

export function setFloor(at: usize, floor: f64): void {
  const metric = changetype<Metric>(at);
  metric.floor = floor;
  metric.floorFile = file;
}

function limit(): u32 {
  const wanted = max(1, (idCount * 2 + SEGMENT_UNITS - 1) / SEGMENT_UNITS);
  return min(MOST_SEGMENTS, wanted) * SEGMENT_UNITS;
}

/** True where `points` more can be added whatever they are. */
export function hasRoom(points: u32): bool {
  return used + points * MOST_UNITS <= limit();
}

function takeUnit(): usize {
  const segment = used / SEGMENT_UNITS;
  if (segment == segmentCount) {
    store<usize>(segments + (segment << 2), reserve((SEGMENT_UNITS as usize) * UNIT));
    segmentCount += 1;
  }
  const at = load<usize>(segments + (segment << 2)) + ((used % SEGMENT_UNITS) as usize) * UNIT;
  used += 1;
  return at;
}

/** Gives a metric its place among those of the file. */
function enter(metric: Metric): void {
  if (idCount == idCapacity) {
    const grown = max(256, idCapacity * 2);
    const to = reserve((grown as usize) << 2);
    memory.copy(to, ids, (idCount as usize) << 2);
    ids = to;
    idCapacity = grown;
  }
  store<usize>(ids + ((idCount as usize) << 2), changetype<usize>(metric));
  metric.file = file;
  metric.id = idCount;
  metric.points = 0;
  metric.block = 0;
  metric.head = 0;
  metric.count = 0;
  metric.narrow = 0;
  metric.attempt = attempt;
  const isFloored = metric.floorFile == file && attempt == attemptOfFile;
  metric.last = isFloored ? metric.floor : -Infinity;
  metric.wall = NONE;
  idCount += 1;
}

function restart(from: f64): void {
  const count = attempt - attemptOfBatch;
  if (count == restartCapacity) {
    const grown = max(64, restartCapacity * 2);
    const to = reserve((grown as usize) << 4);
    memory.copy(to, restarts, (count as usize) << 4);
    restarts = to;
    restartCapacity = grown;
  }
  const at = restarts + ((count as usize) << 4);
  store<f64>(at, from);
  store<f64>(at, reached, 8);
  attempt += 1;
  reached = -Infinity;
}

/** Adds a point, for which there must be room. Non-recorded values are NaN; so is the standard error where none is. */
export function append(
  metric: Metric,
  step: f64,
  wall: u64,
  value: f64,
  isRecorded: bool,
  stderr: f64,
): void {
  if (metric.file != file) enter(metric);
  if (step != rowStep) {
    rows += 1;
    rowStep = step;
  }
  if (metric.attempt == attempt && step < metric.last) restart(step);
  if (step > reached) reached = step;
  metric.last = step;
  if (metric.block == 0 || metric.count == BLOCK || metric.attempt != attempt) {
    openBlock(metric, step, wall);
  }
  const at = metric.block;
  const block = changetype<Block>(at);
  const i = metric.count;
  if (block.steps != 0) store<f64>(block.steps + (i << 3), step);
  else if (step != metric.first + (i as f64) * metric.stride) bend(metric, step);
  addWall(metric, block, wall);
  addValue(block, i, value);
  if (block.recorded != 0) store<u8>(block.recorded + i, isRecorded ? 1 : 0);
  else if (!isRecorded) {
    block.recorded = takeUnit();
    memory.fill(block.recorded, 1, i);
    store<u8>(block.recorded + i, 0);
  }
  if (block.stderr != 0) store<f64>(block.stderr + (i << 3), stderr);
  else if (stderr == stderr) {
    block.stderr = takeUnit();
    for (let j: u32 = 0; j < i; j++) store<f64>(block.stderr + (j << 3), NaN);
    store<f64>(block.stderr + (i << 3), stderr);
  }
  metric.count = i + 1;
  metric.points += 1;
  const wide = block.steps | block.walls | block.values | block.recorded | block.stderr;
  metric.narrow = wide == 0 && i + 1 < BLOCK ? at : 0;
}

/** Adds a float32 where nothing about the point is unusual; false where it is, and `append` has to do it. */
export function appendUsual(metric: Metric, step: f64, wall: u64, bits: u32): bool {
  const at = metric.narrow;
  const i = metric.count;
  const change = (wall - metric.wall) as i64;
  if (
    at == 0 ||
    metric.attempt != attempt ||
    step < metric.last ||
    step != metric.first + (i as f64) * metric.stride ||
    change != (change as i32 as i64)
  ) {
    return false;
  }
  store<u32>(at + (i << 2), bits, VALUES);
  store<i32>(at + (i << 2), change as i32, WALLS);
  metric.wall = wall;
  metric.last = step;
  metric.count = i + 1;
  metric.points += 1;
  if (i + 1 == BLOCK) metric.narrow = 0;
  if (step != rowStep) {
    rows += 1;
    rowStep = step;
    if (step > reached) reached = step;
  }
  return true;
}

function openBlock(metric: Metric, step: f64, wall: u64): void {
  const at = takeUnit();
  const block = changetype<Block>(at);
  memory.fill(at, 0, VALUES);
  if (metric.block == 0) metric.head = at;
  else {
    close(metric);
    changetype<Block>(metric.block).next = at;
  }
  block.attempt = attempt;
  block.wall = wall;
  metric.block = at;
  metric.count = 0;
  metric.attempt = attempt;
  // The stride of the block before is the best guess: the second point sets it right.
  metric.first = step;
}

/** Notes in the block what its metric knows of it. */
function close(metric: Metric): void {
  const block = changetype<Block>(metric.block);
  block.count = metric.count;
  block.first = metric.first;
  block.stride = metric.stride;
}

/** Takes in a step that is not where the stride would have it. */
function bend(metric: Metric, step: f64): void {
  const i = metric.count;
  if (i <= 1) {
    metric.stride = i == 0 ? 0 : step - metric.first;
    if (metric.first + (i as f64) * metric.stride == step) return;
    metric.stride = 0;
  }
  const block = changetype<Block>(metric.block);
  block.steps = takeUnit();
  for (let j: u32 = 0; j < i; j++) {
    store<f64>(block.steps + (j << 3), metric.first + (j as f64) * metric.stride);
  }
  store<f64>(block.steps + (i << 3), step);
}

function addWall(metric: Metric, block: Block, wall: u64): void {
  const i = metric.count;
  const change = (wall - metric.wall) as i64;
  metric.wall = wall;
  if (block.walls != 0) {
    store<u64>(block.walls + (i << 3), wall);
    return;
  }
  const isNear = change == (change as i32 as i64);
  store<i32>(changetype<usize>(block) + WALLS + (i << 2), change as i32);
  if (isNear) return;
  if (i == 0) {
    block.isApart = 1;
    return;
  }
  block.walls = takeUnit();
  let at = block.wall;
  for (let j: u32 = 0; j < i; j++) {
    if (j > 0) at += load<i32>(changetype<usize>(block) + WALLS + (j << 2)) as i64 as u64;
    store<u64>(block.walls + (j << 3), at);
  }
  store<u64>(block.walls + (i << 3), wall);
}

function addValue(block: Block, i: u32, value: f64): void {
  const narrow = value as f32;
  if (block.values != 0) {
    store<f64>(block.values + (i << 3), value);
    return;
  }
  if ((narrow as f64) == value || value != value) {
    store<f32>(changetype<usize>(block) + VALUES + (i << 2), narrow);
    return;
  }
  block.values = takeUnit();
  for (let j: u32 = 0; j < i; j++) {
    const before = load<f32>(changetype<usize>(block) + VALUES + (j << 2)) as f64;
    store<f64>(block.values + (j << 3), before);
  }
  store<f64>(block.values + (i << 3), value);
}

// What is handed on: a header, the restarts, a description of each metric's columns, the columns.

const HEADER: usize = 16;
/** Bytes of a description: twelve numbers of four bytes, whose order `wasmBatch.ts` knows too. */
const DESCRIPTION: usize = 48;

const RAW: u32 = 0xffffffff;

/** Where `takeBatch` stands in its output. */
let out: usize = 0;

/** Hands on all points as one piece of memory, and forgets them. Its size is the piece's first number. */
export function takeBatch(): usize {
  const restartCount = attempt - attemptOfBatch;
  const restartBytes = (restartCount as usize) << 4;
  let bytes = HEADER + restartBytes + (idCount as usize) * DESCRIPTION;
  for (let id: u32 = 0; id < idCount; id++) bytes += mostBytes(metricAt(id));
  if (bytes > batchBytes) {
    batchBytes = bytes + (bytes >>> 1);
    batch = reserve(batchBytes);
  }
  store<u32>(batch, idCount, 4);
  store<u32>(batch, restartCount, 8);
  store<u32>(batch, rows, 12);
  memory.copy(batch + HEADER, restarts, restartBytes);
  out = HEADER + restartBytes + (idCount as usize) * DESCRIPTION;
  for (let id: u32 = 0; id < idCount; id++) {
    const metric = metricAt(id);
    const description = batch + HEADER + restartBytes + (id as usize) * DESCRIPTION;
    memory.fill(description, 0, DESCRIPTION);
    store<u32>(description, metric.name);
    store<u32>(description, metric.points, 4);
    if (metric.points > 0) write(metric, description);
    metric.points = 0;
    metric.block = 0;
    metric.head = 0;
    metric.count = 0;
    metric.narrow = 0;
  }
  store<u32>(batch, out as u32);
  used = 0;
  rows = 0;
  attemptOfBatch = attempt;
  return batch;
}

export function metricAt(id: u32): Metric {
  return changetype<Metric>(load<usize>(ids + ((id as usize) << 2)));
}

/** Which of the metric's columns need eight bytes, gathered over its blocks. */
let blockCount: u32 = 0;
let attemptRuns: u32 = 0;
let hasWideSteps: bool = false;
let hasWideWalls: bool = false;
let hasWalls: bool = false;
let hasWideValues: bool = false;
let hasUnrecorded: bool = false;
let hasStderr: bool = false;

function survey(metric: Metric): void {
  blockCount = 0;
  attemptRuns = 0;
  hasWideSteps = hasWideWalls = hasWalls = hasWideValues = hasUnrecorded = hasStderr = false;
  if (metric.head == 0) return;
  close(metric);
  let before = attemptOfBatch;
  for (let at = metric.head; at != 0;) {
    const block = changetype<Block>(at);
    blockCount += 1;
    if (block.attempt != before) attemptRuns += 1;
    before = block.attempt;
    if (block.steps != 0) hasWideSteps = true;
    if (block.walls != 0 || (block.isApart != 0 && at != metric.head)) hasWideWalls = true;
    if (block.wall != NONE) hasWalls = true;
    if (block.values != 0) hasWideValues = true;
    if (block.recorded != 0) hasUnrecorded = true;
    if (block.stderr != 0) hasStderr = true;
    at = block.next;
  }
  // A block that begins without a time may have one behind it, which is far from none.
  if (hasWideWalls) hasWalls = true;
}

function mostBytes(metric: Metric): usize {
  survey(metric);
  const points = metric.points as usize;
  return (
    (hasWideSteps ? points << 3 : (blockCount as usize) * 24) +
    (hasWalls ? (hasWideWalls ? points << 3 : (points << 2) + 16) : 0) +
    (hasWideValues ? points << 3 : (points << 2) + 8) +
    (hasUnrecorded ? points + 8 : 0) +
    (hasStderr ? points << 3 : 0) +
    ((attemptRuns as usize) << 3)
  );
}

function write(metric: Metric, description: usize): void {
  survey(metric);
  const head = metric.head;
  store<u32>(description, out as u32, 12);
  store<u32>(description, hasWideSteps ? RAW : 0, 8);
  if (hasWideSteps) writeSteps(head);
  else store<u32>(description, writeRuns(head), 8);
  store<u32>(description, hasWalls ? (hasWideWalls ? 2 : 1) : 0, 16);
  store<u32>(description, out as u32, 20);
  if (hasWalls) writeWalls(head);
  store<u32>(description, hasWideValues ? 1 : 0, 24);
  store<u32>(description, out as u32, 28);
  writeValues(head);
  if (hasUnrecorded) {
    store<u32>(description, out as u32, 32);
    writeRecorded(head);
  }
  if (hasStderr) {
    store<u32>(description, out as u32, 36);
    writeStderr(head);
  }
  store<u32>(description, attemptRuns, 40);
  store<u32>(description, out as u32, 44);
  writeAttempts(head);
}

function align(): void {
  out = (out + 7) & ~(7 as usize);
}

function writeSteps(head: usize): void {
  for (let at = head; at != 0;) {
    const block = changetype<Block>(at);
    if (block.steps != 0) memory.copy(batch + out, block.steps, block.count << 3);
    else {
      for (let i: u32 = 0; i < block.count; i++) {
        store<f64>(batch + out + (i << 3), block.first + (i as f64) * block.stride);
      }
    }
    out += block.count << 3;
    at = block.next;
  }
}

/** Steps up to this are whole numbers whose sums and products are exact. */
const EXACT: f64 = 9007199254740992;

/** Runs as first step, stride, length; those that continue one another exactly become one. */
function writeRuns(head: usize): u32 {
  let count: u32 = 0;
  let first: f64 = 0;
  let stride: f64 = 0;
  let length: f64 = 0;
  for (let at = head; at != 0;) {
    const block = changetype<Block>(at);
    const own = block.count as f64;
    const isNext =
      count > 0 &&
      block.first == first + length * stride &&
      (block.stride == stride || own == 1) &&
      trunc(first) == first &&
      trunc(stride) == stride &&
      abs(first) < EXACT &&
      abs(first + (length + own) * stride) < EXACT;
    if (isNext) length += own;
    else {
      if (count > 0) writeRun(first, stride, length);
      count += 1;
      first = block.first;
      stride = own == 1 ? 0 : block.stride;
      length = own;
    }
    at = block.next;
  }
  writeRun(first, stride, length);
  return count;
}

function writeRun(first: f64, stride: f64, length: f64): void {
  store<f64>(batch + out, first);
  store<f64>(batch + out, stride, 8);
  store<f64>(batch + out, length, 16);
  out += 24;
}

function writeWalls(head: usize): void {
  if (!hasWideWalls) {
    store<u64>(batch + out, changetype<Block>(head).wall);
    out += 8;
  }
  const start = out;
  for (let at = head; at != 0;) {
    const block = changetype<Block>(at);
    if (!hasWideWalls) {
      memory.copy(batch + out, at + WALLS, block.count << 2);
      out += block.count << 2;
    } else if (block.walls != 0) {
      memory.copy(batch + out, block.walls, block.count << 3);
      out += block.count << 3;
    } else {
      let wall = block.wall;
      for (let i: u32 = 0; i < block.count; i++) {
        if (i > 0) wall += load<i32>(at + WALLS + (i << 2)) as i64 as u64;
        store<u64>(batch + out, wall);
        out += 8;
      }
    }
    at = block.next;
  }
  // The first difference is to a point of the batch before.
  if (!hasWideWalls) store<i32>(batch + start, 0);
  align();
}

function writeValues(head: usize): void {
  for (let at = head; at != 0;) {
    const block = changetype<Block>(at);
    if (!hasWideValues) {
      memory.copy(batch + out, at + VALUES, block.count << 2);
      out += block.count << 2;
    } else if (block.values != 0) {
      memory.copy(batch + out, block.values, block.count << 3);
      out += block.count << 3;
    } else {
      for (let i: u32 = 0; i < block.count; i++) {
        store<f64>(batch + out, load<f32>(at + VALUES + (i << 2)) as f64);
        out += 8;
      }
    }
    at = block.next;
  }
  align();
}

function writeRecorded(head: usize): void {
  for (let at = head; at != 0;) {
    const block = changetype<Block>(at);
    if (block.recorded != 0) memory.copy(batch + out, block.recorded, block.count);
    else memory.fill(batch + out, 1, block.count);
    out += block.count;
    at = block.next;
  }
  align();
}

function writeStderr(head: usize): void {
  for (let at = head; at != 0;) {
    const block = changetype<Block>(at);
    for (let i: u32 = 0; i < block.count; i++) {
      store<f64>(batch + out, block.stderr != 0 ? load<f64>(block.stderr + (i << 3)) : NaN);
      out += 8;
    }
    at = block.next;
  }
}

/** Attempts as their number in this batch and the index of their first point. */
function writeAttempts(head: usize): void {
  let before = attemptOfBatch;
  let index: u32 = 0;
  for (let at = head; at != 0;) {
    const block = changetype<Block>(at);
    if (block.attempt != before) {
      store<u32>(batch + out, block.attempt - attemptOfBatch);
      store<u32>(batch + out, index, 4);
      out += 8;
    }
    before = block.attempt;
    index += block.count;
    at = block.next;
  }
}

/** True where the file has gone back at least once. */
export function hasRestarted(): bool {
  return attempt != attemptOfFile;
}
