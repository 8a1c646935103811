/** *Compare at step …*: moves the cursor there and shows what differs. */

import { askStep } from "./ask.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const compareAtStep: Command<"onset.compareAtStep"> = async (onset, args = {}) => {
  const { comparison, store, timeline } = onset;
  const step =
    args.step ??
    (await Dialogue.run((dialogue) =>
      askStep(dialogue, "Compare at step …", comparison.state.step),
    ));
  if (step === undefined) return undefined;
  await store.start();
  comparison.moveCursor(step);
  timeline.open({});
  const { runs, baseline } = comparison.state;
  const metrics = timeline.intent.metrics;
  const shown = metrics.length > 0 ? metrics : (await store.ask("vocabulary", { runs })).metrics;
  return store.ask("atStep", { runs, baseline, metrics: shown, step });
};
