/**
 * TensorBoard's event files: framing as in `tfRecord.ts`, scalars as in `formats/events.ts`. Training loops log their tags in a
 * cycle, so each metric keeps how its last record looked and which one came next; where the next record is like that, a
 * few comparisons read it. What this code does not understand, it leaves to the plain code, record by record.
 */

import { crc32c, masked, MAX_DISTANCE, tableAt } from "./crc32c";
import { equalBytes, reserve } from "./memory";
import * as message from "./message";
import { find, Metric, TAG } from "./metrics";
import { append, file, hasRoom } from "./rows";

/** What ended a call; the host knows the same numbers. */
const MORE = 0;
const FULL = 1;
const ODD = 2;
const DAMAGED = 3;
const TOO_LONG = 4;
const DEAD = 5;
const LARGE = 6;

const HEADER: usize = 12;
const TRAILER: usize = 4;
const MAX_RECORD_BYTES: u64 = 64 * 1024 * 1024;
const LARGE_RECORD_BYTES: u64 = 256 * 1024;

/** What a tag's tensors are, by the plugin that its metadata names. */
const SCALARS: u32 = 1;
/** Neither scalars nor text: its tensors give nothing. */
const NOTHING: u32 = 2;
/** Always for the plain code. */
const PLAIN: u32 = 3;

const NO_METRIC: usize = 0;

let at: usize = 0;
let length: f64 = 0;

/** The metric of the last record, 0 at the beginning. */
let previous: usize = 0;

/** Where the record lies that ended the last call, or the one that is not complete. */
export function eventAt(): usize {
  return at;
}

/** Bytes of that record's data. */
export function eventLength(): f64 {
  return length;
}

export function beginEvents(): void {
  previous = 0;
}

/** Reads the records from `start` to `end`. Large ones are left to the host. */
export function events(start: usize, end: usize): i32 {
  let p = start;
  let metric = following();
  let isGuess = true;
  while (true) {
    const size = metric == 0 ? NO_METRIC : expected(p, end, changetype<Metric>(metric));
    if (size != 0) {
      if (previous != 0) changetype<Metric>(previous).next = metric;
      previous = metric;
      p += size;
      metric = changetype<Metric>(metric).next;
      isGuess = true;
      continue;
    }
    if (isGuess) {
      isGuess = false;
      metric = named(p, end);
      if (metric != 0) continue;
    }
    at = p;
    const status = general(p, end);
    if (status >= 0) return status;
    p = at;
    metric = following();
    isGuess = true;
  }
}

/** The metric whose record came behind the last one before, 0 where none did. */
function following(): usize {
  return previous == 0 ? NO_METRIC : changetype<Metric>(previous).next;
}

/** Reads the record at `p` where it is the one that is expected of the metric: its size, else 0. */
function expected(p: usize, end: usize, metric: Metric): usize {
  const size = metric.length as usize;
  const stepBytes = metric.stepBytes;
  const stepAt = p + HEADER + 10;
  const valueAt = stepAt + stepBytes + metric.before;
  if (
    size == 0 ||
    p + HEADER + size + TRAILER > end ||
    load<u32>(p) != metric.length ||
    load<u32>(p, 4) != 0 ||
    load<u32>(p, 8) != metric.lengthCrc ||
    load<u8>(p, HEADER) != 0x09 ||
    load<u8>(p, HEADER + 9) != 0x10
  ) {
    return 0;
  }
  const shift = (8 - stepBytes) << 3;
  const stepBits = load<u64>(stepAt) & (~(0 as u64) >>> shift);
  if ((stepBits & 0x8080808080808080) != 0x0080808080808080 >>> shift) return 0;
  // In another file than the one it was met in, a tensor need not be a scalar.
  if (metric.needsKind != 0 && (metric.kindFile != file || metric.kind != SCALARS)) return 0;
  const before = metric.before;
  const after = metric.after;
  if (!isLike(stepAt + stepBytes, metric.expected, before)) return 0;
  if (after != 0 && !equalBytes(valueAt + 4, metric.expected + before, after)) return 0;
  const wallBits = load<u64>(p, HEADER + 1);
  const valueBits = load<u32>(valueAt);
  const crc =
    metric.crc ^
    ofWall(metric.wallTable, wallBits ^ metric.wallBits) ^
    ofStep(metric.stepTable, stepBits ^ metric.stepBits) ^
    ofValue(metric.valueTable, valueBits ^ metric.valueBits);
  if (masked(crc) != load<u32>(p + HEADER + size) || !hasRoom(1)) return 0;
  append(metric, stepOf(stepBits) as f64, wallBits, f32.reinterpret_i32(valueBits) as f64);
  metric.crc = crc;
  metric.wallBits = wallBits;
  metric.stepBits = stepBits;
  metric.valueBits = valueBits;
  return HEADER + size + TRAILER;
}

