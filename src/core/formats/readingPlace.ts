/** Where files are read: where core itself runs, or elsewhere, by somebody who has the same readers. */

import { readerOf } from "./index.js";
import type { Chunk, Cursor, ReadInput } from "./reader.js";

export interface ReadingPlace {
  /** Files that are read beside each other. */
  readonly atOnce: number;
  /** What `Reader.read` of the format does. Numbers of a chunk may lie in narrower arrays. */
  read(format: string, input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor>;
}

export const HERE: ReadingPlace = {
  atOnce: 1,
  read: (format, input, signal) => readerOf(format).read(input, signal),
};
