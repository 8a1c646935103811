/**
 * Core's cache as files of one folder, one for each entry. Several processes may share the folder: an entry is written
 * under another name first, and read only where its checksums hold.
 */

import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { crc32 } from "node:zlib";
import { VERSION, type Cache, type CachedEntry, type CacheEntry } from "../core/index.js";

const ENDING = ".onset-cache";
const UNFINISHED = ".unfinished";
/** An unfinished entry this old is of a process that has ended. */
const ABANDONED_MS = 60 * 60_000;

/** Checksum of what follows up to the blocks; length of the head; checksum of the blocks; nothing. Then the head. */
const PREFACE_BYTES = 16;
const ALIGNMENT = 64;
/** What a kernel reads in five milliseconds, and the plain readers in some twenty. */
const LEAST_BYTES = 1024 * 1024;
const MAX_HEAD_BYTES = 64 * 1024 * 1024;
const PIECE_BYTES = 4 * 1024 * 1024;
/** Pieces that are read at once. */
const AHEAD = 3;

interface Head {
  readonly madeBy: string;
  readonly key: string;
  readonly state: unknown;
  /** Bytes of each block. */
  readonly lengths: readonly number[];
}

export class DiskCache implements Cache {
  private isBroken = false;
  private madeBy: string | null = null;

  constructor(
    private readonly folder: string,
    /** What all entries may take together; those used longest ago go. */
    private readonly maxBytes: number,
    /** Told once, when nothing can be written any more. */
    private readonly onTrouble: (message: string) => void,
    readonly leastBytes = LEAST_BYTES,
  ) {}

  async load(key: string, isWanted: (state: unknown) => boolean): Promise<CachedEntry | null> {
    const path = this.pathOf(key);
    let handle: FileHandle;
    try {
      handle = await open(path);
    } catch {
      return null;
    }
    try {
      const entry = await this.read(handle, key, isWanted);
      if (entry === "damaged") await rm(path, { force: true });
      if (entry === "damaged" || entry === "unwanted") return null;
      const now = new Date();
      await utimes(path, now, now);
      return entry;
    } catch {
      // Whatever it is that hinders: the file itself is there to be read.
      return null;
    } finally {
      await handle.close();
    }
  }

  async save(key: string, entry: CacheEntry): Promise<void> {
    if (this.isBroken) return;
    const blocks = entry.blocks.map((pieces) => ({
      pieces,
      length: pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
    }));
    const lengths = blocks.map(({ length }) => length);
    const path = this.pathOf(key);
    const unfinished = `${path}.${randomUUID()}${UNFINISHED}`;
    try {
      const { state } = entry;
      const head = serialize({ madeBy: this.maker(), key, state, lengths } satisfies Head);
      const bytes = startsOf(head.length, lengths).end;
      if (bytes > this.maxBytes || head.length > MAX_HEAD_BYTES) return;
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await this.makeRoom(bytes);
      await writeEntry(unfinished, head, blocks);
      // Some systems replace no file that another process is reading: then what it reads stays.
      await rename(unfinished, path).catch(() => rm(unfinished, { force: true }));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      this.isBroken = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.onTrouble(`what was read is not kept in ${this.folder}: ${reason}`);
    }
  }

  /** Removes all entries. Bytes that they took. */
  async clear(): Promise<number> {
    let bytes = 0;
    for (const { path, size } of await this.files()) {
      await rm(path, { force: true });
      bytes += size;
    }
    return bytes;
  }

  private pathOf(key: string): string {
    const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
    return join(this.folder, name + ENDING);
  }

  /** The very code: what another build of the same version has read may have been read otherwise. */
  private maker(): string {
    return (this.madeBy ??= `${VERSION} ${crc32(readFileSync(__filename))}`);
  }

  private async read(
    handle: FileHandle,
    key: string,
    isWanted: (state: unknown) => boolean,
  ): Promise<CachedEntry | "damaged" | "unwanted"> {
    const { size } = await handle.stat();
    const { bytes: preface } = await readBytes(handle, 0, PREFACE_BYTES);
    if (preface.length < PREFACE_BYTES) return "damaged";
    const headLength = preface.readUInt32LE(4);
    if (headLength > Math.min(size, MAX_HEAD_BYTES)) return "damaged";
    const { bytes: headBytes } = await readBytes(handle, PREFACE_BYTES, headLength);
    const isHead = crc32(headBytes, crc32(preface.subarray(4))) === preface.readUInt32LE(0);
    if (headBytes.length < headLength || !isHead) return "damaged";
    const head = deserialize(headBytes) as Head;
    if (head.madeBy !== this.maker()) return "damaged";
    if (head.key !== key || !isWanted(head.state)) return "unwanted";
    const { starts, first, end } = startsOf(headLength, head.lengths);
    if (end !== size) return "damaged";
    const { bytes, crc } = await readBytes(handle, first, end - first);
    if (bytes.length < end - first || crc !== preface.readUInt32LE(8)) return "damaged";
    const blocks = head.lengths.map((length, i) => {
      const at = (starts[i] as number) - first;
      return new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
    });
    return { state: head.state, blocks };
  }

