/** *Diff checkpoints …*: two checkpoints, of one run or of two. */

import type { RunAtStep } from "../../protocol/workerProtocol.js";
import { askCheckpoint } from "./ask.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const diffCheckpoints: Command<"onset.diffCheckpoints"> = async (onset, clicked, others) => {
  const selected = isList(others) ? others : [clicked, others];
  const [first, second] = selected.filter((one) => one !== undefined);
  const chosen = await Dialogue.run(async (dialogue) => {
    const a = first ?? (await askCheckpoint(dialogue, onset, "Diff, first"));
    const b = a && (second ?? (await askCheckpoint(dialogue, onset, "Diff, second")));
    return a && b && { a: sideOf(a), b: sideOf(b) };
  });
  if (!chosen) return undefined;
  onset.diff.open(chosen);
  return onset.store.ask("diff", chosen);
};

/** Of a node of the tree, which has more to it. */
function sideOf({ key, step }: RunAtStep): RunAtStep {
  return { key, step };
}

function isList(
  value: RunAtStep | readonly RunAtStep[] | undefined,
): value is readonly RunAtStep[] {
  return Array.isArray(value);
}
