/** *Copy id*: what the terminal and `onset.json` call a run; a line each of several. */

import * as vscode from "vscode";
import { askRun } from "./ask.js";
import { clickedRuns } from "./clicked.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const copyRunId: Command<"onset.copyRunId"> = async (onset, clicked, selected) => {
  const keys =
    clickedRuns(clicked, selected) ??
    (await Dialogue.run(async (dialogue) => {
      const key = await askRun(dialogue, onset, "Copy id");
      return key === undefined ? [] : [key];
    }));
  const ids = keys.flatMap((key) => onset.store.run(key)?.id ?? []);
  if (ids.length === 0) return undefined;
  await vscode.env.clipboard.writeText(ids.join("\n"));
  return ids;
};