  /** Removes entries until `bytes` more fit, and what processes that ended have left. */
  private async makeRoom(bytes: number): Promise<void> {
    const now = Date.now();
    const files = (await this.files()).sort((a, b) => a.usedMs - b.usedMs);
    let left = files.reduce((sum, { size }) => sum + size, 0) + bytes;
    for (const { path, size, usedMs } of files) {
      const isAbandoned = path.endsWith(UNFINISHED) && now - usedMs > ABANDONED_MS;
      if (left <= this.maxBytes && !isAbandoned) continue;
      if (path.endsWith(UNFINISHED) && !isAbandoned) continue;
      await rm(path, { force: true });
      left -= size;
    }
  }

  private async files(): Promise<{ path: string; size: number; usedMs: number }[]> {
    const names = await readdir(this.folder).catch((): string[] => []);
    const own = names
      .filter((name) => name.includes(ENDING))
      .map((name) => join(this.folder, name));
    const found = await Promise.all(
      own.map(async (path) => {
        // Another process may have removed it.
        const stats = await stat(path).catch(() => null);
        return stats ? [{ path, size: stats.size, usedMs: stats.mtimeMs }] : [];
      }),
    );
    return found.flat();
  }
}

interface Block {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
}

/** Where the blocks begin in the file, the first of them even where there is none, and where they end. */
function startsOf(
  headLength: number,
  lengths: readonly number[],
): { starts: number[]; first: number; end: number } {
  const first = aligned(PREFACE_BYTES + headLength);
  let end = first;
  const starts = lengths.map((length) => {
    const start = end;
    end = aligned(end + length);
    return start;
  });
  return { starts, first, end };
}

function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

async function writeEntry(path: string, head: Buffer, blocks: readonly Block[]): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    const preface = Buffer.alloc(PREFACE_BYTES);
    preface.writeUInt32LE(head.length, 4);
    let at = PREFACE_BYTES;
    const write = async (bytes: Uint8Array): Promise<void> => {
      for (let done = 0; done < bytes.byteLength;) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, at);
        done += bytesWritten;
        at += bytesWritten;
      }
    };
    await write(head);
    await write(new Uint8Array(aligned(at) - at));
    let crc = 0;
    const writeBlock = async (bytes: Uint8Array): Promise<void> => {
      for (let done = 0; done < bytes.byteLength; done += PIECE_BYTES) {
        const piece = bytes.subarray(done, done + PIECE_BYTES);
        crc = crc32(piece, crc);
        await write(piece);
      }
    };
    for (const { pieces, length } of blocks) {
      for (const piece of pieces) await writeBlock(piece);
      await writeBlock(new Uint8Array(aligned(length) - length));
    }
    preface.writeUInt32LE(crc, 8);
    preface.writeUInt32LE(crc32(head, crc32(preface.subarray(4))), 0);
    at = 0;
    await write(preface);
  } finally {
    await handle.close();
  }
}

/** Up to `length` bytes with their checksum, in memory of their own. The checksum of a piece is taken while others are read. */
async function readBytes(
  handle: FileHandle,
  start: number,
  length: number,
): Promise<{ bytes: Buffer; crc: number }> {
  const bytes = Buffer.allocUnsafeSlow(length);
  const pieces = Math.ceil(length / PIECE_BYTES);
  const readPiece = async (i: number): Promise<number> => {
    const end = Math.min(length, (i + 1) * PIECE_BYTES);
    let at = i * PIECE_BYTES;
    while (at < end) {
      const { bytesRead } = await handle.read(bytes, at, end - at, start + at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return at;
  };
  const reads: Promise<number>[] = [];
  let crc = 0;
  let filled = 0;
  for (let i = 0; i < pieces; i++) {
    while (reads.length < Math.min(pieces, i + AHEAD)) {
      const read = readPiece(reads.length);
      // Where one fails, those behind it are not waited for.
      read.catch(() => undefined);
      reads.push(read);
    }
    const at = await (reads[i] as Promise<number>);
    const piece = bytes.subarray(i * PIECE_BYTES, at);
    crc = crc32(piece, crc);
    filled += piece.length;
  }
  return { bytes: bytes.subarray(0, filled), crc };
}
