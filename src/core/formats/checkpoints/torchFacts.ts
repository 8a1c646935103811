/** Step, epoch and tokens that a file of `torch.save` holds, where it is small enough to be looked into. */

import { factsIn, readTorchFile } from "../containers/torchFile.js";
import type { CheckpointFacts } from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";

/** Of a file in a checkpoint; nothing where it is missing or does not read. */
export async function factsOfTorchFile(
  look: CheckpointLook,
  name: string,
): Promise<CheckpointFacts> {
  return (await look.with(name, async (source) => factsOf(await readTorchFile(source)))) ?? {};
}

/** Of a checkpoint that is a file. */
export async function factsOfCheckpointFile(look: CheckpointLook): Promise<CheckpointFacts> {
  const read = async (): Promise<CheckpointFacts | null> =>
    look.withFile(look.path, async (source) => factsOf(await readTorchFile(source)));
  return (await read()) ?? {};
}

function factsOf(file: Awaited<ReturnType<typeof readTorchFile>>): CheckpointFacts {
  return file.ok ? factsIn(file.value) : {};
}