/** True where the `size` bytes at `p` are those of the copy, behind both of which at least 16 bytes can be read. */
function isLike(p: usize, copy: usize, size: u32): bool {
  if (size >= 16) {
    const last = (size as usize) - 16;
    let differing = v128.xor(v128.load(p + last), v128.load(copy + last));
    for (let i: usize = 0; i < last; i += 16) {
      differing = v128.or(differing, v128.xor(v128.load(p + i), v128.load(copy + i)));
    }
    return !v128.any_true(differing);
  }
  if (size >= 8) {
    const last = (size as usize) - 8;
    return load<u64>(p) == load<u64>(copy) && load<u64>(p + last) == load<u64>(copy + last);
  }
  return ((load<u64>(p) ^ load<u64>(copy)) & (((1 as u64) << ((size as u64) << 3)) - 1)) == 0;
}

/** The number of a varint of up to seven bytes. */
function stepOf(bits: u64): i64 {
  let x = bits & 0x7f7f7f7f7f7f7f7f;
  x = ((x & 0x7f007f007f007f00) >>> 1) | (x & 0x007f007f007f007f);
  x = ((x & 0xffff0000ffff0000) >>> 2) | (x & 0x0000ffff0000ffff);
  return (((x & 0xffffffff00000000) >>> 4) | (x & 0x00000000ffffffff)) as i64;
}

// What changes of the three fields do to the checksum. `table` is that of the field's last byte.

function ofWall(table: usize, change: u64): u32 {
  const low = change as u32;
  const high = (change >>> 32) as u32;
  let crc =
    load<u32>(table + ((low & 255) << 2), 7168) ^
    load<u32>(table + (((low >>> 8) & 255) << 2), 6144) ^
    load<u32>(table + (((low >>> 16) & 255) << 2), 5120) ^
    load<u32>(table + ((low >>> 24) << 2), 4096) ^
    load<u32>(table + ((high & 255) << 2), 3072);
  if (high > 255) {
    crc ^=
      load<u32>(table + (((high >>> 8) & 255) << 2), 2048) ^
      load<u32>(table + (((high >>> 16) & 255) << 2), 1024) ^
      load<u32>(table + ((high >>> 24) << 2));
  }
  return crc;
}

/** `table` is that of the varint's seventh byte, whether it has so many or not. */
function ofStep(table: usize, change: u64): u32 {
  const low = change as u32;
  let crc = load<u32>(table + ((low & 255) << 2), 6144);
  if (change > 255) {
    const high = (change >>> 32) as u32;
    crc ^=
      load<u32>(table + (((low >>> 8) & 255) << 2), 5120) ^
      load<u32>(table + (((low >>> 16) & 255) << 2), 4096) ^
      load<u32>(table + ((low >>> 24) << 2), 3072) ^
      load<u32>(table + ((high & 255) << 2), 2048) ^
      load<u32>(table + (((high >>> 8) & 255) << 2), 1024) ^
      load<u32>(table + (((high >>> 16) & 255) << 2));
  }
  return crc;
}

function ofValue(table: usize, change: u32): u32 {
  return (
    load<u32>(table + ((change & 255) << 2), 3072) ^
    load<u32>(table + (((change >>> 8) & 255) << 2), 2048) ^
    load<u32>(table + (((change >>> 16) & 255) << 2), 1024) ^
    load<u32>(table + ((change >>> 24) << 2))
  );
}

