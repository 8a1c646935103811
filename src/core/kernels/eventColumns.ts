/** TensorBoard's event files by the kernel; what that leaves is decoded by the plain reader's own code. */

import { maskOf } from "../formats/framing/crc32c.js";
import { ProtobufError, ProtobufReader } from "../formats/framing/protobuf.js";
import { ProblemList } from "../formats/problems.js";
import { eventHandlers, foundFrom, isSpecialTag } from "../formats/tfevents.js";
import { readRange, type ByteSource } from "../io/files.js";
import { NO_ENDS } from "../tables/columnBatch.js";
import type { ColumnInput, ColumnReading } from "./columnReading.js";
import { BUFFER_BYTES, PIECE_BYTES, type Kernel } from "./kernel.js";
import { holdsNoScalar } from "./largeEvent.js";

/** What ended a call of `events`. */
const MORE = 0;
const FULL = 1;
const ODD = 2;
const DAMAGED = 3;
const TOO_LONG = 4;
const DEAD = 5;

const HEADER = 12;
const TRAILER = 4;

/** What the kernel is told of a tag's tensors: scalars, nothing to read, always for the plain code. */
const SCALARS = 1;
const NOTHING = 2;
const PLAIN = 3;

export interface EventOptions {
  /** False: the checksums of data are not verified. Those of lengths always are. */
  readonly checksums?: boolean;
  /** Byte at which the file is taken to end. */
  readonly to?: number;
}

export async function* readEventColumns(
  kernel: Kernel,
  input: ColumnInput,
  { checksums = true, to = Infinity }: EventOptions = {},
  signal?: AbortSignal,
): ColumnReading {
  const { source, file, from } = input;
  const before = input.after?.get("") ?? NO_ENDS;
  const release = await kernel.acquire();
  try {
    const { wasm, buffer } = kernel;
    kernel.begin(before);
    wasm.beginEvents(checksums ? 1 : 0);
    const problems = new ProblemList(file);
    const found = foundFrom(from.memory, kernel, problems);
    const handlers = eventHandlers(found, problems);
    const kinds = new TagKinds(kernel, found.plugins);
    const decode = (data: Uint8Array, at: number): void => {
      handlers.onRecord(data, at);
      for (const tag of tagsIn(data)) kinds.tell(tag);
    };
    // The buffer holds the file's bytes from `offset` on, between `start` and `end`.
    let { offset } = from;
    let start = buffer;
    let end = buffer;
    for (;;) {
      signal?.throwIfAborted();
      const status = wasm.events(start, end, BUFFER_BYTES - PIECE_BYTES);
      offset += wasm.eventAt() - start;
      start = wasm.eventAt();
      if (status === DEAD) {
        handlers.onDead(offset);
        break;
      }
      if (status === FULL) {
        for (const columns of kernel.take()) yield { columns, problems: problems.take() };
        continue;
      }
      const rest = end - start;
      if (status === MORE) {
        kernel.bytes(buffer, end - buffer).copyWithin(0, start - buffer);
        const wanted = Math.max(0, Math.min(PIECE_BYTES, to - offset - rest));
        const count = await readInto(source, offset + rest, kernel.bytes(buffer + rest, wanted));
        if (count === 0) break;
        start = buffer;
        end = buffer + rest + count;
        continue;
      }
      const length = wasm.eventLength();
      const total = HEADER + length + TRAILER;
      if (status === ODD) decode(kernel.bytes(start + HEADER, length).slice(), offset);
      else if (status === DAMAGED) handlers.onDamaged(offset, total);
      else {
        // The record is longer than what the buffer holds.
        if (status === TOO_LONG) handlers.onTooLong(offset, length);
        if (offset + total > to || !(await hasByte(source, offset + total - 1))) break;
        const head = kernel.bytes(start + HEADER, Math.max(0, rest - HEADER));
        const isSteppedOver =
          status === TOO_LONG || (!checksums && holdsNoScalar(head, length, found.plugins));
        if (!isSteppedOver) {
          const data = await readRange(source, offset + HEADER, length + TRAILER);
          if (data.length < length + TRAILER) break;
          if (checksums && !holds(kernel, data)) handlers.onDamaged(offset, total);
          else decode(data.subarray(0, length), offset);
        }
      }
      offset += total;
      start += total;
      if (start > end) start = end = buffer;
    }
    const batches = kernel.take();
    const last = batches.pop();
    for (const columns of batches) yield { columns, problems: problems.take() };
    if (last) {
      const { config } = found;
      yield {
        columns: last,
        problems: problems.take(true),
        ...(config.size > 0 ? { config } : {}),
      };
    }
    return {
      cursor: { offset, line: 1, memory: Object.fromEntries(found.plugins) },
      ends: new Map([["", kernel.ends(before)]]),
    };
  } finally {
    release();
  }
}

function readInto(source: ByteSource, at: number, into: Uint8Array): Promise<number> | number {
  return into.length === 0 ? 0 : source.read(at, into);
}

async function hasByte(source: ByteSource, at: number): Promise<boolean> {
  return Number.isSafeInteger(at) && (await source.read(at, new Uint8Array(1))) === 1;
}

/** True where data is followed by its masked checksum. */
function holds(kernel: Kernel, data: Uint8Array): boolean {
  const { wasm, buffer } = kernel;
  const length = data.length - TRAILER;
  let register = 0xffffffff;
  for (let at = 0; at < length; at += BUFFER_BYTES) {
    const piece = data.subarray(at, Math.min(length, at + BUFFER_BYTES));
    kernel.bytes(buffer, piece.length).set(piece);
    register = wasm.crc32cOn(buffer, piece.length, register);
  }
  const stored = new DataView(data.buffer, data.byteOffset + length).getUint32(0, true);
  return maskOf(~register >>> 0) === stored;
}

/** Tells the kernel what tags mean, which the plain code finds out. */
class TagKinds {
  private readonly told = new Map<string, number>();

  constructor(
    private readonly kernel: Kernel,
    private readonly plugins: ReadonlyMap<string, string>,
  ) {
    for (const tag of plugins.keys()) this.tellName(tag, kernel.idOf(tag));
  }

  tell(tag: Uint8Array): void {
    const id = this.kernel.idOfBytes(tag);
    this.tellName(this.kernel.nameOf(id), id);
  }

  private tellName(tag: string, id: number): void {
    const { kernel, plugins, told } = this;
    if (isSpecialTag(tag)) {
      kernel.wasm.leaveToPlain(id);
      return;
    }
    const plugin = plugins.get(tag);
    if (plugin === undefined) return;
    const kind = plugin === "scalars" ? SCALARS : plugin === "text" ? PLAIN : NOTHING;
    if (told.get(tag) !== kind) kernel.wasm.setKind(id, kind);
    told.set(tag, kind);
  }
}

/** The tags of an event's values, as they are written; those before the first damage where it is none. */
function tagsIn(data: Uint8Array): Uint8Array[] {
  const tags: Uint8Array[] = [];
  try {
    const event = new ProtobufReader(data);
    while (event.next()) {
      if (event.field === 5 && event.wire === 2) addTags(event.message(), tags);
      else event.skip();
    }
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
  }
  return tags;
}

function addTags(bytes: Uint8Array, tags: Uint8Array[]): void {
  const summary = new ProtobufReader(bytes);
  while (summary.next()) {
    if (summary.field !== 1 || summary.wire !== 2) {
      summary.skip();
      continue;
    }
    const value = new ProtobufReader(summary.message());
    while (value.next()) {
      if (value.field === 1 && value.wire === 2) tags.push(value.message());
      else value.skip();
    }
  }
}
