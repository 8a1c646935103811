/** Scalars and texts in TensorFlow's tensor messages. */

import { ProtobufReader } from "./framing/protobuf.js";

/** The single element of a tensor, or undefined where it has another number of elements or is not numeric. */
export function scalarOf(bytes: Uint8Array): number | undefined {
  const field = new ProtobufReader(bytes);
  let dtype = 0;
  let elements = 1;
  let content: Uint8Array | undefined;
  const listed: number[][] = [];
  while (field.next()) {
    const { field: id, wire } = field;
    if (id === 1 && wire === 0) dtype = field.unsigned();
    else if (id === 2 && wire === 2) elements = elementsOf(field.message());
    else if (id === 4 && wire === 2) content = field.message();
    else if (id in LISTED) readListed(field, LISTED[id] as ListedKind, (listed[id] ??= []));
    else field.skip();
  }
  const own = LISTS.get(dtype);
  if (elements !== 1 || own === undefined) return undefined;
  if (content !== undefined && content.length > 0) return contentOf(content, dtype);
  // TensorFlow leaves elements out that are 0.
  const first = listed[own]?.[0] ?? 0;
  return dtype === DT.half || dtype === DT.bfloat16 ? halfOf(first, dtype) : first;
}

/** The first text of a tensor of texts, or null where it holds none. */
export function textOf(bytes: Uint8Array): string | null {
  const field = new ProtobufReader(bytes);
  while (field.next()) {
    if (field.field === 8 && field.wire === 2) return field.text();
    field.skip();
  }
  return null;
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

/** The field that lists the elements of a tensor, by its type. */
const LISTS: ReadonlyMap<number, number> = new Map([
  [DT.float, 5],
  [DT.double, 6],
  ...[DT.int32, DT.uint8, DT.int16, DT.int8, DT.uint16].map((dtype): [number, number] => [
    dtype,
    7,
  ]),
  [DT.int64, 10],
  [DT.bool, 11],
  [DT.half, 13],
  [DT.bfloat16, 13],
  [DT.uint32, 16],
  [DT.uint64, 17],
]);

type ListedKind = "float" | "double" | "signed" | "unsigned";

/** Fields of a tensor that list its elements. */
const LISTED: Readonly<Record<number, ListedKind>> = {
  5: "float",
  6: "double",
  7: "signed",
  10: "signed",
  11: "signed",
  13: "signed",
  16: "unsigned",
  17: "unsigned",
};

/** Only the first element is kept: there is one, or one stands for all. */
function readListed(field: ProtobufReader, kind: ListedKind, into: number[]): void {
  if (field.wire === 2) {
    const packed = field.message();
    if (packed.length === 0) return;
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    if (kind === "float") {
      if (packed.length >= 4) into.push(view.getFloat32(0, true));
    } else if (kind === "double") {
      if (packed.length >= 8) into.push(view.getFloat64(0, true));
    } else {
      const numbers = new ProtobufReader(packed);
      into.push(kind === "signed" ? numbers.signed() : numbers.unsigned());
    }
  } else if (kind === "float" && field.wire === 5) into.push(field.float());
  else if (kind === "double" && field.wire === 1) into.push(field.double());
  else if (kind === "signed" && field.wire === 0) into.push(field.signed());
  else if (kind === "unsigned" && field.wire === 0) into.push(field.unsigned());
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
