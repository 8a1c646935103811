/** JSON lines as examples, for all readers whose files have a line per example or per checkpoint. */

import { readPieces, readRange } from "../../io/files.js";
import { isPlainObject } from "../../model/config.js";
import type { Example, ExamplesChunk, ExamplesInput, ExampleText, Place } from "../examples.js";
import { LineSplitter } from "../framing/lines.js";
import { decodeText, numberOf, parseJson } from "../json.js";
import { ProblemList } from "../problems.js";

export type Row = Readonly<Record<string, unknown>>;

/** Streams the examples of each line at `place`; `examplesOf` gives the reason where a line has none. */
export async function* readExampleLines(
  { source, file }: ExamplesInput,
  examplesOf: (row: Row, place: Place) => Iterable<Example> | string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExamplesChunk, void> {
  const problems = new ProblemList(file);
  const lines = new LineSplitter(0, 1);
  let examples: Example[] = [];
  const take = (line: Uint8Array, offset: number, number: number): void => {
    if (line.length === 0) return;
    const parsed = parseJson(decodeText(line));
    const found = !parsed.ok
      ? parsed.reason
      : isPlainObject(parsed.value)
        ? examplesOf(parsed.value, { at: offset, length: line.length })
        : "not an object";
    if (typeof found !== "string") for (const example of found) examples.push(example);
    else problems.add("examples/bad-line", `${found}; not read`, { offset, line: number });
  };
  for await (const piece of readPieces(source, 0, signal)) {
    lines.push(piece, take);
    yield { examples, problems: problems.take() };
    examples = [];
  }
  const rest = lines.rest();
  // A last line without its end is being written, unless it is whole.
  if (rest.length > 0 && parseJson(decodeText(rest)).ok) take(rest, lines.offset, lines.number);
  for (const { offset, number } of lines.tooLong) {
    problems.add("examples/line-too-long", "too long; not read", { offset, line: number });
  }
  yield { examples, problems: problems.take(true) };
}

/** The line at a place, as the reader's own `textOf` understands it. */
export async function readLineText(
  { source }: ExamplesInput,
  { at, length }: Place,
  textOf: (row: Row) => ExampleText | null,
): Promise<ExampleText | null> {
  const parsed = parseJson(decodeText(await readRange(source, at, length)));
  return parsed.ok && isPlainObject(parsed.value) ? textOf(parsed.value) : null;
}

/** The numbers among `fields`, true and false as 1 and 0. */
export function outcomesOf(fields: Row, names: Iterable<string>): Map<string, number> {
  const outcomes = new Map<string, number>();
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? numberOf(fields[name]) : undefined;
    if (typeof value === "number") outcomes.set(name, value);
  }
  return outcomes;
}

/** An id or a checksum. */
export function wordOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : null;
}

/** A text for people: that of a list is its items by line, that of anything else its JSON. */
export function proseOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return JSON.stringify(value, null, 1);
  const items = value.flatMap((item: unknown) => proseOf(item) ?? []);
  return items.length === 0 ? null : items.join("\n");
}
