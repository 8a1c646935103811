/** *Open Lineage*: runs and their branches. */

import type { Command } from "./command.js";

export const openLineage: Command<"onset.openLineage"> = (onset) => {
  onset.lineage.open();
  return true;
};
