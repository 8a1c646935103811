/** JSON documents whose examples are the elements of a list, for all readers of such files. */

import { readPieces, readRange } from "../../io/files.js";
import { isPlainObject } from "../../model/config.js";
import type { Example, ExamplesChunk, ExamplesInput, ExampleText, Place } from "../examples.js";
import { ElementScanner } from "../framing/jsonElements.js";
import { decodeText, parseJson } from "../json.js";
import { ProblemList } from "../problems.js";
import type { Row } from "./exampleLines.js";

/** Streams the examples of each element at `path`; `examplesOf` gives the reason where an element has none. */
export async function* readExampleElements(
  { source, file }: ExamplesInput,
  path: readonly string[],
  examplesOf: (row: Row, place: Place, indices: readonly number[]) => Iterable<Example> | string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ExamplesChunk, void> {
  const problems = new ProblemList(file);
  const scanner = new ElementScanner(path);
  let examples: Example[] = [];
  const take = (element: Uint8Array, offset: number, indices: readonly number[]): void => {
    const parsed = parseJson(decodeText(element));
    const found = !parsed.ok
      ? parsed.reason
      : isPlainObject(parsed.value)
        ? examplesOf(parsed.value, { at: offset, length: element.length }, indices)
        : "not an object";
    if (typeof found !== "string") for (const example of found) examples.push(example);
    else problems.add("examples/bad-element", `${found}; not read`, { offset });
  };
  for await (const piece of readPieces(source, 0, signal)) {
    scanner.push(piece, take);
    yield { examples, problems: problems.take() };
    examples = [];
  }
  for (const { offset } of scanner.tooLong) {
    problems.add("examples/element-too-long", "too long; not read", { offset });
  }
  yield { examples: [], problems: problems.take(true) };
}

/** The element at a place, as the reader's own `textOf` understands it. */
export async function readElementText(
  { source }: ExamplesInput,
  { at, length }: Place,
  textOf: (row: Row) => ExampleText | null,
): Promise<ExampleText | null> {
  const parsed = parseJson(decodeText(await readRange(source, at, length)));
  return parsed.ok && isPlainObject(parsed.value) ? textOf(parsed.value) : null;
}