/** The metric that the record at `p` names where writers put it, 0 where that is not known. */
function named(p: usize, end: usize): usize {
  if (p + HEADER + 32 > end || load<u8>(p, HEADER) != 0x09 || load<u8>(p, HEADER + 9) != 0x10) {
    return 0;
  }
  let q = behindVarint(p + HEADER + 10);
  if (load<u8>(q) != 0x2a) return 0;
  q = behindVarint(q + 1);
  if (load<u8>(q) != 0x0a) return 0;
  q = behindVarint(q + 1);
  if (load<u8>(q) != 0x0a) return 0;
  const size = load<u8>(q, 1) as u32;
  return size < 128 && q + 2 + size <= end ? find(q + 2, size, TAG) : 0;
}

function behindVarint(p: usize): usize {
  let q = p;
  while (load<u8>(q) >= 128 && q < p + 9) q++;
  return q + 1;
}

/** Reads the record at `p` whatever it is: a negative number where that is done and `at` is behind it. */
function general(p: usize, end: usize): i32 {
  if (p + HEADER > end) return MORE;
  if (masked(crc32c(p, 8)) != load<u32>(p, 8)) return DEAD;
  const bytes = load<u64>(p);
  length = bytes as f64;
  if (bytes > MAX_RECORD_BYTES) return TOO_LONG;
  if (bytes > LARGE_RECORD_BYTES) return LARGE;
  const size = bytes as usize;
  const total = HEADER + size + TRAILER;
  if (p + total > end) return MORE;
  const data = p + HEADER;
  const crc = crc32c(data, size);
  if (masked(crc) != load<u32>(data + size)) return DAMAGED;
  found = 0;
  values = 0;
  read(data, data + size);
  if (message.isOdd) return ODD;
  if (!hasRoom(found)) return FULL;
  const lengthCrc = load<u32>(p, 8);
  for (let i: u32 = 0; i < found; i++) {
    const one = changetype<Found>(founds + (i as usize) * offsetof<Found>());
    append(changetype<Metric>(one.metric), step, wallBits, one.value);
  }
  if (found == 1 && values == 1) learn(data, size, crc, lengthCrc);
  at = p + total;
  return -1;
}

// What the record that is read holds.

/** A scalar of a record with several. */
@unmanaged
class Found {
  metric: usize;
  value: f64;
}

const MOST_FOUND: u32 = 512;
const founds = reserve(MOST_FOUND * offsetof<Found>());
let found: u32 = 0;
let step: f64 = 0;
let wallBits: u64 = 0;
let wallAt: usize = 0;
let stepAt: usize = 0;
let stepEnd: usize = 0;
let valueEnd: usize = 0;
/** Where the float32 of the last value lies, 0 where it is none. */
let floatAt: usize = 0;
let needsKind: bool = false;
/** Values of the record, whatever they hold. */
let values: u32 = 0;

const NO_TIME: u64 = 0x7ff8000000000000;

function read(data: usize, end: usize): void {
  message.open(data);
  let summaryAt: usize = 0;
  let summaryEnd: usize = 0;
  wallBits = NO_TIME;
  step = 0;
  wallAt = stepAt = stepEnd = valueEnd = 0;
  while (message.next(end)) {
    const field = message.field;
    const wire = message.wire;
    if (field == 1 && wire == 1) {
      wallAt = message.advance(8, end);
      if (!message.isOdd) wallBits = load<u64>(wallAt);
    } else if (field == 2 && wire == 0) {
      stepAt = message.place;
      step = message.varint(end) as f64;
      stepEnd = message.place;
    } else if ((field == 3 || field == 7) && wire == 2) {
      // The file's version and what a session says of itself are for the plain code.
      message.refuse();
    } else if (field == 5 && wire == 2) {
      // A second summary is for the plain code.
      if (summaryAt != 0) message.refuse();
      const size = message.varint(end);
      summaryAt = message.advance(size, end);
      summaryEnd = message.place;
    } else message.skip(end);
  }
  if (message.isOdd || summaryAt == 0) return;
  message.open(summaryAt);
  while (message.next(summaryEnd)) {
    if (message.field == 1 && message.wire == 2) {
      const size = message.varint(summaryEnd);
      const valueAt = message.advance(size, summaryEnd);
      const behind = message.place;
      if (message.isOdd) return;
      readValue(valueAt, behind);
      if (message.isOdd) return;
      message.open(behind);
    } else message.skip(summaryEnd);
  }
}

