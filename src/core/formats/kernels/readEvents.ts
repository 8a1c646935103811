/** TensorBoard's event files by the kernel; what that leaves is decoded by the plain reader's own code. */

import { readRange, type ByteSource } from "../../io/files.js";
import type { RestartMark } from "../../model/run.js";
import { isSpecialTag, readRecords, type EventReading } from "../events.js";
import { maskOf } from "../framing/crc32c.js";
import { ProtobufError, ProtobufReader } from "../framing/protobuf.js";
import { LARGE_HEAD_BYTES } from "../framing/tfRecord.js";
import type { Chunk, Cursor } from "../reader.js";
import { BUFFER_BYTES, PIECE_BYTES, type Kernel } from "./kernel.js";

/** What ended a call of `events`. */
const MORE = 0;
const FULL = 1;
const ODD = 2;
const DAMAGED = 3;
const TOO_LONG = 4;
const DEAD = 5;
const LARGE = 6;

const HEADER = 12;
const TRAILER = 4;

/** What the kernel is told of a tag's tensors: scalars, nothing to read, always for the plain code. */
const SCALARS = 1;
const NOTHING = 2;
const PLAIN = 3;

/** Of a record that is decoded plainly. */
const MOST_TAGS = 16_384;

/** Reads the records from `from` on to the file's end: what `readRecords` gives, in other chunks. */
export async function* readByKernel(
  kernel: Kernel,
  reading: EventReading,
  from: number,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  const { wasm, buffer } = kernel;
  const { source, found } = reading;
  wasm.beginFile();
  wasm.beginEvents();
  const none = found.points.mark();
  const kinds = new TagKinds(kernel, found.plugins);
  let restarts: RestartMark[] = [];
  const take = (atEnd = false): Chunk => {
    const chunk = { ...reading.take(atEnd), points: kernel.take(), restarts };
    restarts = [];
    return chunk;
  };
  // The buffer holds the file's bytes from `offset` on, between `start` and `end`.
  let offset = from;
  let start = buffer;
  let end = buffer;
  /** Reads on behind those bytes; false at the file's end. */
  const fill = async (): Promise<boolean> => {
    signal?.throwIfAborted();
    const rest = end - start;
    kernel.bytes(buffer, end - buffer).copyWithin(0, start - buffer);
    const count = await source.read(offset + rest, kernel.bytes(buffer + rest, PIECE_BYTES));
    start = buffer;
    end = buffer + rest + count;
    return count > 0;
  };
  for (;;) {
    const status = wasm.events(start, end);
    offset += wasm.eventAt() - start;
    start = wasm.eventAt();
    if (status === FULL) {
      yield take();
      continue;
    }
    if (status === MORE) {
      if (await fill()) continue;
      break;
    }
    if (status === DEAD) {
      reading.onDead(offset);
      break;
    }
    const length = wasm.eventLength();
    const total = HEADER + length + TRAILER;
    let data: Uint8Array | null = null;
    if (status === TOO_LONG) reading.onTooLong(offset, length);
    if (status === ODD) data = kernel.bytes(start + HEADER, length).slice();
    else if (status === DAMAGED) reading.onDamaged(offset, total);
    else {
      if (status === LARGE && end - start < HEADER + LARGE_HEAD_BYTES) {
        if (await fill()) continue;
        break;
      }
      const head = kernel.bytes(start + HEADER, LARGE_HEAD_BYTES);
      if (status === TOO_LONG || reading.isSteppedOver(head, length)) {
        if (!(await hasByte(source, offset + total - 1))) break;
      } else {
        const bytes = await readRange(source, offset + HEADER, length + TRAILER);
        if (bytes.length < length + TRAILER) break;
        if (holds(kernel, bytes)) data = bytes.subarray(0, length);
        else reading.onDamaged(offset, total);
      }
    }
    if (data) {
      const tags = tagsIn(data);
      if (tags.length > MOST_TAGS || !kernel.canName(tags)) {
        yield take();
        return yield* readRecords(reading, offset, signal);
      }
      if (wasm.hasRoom(tags.length) === 0) yield take();
      reading.onRecord(data, offset);
      const before = wasm.count.value;
      restarts.push(...found.restarts.map(({ at, step }) => ({ at: before + at, step })));
      found.restarts = [];
      kernel.add(found.points.take());
      found.points.cut(none);
      for (const tag of tags) kinds.tell(tag);
    }
    offset += total;
    start += total;
    if (start > end) start = end = buffer;
  }
  yield take(true);
  return reading.cursorAt(offset);
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
    const name = this.kernel.nameOfTag(tag);
    this.tellName(name, this.kernel.idOf(name));
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
