/** Configuration that Python saved as an object: `training_args.bin`, `hyper_parameters` of Lightning. Never executed. */

import type { ByteSource } from "../io/files.js";
import { baseName } from "../io/path.js";
import { flattenConfig, isPlainObject, type Config } from "../model/config.js";
import { problem, type Problem } from "../model/problem.js";
import { plainOf, fieldOf } from "./containers/pickleValues.js";
import { readTorchFile } from "./containers/torchFile.js";

/** The Hugging Face Trainer's arguments. */
export const TRAINING_ARGS = "training_args.bin";

/** True for files that can hold a configuration as a pickle: those, and checkpoints. */
export function isPickledConfig(file: string): boolean {
  return /\.(bin|pt|ckpt)$/i.test(file);
}

/** Of a checkpoint only the part that is its configuration; without one nothing, and no problem. */
export async function readPickledConfig(
  source: ByteSource,
  file: string,
): Promise<{ readonly config: Config; readonly problems: readonly Problem[] }> {
  const read = await readTorchFile(source);
  if (!read.ok) {
    const message = `${read.reason}; the run is shown without its config`;
    return { config: new Map(), problems: [problem("config/not-parsed", file, message)] };
  }
  const isWhole = baseName(file) === TRAINING_ARGS;
  const held = isWhole ? read.value : fieldOf(read.value, "hyper_parameters");
  const plain = held === undefined ? undefined : plainOf(held);
  if (!isPlainObject(plain)) return { config: new Map(), problems: [] };
  // Attributes that begin with an underscore are the object's own business, and tokens are secrets.
  const shown = Object.entries(plain).filter(
    ([key, value]) => !key.startsWith("_") && !(/token$/.test(key) && typeof value === "string"),
  );
  return { config: flattenConfig(Object.fromEntries(shown)), problems: [] };
}
