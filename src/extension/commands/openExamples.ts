/** *Open Examples*: of a run where one is given, as from the tree. */

import type { Command } from "./command.js";

export const openExamples: Command<"onset.openExamples"> = (onset, run) => {
  onset.examples.open(run === undefined ? {} : { run: run.key });
  return true;
};
