/** What a command of the Runs view's menu is about: all that are selected, where what was clicked is one of them. */

import type { Clicked } from "./ids.js";

/** Keys of the runs, each once; null where nothing was clicked. */
export function clickedRuns(
  clicked: Clicked | undefined,
  selected: readonly Clicked[] | undefined,
): readonly string[] | null {
  if (!clicked) return null;
  const nodes = selected && selected.length > 1 ? selected : [clicked];
  // A baseline or a checkpoint may be selected too.
  return [...new Set(nodes.flatMap(({ runs }) => runs ?? []))];
}
