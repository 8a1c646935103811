/** Writes safetensors files: a header's length, the header as JSON, zeros for the tensors. */

export interface WrittenTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

export function safetensorsFile(
  header: Readonly<Record<string, WrittenTensor | Record<string, string>>>,
  dataBytes: number,
): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** A checkpoint with one float32 tensor of four numbers. */
export function tinySafetensors(): Uint8Array {
  return safetensorsFile({ w: { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] } }, 16);
}
