/** Configuration that Python saved as an object: `training_args.bin`, `hyper_parameters` of Lightning. Never executed. */

import type { ByteSource } from "../io/files.js";
import { baseName } from "../io/path.js";
import { flattenConfig, isPlainObject, type Config } from "../model/config.js";
import { problem, type Problem } from "../model/problem.js";
import { plainOf, fieldOf, type PickleValue } from "./containers/pickleValues.js";
import { readTorchFile } from "./containers/torchFile.js";

/** The Hugging Face Trainer's arguments. */
export const TRAINING_ARGS = "training_args.bin";

/** True for files that can hold a configuration as a pickle: those, and checkpoints. */
export function isPickledConfig(file: string): boolean {
  return /\.(bin|pt|ckpt)$/i.test(file);
}

/** Of a checkpoint only the part that is its configuration; without one, or where it cannot be read, nothing. */
export async function readPickledConfig(
  source: ByteSource,
  file: string,
): Promise<{ readonly config: Config; readonly problems: readonly Problem[] }> {
  const read = await readTorchFile(source);
  const isWhole = baseName(file) === TRAINING_ARGS;
  if (!read.ok) {
    const message = `${read.reason}; the run is shown without its config`;
    const problems = isWhole ? [problem("config/not-parsed", file, message)] : [];
    return { config: new Map(), problems };
  }
  const plain = isWhole ? plainOf(read.value) : configIn(read.value);
  if (!isPlainObject(plain)) return { config: new Map(), problems: [] };
  // Attributes that begin with an underscore are the object's own business, and tokens are secrets.
  const shown = Object.entries(plain).filter(
    ([key, value]) => !key.startsWith("_") && !(SECRET.test(key) && typeof value === "string"),
  );
  return { config: flattenConfig(Object.fromEntries(shown)), problems: [] };
}

const SECRET = /(token|password|secret|api_?key)$/i;

/** Keys under which training code saves its configuration with a checkpoint, more particular ones first. */
const KEYS = ["hyper_parameters", "config", "cfg", "args", "hparams", "train_config"];

function configIn(value: PickleValue): unknown {
  const batch = batchOfDeepSpeed(value);
  if (batch) return batch;
  for (const key of KEYS) {
    const held = fieldOf(value, key);
    const plain = held === undefined ? undefined : plainOf(held);
    if (isPlainObject(plain) && Object.keys(plain).length > 0) return plain;
  }
  return undefined;
}

/** Of what DeepSpeed saves with its model states: the factors of the batch, which the run's own config need not hold. */
function batchOfDeepSpeed(value: PickleValue): Record<string, PickleValue> | null {
  const config = fieldOf(value, "ds_config");
  const ranks = fieldOf(value, "dp_world_size");
  if (config === undefined && ranks === undefined) return null;
  const factors = [
    ["dp_world_size", ranks],
    ["mp_world_size", fieldOf(value, "mp_world_size")],
    ...["train_batch_size", "train_micro_batch_size_per_gpu", "gradient_accumulation_steps"].map(
      (key) => [key, fieldOf(config, key)] as const,
    ),
  ] as const;
  return Object.fromEntries(
    factors.flatMap(([key, factor]) => (typeof factor === "number" ? [[key, factor]] : [])),
  );
}
