/** Files that belong to another one beside them and are read with it. */

import { FileError, type ByteSource, type Files } from "../io/files.js";
import { baseName, directoryOf, joinPath } from "../io/path.js";
import type { Reader } from "./reader.js";

/** Opens those that are there. Whoever asks closes them with `closeAll`. */
export async function openBeside(
  files: Files,
  file: string,
  reader: Reader,
): Promise<ReadonlyMap<string, ByteSource>> {
  const opened = new Map<string, ByteSource>();
  try {
    for (const name of reader.beside?.(baseName(file)) ?? []) {
      const source = await ifThere(files.open(joinPath(directoryOf(file), name)));
      if (source) opened.set(name, source);
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  return opened;
}

export async function closeAll(opened: ReadonlyMap<string, ByteSource>): Promise<void> {
  for (const source of opened.values()) await source.close();
}

/** Tells whether they changed since it was last asked: their stamps as one text, `""` where there are none. */
export async function stampBeside(files: Files, file: string, reader: Reader): Promise<string> {
  const stamps: string[] = [];
  for (const name of reader.beside?.(baseName(file)) ?? []) {
    const stamp = await ifThere(files.stat(joinPath(directoryOf(file), name)));
    if (stamp) stamps.push(`${name} ${stamp.size} ${stamp.modifiedMs} ${stamp.inode}`);
  }
  return stamps.join("\n");
}

async function ifThere<T>(wanted: Promise<T>): Promise<T | null> {
  try {
    return await wanted;
  } catch (error) {
    if (error instanceof FileError && error.code === "not-found") return null;
    throw error;
  }
}
