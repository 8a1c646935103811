/** Files of `torch.save`: what they hold besides the tensors' numbers. Never executed, no storage is read. */

import { readRange, type ByteSource } from "../../io/files.js";
import { readPickle } from "./pickle.js";
import {
  PersistentId,
  PickleGlobal,
  PickleObject,
  fieldOf,
  type PickleValue,
} from "./pickleValues.js";
import { dtypeOf, isShape, tensorOf, type Tensor } from "./tensor.js";
import { isZip, readStored, readZipDirectory } from "./zipDirectory.js";

export type TorchFile =
  | { readonly ok: true; readonly value: PickleValue }
  | { readonly ok: false; readonly reason: string };

/** The description of a model of 100,000 tensors is smaller. */
const MAX_PICKLE_BYTES = 64 * 1024 * 1024;
const MOST_PICKLES_BYTES = 1024 * 1024;

/** Reads the object that was saved, of the zip form and of the one before it. */
export async function readTorchFile(source: ByteSource): Promise<TorchFile> {
  const head = await readRange(source, 0, 16);
  if (isZip(head)) return readZipForm(source);
  if (head[0] === 0x80) return readLegacyForm(source);
  return bad("is not a PyTorch file: neither a zip nor a pickle");
}

async function readZipForm(source: ByteSource): Promise<TorchFile> {
  const zip = await readZipDirectory(source);
  if (!zip.ok) return zip;
  const name = [...zip.entries.keys()].find((entry) => /^(?:[^/]+\/)?data\.pkl$/.test(entry));
  const entry = name === undefined ? undefined : zip.entries.get(name);
  if (!entry) return bad("is a zip without data.pkl: not a PyTorch file");
  const bytes = await readStored(source, entry, MAX_PICKLE_BYTES);
  if (!bytes) return bad("has a data.pkl that is compressed, cut short or too large");
  const read = readPickle(bytes);
  return read.ok ? { ok: true, value: read.value } : bad(`has a data.pkl that ${read.reason}`);
}

/** Magic number, protocol version and system information, each a pickle, and then the object's. */
async function readLegacyForm(source: ByteSource): Promise<TorchFile> {
  const { size } = source.stamp;
  // The numbers follow behind the object, and are most of the file.
  const read = legacyObject(await readRange(source, 0, Math.min(size, MOST_PICKLES_BYTES)));
  if (read.ok || size <= MOST_PICKLES_BYTES) return read;
  return legacyObject(await readRange(source, 0, Math.min(size, MAX_PICKLE_BYTES)));
}

function legacyObject(bytes: Uint8Array): TorchFile {
  const first = readPickle(bytes);
  if (!first.ok) return bad(`is a pickle that ${first.reason}`);
  if (first.value !== LEGACY_MAGIC) return { ok: true, value: first.value };
  let at = first.end;
  for (let i = 0; i < 2; i++) {
    const skipped = readPickle(bytes, at);
    if (!skipped.ok) return bad(`has a header that ${skipped.reason}`);
    at = skipped.end;
  }
  const object = readPickle(bytes, at);
  return object.ok ? { ok: true, value: object.value } : bad(`is a pickle that ${object.reason}`);
}

const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

const MAX_TENSORS = 1_000_000;
const MAX_DEPTH = 64;

