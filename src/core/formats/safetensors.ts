/** The header of a safetensors file, and the index of a sharded one. The tensors themselves are never read. */

import { readRange, type ByteSource } from "../io/files.js";
import { isPlainObject } from "../model/config.js";
import { decodeText, parseJson } from "./json.js";

const MAX_HEADER_BYTES = 100_000_000;

/** Bits per element, by dtype. */
const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E5M2FNUZ: 8,
  F8_E4M3FNUZ: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
};

export interface TensorInfo {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the file's beginning. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: readonly TensorInfo[];
  readonly metadata: ReadonlyMap<string, string>;
  /** Bytes that the whole file must have. */
  readonly bytes: number;
}

export type HeaderResult =
  | { readonly ok: true; readonly header: SafetensorsHeader }
  | { readonly ok: false; readonly reason: string };

/** Reads and checks the header. A file that is shorter than its header says is `ok`: compare `bytes` with its size. */
export async function readSafetensorsHeader(source: ByteSource): Promise<HeaderResult> {
  const prefix = await readRange(source, 0, 8);
  if (prefix.length < 8) return bad(`has ${prefix.length} bytes, too few for a header`);
  const length = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || length < 2) {
    return bad(`says its header has ${length} bytes; not a safetensors file`);
  }
  const bytes = await readRange(source, 8, length);
  if (bytes.length < length)
    return bad(`ends within its header (${bytes.length} of ${length} bytes)`);
  const parsed = parseJson(decodeText(bytes));
  if (!parsed.ok) return bad(`has a header that is not JSON: ${parsed.reason}`);
  if (!isPlainObject(parsed.value)) return bad("has a header that is not an object");
  return checkHeader(parsed.value, 8 + length);
}

function checkHeader(document: Record<string, unknown>, dataStart: number): HeaderResult {
  const tensors: TensorInfo[] = [];
  const metadata = new Map<string, string>();
  for (const [name, entry] of Object.entries(document)) {
    if (!isPlainObject(entry)) return bad(`has an entry "${name}" that is not an object`);
    if (name === "__metadata__") {
      for (const [key, value] of Object.entries(entry)) metadata.set(key, String(value));
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = entry;
    if (typeof dtype !== "string" || !isCounts(shape) || !isCounts(offsets)) {
      return bad(`has an entry "${name}" without dtype, shape and data_offsets`);
    }
    const [begin, end] = offsets;
    if (begin === undefined || end === undefined || end < begin) {
      return bad(`has an entry "${name}" with wrong data_offsets`);
    }
    const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
    const elements = shape.reduce((product, size) => product * size, 1);
    if (bits !== undefined && Math.ceil((elements * bits) / 8) !== end - begin) {
      return bad(`has an entry "${name}" whose shape and data_offsets disagree`);
    }
    tensors.push({ name, dtype, shape, begin: dataStart + begin, end: dataStart + end });
  }
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let at = dataStart;
  for (const { name, begin, end } of tensors) {
    if (begin !== at) return bad(`has a hole or an overlap before "${name}"`);
    at = end;
  }
  return { ok: true, header: { tensors, metadata, bytes: at } };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function bad(reason: string): HeaderResult {
  return { ok: false, reason };
}

/** The shards that an index (`model.safetensors.index.json`, `pytorch_model.bin.index.json`) names, without repeats. */
export function shardsOfIndex(text: string): readonly string[] | null {
  const parsed = parseJson(text);
  const map = parsed.ok && isPlainObject(parsed.value) ? parsed.value["weight_map"] : undefined;
  if (!isPlainObject(map)) return null;
  return [...new Set(Object.values(map).filter((file) => typeof file === "string"))];
}
