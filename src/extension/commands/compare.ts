/** Who is compared, and against whom. */

import { askRun } from "./ask.js";
import { clickedRuns } from "./clicked.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const setBaseline: Command<"onset.setBaseline"> = async (onset, run) => {
  const key =
    run?.key ?? (await Dialogue.run((dialogue) => askRun(dialogue, onset, "Set the baseline")));
  if (key === undefined) return undefined;
  await onset.comparison.setBaseline(key);
  return key;
};

export const compareOnly: Command<"onset.compareOnly"> = async (
  { comparison },
  clicked,
  selected,
) => {
  const runs = clickedRuns(clicked, selected);
  if (!runs) return undefined;
  await comparison.set(runs);
  return comparison.runs();
};
