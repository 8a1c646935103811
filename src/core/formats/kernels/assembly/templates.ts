/**
 * Rows of text that are written again and again with other numbers: of JSON lines, of delimited tables, of lists in a
 * document. A template is such a row: the text between its numbers, and what each number is. The plain code makes them, and
 * reads all rows that are like none of them.
 */

import { fraction, fractionBits } from "./fractions";
import { equalText, reserve } from "./memory";
import { isDecided, jsonNumber, value } from "./numbers";
import { addRow, hasRoom, keep, qualify } from "./rows";

/** What ended a call; the host knows the same numbers. */
const UNLIKE = 0;
const FULL = 1;

/** What follows the text of a piece, but for the last one's. */
const NUMBER: u32 = 0;
const TEXT: u32 = 1;
const CELL: u32 = 2;

/** Some text of a row, and what follows it. */
@unmanaged
class Piece {
  text: usize;
  length: u32;
  kind: u32;
}

/** A point that each row gives: of its number at the place `number`, or always the same where that is negative. */
@unmanaged
class Point {
  metric: usize;
  number: i32;
  stderr: i32;
  value: f64;
  isRecorded: u32;
}

@unmanaged
class Template {
  pieces: usize;
  pieceCount: u32;
  points: usize;
  pointCount: u32;
  /** Places of the step, the wall time and the epoch among the row's numbers; negative where there is none. */
  step: i32;
  wall: i32;
  epoch: i32;
  /** The wall time of a row without a number for it. */
  wallTime: f64;
  /** Which text the row has where columns are not known, negative where there is none. */
  watched: i32;
  /** 1 where only the first row of a step gives the first point. */
  isOnce: u32;
  /** 1 where a point has a standard error, or no value. */
  isQualified: u32;
  /** The template of the row that came behind one of this, 0 where none did. */
  next: usize;
  /** 1 where rows like it are for the plain code from now on. */
  isPlain: u32;
}

/** Templates of one file. */
const MOST: u32 = 64;
/** What the texts and points of these take together. */
const ARENA_BYTES: usize = 512 * 1024;
/** Numbers and texts of a row. */
const MOST_NUMBERS: u32 = 8192;

const templates = reserve((MOST as usize) << 2);
let templateCount: u32 = 0;

let arena: usize = 0;
let top: usize = 0;
let numbers: usize = 0;

const TAB: u32 = 0x09;
const NEWLINE: u32 = 0x0a;
const RETURN: u32 = 0x0d;
const QUOTE: u32 = 0x22;
const NUMBER_SIGN: u32 = 0x23;
const COMMA: u32 = 0x2c;
const SEMICOLON: u32 = 0x3b;
const BAR: u32 = 0x7c;

/** The letters g, h, j, k, m, p, q, v, w and z, by bit. */
const LETTERS_OF_NONE: u32 = 0x26196c0;

const NONE: usize = 0;

/** At n bytes before it, a mask of the first n of sixteen bytes. */
const FIRST = memory.data<u64>([~(0 as u64), ~(0 as u64), 0, 0]) + 16;

/** The template that is made. */
let made: usize = 0;

/** Where the first row lies that was not read, and how many were before it. */
let at: usize = 0;
let read: u32 = 0;

/** The template of the last row, 0 at the beginning. */
let previous: usize = 0;

/** Step and epoch of the last row that has an epoch. */
export let beforeStep: f64 = -Infinity;
export let beforeEpoch: f64 = 0;

/** Step and text of the last row that has a text to be watched. */
export let watchedStep: f64 = -Infinity;
export let watchedTexts: i32 = -1;

/** Step of the last row with a point that only the first row of a step gives. */
export let onceStep: f64 = NaN;

/** Forgets all templates. */
export function beginRows(): void {
  if (arena == 0) {
    arena = reserve(ARENA_BYTES);
    numbers = reserve((MOST_NUMBERS as usize) << 3);
  }
  top = arena;
  templateCount = 0;
  previous = 0;
  placeAt(-Infinity, 0);
  watchAt(-Infinity, -1);
  onceAt(NaN);
}

export function rowAt(): usize {
  return at;
}

export function rowsRead(): u32 {
  return read;
}

/** Says where the last row stood that has an epoch. */
export function placeAt(step: f64, epoch: f64): void {
  beforeStep = step;
  beforeEpoch = epoch;
}

/** Says where the last row stood that has a text to be watched, and which text it was. */
export function watchAt(step: f64, texts: i32): void {
  watchedStep = step;
  watchedTexts = texts;
}

/** Says at which step the point was given that only the first row of a step gives. */
export function onceAt(step: f64): void {
  onceStep = step;
}