function readValue(start: usize, end: usize): void {
  values += 1;
  message.open(start);
  let tagAt: usize = 0;
  let tagLength: u32 = 0;
  let numberAt: usize = 0;
  let tensorAt: usize = 0;
  let tensorEnd: usize = 0;
  let metadataAt: usize = 0;
  let metadataEnd: usize = 0;
  while (message.next(end)) {
    const field = message.field;
    const wire = message.wire;
    if (wire == 2 && (field == 1 || field == 8 || field == 9)) {
      const size = message.varint(end);
      const from = message.advance(size, end);
      if (field == 1) {
        if (tagAt != 0) message.refuse();
        tagAt = from;
        tagLength = size as u32;
      } else if (field == 8) {
        if (tensorAt != 0) message.refuse();
        tensorAt = from;
        tensorEnd = message.place;
      } else {
        if (metadataAt != 0) message.refuse();
        metadataAt = from;
        metadataEnd = message.place;
      }
    } else if (field == 2 && wire == 5) numberAt = message.advance(4, end);
    else message.skip(end);
  }
  if (message.isOdd) return;
  const at = tagAt == 0 ? NO_METRIC : find(tagAt, tagLength, TAG);
  if (at == 0) {
    message.refuse();
    return;
  }
  const metric = changetype<Metric>(at);
  const kind = metric.kindFile == file ? metric.kind : 0;
  if (metric.isPlain != 0 || kind == PLAIN) message.refuse();
  else if (metadataAt != 0) {
    if (kind == SCALARS) checkMetadata(metadataAt, metadataEnd);
    else message.refuse();
  }
  if (message.isOdd) return;
  if (numberAt != 0) {
    if (tensorAt != 0) message.refuse();
    needsKind = metadataAt != 0;
    valueEnd = end;
    floatAt = numberAt;
    addFound(at, load<f32>(numberAt) as f64);
  } else if (tensorAt != 0) {
    if (kind == SCALARS) {
      needsKind = true;
      const value = tensorValue(tensorAt, tensorEnd);
      valueEnd = end;
      if (!message.isOdd) addFound(at, value);
    } else if (kind != NOTHING) message.refuse();
  }
}

function addFound(metric: usize, value: f64): void {
  if (found == MOST_FOUND) {
    message.refuse();
    return;
  }
  const one = changetype<Found>(founds + (found as usize) * offsetof<Found>());
  one.metric = metric;
  one.value = value;
  found += 1;
}

/** Refuses metadata that is anything but the name of the plugin for scalars. */
function checkMetadata(start: usize, end: usize): void {
  message.open(start);
  let isScalars = false;
  while (message.next(end)) {
    if (message.field != 1 || message.wire != 2) {
      message.skip(end);
      continue;
    }
    const size = message.varint(end);
    const from = message.advance(size, end);
    const behind = message.place;
    if (message.isOdd) return;
    message.open(from);
    while (message.next(behind)) {
      if (message.field == 1 && message.wire == 2) {
        const nameLength = message.varint(behind);
        const name = message.advance(nameLength, behind);
        // The letters of "scalars".
        isScalars =
          !message.isOdd &&
          nameLength == 7 &&
          load<u32>(name) == 0x6c616373 &&
          load<u32>(name, 3) == 0x7372616c;
      } else message.skip(behind);
    }
    if (message.isOdd) return;
    message.open(behind);
  }
  if (!isScalars) message.refuse();
}

