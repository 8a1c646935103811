/** What lines of all logs have in common: colours, times and ranks in front, numbers with separators and units. */

import { toWallTime } from "../columns.js";
import { nonFiniteOf } from "../json.js";

/** Colours and cursor movements of terminals (ECMA-48 control sequences). */
const CONTROL = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, "g");

/** `[titan] `, `[rank0]:`, `3: ` of srun, `(worker pid=12)`: who wrote the line. */
const WRITER =
  /^(?:\[(?:rank ?\d+|titan|default\d*|\d+)\]:? ?|\[[\w.-]{1,60}\] (?=\d{4}-)|\d{1,5}: |\([\w. ]{1,60}pid=\d+[^)]{0,60}\) |[\w.-]{1,60}: (?=\[\d{4}-|\s*samples\/sec))/i;

const TIME =
  /^\[?(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d:?\d\d)?\]?(?=$|[\s,:|\]-])/;

/** How serious a message is, as loggers name it. */
const LEVEL = /\b(?:DEBUG|INFO|WARNING|WARN|ERROR)\b/;
const MAX_LOGGER_CHARS = 160;

export interface LogLine {
  readonly text: string;
  /** Seconds since 1970 of the time in front of the line, taken as UTC where it names no zone; NaN without one. */
  readonly wallTime: number;
}

export function logLineOf(raw: string): LogLine {
  let text = raw.includes("\u001b") ? raw.replace(CONTROL, "") : raw;
  let wallTime = NaN;
  for (let round = 0; round < 3; round++) {
    const before = text.length;
    text = text.replace(WRITER, "");
    const time = TIME.exec(text.trimStart());
    if (time) {
      const [whole, year, month, day, clock, fraction, zone] = time;
      const iso = `${year}-${month}-${day}T${clock}${fraction === undefined ? "" : `.${fraction}`}`;
      wallTime = toWallTime(`${iso}${zone ?? ""}`);
      text = text.trimStart().slice(whole.length);
      text = withoutLogger(text).replace(/^[\s,:|-]+(?=\S)/, "");
    } else text = text.replace(/^(?:DEBUG|INFO|WARNING|ERROR)[:\s]+(?=\S)/, "");
    if (text.length === before) break;
  }
  return { text, wallTime };
}

/** Without `- root - INFO - `, ` | INFO | fairseq.trainer | `, `host:0 olmo.train:816 INFO ` behind the time. */
function withoutLogger(text: string): string {
  const start = text.slice(0, MAX_LOGGER_CHARS);
  const level = LEVEL.exec(start);
  if (!level || /[={]/.test(start.slice(0, level.index))) return text;
  return text
    .slice(level.index + level[0].length)
    .replace(/^[\s:|\-\]]{0,8}/, "")
    .replace(/^\[[\w.]{1,60}\.py:\d+(?::\w{1,60})?\] ?/, "");
}

/** A number with thousands separators or an exponent, and a unit behind it that stays unread: `67.200s`, `1,234`, `9.6%`. */
const NUMBER =
  /^([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?)\s*((?:[a-zA-Zµ%°][\w%/]*)?)$/;
const WORD = /^([-+]?(?:nan|inf(?:inity)?))(?:ms|s|%)?$/i;

/**
 * The value of a number as a log writes it, in the unit it is written in: thousands separators are left out, a unit
 * (`ms`, `s`, `GiB`, `%`) is stepped over, never converted. Null for `N/A` and `None`; undefined for anything else.
 */
export function numberIn(text: string): number | null | undefined {
  const trimmed = text.trim();
  if (/^(n\/a|none|null)$/i.test(trimmed)) return null;
  const word = WORD.exec(trimmed);
  if (word) return nonFiniteOf(word[1] ?? "");
  const match = NUMBER.exec(trimmed);
  const digits = match?.[1] ?? "";
  if (!/\d/.test(digits)) return undefined;
  const value = Number(digits.replaceAll(",", ""));
  return Number.isNaN(value) ? undefined : value;
}

/** A number anywhere in a line, for use in patterns: everything that `numberIn` reads, without its unit. */
export const NUMBER_PATTERN =
  "[-+]?(?:(?:\\d{1,3}(?:,\\d{3})+(?![\\d,])|\\d+)(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?|[-+]?(?:nan|NaN|NAN|inf|Inf|Infinity)|N\\/A";

/** A step: digits, perhaps with thousands separators. NaN for a number that is no exact integer. */
export function stepIn(digits: string): number {
  const step = Number(digits.replaceAll(",", ""));
  return Number.isSafeInteger(step) ? step : NaN;
}
