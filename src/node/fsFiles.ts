/** Core's file system on the machine's disks. */

import { constants } from "node:fs";
import { open, readdir, realpath, stat, type FileHandle } from "node:fs/promises";
import type { Dirent, Stats } from "node:fs";
import {
  FileError,
  toSlashes,
  type ByteSource,
  type Entry,
  type Files,
  type FileStamp,
} from "../core/index.js";

export const fsFiles: Files = {
  async list(directory) {
    const entries = await attempt(directory, () => readdir(directory, { withFileTypes: true }));
    return entries.map(toEntry);
  },

  async stat(path) {
    const found = await attempt(path, () => stat(path));
    return { ...stampOf(found), kind: kindOf(found) };
  },

  async open(path) {
    // Without O_NONBLOCK a named pipe would hold the reader until somebody writes to it. Windows has none.
    const flags = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
    const handle = await attempt(path, () => open(path, flags));
    try {
      const found = await attempt(path, () => handle.stat());
      if (!found.isFile()) throw new FileError("failed", path, "is not a regular file");
      return new FileSource(path, handle, stampOf(found));
    } catch (error) {
      await handle.close();
      throw error;
    }
  },

  async realPath(path) {
    return toSlashes(await attempt(path, () => realpath(path)));
  },
};

/** A file of the disk, open. */
export class FileSource implements ByteSource {
  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    readonly stamp: FileStamp,
  ) {}

  get fd(): number {
    return this.handle.fd;
  }

  async read(start: number, into: Uint8Array): Promise<number> {
    const result = await attempt(this.path, () => this.handle.read(into, 0, into.length, start));
    return result.bytesRead;
  }

  async close(): Promise<void> {
    await attempt(this.path, () => this.handle.close());
  }
}

async function attempt<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FileError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new FileError("not-found", path, "no such file or directory");
    }
    const kind = code === "EACCES" || code === "EPERM" ? "not-allowed" : "failed";
    throw new FileError(
      kind,
      path,
      code === undefined ? message : `${code}: ${reasonText(message)}`,
    );
  }
}

/** Node's message without the system call and the path that follow it. */
function reasonText(message: string): string {
  return (message.split(": ", 2)[1] ?? message).split(",", 1)[0] ?? message;
}

function toEntry(entry: Dirent): Entry {
  const kind = entry.isFile()
    ? "file"
    : entry.isDirectory()
      ? "directory"
      : entry.isSymbolicLink()
        ? "link"
        : "other";
  return { name: entry.name, kind };
}

function kindOf(found: Stats): Entry["kind"] {
  return found.isFile() ? "file" : found.isDirectory() ? "directory" : "other";
}

function stampOf({ size, mtimeMs, ino }: Stats): FileStamp {
  return { size, modifiedMs: mtimeMs, inode: ino };
}
