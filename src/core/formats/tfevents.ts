/**
 * TensorBoard event files: scalars as simple values and as tensors with one element, checksums verified. Images,
 * histograms, text and graphs are stepped over.
 */

import { readPieces } from "../io/files.js";
import { PointBuffer } from "../model/series.js";
import { ProtobufError, ProtobufReader } from "./framing/protobuf.js";
import { MAX_RECORD_BYTES, RecordSplitter, type RecordHandlers } from "./framing/tfRecord.js";
import { ProblemList } from "./problems.js";
import { NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";

const CHUNK_POINTS = 65_536;

/** Plugin by tag: TensorFlow 2 writes it with the first value of a tag only. Plain data, kept in the cursor. */
type Plugins = Record<string, string>;

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const plugins = new Map(Object.entries((from.memory as Plugins | null) ?? {}));
  const splitter = new RecordSplitter(from.offset);
  const handlers: RecordHandlers = {
    onRecord(data, offset) {
      try {
        readEvent(data, points, plugins);
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
        problems.add(
          "tfevents/bad-event",
          `record at byte ${offset} is not an event: ${error.message}; stepped over`,
          { offset },
        );
      }
    },
    onDamaged(offset, bytes) {
      problems.add(
        "tfevents/bad-checksum",
        `record at byte ${offset} (${bytes} bytes) has a wrong checksum; stepped over`,
        { offset },
      );
    },
    onTooLong(offset, bytes) {
      problems.add(
        "tfevents/record-too-long",
        `record at byte ${offset} has ${bytes} bytes, more than ${MAX_RECORD_BYTES}; stepped over`,
        { offset },
      );
    },
  };
  for await (const piece of readPieces(source, from.offset, signal)) {
    splitter.push(piece, handlers);
    if (points.length >= CHUNK_POINTS) {
      yield { points: points.take(), problems: problems.take() };
    }
    if (splitter.dead) break;
  }
  if (splitter.dead) {
    problems.add(
      "tfevents/bad-length",
      `the length of the record at byte ${splitter.offset} has a wrong checksum; nothing behind it can be read`,
      { offset: splitter.offset },
    );
  }
  yield { points: points.take(), problems: problems.take(true) };
  return { offset: splitter.offset, line: 1, memory: Object.fromEntries(plugins) };
}

function readEvent(data: Uint8Array, points: PointBuffer, plugins: Map<string, string>): void {
  const event = new ProtobufReader(data);
  let wallTime = NaN;
  let step = 0;
  const summaries: Uint8Array[] = [];
  while (event.next()) {
    if (event.field === 1 && event.wire === 1) wallTime = event.double();
    else if (event.field === 2 && event.wire === 0) step = event.signed();
    else if (event.field === 5 && event.wire === 2) summaries.push(event.message());
    else event.skip();
  }
  for (const bytes of summaries) {
    const summary = new ProtobufReader(bytes);
    while (summary.next()) {
      if (summary.field === 1 && summary.wire === 2) {
        readValue(summary.message(), step, wallTime, points, plugins);
      } else summary.skip();
    }
  }
}

function readValue(
  bytes: Uint8Array,
  step: number,
  wallTime: number,
  points: PointBuffer,
  plugins: Map<string, string>,
): void {
  const field = new ProtobufReader(bytes);
  let tag = "";
  let named = "";
  let value: number | undefined;
  let tensor: Uint8Array | undefined;
  while (field.next()) {
    if (field.field === 1 && field.wire === 2) tag = field.text();
    else if (field.field === 2 && field.wire === 5) value = field.float();
    else if (field.field === 8 && field.wire === 2) tensor = field.message();
    else if (field.field === 9 && field.wire === 2) named = pluginOf(field.message());
    else field.skip();
  }
  if (named !== "") plugins.set(tag, named);
  const plugin = plugins.get(tag) ?? "scalars";
  if (value === undefined && tensor !== undefined && plugin === "scalars") {
    value = scalarOf(tensor);
  }
  if (value !== undefined && tag !== "" && !tag.startsWith("_hparams_/")) {
    points.add(points.idOf(tag), step, wallTime, value);
  }
}

function pluginOf(metadata: Uint8Array): string {
  const field = new ProtobufReader(metadata);
  while (field.next()) {
    if (field.field !== 1 || field.wire !== 2) {
      field.skip();
      continue;
    }
    const data = new ProtobufReader(field.message());
    while (data.next()) {
      if (data.field === 1 && data.wire === 2) return data.text();
      data.skip();
    }
  }
  return "";
}