const FLOAT: u64 = 1;
const DOUBLE: u64 = 2;

/** The number of a tensor without dimensions that holds one float or double; all others are refused. */
function tensorValue(start: usize, end: usize): f64 {
  message.open(start);
  floatAt = 0;
  let type: u64 = 0;
  let fields: u32 = 0;
  let from: usize = 0;
  let size: u64 = 0;
  let isContent = false;
  let listed: u32 = 0;
  while (message.next(end)) {
    const field = message.field;
    const wire = message.wire;
    const bit = field < 32 ? (1 as u32) << field : 0;
    if (bit == 0 || (fields & bit) != 0) message.refuse();
    fields |= bit;
    if (field == 1 && wire == 0) type = message.varint(end);
    else if (field == 2 && wire == 2) {
      if (message.varint(end) != 0) message.refuse();
    } else if (wire == 2 && (field == 4 || field == 5 || field == 6)) {
      if (from != 0) message.refuse();
      size = message.varint(end);
      from = message.advance(size, end);
      isContent = field == 4;
      listed = field;
    } else if ((field == 5 && wire == 5) || (field == 6 && wire == 1)) {
      if (from != 0) message.refuse();
      size = field == 5 ? 4 : 8;
      from = message.advance(size, end);
      listed = field;
    } else message.refuse();
  }
  if (message.isOdd) return 0;
  if (type == FLOAT && size == 4 && (isContent || listed == 5)) {
    floatAt = from;
    return load<f32>(from) as f64;
  }
  if (type == DOUBLE && size == 8 && (isContent || listed == 6)) return load<f64>(from);
  message.refuse();
  return 0;
}

/** Keeps how the record looks that was just read, where its metric is all it holds. */
function learn(data: usize, size: usize, crc: u32, lengthCrc: u32): void {
  const metric = changetype<Metric>(changetype<Found>(founds).metric);
  if (previous != 0) changetype<Metric>(previous).next = changetype<usize>(metric);
  previous = changetype<usize>(metric);
  metric.length = 0;
  const end = data + size;
  const isUsual =
    floatAt != 0 &&
    wallAt == data + 1 &&
    stepAt == data + 10 &&
    load<u8>(data) == 0x09 &&
    load<u8>(data, 9) == 0x10 &&
    load<u8>(stepEnd) == 0x2a &&
    valueEnd == end &&
    size <= MAX_DISTANCE;
  if (!isUsual) return;
  const before = (floatAt - stepEnd) as u32;
  const after = (end - floatAt - 4) as u32;
  if (metric.capacity < before + after) {
    metric.capacity = max(metric.capacity * 2, before + after);
    metric.expected = reserve((metric.capacity as usize) + 16);
  }
  memory.copy(metric.expected, stepEnd, before);
  memory.copy(metric.expected + before, floatAt + 4, after);
  metric.before = before;
  metric.after = after;
  metric.stepBytes = (stepEnd - stepAt) as u32;
  metric.lengthCrc = lengthCrc;
  metric.needsKind = needsKind ? 1 : 0;
  metric.crc = crc;
  metric.wallBits = wallBits;
  metric.stepBits = load<u64>(stepAt) & (~(0 as u64) >>> ((8 - metric.stepBytes) << 3));
  metric.valueBits = load<u32>(floatAt);
  // The nearer tables lie before the farther ones, so the last byte's one is the beginning of a field's eight.
  tableAt(size - 1);
  metric.wallTable = tableAt(size - 9);
  metric.stepTable = tableAt(size - 17);
  metric.valueTable = tableAt((end - floatAt - 4) as usize);
  metric.length = size as u32;
}

/** Says what a tag's tensors are in this file. */
export function setKind(at: usize, kind: u32): void {
  const metric = changetype<Metric>(at);
  metric.kind = kind;
  metric.kindFile = file;
  metric.length = 0;
}

/** Leaves all records of a tag to the plain code, in all files. */
export function leaveToPlain(at: usize): void {
  const metric = changetype<Metric>(at);
  metric.isPlain = 1;
  metric.length = 0;
}
