/**
 * The tensors of a checkpoint, from whichever container it is: names, dtypes, shapes. Only headers and descriptions are
 * read. Asked of one checkpoint at a time, when it is shown.
 */

import { FileError, readRange, type ByteSource, type Files } from "../../io/files.js";
import { extensionOf, joinPath } from "../../io/path.js";
import { isPlainObject } from "../../model/config.js";
import { reasonOf } from "../../model/problem.js";
import type { Checkpoint } from "../../model/run.js";
import { tensorsOfDcpMetadata } from "../containers/dcpMetadata.js";
import { arraysIn, readMsgpack } from "../containers/msgpack.js";
import { dtypeOf, isShape, tensorOf, type Tensor, type TensorList } from "../containers/tensor.js";
import { readBundleIndex } from "../containers/tensorBundle.js";
import { readTorchFile, tensorsIn } from "../containers/torchFile.js";
import { parseJson } from "../json.js";
import { readSafetensorsHeader, shardsOfIndex } from "../safetensors.js";
import { CheckpointLook } from "./look.js";

/** Descriptions of the largest models are a tenth of this. */
const MAX_BYTES = 256 * 1024 * 1024;

export async function listTensors(files: Files, checkpoint: Checkpoint): Promise<TensorList> {
  if (checkpoint.container === "remote") return failed("is not on this disk");
  try {
    if (checkpoint.container === "file") return await ofFile(files, checkpoint.path);
    const entries = await files.list(checkpoint.path);
    const list = await ofDirectory(new CheckpointLook(files, checkpoint, entries));
    return list ?? failed("holds no description of tensors that is understood");
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return failed(reasonOf(error));
  }
}

async function ofFile(files: Files, path: string): Promise<TensorList> {
  const source = await files.open(path);
  try {
    switch (extensionOf(path)) {
      case ".safetensors":
        return await ofSafetensors(source);
      case ".index":
        return await ofBundle(source);
      case ".msgpack":
      case "":
        return await ofMsgpack(source);
      default:
        return await ofTorch(source);
    }
  } finally {
    await source.close();
  }
}

/** Containers that describe all of a checkpoint come before those that are one file of several. */
async function ofDirectory(look: CheckpointLook): Promise<TensorList | null> {
  for (const name of [".metadata", "model_and_optim/.metadata", "model/.metadata"]) {
    if (!look.has(name.split("/", 1)[0] ?? "")) continue;
    const list = await look.with(name, async (source) => tensorsOfDcpMetadata(await whole(source)));
    if (list) return list;
  }
  const names = look.entries.map(({ name }) => name);
  const shards = names.filter((name) => name.endsWith(".safetensors"));
  if (shards.length > 0) return ofFiles(look, await shardsInUse(look, shards));
  if (look.has("manifest.json")) return ofManifest(await look.json("manifest.json"));
  const orbax = await ofOrbax(look);
  if (orbax) return orbax;
  if (look.has("checkpoint")) {
    const list = await look.with("checkpoint", ofMsgpack);
    if (list?.ok) return list;
  }
  const indexes = names.filter((name) => name.endsWith(".index"));
  if (indexes.length > 0) return ofFiles(look, indexes);
  const models = names.filter((name) => MODEL_FILE.test(name));
  return models.length > 0 ? ofFiles(look, models) : null;
}

const MODEL_FILE =
  /^(pytorch_model|adapter_model|model)([-_.].*)?\.(bin|pt|pth)$|model_states\.pt$|^model_optim_rng\.pt$|^layer_.*\.pt$|\.ckpt$/;

/** Those that an index names, where there is one: others beside them are not part of the model. */
async function shardsInUse(
  look: CheckpointLook,
  shards: readonly string[],
): Promise<readonly string[]> {
  const index = await look.text("model.safetensors.index.json", MAX_BYTES);
  const named = index === null ? null : shardsOfIndex(index);
  return named ? named.filter((shard) => shards.includes(shard)) : shards;
}

async function ofFiles(look: CheckpointLook, names: readonly string[]): Promise<TensorList> {
  const tensors: Tensor[] = [];
  for (const name of names) {
    const list = await ofFile(look.files, joinPath(look.path, name));
    if (!list.ok) return failed(`${name} ${list.reason}`);
    tensors.push(...list.tensors);
  }
  return { ok: true, tensors };
}

