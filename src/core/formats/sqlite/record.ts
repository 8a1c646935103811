/** Rows as SQLite stores them: a header of types, then the values. */

export type SqlValue = string | number | bigint | Uint8Array | null;

export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

const DECODERS: Readonly<Record<Encoding, { decode(bytes: Uint8Array): string }>> = {
  "utf-8": new TextDecoder("utf-8"),
  "utf-16le": new TextDecoder("utf-16le"),
  "utf-16be": new TextDecoder("utf-16be"),
};

/** More columns than any table has. */
const MAX_COLUMNS = 32_767;

/** A number of 1 to 9 bytes, and where the next one starts. Throws `RangeError` out of the bytes. */
export function varintAt(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw new RangeError("it is cut");
    if (i === 8) return { value: BigInt.asIntN(64, (value << 8n) | BigInt(byte)), next: at + 9 };
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  throw new RangeError("it is cut");
}

/** Throws `RangeError` where the row does not hold what its header says. */
export function recordOf(payload: Uint8Array, encoding: Encoding): SqlValue[] {
  const header = varintAt(payload, 0);
  const headerEnd = Number(header.value);
  if (headerEnd > payload.length || headerEnd < header.next) throw new RangeError("it is cut");
  const values: SqlValue[] = [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = headerEnd;
  for (let place = header.next; place < headerEnd;) {
    const { value, next } = varintAt(payload, place);
    place = next;
    const type = Number(value);
    if (type < 0 || values.length >= MAX_COLUMNS) throw new RangeError("its header is damaged");
    const length = lengthOf(type);
    if (at + length > payload.length) throw new RangeError("it is cut");
    values.push(valueAt(view, payload, at, type, length, encoding));
    at += length;
  }
  return values;
}

function lengthOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  const length = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0][type];
  if (length === undefined) throw new RangeError(`${type} is no type of a value`);
  return length;
}

function valueAt(
  view: DataView,
  payload: Uint8Array,
  at: number,
  type: number,
  length: number,
  encoding: Encoding,
): SqlValue {
  if (type >= 12) {
    const bytes = payload.subarray(at, at + length);
    return type % 2 === 0 ? bytes : DECODERS[encoding].decode(bytes);
  }
  switch (type) {
    case 1:
      return view.getInt8(at);
    case 2:
      return view.getInt16(at);
    case 3:
      return view.getInt8(at) * 65_536 + view.getUint16(at + 1);
    case 4:
      return view.getInt32(at);
    case 5:
      return view.getInt16(at) * 2 ** 32 + view.getUint32(at + 2);
    case 6: {
      const integer = view.getBigInt64(at);
      const number = Number(integer);
      return Number.isSafeInteger(number) ? number : integer;
    }
    case 7:
      return view.getFloat64(at);
    case 8:
      return 0;
    case 9:
      return 1;
    default:
      return null;
  }
}
