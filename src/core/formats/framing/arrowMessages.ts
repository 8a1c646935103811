/**
 * The messages of an Arrow stream, or of an Arrow file, which is one between two marks: checked before anything is made of
 * them, so that a damaged length leads to an error and not to a loop over billions of fields.
 */

import { readRange, type ByteSource } from "../../io/files.js";
import { FlatTable } from "./flatbuffer.js";

const FILE_MARK = "ARROW1";
const CONTINUATION = 0xffffffff;
/** Bounds: bytes of a message's metadata and of its body, rows of a batch, fields of a schema and their nesting. */
const MAX_METADATA = 64 * 2 ** 20;
const MAX_BODY = 512 * 2 ** 20;
const MAX_ROWS = 20_000_000;
const MAX_FIELDS = 100_000;
const MAX_NESTING = 64;

const SCHEMA = 1;
const DICTIONARY = 2;
const BATCH = 3;

/** The bytes of message after message, framed as in a stream. Throws an `Error` where one is damaged or cut. */
export async function* arrowMessages(source: ByteSource): AsyncGenerator<Uint8Array, void> {
  const head = await readRange(source, 0, 8);
  let at = FILE_MARK.split("").every((char, i) => head[i] === char.charCodeAt(0)) ? 8 : 0;
  for (;;) {
    const start = await readRange(source, at, 8);
    // A stream may end without its end mark.
    if (start.length === 0) return;
    if (start.length < 8) throw new Error("it ends inside a message");
    const view = new DataView(start.buffer);
    const isNew = view.getUint32(0, true) === CONTINUATION;
    const length = view.getInt32(isNew ? 4 : 0, true);
    if (length === 0) return;
    if (length < 8 || length > MAX_METADATA) throw new Error(`${length} bytes of metadata`);
    at += isNew ? 8 : 4;
    const metadata = await readRange(source, at, length);
    if (metadata.length < length) throw new Error("it ends inside a message");
    at += length;
    const body = checkMessage(metadata);
    const bytes = await readRange(source, at, body);
    if (bytes.length < body) throw new Error("it ends inside a message");
    at += body;
    const framed = new Uint8Array(8 + length + body);
    const frame = new DataView(framed.buffer);
    frame.setUint32(0, CONTINUATION, true);
    frame.setUint32(4, length, true);
    framed.set(metadata, 8);
    framed.set(bytes, 8 + length);
    yield framed;
  }
}

/** The length of the message's body. Throws where the metadata says what cannot be. */
function checkMessage(metadata: Uint8Array): number {
  const message = FlatTable.root(metadata);
  const type = message.byte(1);
  const header = message.table(2);
  const body = message.long(3);
  if (!(body >= 0 && body <= MAX_BODY)) throw new Error(`a message of ${body} bytes`);
  if (!header) throw new Error("a message without a header");
  if (type === SCHEMA) checkFields(header.tables(1), 0, { count: 0 });
  else if (type === BATCH) checkBatch(header, body);
  else if (type === DICTIONARY) {
    const batch = header.table(1);
    if (!batch) throw new Error("a dictionary without its values");
    checkBatch(batch, body);
  } else throw new Error(`a message of type ${type}, which holds no table`);
  checkMetadata(type === SCHEMA ? header.tables(2) : []);
  checkMetadata(message.tables(4));
  return body;
}

function checkFields(fields: readonly FlatTable[], depth: number, seen: { count: number }): void {
  seen.count += fields.length;
  if (seen.count > MAX_FIELDS || depth > MAX_NESTING)
    throw new Error("more fields than a table has");
  for (const field of fields) {
    field.vector(0, 1);
    field.table(3);
    field.table(4)?.table(1);
    checkMetadata(field.tables(6));
    checkFields(field.tables(5), depth + 1, seen);
  }
}

function checkMetadata(pairs: readonly FlatTable[]): void {
  for (const pair of pairs) {
    pair.vector(0, 1);
    pair.vector(1, 1);
  }
}

/** Rows, nodes and buffers of a batch, which must lie in its body. */
function checkBatch(batch: FlatTable, body: number): void {
  const rows = batch.long(0);
  if (!(rows >= 0 && rows <= MAX_ROWS)) throw new Error(`a batch of ${rows} rows`);
  const { view } = batch;
  const nodes = batch.vector(1, 16);
  for (let i = 0; i < nodes.length; i++) {
    const length = Number(view.getBigInt64(nodes.start + i * 16, true));
    const nulls = Number(view.getBigInt64(nodes.start + i * 16 + 8, true));
    if (!(length >= 0 && length <= MAX_BODY && nulls >= 0 && nulls <= length)) {
      throw new Error(`a column of ${length} cells, ${nulls} of them empty`);
    }
  }
  const buffers = batch.vector(2, 16);
  for (let i = 0; i < buffers.length; i++) {
    const start = Number(view.getBigInt64(buffers.start + i * 16, true));
    const length = Number(view.getBigInt64(buffers.start + i * 16 + 8, true));
    if (!(start >= 0 && length >= 0 && start + length <= body)) {
      throw new Error("a column lies out of its batch");
    }
  }
  batch.table(3);
  const views = batch.vector(4, 8);
  for (let i = 0; i < views.length; i++) {
    const count = Number(view.getBigInt64(views.start + i * 8, true));
    if (!(count >= 0 && count <= buffers.length)) throw new Error(`${count} buffers of a column`);
  }
}