async function ofSafetensors(source: ByteSource): Promise<TensorList> {
  const result = await readSafetensorsHeader(source);
  if (!result.ok) return result;
  const tensors = result.header.tensors.map(({ name, dtype, shape, begin, end }) => ({
    ...{ name, dtype, shape, bytes: end - begin },
  }));
  return { ok: true, tensors };
}

async function ofTorch(source: ByteSource): Promise<TensorList> {
  const file = await readTorchFile(source);
  return file.ok ? { ok: true, tensors: tensorsIn(file.value) } : file;
}

async function ofBundle(source: ByteSource): Promise<TensorList> {
  const { tensors, reason } = await readBundleIndex(source);
  if (reason !== null) return failed(reason);
  const plain = tensors.map(({ name, dtype, shape, bytes }) => ({ name, dtype, shape, bytes }));
  return { ok: true, tensors: plain };
}

async function ofMsgpack(source: ByteSource): Promise<TensorList> {
  const read = readMsgpack(await whole(source));
  return read.ok ? { ok: true, tensors: arraysIn(read.value) } : read;
}

/** Levanter's `manifest.json`. */
function ofManifest(manifest: unknown): TensorList {
  const arrays = isPlainObject(manifest) ? manifest["arrays"] : undefined;
  if (!isPlainObject(manifest) || !Array.isArray(arrays)) {
    return failed("has a manifest.json without arrays");
  }
  const version = manifest["format_version"];
  if (typeof version === "number" && version > 1) {
    return failed(`has a manifest.json of version ${version}, and 1 is understood`);
  }
  const tensors: Tensor[] = [];
  for (const array of arrays as readonly unknown[]) {
    if (!isPlainObject(array)) continue;
    const { path, shape, dtype } = array;
    if (typeof path !== "string" || !isShape(shape) || typeof dtype !== "string") continue;
    tensors.push(tensorOf(path, dtypeOf(dtype), shape));
  }
  return { ok: true, tensors };
}

/** `_METADATA` of the checkpoint or of its items; without it, what the first process wrote of its arrays. */
async function ofOrbax(look: CheckpointLook): Promise<TensorList | null> {
  const items = look.entries.filter(({ kind }) => kind === "directory").map(({ name }) => name);
  const tensors: Tensor[] = [];
  let isOrbax = false;
  for (const item of ["", ...items]) {
    const inItem = (name: string): string => (item === "" ? name : `${item}/${name}`);
    const prefix = item === "" ? "" : `${item}.`;
    const tree = parsed(await look.text(inItem("_METADATA"), MAX_BYTES));
    const written = parsed(await look.text(inItem("array_metadatas/process_0"), MAX_BYTES));
    if (tree === null && written === null) continue;
    isOrbax = true;
    const found = tree === null ? arraysWritten(written) : arraysOfTree(tree);
    tensors.push(...found.map(({ name, shape }) => tensorOf(prefix + name, "unknown", shape)));
  }
  return isOrbax ? { ok: true, tensors } : null;
}

interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

function arraysOfTree(document: Readonly<Record<string, unknown>>): NamedShape[] {
  const tree = document["tree_metadata"];
  if (!isPlainObject(tree)) return [];
  return Object.values(tree).flatMap((leaf) => {
    const keys = isPlainObject(leaf) ? leaf["key_metadata"] : undefined;
    const value = isPlainObject(leaf) ? leaf["value_metadata"] : undefined;
    if (!Array.isArray(keys) || !isPlainObject(value)) return [];
    const shape = value["write_shape"];
    const path = keys.map((key: unknown) => (isPlainObject(key) ? String(key["key"]) : ""));
    return isShape(shape) ? [{ name: path.join("."), shape }] : [];
  });
}

function arraysWritten(document: Readonly<Record<string, unknown>> | null): NamedShape[] {
  const list = document?.["array_metadatas"];
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const metadata = isPlainObject(item) ? item["array_metadata"] : undefined;
    if (!isPlainObject(metadata)) return [];
    const { param_name: name, write_shape: shape } = metadata;
    return typeof name === "string" && isShape(shape) ? [{ name, shape }] : [];
  });
}

function parsed(text: string | null): Readonly<Record<string, unknown>> | null {
  if (text === null) return null;
  const result = parseJson(text);
  return result.ok && isPlainObject(result.value) ? result.value : null;
}

function whole(source: ByteSource): Promise<Uint8Array> {
  return readRange(source, 0, Math.min(source.stamp.size, MAX_BYTES));
}

function failed(reason: string): TensorList {
  return { ok: false, reason };
}