/** Says that no row is read that is at `start`. */
export function passRows(start: usize): void {
  at = start;
  read = 0;
}

/** Begins a template with so many pieces and points, whose texts have `bytes` together; 0 where there is no room. */
export function beginTemplate(pieceCount: u32, pointCount: u32, bytes: usize): usize {
  const size =
    offsetof<Template>() +
    (pieceCount as usize) * (offsetof<Piece>() + 8) +
    (pointCount as usize) * offsetof<Point>() +
    bytes +
    32;
  if (templateCount == MOST || pieceCount > MOST_NUMBERS || top + size > arena + ARENA_BYTES) {
    return 0;
  }
  made = take(offsetof<Template>());
  const template = changetype<Template>(made);
  template.pieces = take((pieceCount as usize) * offsetof<Piece>());
  template.points = take((pointCount as usize) * offsetof<Point>());
  template.pieceCount = 0;
  template.pointCount = 0;
  template.isQualified = 0;
  template.next = 0;
  template.isPlain = 0;
  return made;
}

function take(bytes: usize): usize {
  const from = top;
  top = (top + bytes + 7) & ~(7 as usize);
  return from;
}

/** Adds a piece: the `length` bytes in `nameBuffer`, and what follows them. */
export function addPiece(text: usize, length: u32, kind: u32): void {
  const template = changetype<Template>(made);
  const piece = changetype<Piece>(
    template.pieces + (template.pieceCount as usize) * offsetof<Piece>(),
  );
  piece.text = take(length as usize);
  piece.length = length;
  piece.kind = kind;
  memory.copy(piece.text, text, length as usize);
  template.pieceCount += 1;
}

/** Adds a point; places are negative where the row has no number for it. */
export function addRowPoint(
  metric: usize,
  number: i32,
  constant: f64,
  isRecorded: u32,
  stderr: i32,
): void {
  const template = changetype<Template>(made);
  const point = changetype<Point>(
    template.points + (template.pointCount as usize) * offsetof<Point>(),
  );
  point.metric = metric;
  point.number = number;
  point.value = constant;
  point.isRecorded = isRecorded;
  point.stderr = stderr;
  if (isRecorded == 0 || stderr >= 0) template.isQualified = 1;
  template.pointCount += 1;
}

/** Ends the template: from now on rows are compared with it. */
export function endTemplate(
  step: i32,
  wall: i32,
  wallTime: f64,
  epoch: i32,
  watched: i32,
  isOnce: u32,
): void {
  const template = changetype<Template>(made);
  template.step = step;
  template.wall = wall;
  template.wallTime = wallTime;
  template.epoch = epoch;
  template.watched = watched;
  template.isOnce = isOnce;
  store<usize>(templates + ((templateCount as usize) << 2), made);
  templateCount += 1;
  if (previous != 0) changetype<Template>(previous).next = made;
  previous = made;
}

/** Leaves rows like a template to the plain code. */
export function leaveRows(template: usize): void {
  changetype<Template>(template).isPlain = 1;
}

/** Reads the rows from `start` to `end`, behind which there is a byte to write to, up to the first that is like none. */
export function rows(start: usize, end: usize): i32 {
  // No template has this byte, so that no row goes beyond it.
  store<u8>(end, 0);
  read = 0;
  let p = start;
  while (true) {
    at = p;
    let template: usize = previous == 0 ? NONE : changetype<Template>(previous).next;
    let behind: usize = template == 0 ? NONE : match(p, end, changetype<Template>(template));
    for (let i: u32 = 0; behind == 0 && i < templateCount; i++) {
      const other = load<usize>(templates + ((i as usize) << 2));
      if (other == template) continue;
      behind = match(p, end, changetype<Template>(other));
      if (behind != 0) template = other;
    }
    if (behind == 0) return UNLIKE;
    if (!hasRoom(changetype<Template>(template).pointCount)) return FULL;
    if (!addPoints(changetype<Template>(template))) return UNLIKE;
    if (previous != 0) changetype<Template>(previous).next = template;
    previous = template;
    read += 1;
    p = behind;
  }
}

/** The end of the row at `p` where it is like the template, else 0; its numbers are in `numbers` then. */
function match(p: usize, end: usize, template: Template): usize {
  if (template.isPlain != 0) return 0;
  let to = numbers;
  let q = p;
  let at = template.pieces;
  while (true) {
    const piece = changetype<Piece>(at);
    const length = piece.length;
    if (length <= 16) {
      const text = v128.load(piece.text);
      const others = v128.and(v128.xor(text, v128.load(q)), v128.load(FIRST - length));
      if (v128.any_true(others)) return 0;
    } else if (!equalText(q, piece.text, length as usize)) return 0;
    q += length;
    if (piece.kind == NUMBER) {
      let behind = fraction(q);
      if (behind != 0) store<u64>(to, fractionBits);
      else {
        behind = jsonNumber(q, end);
        if (behind == q || !isDecided) return 0;
        store<f64>(to, value);
      }
      q = behind;
    } else if (piece.kind == TEXT) {
      q = behindText(q);
      if (q == 0) return 0;
    } else if (piece.kind == CELL) {
      q = behindCell(q);
      if (q == 0) return 0;
    } else return q;
    to += 8;
    at += offsetof<Piece>();
  }
}

