/** *When did …*: in which interval a behaviour began, per run. */

import * as vscode from "vscode";
import type { SetAnswer } from "../../core/index.js";
import type { WhenRow } from "../../protocol/workerProtocol.js";
import { askQuestion, withProgress } from "./ask.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const when: Command<"onset.when"> = async (onset, args = {}) => {
  const asked = await Dialogue.run(async (dialogue) => {
    const question = args.question ?? (await askQuestion(dialogue, onset, "When did …"));
    if (question === undefined) return undefined;
    await onset.store.start();
    const runs = args.runs ?? onset.comparison.runs();
    const isAsked = args.question === undefined;
    if (isAsked && onset.store.snapshot.runs.length === 0) {
      throw new Error("no runs were found. Add a folder of runs first.");
    }
    const check = await onset.store.ask("checkQuestion", { text: question });
    if (check.ok && check.kind === "set") {
      const answer = await withProgress(onset, question, (signal) =>
        onset.store.ask("overRuns", { text: question, runs }, signal),
      );
      return { question, answer, chosen: isAsked && (await chooseLine(dialogue, answer)) };
    }
    const rows = await withProgress(onset, `when did ${question}`, (signal) =>
      onset.store.ask("when", { text: question, runs }, signal),
    );
    return {
      question,
      answer: rows,
      chosen: isAsked && (await chooseRow(dialogue, question, rows)),
    };
  });
  if (!asked) return undefined;
  const { question, answer, chosen } = asked;
  if (chosen === "line") onset.onsets.open();
  else if (chosen) {
    const step = chosen.by ?? chosen.after;
    if (step !== null) onset.comparison.moveCursor(step);
    onset.timeline.open({ behaviour: question });
  }
  return answer;
};

/** The answer in words; choosing a line opens the Onsets panel, where its curves are. */
async function chooseLine(
  dialogue: Dialogue,
  { question, lines }: SetAnswer,
): Promise<"line" | undefined> {
  const items = lines.map((label) => ({ label }));
  const chosen = await dialogue.choose(
    question,
    items,
    "Choose a line to see the onsets of all runs",
  );
  return chosen && "line";
}

/** The answers as a list; choosing one opens the Timeline with the cursor at the onset. */
async function chooseRow(
  dialogue: Dialogue,
  question: string,
  rows: readonly WhenRow[],
): Promise<WhenRow | undefined> {
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(
      "Onset: no runs are compared. Check some in the side panel.",
    );
    return undefined;
  }
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
  const title = `${question}: in ${present} of ${rows.length}`;
  const chosen = await dialogue.choose(title, items, "Choose a run to see it in the Timeline");
  return chosen?.row;
}
