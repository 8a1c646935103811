/** How files are read into columns: by a kernel, or by the plain reader of their format. */

import type { Chunk, Cursor, Reader, ReadInput } from "../formats/reader.js";
import { NO_ENDS, type ColumnBatch, type Ends } from "../tables/columnBatch.js";
import { ColumnBuilder } from "../tables/columnBuilder.js";

/** What a reader found in a piece of a file, its points as columns. */
export interface ColumnChunk extends Omit<Chunk, "points"> {
  readonly columns: ColumnBatch;
}

export interface ColumnInput extends ReadInput {
  /** Where the points before ended, by the run within the file; without it there were none. */
  readonly after?: ReadonlyMap<string, Ends>;
}

export interface ColumnEnd {
  readonly cursor: Cursor;
  /** By the run within the file, `""` where it holds one. */
  readonly ends: ReadonlyMap<string, Ends>;
}

export type ColumnReading = AsyncGenerator<ColumnChunk, ColumnEnd>;

/** Reads by the plain reader: the meaning that every kernel has too. */
export async function* readPlainly(
  reader: Reader,
  input: ColumnInput,
  signal?: AbortSignal,
): ColumnReading {
  const builders = new Map<string, ColumnBuilder>();
  const chunks = reader.read(input, signal);
  let next = await chunks.next();
  const builderOf = (part: string): ColumnBuilder => {
    let builder = builders.get(part);
    if (!builder) {
      builder = new ColumnBuilder(input.after?.get(part) ?? NO_ENDS);
      builders.set(part, builder);
    }
    return builder;
  };
  // Where unfinished points follow, they are left out of what later ones are compared with.
  let settled: ReadonlyMap<string, Ends> | null = null;
  const endsNow = (): Map<string, Ends> => {
    const ends = new Map(input.after);
    for (const [part, builder] of builders) ends.set(part, builder.ends());
    return ends;
  };
  for (; next.done !== true; next = await chunks.next()) {
    const { points, ...others } = next.value;
    if (others.provisional === true) settled ??= endsNow();
    yield { ...others, columns: builderOf(others.part ?? "").batch(points) };
  }
  return { cursor: next.value, ends: settled ?? endsNow() };
}
