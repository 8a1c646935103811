/** What core needs of a file system, reading only. `node/fsFiles.ts` implements it for disks. */

export interface Entry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
}

export interface FileStamp {
  readonly size: number;
  readonly modifiedMs: number;
  /** Identity of the file behind the name: a replaced file has another one. 0 where the system has none. */
  readonly inode: number;
}

/** An open file. A file that grows may give more bytes than `size` said. */
export interface ByteSource {
  readonly stamp: FileStamp;
  /** Fills `into` from byte `start` on and returns how many bytes there were. 0 at the end. */
  read(start: number, into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

export interface Files {
  /** Entries of a directory in no order. Throws a `FileError`. */
  list(directory: string): Promise<readonly Entry[]>;
  stat(path: string): Promise<FileStamp & { readonly kind: Entry["kind"] }>;
  open(path: string): Promise<ByteSource>;
  /** The path with all links resolved. */
  realPath(path: string): Promise<string>;
}

export type FileErrorCode = "not-found" | "not-allowed" | "failed";

/** A file or directory that cannot be read. Readers let it pass; whoever opened the file makes it a problem. */
export class FileError extends Error {
  override readonly name = "FileError";

  constructor(
    readonly code: FileErrorCode,
    readonly path: string,
    reason: string,
  ) {
    super(reason);
  }
}

/** Up to `length` bytes from `start` on; fewer at the end of the file. */
export async function readRange(
  source: ByteSource,
  start: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await source.read(start + filled, bytes.subarray(filled));
    if (count === 0) break;
    filled += count;
  }
  return filled === length ? bytes : bytes.slice(0, filled);
}

/**
 * The file in pieces from `start` to its end. The piece is a view of a buffer that the next piece overwrites: take what
 * is needed out of it before asking for more.
 */
export async function* readPieces(
  source: ByteSource,
  start: number,
  signal: AbortSignal | undefined,
  pieceBytes = 512 * 1024,
): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(pieceBytes);
  let offset = start;
  for (;;) {
    signal?.throwIfAborted();
    const count = await source.read(offset, buffer);
    if (count === 0) return;
    yield buffer.subarray(0, count);
    offset += count;
  }
}
