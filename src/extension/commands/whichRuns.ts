/** *Which runs … by step …*: who shows a behaviour by a step, who does not, and of whom it is not known. */

import * as vscode from "vscode";
import type { WhichRuns } from "../../core/index.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { askQuestion, askStep, withProgress } from "./ask.js";
import type { Command } from "./command.js";

export const whichRuns: Command<"onset.whichRuns"> = async (onset, args = {}) => {
  const text = args.question ?? (await askQuestion(onset, "Which runs … by step …"));
  if (text === undefined) return undefined;
  const step = args.step ?? (await askStep(`Which runs: ${text} by step …`));
  if (step === undefined) return undefined;
  const all = (await onset.store.start()).runs.map(({ key }) => key);
  const answer = await withProgress(onset, `which runs: ${text} by step ${step}`, (signal) =>
    onset.store.ask("whichRuns", { text, step, runs: args.runs ?? all }, signal),
  );
  if (args.question === undefined || args.step === undefined) void show(onset, text, answer);
  return answer;
};

/** The answer as a list with the present runs picked; accepting it compares those picked. */
async function show(onset: OnsetWindow, text: string, answer: WhichRuns): Promise<void> {
  const section = (label: string, runs: WhichRuns["present"], picked: boolean): Item[] =>
    runs.length === 0
      ? []
      : [
          { label: `${label} (${runs.length})`, kind: vscode.QuickPickItemKind.Separator, key: "" },
          ...runs.map(({ key, label: name, id, text: interval }) => ({
            label: name,
            description: interval,
            detail: id,
            picked,
            key,
          })),
        ];
  interface Item extends vscode.QuickPickItem {
    readonly key: string;
  }
  const items = [
    ...section("present", answer.present, true),
    ...section("absent", answer.absent, false),
    ...section("not known", answer.unknown, false),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${text}: ${answer.groups.map((group) => group.text).join("; ") || answer.text}`,
    placeHolder: "Accept to compare the picked runs",
    canPickMany: true,
    matchOnDescription: true,
  });
  if (!chosen || chosen.length === 0) return;
  await onset.comparison.set(chosen.map(({ key }) => key));
  onset.comparison.moveCursor(answer.step);
  onset.timeline.open({ behaviour: text });
}
