/** *Show in Timeline*, *Show in Onsets*: runs of the tree join the comparison, and the panel opens. */

import type { OnsetWindow } from "../onsetWindow.js";
import { clickedRuns } from "./clicked.js";
import type { Command } from "./command.js";
import type { Clicked } from "./ids.js";

export const showInTimeline: Command<"onset.showInTimeline"> = async (onset, ...clicked) => {
  if (!(await join(onset, ...clicked))) return false;
  onset.timeline.open({});
  return true;
};

export const showInOnsets: Command<"onset.showInOnsets"> = async (onset, ...clicked) => {
  if (!(await join(onset, ...clicked))) return false;
  onset.onsets.open({});
  return true;
};

async function join(
  { comparison }: OnsetWindow,
  clicked?: Clicked,
  selected?: readonly Clicked[],
): Promise<boolean> {
  const runs = clickedRuns(clicked, selected);
  if (!runs) return false;
  if (runs.some((key) => !comparison.has(key))) {
    await comparison.toggle(new Map(runs.map((key) => [key, true])));
  }
  return true;
}
