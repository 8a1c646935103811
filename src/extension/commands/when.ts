/** *When did …*: in which interval a behaviour began, per run. */

import * as vscode from "vscode";
import type { SetAnswer } from "../../core/index.js";
import type { WhenRow } from "../../protocol/workerProtocol.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { askQuestion, withProgress } from "./ask.js";
import type { Command } from "./command.js";

export const when: Command<"onset.when"> = async (onset, args = {}) => {
  const question = args.question ?? (await askQuestion(onset, "When did …"));
  if (question === undefined) return undefined;
  await onset.store.start();
  const runs = args.runs ?? onset.comparison.runs();
  const check = await onset.store.ask("checkQuestion", { text: question });
  if (check.ok && check.kind === "set") {
    const answer = await withProgress(onset, question, (signal) =>
      onset.store.ask("overRuns", { text: question, runs }, signal),
    );
    if (args.question === undefined) void showSet(onset, answer);
    return answer;
  }
  const rows = await withProgress(onset, `when did ${question}`, (signal) =>
    onset.store.ask("when", { text: question, runs }, signal),
  );
  if (args.question === undefined) void show(onset, question, rows);
  return rows;
};

/** The answer in words; choosing a line opens the Onsets panel, where its curves are. */
async function showSet({ onsets }: OnsetWindow, { question, lines }: SetAnswer): Promise<void> {
  const chosen = await vscode.window.showQuickPick(
    lines.map((label) => ({ label })),
    { title: question, placeHolder: "Choose a line to see the onsets of all runs" },
  );
  if (chosen) onsets.open();
}

/** The answers as a list; choosing one opens the Timeline with the cursor at the onset. */
async function show(onset: OnsetWindow, question: string, rows: readonly WhenRow[]): Promise<void> {
  const present = rows.filter(({ by }) => by !== null).length;
  const isOfSeveral = new Set(rows.map(({ metric }) => metric)).size > 1;
  const items = rows.map((row) => ({
    label: row.run.label,
    description: [row.text, row.by !== null && !row.confirmed ? "unconfirmed" : ""]
      .filter(Boolean)
      .join(", "),
    detail: [isOfSeveral ? row.metric : "", row.note].filter(Boolean).join(" · "),
    row,
  }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(
      "Onset: no runs are compared. Check some in the side panel.",
    );
    return;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${question}: in ${present} of ${rows.length}`,
    placeHolder: "Choose a run to see it in the Timeline",
    matchOnDescription: true,
  });
  if (!chosen) return;
  const step = chosen.row.by ?? chosen.row.after;
  if (step !== null) onset.comparison.moveCursor(step);
  onset.timeline.open({ behaviour: question });
}
