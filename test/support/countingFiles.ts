/** A file system that counts what is asked of the one behind it: cost is tested by reads and bytes, not by time. */

import type { ByteSource, Entry, Files, FileStamp } from "../../src/core/io/files.js";

export interface CountedRead {
  readonly path: string;
  readonly start: number;
  readonly bytes: number;
}

export class CountingFiles implements Files {
  readonly listed: string[] = [];
  readonly opened: string[] = [];
  readonly reads: CountedRead[] = [];

  constructor(private readonly files: Files) {}

  forget(): void {
    this.listed.length = 0;
    this.opened.length = 0;
    this.reads.length = 0;
  }

  list(directory: string): Promise<readonly Entry[]> {
    this.listed.push(directory);
    return this.files.list(directory);
  }

  stat(path: string): Promise<FileStamp & { readonly kind: Entry["kind"] }> {
    return this.files.stat(path);
  }

  realPath(path: string): Promise<string> {
    return this.files.realPath(path);
  }

  async open(path: string): Promise<ByteSource> {
    this.opened.push(path);
    const source = await this.files.open(path);
    return {
      stamp: source.stamp,
      read: async (start, into) => {
        const bytes = await source.read(start, into);
        this.reads.push({ path, start, bytes });
        return bytes;
      },
      close: () => source.close(),
    };
  }
}
