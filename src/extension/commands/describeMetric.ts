/** *Describe metric …*: its shape in each compared run, and what the runs say together. */

import * as vscode from "vscode";
import type { DescribeAnswer } from "../../core/index.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { plainText } from "../plainText.js";
import { withProgress } from "./ask.js";
import type { Command } from "./command.js";

export const describeMetric: Command<"onset.describeMetric"> = async (onset, args = {}) => {
  await onset.store.start();
  const runs = args.runs ?? onset.comparison.runs();
  const metric = args.metric ?? (await askMetric(onset, runs));
  if (metric === undefined) return undefined;
  const law = args.law ?? false;
  const { answer, rows, together } = await withProgress(onset, `describe ${metric}`, (signal) =>
    onset.store.ask("describe", { metric, runs, law }, signal),
  );
  if (args.metric === undefined) void show(onset, answer, rows, together);
  return answer;
};

async function askMetric(
  { store }: OnsetWindow,
  runs: readonly string[],
): Promise<string | undefined> {
  const { metrics } = await store.ask("vocabulary", { runs });
  if (metrics.length === 0) throw new Error("the compared runs have no metrics.");
  const items = metrics.map((metric) => ({ label: plainText(metric), metric }));
  return (await vscode.window.showQuickPick(items, { title: "Describe metric …" }))?.metric;
}

const NAMES = ["", "points", "values", "sharpness", "width", "L", "B", ""];

/** Choosing a run opens the Timeline with the metric. */
async function show(
  onset: OnsetWindow,
  { metric }: DescribeAnswer,
  rows: readonly (readonly string[])[],
  together: readonly string[],
): Promise<void> {
  const items: vscode.QuickPickItem[] = [
    ...together.map((line) => ({ label: plainText(line) })),
    { label: "runs", kind: vscode.QuickPickItemKind.Separator },
    ...rows.map(([label = "", ...cells]) => ({
      label: plainText(label),
      detail: cells
        .flatMap((cell, i) => (cell === "" ? [] : [`${NAMES[i + 1] ?? ""} ${cell}`.trim()]))
        .join(" · "),
    })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${metric} in ${rows.length} ${rows.length === 1 ? "run" : "runs"}`,
    placeHolder: "Choose a line to see the metric in the Timeline",
  });
  if (chosen) onset.timeline.open({ metrics: [metric] });
}