/** Tensors by the path of keys that leads to them, `model.layers.0.weight`; shared ones under each of their names. */
export function tensorsIn(value: PickleValue): Tensor[] {
  const tensors: Tensor[] = [];
  const entered = new Set<PickleValue>();
  const visit = (node: PickleValue, name: string, depth: number): void => {
    if (node === null || typeof node !== "object" || tensors.length >= MAX_TENSORS) return;
    if (node instanceof PickleObject) {
      const tensor = tensorOfObject(node, name);
      if (tensor) {
        tensors.push(tensor);
        return;
      }
    }
    if (entered.has(node) || depth > MAX_DEPTH) return;
    entered.add(node);
    const prefix = name === "" ? "" : `${name}.`;
    if (Array.isArray(node)) node.forEach((item, i) => visit(item, `${prefix}${i}`, depth + 1));
    else if (node instanceof Map) {
      for (const [key, item] of node) {
        if (typeof key === "string" || typeof key === "number")
          visit(item, `${prefix}${key}`, depth + 1);
      }
    } else if (node instanceof PickleObject && node.state instanceof Map)
      visit(node.state, name, depth + 1);
  };
  visit(value, "", 0);
  return tensors;
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, size, stride, …)` and what is built around it. */
function tensorOfObject(object: PickleObject, name: string): Tensor | null {
  const args = Array.isArray(object.args) ? object.args : [];
  switch (object.className) {
    case "torch._utils._rebuild_tensor":
    case "torch._utils._rebuild_tensor_v2":
    case "torch._utils._rebuild_tensor_v3": {
      const [storage, , shape, , , , given] = args;
      if (!isShape(shape)) return null;
      const dtype = dtypeOfGlobal(object.className.endsWith("v3") ? given : storage);
      return tensorOf(name, dtype ?? "unknown", shape);
    }
    case "torch._utils._rebuild_parameter":
    case "torch._utils._rebuild_parameter_with_state":
      return args[0] instanceof PickleObject ? tensorOfObject(args[0], name) : null;
    case "torch._tensor._rebuild_from_type_v2": {
      const inner = Array.isArray(args[2]) ? new PickleObject(args[0] ?? null, args[2]) : null;
      return inner && tensorOfObject(inner, name);
    }
    default:
      return null;
  }
}

/** Of a storage's persistent id `("storage", <class>, key, device, count)`, or of a dtype by name. */
function dtypeOfGlobal(value: PickleValue | undefined): string | null {
  if (value instanceof PickleGlobal) return dtypeOf(value.path);
  if (value instanceof PersistentId && Array.isArray(value.id)) {
    const type = value.id[1];
    return type instanceof PickleGlobal ? dtypeOf(type.path) : null;
  }
  return null;
}

/** Where training was, as the saved object tells it under the names that training code uses. */
export interface TorchFacts {
  readonly step?: number;
  readonly epoch?: number;
  readonly tokens?: number;
  /** The key that holds the tokens. */
  readonly tokensFrom?: string;
}

const STEP_KEYS = [
  "global_step",
  "iteration",
  "global_steps",
  "iter_num",
  "num_updates",
  "step",
  "steps",
  "iter",
];
const TOKEN_KEYS = ["global_train_tokens_seen", "tokens_seen", "num_tokens", "consumed_tokens"];

export function factsIn(value: PickleValue): TorchFacts {
  const state = fieldOf(value, "state");
  const timestamp = fieldOf(state ?? null, "timestamp");
  const timed = timestamp === undefined ? {} : timestampFacts(timestamp);
  const history = fieldOf(value, "optimizer_history");
  const last = Array.isArray(history) ? history.at(-1) : undefined;
  const step =
    timed.step ?? firstCount(value, STEP_KEYS) ?? firstCount(last ?? null, ["num_updates"]);
  const epoch = timed.epoch ?? firstCount(value, ["epoch", "current_epoch"]);
  return {
    ...(step === undefined ? {} : { step }),
    ...(epoch === undefined ? {} : { epoch }),
    ...tokensIn(value),
    ...(timed.tokens === undefined ? {} : { tokens: timed.tokens, tokensFrom: "state.timestamp" }),
  };
}

function tokensIn(value: PickleValue): Pick<TorchFacts, "tokens" | "tokensFrom"> {
  for (const tokensFrom of TOKEN_KEYS) {
    const tokens = firstCount(value, [tokensFrom]);
    if (tokens !== undefined) return { tokens, tokensFrom };
  }
  return {};
}

/** Composer's `state.timestamp`: `{"Timestamp": {"batch": …, "token": …, "epoch": …}}`, numbers or objects of them. */
function timestampFacts(timestamp: PickleValue): TorchFacts {
  const inner = fieldOf(timestamp, "Timestamp") ?? timestamp;
  const count = (key: string): number | undefined => {
    const value = fieldOf(inner, key);
    if (typeof value === "number") return value;
    return value === undefined ? undefined : firstCount(value, ["value", "_value"]);
  };
  const step = count("batch");
  const epoch = count("epoch");
  const tokens = count("token");
  return {
    ...(step === undefined ? {} : { step }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

function firstCount(value: PickleValue, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const found = fieldOf(value, key);
    if (typeof found === "number" && Number.isSafeInteger(found) && found >= 0) return found;
  }
  return undefined;
}

function bad(reason: string): TorchFile {
  return { ok: false, reason };
}
