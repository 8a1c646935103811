/** A file system over another one in which some calls go wrong, or sources answer in pieces of random size. */

import {
  FileError,
  type ByteSource,
  type Entry,
  type FileErrorCode,
  type Files,
  type FileStamp,
} from "../../src/core/io/files.js";
import { wholeNumber } from "./random.js";

/** What goes wrong, by path. */
export interface Script {
  readonly list?: Readonly<Record<string, FileErrorCode>>;
  readonly open?: Readonly<Record<string, FileErrorCode>>;
}

export class ScriptedFiles implements Files {
  constructor(
    private readonly files: Files,
    private readonly script: Script,
  ) {}

  list(directory: string): Promise<readonly Entry[]> {
    return this.failing(this.script.list, directory) ?? this.files.list(directory);
  }

  stat(path: string): Promise<FileStamp & { readonly kind: Entry["kind"] }> {
    return this.files.stat(path);
  }

  open(path: string): Promise<ByteSource> {
    return this.failing(this.script.open, path) ?? this.files.open(path);
  }

  realPath(path: string): Promise<string> {
    return this.files.realPath(path);
  }

  private failing(
    script: Readonly<Record<string, FileErrorCode>> | undefined,
    path: string,
  ): Promise<never> | undefined {
    const code = script?.[path];
    return code && Promise.reject(new FileError(code, path, `as the script says: ${code}`));
  }
}

/** Bytes as an open file that gives them in pieces of 1 to `largest` bytes. */
export function inPieces(bytes: Uint8Array, random: () => number, largest: number): ByteSource {
  return {
    stamp: { size: bytes.length, modifiedMs: 1, inode: 1 },
    read: (start, into) => {
      const wanted = Math.min(into.length, wholeNumber(random, 1, largest));
      const part = bytes.subarray(start, start + wanted);
      into.set(part);
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
}

/** Bytes as an open file. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    stamp: { size: bytes.length, modifiedMs: 1, inode: 1 },
    read: (start, into) => {
      const part = bytes.subarray(start, start + into.length);
      into.set(part);
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
}
