/** Distributed checkpoints of PyTorch under any other name: `.metadata` is renamed into place when all ranks are done. */

import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import { ANY_STEP, STEP_N } from "./namings.js";

export const dcp: CheckpointFormat = {
  format: "dcp",
  system: "PyTorch distributed checkpoint",
  directories: [STEP_N, ANY_STEP],
  recognises: ({ inside }) =>
    inside.has(".metadata") || [...inside].some((name) => name.endsWith(".distcp")),

  judge: (look) =>
    Promise.resolve(
      look.has(".metadata") ? COMPLETE : partial("has no .metadata, which is written last"),
    ),
};
