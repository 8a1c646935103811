/** *Open Timeline*: with other runs, metrics, behaviour or step, where asked. */

import type { Command } from "./command.js";

export const openTimeline: Command<"onset.openTimeline"> = async (onset, args = {}) => {
  const { runs, step, metrics, behaviour } = args;
  if (runs) await onset.comparison.set(runs);
  if (step !== undefined) onset.comparison.moveCursor(step);
  onset.timeline.open({
    ...(metrics && { metrics }),
    ...(behaviour !== undefined && { behaviour }),
  });
  return true;
};
