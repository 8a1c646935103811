/** A tensor as a checkpoint lists it, in every container the same. */

export interface Tensor {
  readonly name: string;
  /** As safetensors names it: `F32`, `BF16`, `I64`; the container's own word for what has no such name. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Null where the dtype's width is not known. */
  readonly bytes: number | null;
}

export type TensorList =
  | { readonly ok: true; readonly tensors: readonly Tensor[] }
  | { readonly ok: false; readonly reason: string };

const BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
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
  C128: 128,
  F8_E5M2: 8,
  F8_E4M3: 8,
};

/** Names that PyTorch, NumPy and zarr use. */
const NAMES: Readonly<Record<string, string>> = {
  float: "F32",
  float32: "F32",
  f4: "F32",
  double: "F64",
  float64: "F64",
  f8: "F64",
  half: "F16",
  float16: "F16",
  f2: "F16",
  bfloat16: "BF16",
  long: "I64",
  int64: "I64",
  i8: "I64",
  int: "I32",
  int32: "I32",
  i4: "I32",
  short: "I16",
  int16: "I16",
  i2: "I16",
  char: "I8",
  int8: "I8",
  i1: "I8",
  byte: "U8",
  uint8: "U8",
  u1: "U8",
  uint16: "U16",
  u2: "U16",
  uint32: "U32",
  u4: "U32",
  uint64: "U64",
  u8: "U64",
  bool: "BOOL",
  b1: "BOOL",
  complex64: "C64",
  complexfloat: "C64",
  complex128: "C128",
  complexdouble: "C128",
  float8_e4m3fn: "F8_E4M3",
  float8_e5m2: "F8_E5M2",
};

/** `float32`, `torch.float32`, `FloatStorage`, `<f4` as `F32`; a name that is not known stays as it is. */
export function dtypeOf(name: string): string {
  const plain = name
    .replace(/^torch\.|^.*\.(?=\w+Storage$)/, "")
    .replace(/Storage$/, "")
    .replace(/^[<>|=]/, "")
    .toLowerCase();
  return (Object.hasOwn(NAMES, plain) ? NAMES[plain] : undefined) ?? name;
}

export function tensorOf(name: string, dtype: string, shape: readonly number[]): Tensor {
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
  const elements = shape.reduce((product, size) => product * size, 1);
  return { name, dtype, shape, bytes: bits === undefined ? null : (elements * bits) / 8 };
}

export function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
