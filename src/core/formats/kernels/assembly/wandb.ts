/**
 * W&B's logs: framing as in `blockLog.ts`, rows as in `formats/wandbReading.ts` once their step column is known. Training
 * loops log their metrics in one order, so each name keeps which one came next. What this code does not understand, it
 * leaves to the plain code: a record, or what is not framed as it should be.
 */

import { crc32 } from "./crc32";
import { equalText, reserve } from "./memory";
import * as message from "./message";
import { ITEM, Metric, Name, nameOf } from "./metrics";
import * as numbers from "./numbers";
import { addRow, CAPACITY, count, file, keep, keptMetric, qualify } from "./rows";

/** What ended a call; the host knows the same numbers. */
const MORE = 0;
const FULL = 1;
/** A record is for the plain code. */
const ODD = 2;
/** What lies from `recordAt` on is for the plain code: damage, or a record that is too long. */
const BLOCK = 3;
/** Items begin in ways that the host has to name. */
const NAMELESS = 4;
/** The guessed steps of a metric went back. */
const VOID = 5;

const BLOCK_BYTES: usize = 32 * 1024;
const HEADER: usize = 7;
const TYPE_AT: usize = 6;

const WHOLE: u32 = 1;
const FIRST: u32 = 2;
const MIDDLE: u32 = 3;
const LAST: u32 = 4;

/** A record longer than this is for the plain code. */
const MAX_RECORD_BYTES: usize = 256 * 1024;
/** Bytes that can be read behind a record. */
const SLACK: usize = 64;

/** What a name is to W&B's clients: a metric, their counter of rows, when a row was logged, nothing, of no last step. */
const COUNTER: u32 = 1;
const TIMESTAMP: u32 = 2;
const NOTHING: u32 = 3;
const PRIVATE: u32 = 4;

/** Where the first record lies that is not read, and what is behind it; its data. */
let at: usize = 0;
let behind: usize = 0;
let data: usize = 0;
let size: usize = 0;

/** A record of several pieces. */
let whole: usize = 0;

/** The metric of the steps, 0 for the clients' counter. */
let stepMetric: usize = 0;
/** True where the step column is a guess. */
let isGuess: bool = false;
/** The step of the last row, NaN before the first one. */
export let lastStep: f64 = NaN;
/** True where rows without a step are placed at the last one. */
let isCarried: bool = false;

/** The name that began the last row. */
let beginning: usize = 0;
let row: u32 = 0;

/** Names that the host does not know, of the record that ended the last call. */
const MOST_NAMELESS: u32 = 16_384;
let nameless: usize = 0;
export let namelessCount: u32 = 0;

/** Begins to read the rows of a file whose step column is `metric`, 0 for the clients' counter. */
export function beginWandb(metric: usize, guessed: bool): void {
  stepMetric = metric;
  isGuess = guessed;
  beginning = 0;
  if (whole == 0) {
    whole = reserve(MAX_RECORD_BYTES + SLACK);
    nameless = reserve((MOST_NAMELESS as usize) << 2);
  }
}

/** Says where the rows before came to. */
export function setPlace(step: f64, carried: bool): void {
  lastStep = step;
  isCarried = carried;
}

export function recordAt(): usize {
  return at;
}

export function recordEnd(): usize {
  return behind;
}

export function recordData(): usize {
  return data;
}

export function recordLength(): usize {
  return size;
}

/** A name that the host does not know, by its bytes. */
export function namelessText(i: u32): usize {
  return namelessAt(i).text;
}

export function namelessLength(i: u32): u32 {
  return namelessAt(i).length;
}

function namelessAt(i: u32): Name {
  return changetype<Name>(load<u32>(nameless + ((i as usize) << 2)) as usize);
}

/** Says which metric it is. */
export function nameItem(i: u32, metric: usize, role: u32): void {
  namelessAt(i).metric = metric;
  changetype<Metric>(metric).role = role;
}

/** The step of a metric's last row in the file, NaN where it had none. */
export function lastOf(metric: usize): f64 {
  const own = changetype<Metric>(metric);
  return own.lastFile == file ? own.last : NaN;
}

export function setLast(metric: usize, step: f64): void {
  const own = changetype<Metric>(metric);
  own.lastFile = file;
  own.last = step;
}

