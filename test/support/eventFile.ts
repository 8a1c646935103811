/** Writes TensorBoard event files, apart from the code that reads them: framing, checksums, both encodings of scalars. */

export interface EventScalar {
  readonly tag: string;
  readonly value: number;
  /** `simple` is TensorFlow 1's and PyTorch's encoding, `tensor` that of TensorFlow 2. */
  readonly encoding?: "simple" | "tensor" | "tensor-content";
  /** Plugin named in the metadata; TensorFlow 2 writes it with the first value of a tag. */
  readonly plugin?: string;
}

export interface EventRow {
  readonly step: number;
  readonly wallTime: number;
  readonly scalars: readonly EventScalar[];
  /** Values that are no scalars. */
  readonly images?: readonly { readonly tag: string; readonly image: Uint8Array }[];
}

/** An event file with the version record that writers begin with. */
export function eventFile(rows: readonly EventRow[]): Uint8Array {
  return concat([versionRecord(2), ...rows.map((row) => record(encodeEvent(row)))]);
}

/** The record of one row, to be added to an event file. */
export function eventRecord(row: EventRow): Uint8Array {
  return record(encodeEvent(row));
}

/** A tensor message of a type, with fields as they are given, and the sizes of its dimensions. */
export function tensorOf(
  dtype: number,
  fields: readonly (readonly [field: number, wire: number, bytes: Uint8Array])[],
  shape: readonly number[] = [],
): Uint8Array {
  const dimensions = shape.map((size) => bytesField(2, varintField(1, size)));
  return message([
    varintField(1, dtype),
    bytesField(2, message(dimensions)),
    ...fields.map(([field, wire, bytes]) =>
      wire === 2 ? bytesField(field, bytes) : concat([key(field, wire), bytes]),
    ),
  ]);
}

/** A record with one tensor that is said to be a scalar. */
export function tensorRecord(tag: string, tensor: Uint8Array): Uint8Array {
  const metadata = message([bytesField(1, textField(1, "scalars"))]);
  const value = message([textField(1, tag), bytesField(8, tensor), bytesField(9, metadata)]);
  return record(message([varintField(2, 1), bytesField(5, bytesField(1, value))]));
}

/** A record with one value of a plugin that is no scalar: a tensor of one text, as `text` writes it. */
export function textRecord(tag: string, step: number, text: string, plugin = "text"): Uint8Array {
  const metadata = message([bytesField(1, textField(1, plugin))]);
  const tensor = message([varintField(1, 7), textField(8, text)]);
  const value = message([textField(1, tag), bytesField(8, tensor), bytesField(9, metadata)]);
  return record(message([varintField(2, step), bytesField(5, bytesField(1, value))]));
}

/** A record with a histogram in the encoding of TensorFlow 1. */
export function histogramRecord(tag: string, step: number): Uint8Array {
  const value = message([textField(1, tag), bytesField(5, doubleField(1, 0))]);
  return record(message([varintField(2, step), bytesField(5, bytesField(1, value))]));
}

/** The record with which a session says that it begins, or goes on, at a step (status 1), or ends (2). */
export function sessionRecord(step: number, status = 1): Uint8Array {
  const log = message([varintField(1, status)]);
  return record(message([doubleField(1, 1_700_000_000), varintField(2, step), bytesField(7, log)]));
}

/** The record with the version of the file's format. */
export function versionRecord(version: number): Uint8Array {
  return record(message([doubleField(1, 1_700_000_000), textField(3, `brain.Event:${version}`)]));
}

/** Length, masked checksum of the length, data, masked checksum of the data. */
export function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, masked(data), true);
  return bytes;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function encodeEvent({ step, wallTime, scalars, images = [] }: EventRow): Uint8Array {
  const values = [
    ...scalars.map((scalar) => bytesField(1, encodeValue(scalar))),
    ...images.map(({ tag, image }) =>
      bytesField(1, message([textField(1, tag), bytesField(4, image)])),
    ),
  ];
  return message([doubleField(1, wallTime), varintField(2, step), bytesField(5, message(values))]);
}

function encodeValue({ tag, value, encoding = "simple", plugin }: EventScalar): Uint8Array {
  const fields = [textField(1, tag)];
  if (encoding === "simple") fields.push(concat([key(2, 5), float32(value)]));
  else {
    const content =
      encoding === "tensor"
        ? bytesField(5, float32(value)) // float_val, packed
        : bytesField(4, float32(value)); // tensor_content
    fields.push(bytesField(8, message([varintField(1, 1), content])));
  }
  if (plugin !== undefined) {
    fields.push(bytesField(9, message([bytesField(1, message([textField(1, plugin)]))])));
  }
  return message(fields);
}

export function message(fields: readonly Uint8Array[]): Uint8Array {
  return concat(fields);
}

export function key(field: number, wire: number): Uint8Array {
  return varint(BigInt(field * 8 + wire));
}

export function varintField(field: number, value: number): Uint8Array {
  return concat([key(field, 0), varint(BigInt.asUintN(64, BigInt(value)))]);
}

export function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return concat([key(field, 2), varint(BigInt(bytes.length)), bytes]);
}

export function textField(field: number, text: string): Uint8Array {
  return bytesField(field, new TextEncoder().encode(text));
}

export function doubleField(field: number, value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return concat([key(field, 1), bytes]);
}

export function float32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return bytes;
}

export function varint(value: bigint): Uint8Array {
  if (value < 128n) return Uint8Array.of(Number(value));
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/** CRC-32C bit by bit, as its definition says, and TFRecord's masking. */
function masked(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
