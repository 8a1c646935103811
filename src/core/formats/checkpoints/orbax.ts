/** Orbax, both generations: directories with items, renamed into place when they are written. */

import { directoryOf, joinPath } from "../../io/path.js";
import { COMPLETE, partial, type CheckpointFormat } from "./checkpointFormat.js";
import type { CheckpointLook } from "./look.js";
import { ANY_STEP, CHECKPOINT_UNDERSCORE_N, DIGITS, PREFIX_N } from "./namings.js";

/** Files of a checkpoint, or of its only item. */
const MARKS = [
  "_CHECKPOINT_METADATA",
  "_METADATA",
  "orbax.checkpoint",
  "manifest.ocdbt",
  "commit_success.txt",
];
/** Items that the first generation names itself, and `checkpoint`, which it wrote before that. */
const ITEMS = ["default", "state", "params", "checkpoint"];
/** Under other names items alone mean nothing. */
const OWN_NAMINGS = [DIGITS, CHECKPOINT_UNDERSCORE_N];
const COMMIT = "commit_success.txt";

export const orbax: CheckpointFormat = {
  format: "orbax",
  system: "Orbax",
  directories: [
    { pattern: /^(?:.*[^\d])?(?<step>\d+)\.orbax-checkpoint-tmp(?:-\d+)?$/ },
    DIGITS,
    CHECKPOINT_UNDERSCORE_N,
    ANY_STEP,
    PREFIX_N,
  ],
  recognises: ({ inside, beside, naming }) =>
    beside.has("_ROOT_METADATA") ||
    MARKS.some((name) => inside.has(name)) ||
    (OWN_NAMINGS.includes(naming) && ITEMS.some((name) => inside.has(name))),

  async judge(look) {
    if (/\.orbax-checkpoint-tmp(-\d+)?$/.test(look.name)) {
      return partial("has the name of a checkpoint being written");
    }
    if (!look.has(COMMIT) && (await othersCommit(look))) return partial(`has no ${COMMIT}`);
    return COMPLETE;
  },
};

/** Stores that cannot rename mark the end of a save by a file. One of the neighbours tells whether this is one. */
async function othersCommit(look: CheckpointLook): Promise<boolean> {
  const above = directoryOf(look.path);
  const others = [...(await look.namesIn(above))].filter(
    (name) => name !== look.name && /\d$/.test(name),
  );
  for (const other of [others[0], others.at(-1)]) {
    if (other === undefined) continue;
    if ((await look.namesIn(joinPath(above, other))).has(COMMIT)) return true;
  }
  return false;
}