/** Reads the records from `start` to `end`, of whose block `left` bytes are left at `start`. */
export function wandb(start: usize, end: usize, left: usize): i32 {
  let p = start;
  let blockEnd = start + left;
  /** Bytes of the record whose pieces come. */
  let gathered: usize = 0;
  let isOpen = false;
  at = start;
  while (true) {
    if (blockEnd - p < HEADER) {
      if (blockEnd > end) return MORE;
      p = blockEnd;
      blockEnd += BLOCK_BYTES;
      if (!isOpen) at = p;
    }
    if (p + HEADER > end) return MORE;
    const length = load<u16>(p, 4) as usize;
    const from = p + HEADER;
    const to = from + length;
    if (to > blockEnd) return BLOCK;
    if (to > end) return MORE;
    if (load<u32>(p) != crc32(p + TYPE_AT, length + 1)) return BLOCK;
    const type = load<u8>(p, TYPE_AT) as u32;
    p = to;
    if (type == WHOLE) {
      if (isOpen) return BLOCK;
      data = from;
      size = length;
    } else if (type == FIRST) {
      if (isOpen) return BLOCK;
      isOpen = true;
      gathered = length;
      memory.copy(whole, from, length);
      continue;
    } else if (!isOpen) {
      // The rest of a record whose beginning was lost says nothing.
      at = p;
      continue;
    } else {
      if ((type != MIDDLE && type != LAST) || gathered + length > MAX_RECORD_BYTES) return BLOCK;
      memory.copy(whole + gathered, from, length);
      gathered += length;
      if (type == MIDDLE) continue;
      isOpen = false;
      data = whole;
      size = gathered;
    }
    behind = p;
    const status = record(data, data + size);
    if (status >= 0) return status;
    at = p;
  }
}

/** Reads a record: a negative number where that is done. */
function record(start: usize, end: usize): i32 {
  message.open(start);
  let historyAt: usize = 0;
  let historyEnd: usize = 0;
  while (message.next(end)) {
    const field = message.field;
    if (message.wire != 2) {
      message.skip(end);
      continue;
    }
    const from = message.advance(message.varint(end), end);
    // Configurations, what metrics are drawn over, the run itself; a second row.
    if (field == 5 || field == 12 || field == 17) message.refuse();
    if (field != 2) continue;
    if (historyAt != 0) message.refuse();
    historyAt = from;
    historyEnd = message.place;
  }
  if (message.isOdd) return ODD;
  return historyAt == 0 ? -1 : history(historyAt, historyEnd);
}

// What the row that is read holds.

let kept: u32 = 0;
/** Places of the values that are kept where none was recorded. */
const MOST_NULLS: u32 = 4096;
const nulls = reserve((MOST_NULLS as usize) << 2);
let nullCount: u32 = 0;
let ownStep: f64 = NaN;
let wallBits: u64 = 0;
/** The name that is expected next, and the one before it. */
let expected: usize = 0;
let previous: usize = 0;

const NO_TIME: u64 = 0x7ff8000000000000;

function history(start: usize, end: usize): i32 {
  kept = 0;
  nullCount = 0;
  ownStep = NaN;
  wallBits = NO_TIME;
  namelessCount = 0;
  row += 1;
  expected = beginning;
  previous = 0;
  let sent: f64 = NaN;
  let p = start;
  while (p < end) {
    if (load<u8>(p) == 0x0a) {
      // An item, which is longer than 16 KiB where its length has more than two bytes.
      let length = load<u8>(p, 1) as usize;
      p += 2;
      if (length >= 128) {
        const more = load<u8>(p) as usize;
        if (more >= 128) return ODD;
        length = (length & 127) | (more << 7);
        p += 1;
      }
      const itemEnd = p + length;
      if (itemEnd > end) return ODD;
      const status = item(p, itemEnd);
      if (status >= 0) return status;
      p = itemEnd;
    } else {
      message.open(p);
      if (!message.next(end)) return ODD;
      if (message.field == 2 && message.wire == 2) {
        const from = message.advance(message.varint(end), end);
        const to = message.place;
        if (message.isOdd) return ODD;
        sent = stepIn(from, to);
        if (isNaN(sent)) return ODD;
        message.open(to);
      } else if (message.field == 1 && message.wire == 2) return ODD;
      else message.skip(end);
      if (message.isOdd) return ODD;
      p = message.place;
    }
  }
  if (namelessCount > 0) return NAMELESS;
  if (stepMetric == 0 && isNaN(ownStep)) ownStep = sent;
  if (isNaN(ownStep)) {
    if (!isCarried) return ODD;
    // Before the first step there is nothing to place them at.
    if (isNaN(lastStep)) return -1;
  } else {
    if (isGuess && goesBack()) return VOID;
    lastStep = ownStep;
  }
  for (let i: u32 = 0; i < nullCount; i++) {
    qualify(load<u32>(nulls + ((i as usize) << 2)), false, NaN);
  }
  addRow(kept, lastStep, wallBits);
  return -1;
}

/** The step that the record itself carries, 0 where the message is empty; NaN where it is odd. */
function stepIn(start: usize, end: usize): f64 {
  let step: f64 = 0;
  message.open(start);
  while (message.next(end)) {
    if (message.field == 1 && message.wire == 0) step = message.varint(end) as f64;
    else message.skip(end);
  }
  return message.isOdd ? NaN : step;
}

