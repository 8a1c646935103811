/** TensorFlow's checkpoint bundles: `<prefix>.index`, `<prefix>.data-00000-of-00001`, and the text file `checkpoint`. */

import { readRange, type ByteSource } from "../../io/files.js";
import { maskedCrc32c } from "../framing/crc32c.js";
import { ProtobufError, ProtobufReader } from "../framing/protobuf.js";
import { readLevelTable } from "./levelTable.js";
import { tensorOf, type Tensor } from "./tensor.js";

export interface BundleTensor extends Tensor {
  readonly shard: number;
  /** Bytes from the shard's beginning. */
  readonly offset: number;
  readonly size: number;
  /** Masked CRC-32C of the tensor's bytes. */
  readonly crc: number;
}

export interface BundleIndex {
  readonly shards: number;
  readonly tensors: readonly BundleTensor[];
  /** What is wrong with parts of it; null when nothing is. */
  readonly reason: string | null;
}

const UTF8 = new TextDecoder("utf-8");

/** `DataType` of TensorFlow. */
const DTYPES: Readonly<Record<number, string>> = {
  1: "F32",
  2: "F64",
  3: "I32",
  4: "U8",
  5: "I16",
  6: "I8",
  7: "string",
  8: "C64",
  9: "I64",
  10: "BOOL",
  14: "BF16",
  17: "U16",
  18: "C128",
  19: "F16",
  20: "resource",
  21: "variant",
  22: "U32",
  23: "U64",
};

export async function readBundleIndex(source: ByteSource): Promise<BundleIndex> {
  const table = await readLevelTable(source);
  let shards = 1;
  let { reason } = table;
  const tensors: BundleTensor[] = [];
  for (const { key, value } of table.entries) {
    try {
      if (key.length === 0) shards = shardsOf(value);
      else tensors.push(entryOf(UTF8.decode(key), value));
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      reason ??= `has an entry that does not decode: ${error.message}`;
    }
  }
  return { shards, tensors, reason };
}

function shardsOf(header: Uint8Array): number {
  const proto = new ProtobufReader(header);
  while (proto.next()) {
    if (proto.field === 1 && proto.wire === 0) return proto.unsigned();
    proto.skip();
  }
  return 1;
}

function entryOf(name: string, value: Uint8Array): BundleTensor {
  const proto = new ProtobufReader(value);
  const numbers = new Map<number, number>();
  let shape: number[] = [];
  let crc = 0;
  while (proto.next()) {
    if (proto.field === 2 && proto.wire === 2) shape = shapeOf(proto.message());
    else if (proto.field === 6 && proto.wire === 5) crc = proto.fixed32();
    else if (proto.wire === 0) numbers.set(proto.field, proto.unsigned());
    else proto.skip();
  }
  const dtype = numbers.get(1) ?? 0;
  const [shard = 0, offset = 0, size = 0] = [3, 4, 5].map((field) => numbers.get(field) ?? 0);
  const listed = tensorOf(name, DTYPES[dtype] ?? `dtype ${dtype}`, shape);
  return { ...listed, bytes: size, shard, offset, size, crc };
}

function shapeOf(message: Uint8Array): number[] {
  const shape: number[] = [];
  const proto = new ProtobufReader(message);
  while (proto.next()) {
    if (proto.field !== 2 || proto.wire !== 2) {
      proto.skip();
      continue;
    }
    const dimension = new ProtobufReader(proto.message());
    let size = 0;
    while (dimension.next()) {
      if (dimension.field === 1 && dimension.wire === 0) size = dimension.unsigned();
      else dimension.skip();
    }
    shape.push(size);
  }
  return shape;
}

export function shardName(prefix: string, shard: number, shards: number): string {
  const digits = (n: number): string => String(n).padStart(5, "0");
  return `${prefix}.data-${digits(shard)}-of-${digits(shards)}`;
}

const STEP_NAMES =
  /^(global_step|(.*\/)?(global_step|optimizer\/iter|step)\/\.ATTRIBUTES\/VARIABLE_VALUE)$/;

/** The tensor that holds the step: `global_step` of TF1, `optimizer/iter` or `step` of TF2. */
export function stepTensor(tensors: readonly BundleTensor[]): BundleTensor | null {
  const found = tensors.filter(
    ({ name, dtype, shape, size }) =>
      STEP_NAMES.test(name) &&
      shape.length === 0 &&
      ((dtype === "I64" && size === 8) || (dtype === "I32" && size === 4)),
  );
  return found.find(({ name }) => name === "global_step") ?? found[0] ?? null;
}

/** The step from its shard; null where the bytes are not those that the index describes. */
export async function readStepTensor(
  shard: ByteSource,
  tensor: BundleTensor,
): Promise<number | null> {
  const bytes = await readRange(shard, tensor.offset, tensor.size);
  if (bytes.length < tensor.size || maskedCrc32c(bytes) !== tensor.crc) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const step = tensor.size === 4 ? view.getInt32(0, true) : Number(view.getBigInt64(0, true));
  return Number.isSafeInteger(step) && step >= 0 ? step : null;
}

/** The prefix that the text file `checkpoint` names as the latest, without its directory; null when it names none. */
export function latestPrefix(text: string): string | null {
  const path = /^\s*model_checkpoint_path:\s*"((?:[^"\\]|\\.)*)"/m.exec(text)?.[1];
  return path === undefined ? null : (path.split(/[/\\]/).pop() ?? null);
}
