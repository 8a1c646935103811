/** *Diff checkpoints …*: two checkpoints, of one run or of two. */

import type { RunAtStep } from "../../protocol/workerProtocol.js";
import { askCheckpoint } from "./ask.js";
import type { Command } from "./command.js";

export const diffCheckpoints: Command<"onset.diffCheckpoints"> = async (onset, clicked, others) => {
  const selected = isList(others) ? others : [clicked, others];
  const [first, second] = selected.filter((one) => one !== undefined);
  const a = first ?? (await askCheckpoint(onset, "Diff, first"));
  if (!a) return undefined;
  const b = second ?? (await askCheckpoint(onset, "Diff, second"));
  if (!b) return undefined;
  const [left, right] = [a, b].map(({ key, step }) => ({ key, step }));
  if (!left || !right) return undefined;
  onset.diff.open({ a: left, b: right });
  return onset.store.ask("diff", { a: left, b: right });
};

function isList(
  value: RunAtStep | readonly RunAtStep[] | undefined,
): value is readonly RunAtStep[] {
  return Array.isArray(value);
}