/** Reads an item: how it begins names it, then comes its value as JSON. A negative number where that is done. */
function item(start: usize, end: usize): i32 {
  let known = expected;
  if (known == 0 || !begins(start, end, changetype<Name>(known))) {
    const length = lengthOfBeginning(start, end);
    if (length < 0) return ODD;
    known = changetype<usize>(nameOf(start, length as u32, ITEM));
    if (previous == 0) beginning = known;
    else changetype<Name>(previous).next = known;
  }
  const name = changetype<Name>(known);
  previous = known;
  expected = name.next;
  const valueAt = start + (name.length as usize) + 3;
  const length = load<u8>(valueAt - 1) as usize;
  if (length >= 128 || valueAt + length != end) return ODD;
  if (name.metric == 0) {
    if (namelessCount == MOST_NAMELESS) return ODD;
    store<u32>(nameless + ((namelessCount as usize) << 2), known as u32);
    namelessCount += 1;
    return -1;
  }
  const metric = changetype<Metric>(name.metric);
  const role = metric.role;
  const isStep = stepMetric == 0 ? role == COUNTER : name.metric == stepMetric;
  if (!isStep && (role == NOTHING || role == COUNTER)) return -1;
  // The last one of a name counts, at the place of the first.
  if (metric.row == row) return ODD;
  metric.row = row;
  const isNumber = numbers.jsonNumber(valueAt, end) == end && length > 0;
  if (isNumber && !numbers.isDecided) return ODD;
  let value = numbers.value;
  if (isStep || role == TIMESTAMP) {
    if (!isNumber) return ODD;
    if (!isStep) wallBits = reinterpret<u64>(value);
    else if (isFinite(value)) ownStep = value;
    else return ODD;
    return -1;
  }
  const isNull = length == 4 && load<u32>(valueAt) == NULL;
  if (isNull) value = NaN;
  else if (!isNumber) {
    value = wordOf(valueAt, length);
    if (isOddWord) return ODD;
  }
  if (count + kept == CAPACITY) return kept == CAPACITY ? ODD : FULL;
  if (isNull) {
    if (nullCount == MOST_NULLS) return ODD;
    store<u32>(nulls + ((nullCount as usize) << 2), kept);
    nullCount += 1;
  }
  keep(kept, name.metric, value);
  kept += 1;
  return -1;
}

/** True where an item begins like the one of the name, and its value follows. */
function begins(start: usize, end: usize, name: Name): bool {
  const length = name.length as usize;
  return (
    start + length + 3 <= end &&
    load<u16>(start + length) == VALUE_TAG &&
    equalText(start, name.text, length)
  );
}

/** Field 16 with a length, as two bytes. */
const VALUE_TAG: u16 = 0x0182;

/** Bytes of an item before its value; negative where it has none, or where that is written in an unusual way. */
function lengthOfBeginning(start: usize, end: usize): i32 {
  message.open(start);
  while (true) {
    const p = message.place;
    if (!message.next(end)) return -1;
    if (message.field == 16 && message.wire == 2) {
      return load<u16>(p) == VALUE_TAG && p + 3 <= end ? ((p - start) as i32) : -1;
    }
    message.skip(end);
    if (message.isOdd) return -1;
  }
}

/** The letters of "null". */
const NULL: u32 = 0x6c6c756e;

let isOddWord: bool = false;

/** The numbers that words stand for. */
function wordOf(start: usize, length: usize): f64 {
  isOddWord = false;
  const first = load<u32>(start);
  // Of "true", "fals", "Infi", "-Inf", "NaN".
  if (length == 4 && first == 0x65757274) return 1;
  if (length == 5 && first == 0x736c6166 && load<u8>(start, 4) == 0x65) return 0;
  if (length == 3 && (first & 0xffffff) == 0x4e614e) return NaN;
  if (length == 8 && first == 0x69666e49 && load<u32>(start, 4) == 0x7974696e) return Infinity;
  if (length == 9 && first == 0x666e492d) {
    if (load<u32>(start, 4) == 0x74696e69 && load<u8>(start, 8) == 0x79) return -Infinity;
  }
  isOddWord = true;
  return 0;
}

/** True where the steps of a metric went back; else the row's step is the last one of its metrics. */
function goesBack(): bool {
  for (let i: u32 = 0; i < kept; i++) {
    const metric = keptMetric(i);
    if (metric.role == PRIVATE) continue;
    if (metric.lastFile == file && ownStep < metric.last) return true;
    metric.lastFile = file;
    metric.last = ownStep;
  }
  return false;
}
