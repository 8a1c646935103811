/** Why a file that no reader takes is none of a run's metrics, from its first bytes: where its name says nothing. */

import { lfsPointer } from "../formats/gitLfs.js";
import { BLANKS, splitRow } from "../formats/framing/delimited.js";
import { decodeText, looksBinary, numberOf, parseJson } from "../formats/json.js";
import { isLogName, isMeasured } from "../formats/logNames.js";
import { HEAD_BYTES } from "../formats/reader.js";
import { valueOf } from "../formats/table/cells.js";
import { FileError, readRange, type Files } from "../io/files.js";
import { baseName, extensionOf } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import type { UnreadReason } from "./unreadReason.js";

export interface UnreadAnswer {
  readonly reason: UnreadReason;
  readonly detail: string;
}

/** Larger documents are no summary of a few numbers. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;

const NO_STEP = (what: string): UnreadAnswer => ({ reason: "no-step", detail: what });

/** What the file's first bytes tell; null where they tell nothing either. Throws nothing but when aborted. */
export async function lookInto(files: Files, path: string): Promise<UnreadAnswer | null> {
  const extension = extensionOf(path);
  if (!LOOKS.has(extension)) return null;
  try {
    const source = await files.open(path);
    try {
      const { size } = source.stamp;
      const isDocument = extension === ".json" && size <= MAX_DOCUMENT_BYTES;
      const head = await readRange(source, 0, isDocument ? size : HEAD_BYTES);
      const pointer = lfsPointer(head, size);
      if (pointer !== null) {
        const reason = isLogName(baseName(path)) ? "damaged" : "not-training-data";
        return { reason, detail: pointer };
      }
      if (head.length === 0 || looksBinary(head)) return null;
      return LOOKS.get(extension)?.(decodeText(head), baseName(path)) ?? null;
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return null;
  }
}

type Look = (text: string, name: string) => UnreadAnswer | null;

const LOOKS: ReadonlyMap<string, Look> = new Map<string, Look>([
  [".json", lookAtDocument],
  [".jsonl", lookAtLines],
  [".ndjson", lookAtLines],
  [".csv", lookAtTable],
  [".tsv", lookAtTable],
  [".txt", lookAtTable],
  [".dat", lookAtTable],
]);

/** A map of names to numbers, or lists of numbers by name, or rows: measurements that belong to no step. */
function lookAtDocument(text: string): UnreadAnswer | null {
  const parsed = parseJson(text);
  if (!parsed.ok) return null;
  const { value } = parsed;
  if (Array.isArray(value)) return isMeasurement(value[0]) ? NO_STEP("rows without a step") : null;
  if (!isPlainObject(value)) return null;
  const entries = Object.entries(value);
  const isNumber = (given: unknown): boolean => typeof numberOf(given) === "number";
  if (entries.length > 0 && entries.every(([, given]) => isNumber(given))) {
    // Whole numbers by names that nobody measures are a vocabulary, or counts.
    const isWhole = entries.every(([, given]) => Number.isInteger(given));
    const isIds = isWhole && (entries.length > 100 || !entries.some(([name]) => isMeasured(name)));
    return isIds ? null : NO_STEP("numbers without a step");
  }
  const lists = entries.filter(
    ([name, given]) =>
      Array.isArray(given) && given.length > 1 && isMeasured(name) && given.every(isNumber),
  );
  return lists.length > 0
    ? NO_STEP(`lists without steps, such as ${lists[0]?.[0] ?? ""}: an index is not a step`)
    : null;
}

function isMeasurement(row: unknown): boolean {
  return (
    isPlainObject(row) &&
    Object.entries(row).some(([name, given]) => isMeasured(name) && typeof given === "number")
  );
}

function lookAtLines(text: string): UnreadAnswer | null {
  const parsed = parseJson(text.split("\n", 1)[0] ?? "");
  return parsed.ok && isMeasurement(parsed.value) ? NO_STEP("rows without a step") : null;
}

/** A header with a name of what is measured and a number below it; or numbers alone, in a file that is named as a log. */
function lookAtTable(text: string, name: string): UnreadAnswer | null {
  if (text.startsWith('#{"t_start"')) return NO_STEP("episodes of a Gym monitor, without a step");
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const [header = "", first = ""] = lines;
  const delimiter = ["\t", ",", ";"].find((candidate) => header.includes(candidate)) ?? BLANKS;
  const names = splitRow(header, delimiter, 10_000).map((cell) => cell.trim());
  const isNumber = (cell: string | undefined): boolean => typeof valueOf(cell) === "number";
  if (names.every(isNumber)) {
    const isLog = isLogName(name) || isMeasured(name);
    return isLog && lines.length > 1 ? NO_STEP("numbers without a header that names a step") : null;
  }
  const cells = splitRow(first, delimiter, 10_000);
  const isTable = extensionOf(name) !== ".txt" || names.length > 1;
  const measured = names.find((column, i) => isMeasured(column) && isNumber(cells[i]));
  return isTable && measured !== undefined && cells.length === names.length
    ? NO_STEP(`a table without a step column, of ${measured} and more`)
    : null;
}
