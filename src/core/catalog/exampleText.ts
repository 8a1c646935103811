/** Reads what was asked and answered in one example at one checkpoint, from its file. */

import { examplesReaderOf } from "../formats/examples/index.js";
import type { Example, ExamplesReader, ExampleText, Place } from "../formats/examples.js";
import { ElementScanner } from "../formats/framing/jsonElements.js";
import { LineSplitter } from "../formats/framing/lines.js";
import { decodeText, parseJson } from "../formats/json.js";
import { FileError, readPieces, type ByteSource, type Files } from "../io/files.js";
import { isPlainObject } from "../model/config.js";
import type { ExamplesSource } from "../model/run.js";

/** What names an example in a file of examples. `step` only where the examples say it themselves. */
export type WantedExample = Pick<Example, "task" | "id" | "filter" | "step">;

/**
 * The text of `wanted`, null where the file has none of it. Where the place is not known, or another example lies there
 * now, the file is read up to the example: O(file). Throws `FileError`.
 */
export async function readExampleText(
  files: Files,
  { file, format }: ExamplesSource,
  wanted: WantedExample,
  place: Place | null = null,
  signal?: AbortSignal,
): Promise<ExampleText | null> {
  const reader = examplesReaderOf(format);
  if (!reader.textAt) return null;
  const source = await files.open(file);
  try {
    let text = place === null ? null : await reader.textAt({ source, file }, place);
    if (text === null || (text.id !== null && text.id !== wanted.id)) {
      const found = await findPlace(reader, source, file, wanted, signal);
      text = found === null ? null : await reader.textAt({ source, file }, found);
    }
    if (text === null || text.question !== null) return text;
    const more = await textBeside(files, reader, file, wanted.id, signal);
    return {
      id: text.id,
      question: more?.question ?? null,
      answer: text.answer ?? more?.answer ?? null,
      target: text.target ?? more?.target ?? null,
    };
  } finally {
    await source.close();
  }
}

async function findPlace(
  reader: ExamplesReader,
  source: ByteSource,
  file: string,
  { task, id, filter, step }: WantedExample,
  signal: AbortSignal | undefined,
): Promise<Place | null> {
  for await (const { examples } of reader.read({ source, file }, signal)) {
    for (const one of examples) {
      const isWanted = one.id === id && one.task === task && one.filter === filter;
      if (isWanted && (one.step === null || one.step === step)) return one.place;
    }
  }
  return null;
}

async function textBeside(
  files: Files,
  { beside }: ExamplesReader,
  file: string,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Partial<ExampleText> | null> {
  if (!beside) return null;
  let source: ByteSource;
  try {
    source = await files.open(beside.fileOf(file));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return null;
  }
  try {
    const found: Partial<ExampleText>[] = [];
    const look = (row: Uint8Array): void => {
      if (found.length > 0 || row.length === 0) return;
      const parsed = parseJson(decodeText(row));
      const text = parsed.ok && isPlainObject(parsed.value) ? beside.textOf(parsed.value) : null;
      if (text?.id === id) found.push(text);
    };
    const lines = new LineSplitter(0, 1);
    const elements = beside.elements === null ? null : new ElementScanner(beside.elements);
    for await (const piece of readPieces(source, 0, signal)) {
      if (elements) elements.push(piece, look);
      else lines.push(piece, look);
      if (found[0]) return found[0];
    }
    look(lines.rest());
    return found[0] ?? null;
  } finally {
    await source.close();
  }
}
