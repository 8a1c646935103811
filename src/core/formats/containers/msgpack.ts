/** MessagePack as Flax and T5X write it: arrays become descriptions, their numbers are only read for scalars. */

import { dtypeOf, isShape, tensorOf, type Tensor } from "./tensor.js";

/** An array in a checkpoint; `scalar` is its value where it has one element that is an integer or a float. */
export class MsgpackArray {
  constructor(
    readonly shape: readonly number[],
    readonly dtype: string,
    readonly scalar: number | null,
  ) {}
}

export type MsgpackValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | MsgpackArray
  | MsgpackValue[]
  | Map<MsgpackValue, MsgpackValue>;

export type MsgpackResult =
  | { readonly ok: true; readonly value: MsgpackValue }
  | { readonly ok: false; readonly reason: string };

class MsgpackError extends Error {
  override readonly name = "MsgpackError";
}

const MAX_DEPTH = 64;
const MAX_COLLECTIONS = 500_000;
const UTF8 = new TextDecoder("utf-8");

export function readMsgpack(bytes: Uint8Array): MsgpackResult {
  try {
    const decoder = new Decoder(bytes);
    const value = decoder.value(0);
    if (decoder.at < bytes.length) return { ok: false, reason: "has bytes behind its end" };
    return { ok: true, value };
  } catch (error) {
    if (!(error instanceof MsgpackError)) throw error;
    return { ok: false, reason: error.message };
  }
}

class Decoder {
  at = 0;
  private collections = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): MsgpackValue {
    if (depth > MAX_DEPTH) throw new MsgpackError("is nested too deeply");
    const code = this.unsigned(1);
    if (code < 0x80) return code;
    if (code < 0x90) return this.map(code & 0x0f, depth);
    if (code < 0xa0) return this.list(code & 0x0f, depth);
    if (code < 0xc0) return this.text(code & 0x1f);
    if (code >= 0xe0) return code - 256;
    return this.coded(code, depth);
  }

  private coded(code: number, depth: number): MsgpackValue {
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.slice(this.unsigned(2 ** (code - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.unsigned(2 ** (code - 0xc7)), depth);
      case 0xca:
        return this.view.getFloat32(this.advance(4));
      case 0xcb:
        return this.view.getFloat64(this.advance(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.unsigned(2 ** (code - 0xcc));
      case 0xcf:
        return narrowed(this.view.getBigUint64(this.advance(8)));
      case 0xd0:
        return this.view.getInt8(this.advance(1));
      case 0xd1:
        return this.view.getInt16(this.advance(2));
      case 0xd2:
        return this.view.getInt32(this.advance(4));
      case 0xd3:
        return narrowed(this.view.getBigInt64(this.advance(8)));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(2 ** (code - 0xd4), depth);
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.text(this.unsigned(2 ** (code - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.list(this.unsigned(2 ** (code - 0xdb)), depth);
      case 0xde:
      case 0xdf:
        return this.map(this.unsigned(2 ** (code - 0xdd)), depth);
      default:
        throw new MsgpackError(`has the unknown type 0x${code.toString(16)}`);
    }
  }

  /** Flax's own types: 1 an array, 3 a NumPy scalar, both as `[shape, dtype, bytes]`. */
  private extension(length: number, depth: number): MsgpackValue {
    const type = this.view.getInt8(this.advance(1));
    const content = this.slice(length);
    if (type !== 1 && type !== 3) return content;
    const inner = new Decoder(content).value(depth + 1);
    const [shape, dtype, data] = Array.isArray(inner) ? inner : [];
    if (!isShape(shape) || typeof dtype !== "string" || !(data instanceof Uint8Array)) {
      throw new MsgpackError("has an array that is none");
    }
    return new MsgpackArray(shape, dtype, scalarOf(dtype, data));
  }

  private list(count: number, depth: number): MsgpackValue[] {
    this.enter(count);
    const list: MsgpackValue[] = [];
    for (let i = 0; i < count; i++) list.push(this.value(depth + 1));
    return list;
  }

  private map(count: number, depth: number): Map<MsgpackValue, MsgpackValue> {
    this.enter(count);
    const map = new Map<MsgpackValue, MsgpackValue>();
    for (let i = 0; i < count; i++) map.set(this.value(depth + 1), this.value(depth + 1));
    return map;
  }

  private enter(count: number): void {
    if (count > this.bytes.length - this.at) throw new MsgpackError("is cut short");
    if (++this.collections > MAX_COLLECTIONS) throw new MsgpackError("has too many lists and maps");
  }

  private text(length: number): string {
    return UTF8.decode(this.slice(length));
  }

  private unsigned(bytes: number): number {
    const at = this.advance(bytes);
    if (bytes === 1) return this.view.getUint8(at);
    return bytes === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
  }

  private slice(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  private advance(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new MsgpackError("is cut short");
    this.at = start + length;
    return start;
  }
}

function scalarOf(dtype: string, data: Uint8Array): number | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (`${dtype} ${data.length}`) {
    case "int32 4":
      return view.getInt32(0, true);
    case "uint32 4":
      return view.getUint32(0, true);
    case "int64 8":
      return Number(view.getBigInt64(0, true));
    case "float32 4":
      return view.getFloat32(0, true);
    case "float64 8":
      return view.getFloat64(0, true);
    default:
      return null;
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The value under a path of keys. */
export function at(value: MsgpackValue, ...path: readonly string[]): MsgpackValue | undefined {
  let node: MsgpackValue | undefined = value;
  for (const key of path) node = node instanceof Map ? node.get(key) : undefined;
  return node;
}

/** An integer, written as one or as an array of one element. */
export function countOf(value: MsgpackValue | undefined): number | undefined {
  const count = value instanceof MsgpackArray ? value.scalar : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/**
 * Arrays by the path of keys that leads to them, joined by `/`. What lies beside the file as zarr is described by T5X in
 * its place: `{driver: "zarr", dtype, metadata: {shape}}`.
 */
export function arraysIn(value: MsgpackValue): Tensor[] {
  const tensors: Tensor[] = [];
  const visit = (node: MsgpackValue, name: string): void => {
    if (node instanceof MsgpackArray) tensors.push(tensorOf(name, dtypeOf(node.dtype), node.shape));
    else if (Array.isArray(node)) node.forEach((item, i) => visit(item, `${name}/${i}`));
    else if (node instanceof Map) {
      const dtype = node.get("dtype");
      const shape = at(node, "metadata", "shape");
      if (node.get("driver") === "zarr" && typeof dtype === "string" && isShape(shape)) {
        tensors.push(tensorOf(name, dtypeOf(dtype), shape));
        return;
      }
      for (const [key, item] of node) {
        if (typeof key !== "string" && typeof key !== "number") continue;
        visit(item, name === "" ? String(key) : `${name}/${key}`);
      }
    }
  };
  visit(value, "");
  return tensors;
}
