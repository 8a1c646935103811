/** A row's text, and where in it the numbers and texts lie that may be others in the next row like it. */

import { isPlainObject } from "../../model/config.js";
import { BLANKS, splitRow } from "../framing/delimited.js";
import { decodeText, parseJson } from "../json.js";
import type { Cell } from "../table/cells.js";
import type { TableRows } from "../table/rows.js";
import { FREE, type RowTemplate } from "../table/template.js";

/** Bytes from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** A text of JSON is within quotes, one of a table ends at the next delimiter. */
  readonly kind: "number" | "text" | "cell";
}

/** A row's template, and where its places lie in the row's bytes. */
export interface TextTemplate {
  readonly row: RowTemplate;
  readonly spans: readonly Span[];
}

/** What tells the templates of rows of JSON. */
export interface JsonTemplates {
  namingPlaces(row: Readonly<Record<string, unknown>>): number[];
  templateOf(row: Readonly<Record<string, unknown>>): RowTemplate | null;
}

/** The template of a row of JSON that was just added, where it has one: all its texts may be others that name nothing. */
export function jsonTemplate(bytes: Uint8Array, rows: JsonTemplates): TextTemplate | null {
  const all = spansOfJson(bytes);
  const naming = new Set(rows.namingPlaces(rowOfPlaces(bytes, all)));
  const spans = naming.size === 0 ? all : all.filter((_, place) => !naming.has(place));
  const row = rows.templateOf(rowOfPlaces(bytes, spans));
  return row && { row, spans };
}

function rowOfPlaces(bytes: Uint8Array, spans: readonly Span[]): Readonly<Record<string, unknown>> {
  const parsed = parseJson(textOfPlaces(bytes, spans));
  return parsed.ok && isPlainObject(parsed.value) ? parsed.value : {};
}

/**
 * The template of a line of a table that was just added, where it has one. Cells in quotes, and numbers that are written
 * otherwise than in JSON, are for the plain code.
 */
export function delimitedTemplate(
  line: Uint8Array,
  { names, delimiter }: { readonly names: readonly string[]; readonly delimiter: string },
  table: Pick<TableRows, "namingPlaces" | "templateOf">,
): TextTemplate | null {
  if (line.includes(QUOTE)) return null;
  const text = latin(line, 0, line.length).replace(/\r?\n$/, "");
  const own = splitRow(decodeText(line.subarray(0, text.length)), delimiter);
  const found = delimiter === BLANKS ? [...text.matchAll(/[^ \t]+/g)] : cellsIn(text, delimiter);
  if (found.length !== names.length || own.length !== names.length) return null;
  const naming = new Set<number>();
  for (;;) {
    const spans: Span[] = [];
    const cells = found.map(({ 0: cell, index }, i): Cell => {
      const start = index + cell.length - cell.trimStart().length;
      const end = start + cell.trim().length;
      const isNumber = JSON_NUMBER.test(cell.trim());
      const isFree = delimiter !== BLANKS && !naming.has(i) && FREE_CELL.test(cell);
      if (!isNumber && !isFree) return own[i];
      spans.push(
        isNumber
          ? { start, end, kind: "number" }
          : { start: index, end: index + cell.length, kind: "cell" },
      );
      return isNumber ? spans.length - 1 : `${FREE}${spans.length - 1}`;
    });
    const places = table.namingPlaces(names, cells);
    if (places.length === 0) {
      const row = table.templateOf(names, cells);
      return row && { row, spans };
    }
    for (const place of places) naming.add(cells.indexOf(`${FREE}${place}`));
  }
}

/** With a character that is in no number, nor in a word for one. Behind a number sign there may be a comment. */
const FREE_CELL = /^[^#]*[:_ghjkmpqvwz][^#]*$/i;

function cellsIn(
  text: string,
  delimiter: string,
): { readonly 0: string; readonly index: number }[] {
  let index = 0;
  return text.split(delimiter).map((cell) => {
    const found = { 0: cell, index };
    index += cell.length + delimiter.length;
    return found;
  });
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const MINUS = 0x2d;

/** A number as JSON has it: other ones are for the plain code. */
export const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** What may stand for a number that is not finite, and what no text of JSON has as it is. */
const NO_WORD = /^[ afinty+\-\u0080-\uffff]*$|[\\\u0000-\u001f]/i;

/** The spans of a JSON value, in the order of its text. O(bytes). */
function spansOfJson(bytes: Uint8Array): Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      const start = at + 1;
      for (at = start; at < bytes.length && bytes[at] !== QUOTE; at++)
        if (bytes[at] === BACKSLASH) at++;
      if (isKey(bytes, at + 1)) continue;
      const isFree = !NO_WORD.test(latin(bytes, start, at));
      if (isFree) spans.push({ start, end: at, kind: "text" });
    } else if (byte === MINUS || isDigit(byte)) {
      const start = at;
      while (isOfNumber(bytes[at + 1])) at++;
      if (JSON_NUMBER.test(latin(bytes, start, at + 1)))
        spans.push({ start, end: at + 1, kind: "number" });
    }
  }
  return spans;
}

function isKey(bytes: Uint8Array, from: number): boolean {
  let at = from;
  while (at < bytes.length && (bytes[at] as number) <= 0x20) at++;
  return bytes[at] === COLON;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Digits, and what else a number is written with. */
function isOfNumber(byte: number | undefined): boolean {
  return byte !== undefined && (isDigit(byte) || [0x2b, MINUS, 0x2e, 0x45, 0x65].includes(byte));
}

/** The bytes as characters, one each: what matters here is ASCII. */
function latin(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += 4096)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)));
  return text;
}

/** The row's text with the places of its numbers and free texts in their stead, as JSON. */
function textOfPlaces(bytes: Uint8Array, spans: readonly Span[]): string {
  let text = "";
  let from = 0;
  for (const [place, { start, end, kind }] of spans.entries()) {
    text += decodeText(bytes.subarray(from, start));
    text += kind === "number" ? String(place) : `${JSON.stringify(FREE).slice(1, -1)}${place}`;
    from = end;
  }
  return text + decodeText(bytes.subarray(from));
}
