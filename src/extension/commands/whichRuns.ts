/** *Which runs … by step …*: who shows a behaviour by a step, who does not, and of whom it is not known. */

import * as vscode from "vscode";
import type { WhichRuns } from "../../core/index.js";
import { askQuestion, askStep, withProgress } from "./ask.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

interface RunItem extends vscode.QuickPickItem {
  readonly key: string;
}

export const whichRuns: Command<"onset.whichRuns"> = async (onset, args = {}) => {
  const asked = await Dialogue.run(async (dialogue) => {
    const text = args.question ?? (await askQuestion(dialogue, onset, "Which runs … by step …"));
    if (text === undefined) return undefined;
    const step = args.step ?? (await askStep(dialogue, `Which runs: ${text} by step …`));
    if (step === undefined) return undefined;
    const all = (await onset.store.start()).runs.map(({ key }) => key);
    const answer = await withProgress(onset, `which runs: ${text} by step ${step}`, (signal) =>
      onset.store.ask("whichRuns", { text, step, runs: args.runs ?? all }, signal),
    );
    if (args.question !== undefined && args.step !== undefined) return { text, answer, chosen: [] };
    const chosen = await dialogue.chooseSeveral(
      describeShares(text, answer),
      itemsOf(answer),
      "Accept to compare the picked runs",
    );
    return { text, answer, chosen: chosen ?? [] };
  });
  if (!asked) return undefined;
  const { text, answer, chosen } = asked;
  if (chosen.length > 0) {
    await onset.comparison.set(chosen.map(({ key }) => key));
    onset.comparison.moveCursor(answer.step);
    onset.timeline.open({ behaviour: text });
  }
  return answer;
};

/** The present runs are picked. */
function itemsOf({ present, absent, unknown }: WhichRuns): RunItem[] {
  const section = (name: string, runs: WhichRuns["present"], picked: boolean): RunItem[] =>
    runs.length === 0
      ? []
      : [
          { label: `${name} (${runs.length})`, kind: vscode.QuickPickItemKind.Separator, key: "" },
          ...runs.map(({ key, label, id, text }) => ({
            ...{ label, description: text, picked, key },
            ...(label === id ? {} : { detail: id }),
          })),
        ];
  return [
    ...section("present", present, true),
    ...section("absent", absent, false),
    ...section("not known", unknown, false),
  ];
}

/** More groups than these are too many to read in a title. */
const MAX_GROUPS = 6;

/** `generalises: present by step 1,200 in 2 of 8 (95 % CI …): weight_decay=0 0 of 3 · weight_decay=1 2 of 5`. */
function describeShares(question: string, { text, groups }: WhichRuns): string {
  const shares = groups.map(({ group, present, known }) => `${group} ${present} of ${known}`);
  const isTelling = groups.length > 1 && groups.length <= MAX_GROUPS;
  return `${question}: ${text}${isTelling ? `: ${shares.join(" · ")}` : ""}`;
}
