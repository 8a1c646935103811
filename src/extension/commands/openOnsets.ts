/** *Open Onsets*: behaviours × runs, of other runs where asked. */

import type { Command } from "./command.js";

export const openOnsets: Command<"onset.openOnsets"> = async (onset, args = {}) => {
  const { runs, question } = args;
  if (runs) await onset.comparison.set(runs);
  onset.onsets.open(question === undefined ? {} : { question });
  return true;
};