/** Where a text within quotes ends that stands for no number; 0 where it may. */
function behindText(from: usize): usize {
  let isWord = false;
  let p = from;
  while (true) {
    const char = load<u8>(p) as u32;
    if (char == 0x22) return isWord ? p : 0;
    if (char < 0x20 || char == 0x5c) return 0;
    if (!isWord && char < 0x7f) isWord = !isOfNonFinite(char);
    p++;
  }
}

/** True for what `nan` and `infinity` are written with, and for blanks and signs. */
function isOfNonFinite(char: u32): bool {
  const letter = char | 0x20;
  return (
    char == 0x20 ||
    char == 0x2b ||
    char == 0x2d ||
    letter == 0x61 ||
    letter == 0x66 ||
    letter == 0x69 ||
    letter == 0x6e ||
    letter == 0x74 ||
    letter == 0x79
  );
}

/**
 * Where a cell of a table ends that stands for no number; 0 where it may. It is one that holds none of the usual delimiters,
 * whichever the table's is.
 */
function behindCell(from: usize): usize {
  let isWord = false;
  let p = from;
  while (true) {
    const char = load<u8>(p) as u32;
    if (char == COMMA || char == TAB || char == SEMICOLON || char == BAR) return isWord ? p : 0;
    if (char == RETURN || char == NEWLINE) return isWord ? p : 0;
    // A quote may hold delimiters, and behind a number sign there may be a comment.
    if (char < 0x20 || char == QUOTE || char == NUMBER_SIGN) return 0;
    if (isOfWords(char)) isWord = true;
    p++;
  }
}

/** True for what is in no number, nor in `none`, `null`, `n/a`, `true`, `false` or `infinity`. */
function isOfWords(char: u32): bool {
  if (char == 0x3a || char == 0x5f) return true;
  const letter = (char | 0x20) - 0x61;
  return letter < 26 && ((LETTERS_OF_NONE >>> letter) & 1) != 0;
}

/** Adds the points of a row whose numbers are in `numbers`; false where the plain code has to. */
function addPoints(template: Template): bool {
  const step = load<f64>(numbers + ((template.step as usize) << 3));
  if (!isFinite(step)) return false;
  const texts = template.watched;
  if (texts >= 0 && step <= watchedStep && texts != watchedTexts) return false;
  if (template.epoch >= 0) {
    const epoch = load<f64>(numbers + ((template.epoch as usize) << 3));
    if (!isFinite(epoch) || (step < beforeStep && epoch > beforeEpoch)) return false;
    beforeStep = step;
    beforeEpoch = epoch;
  }
  if (texts >= 0) watchAt(step, texts);
  const wall =
    template.wall < 0
      ? template.wallTime
      : wallTimeOf(load<f64>(numbers + ((template.wall as usize) << 3)));
  let at = template.points;
  const end = at + (template.pointCount as usize) * offsetof<Point>();
  if (template.isOnce != 0) {
    if (step == onceStep) at += offsetof<Point>();
    onceStep = step;
  }
  let kept: u32 = 0;
  for (; at < end; at += offsetof<Point>()) {
    const point = changetype<Point>(at);
    const own =
      point.number < 0 ? point.value : load<f64>(numbers + ((point.number as usize) << 3));
    keep(kept, point.metric, own);
    if (template.isQualified != 0) {
      const stderr = point.stderr < 0 ? NaN : load<f64>(numbers + ((point.stderr as usize) << 3));
      qualify(kept, point.isRecorded != 0, stderr);
    }
    kept += 1;
  }
  addRow(kept, step, reinterpret<u64>(wall));
  return true;
}

/** Seconds since 1970 of a time in any unit, as `toWallTime` has it; NaN for what is no time. */
function wallTimeOf(time: f64): f64 {
  let seconds = time;
  if (isTime(seconds)) return seconds;
  seconds = time / 1e3;
  if (isTime(seconds)) return seconds;
  seconds = time / 1e6;
  if (isTime(seconds)) return seconds;
  seconds = time / 1e9;
  return isTime(seconds) ? seconds : NaN;
}

function isTime(seconds: f64): bool {
  return seconds > 631_152_000 && seconds < 4_102_444_800;
}