/** The single element of a tensor, or undefined where it has another number of elements or is not numeric. */
function scalarOf(bytes: Uint8Array): number | undefined {
  const field = new ProtobufReader(bytes);
  let dtype = 0;
  let elements = 1;
  let content: Uint8Array | undefined;
  const listed: number[] = [];
  while (field.next()) {
    const { field: id, wire } = field;
    if (id === 1 && wire === 0) dtype = field.unsigned();
    else if (id === 2 && wire === 2) elements = elementsOf(field.message());
    else if (id === 4 && wire === 2) content = field.message();
    else if (id in LISTED) readListed(field, LISTED[id] as ListedKind, listed);
    else field.skip();
  }
  if (elements !== 1) return undefined;
  if (content !== undefined && content.length > 0) return contentOf(content, dtype);
  const first = listed[0];
  if (first === undefined || dtype === DT.half || dtype === DT.bfloat16) {
    return first === undefined ? undefined : halfOf(first, dtype);
  }
  return first;
}

const DT = {
  float: 1,
  double: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  half: 19,
  uint32: 22,
  uint64: 23,
} as const;

type ListedKind = "float" | "double" | "signed";

/** Fields of a tensor that list its elements. */
const LISTED: Readonly<Record<number, ListedKind>> = {
  5: "float",
  6: "double",
  7: "signed",
  10: "signed",
  11: "signed",
  13: "signed",
  16: "signed",
  17: "signed",
};

function readListed(field: ProtobufReader, kind: ListedKind, into: number[]): void {
  if (field.wire === 2) {
    const packed = field.message();
    if (packed.length === 0 || packed.length > 16) return;
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    if (kind === "float" && packed.length >= 4) into.push(view.getFloat32(0, true));
    else if (kind === "double" && packed.length >= 8) into.push(view.getFloat64(0, true));
    else if (kind === "signed") into.push(new ProtobufReader(packed).signed());
  } else if (kind === "float" && field.wire === 5) into.push(field.float());
  else if (kind === "double" && field.wire === 1) into.push(field.double());
  else if (kind === "signed" && field.wire === 0) into.push(field.signed());
  else field.skip();
}

function elementsOf(shape: Uint8Array): number {
  const field = new ProtobufReader(shape);
  let elements = 1;
  while (field.next()) {
    if (field.field !== 2 || field.wire !== 2) {
      field.skip();
      continue;
    }
    const dimension = new ProtobufReader(field.message());
    let size = 0;
    while (dimension.next()) {
      if (dimension.field === 1 && dimension.wire === 0) size = dimension.signed();
      else dimension.skip();
    }
    elements *= size;
  }
  return elements;
}

function contentOf(content: Uint8Array, dtype: number): number | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const size = content.length;
  if (dtype === DT.float && size === 4) return view.getFloat32(0, true);
  if (dtype === DT.double && size === 8) return view.getFloat64(0, true);
  if (dtype === DT.int32 && size === 4) return view.getInt32(0, true);
  if (dtype === DT.uint32 && size === 4) return view.getUint32(0, true);
  if (dtype === DT.int64 && size === 8) return Number(view.getBigInt64(0, true));
  if (dtype === DT.uint64 && size === 8) return Number(view.getBigUint64(0, true));
  if (dtype === DT.int16 && size === 2) return view.getInt16(0, true);
  if (dtype === DT.uint16 && size === 2) return view.getUint16(0, true);
  if (dtype === DT.int8 && size === 1) return view.getInt8(0);
  if ((dtype === DT.uint8 || dtype === DT.bool) && size === 1) return view.getUint8(0);
  if ((dtype === DT.half || dtype === DT.bfloat16) && size === 2) {
    return halfOf(view.getUint16(0, true), dtype);
  }
  return undefined;
}

/** A 16-bit float given by its bits. */
function halfOf(bits: number, dtype: number): number {
  const view = new DataView(new ArrayBuffer(4));
  if (dtype === DT.bfloat16) {
    view.setUint16(0, bits);
    return view.getFloat32(0);
  }
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export const tfevents: Reader = {
  format: "tfevents",
  system: "TensorBoard",
  kind: "log",
  claims: (name) =>
    /tfevents/.test(name) && !/\.(profile-empty|json|txt|zip|gz)$/.test(name) ? YES : NO,
  read,
};
