/** Which model a file of evaluations is of. */

import { closeAll, openBeside } from "../formats/beside.js";
import type { Evaluated } from "../formats/evaluated.js";
import { readerOf } from "../formats/index.js";
import { START } from "../formats/reader.js";
import { FileError, type Files } from "../io/files.js";
import type { Source } from "../model/run.js";

/** Null where the file does not say it, or cannot be read: reading its run says that. */
export async function evaluatedIn(
  files: Files,
  { file, format }: Source,
  signal?: AbortSignal,
): Promise<Evaluated | null> {
  const reader = readerOf(format);
  try {
    const source = await files.open(file);
    try {
      const beside = await openBeside(files, file, reader);
      try {
        for await (const { evaluated } of reader.read(
          { source, file, from: START, beside },
          signal,
        )) {
          if (evaluated) return evaluated;
        }
        return null;
      } finally {
        await closeAll(beside);
      }
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return null;
  }
}
