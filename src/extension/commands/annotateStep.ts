/** *Annotate step …*: words of a person, kept beside `onset.json` and drawn as a mark. */

import * as vscode from "vscode";
import { askStep } from "./ask.js";
import type { Command } from "./command.js";

export const annotateStep: Command<"onset.annotateStep"> = async (onset, args = {}) => {
  const step = args.step ?? (await askStep("Annotate step …", onset.comparison.state.step));
  if (step === undefined) return undefined;
  const text =
    args.text ??
    (await vscode.window.showInputBox({
      title: `Annotate step ${step}`,
      prompt: "What happened here? Shown in the Timeline with your name.",
    }));
  if (text === undefined || text.trim() === "") return undefined;
  const annotation = { run: args.run ?? null, step, text: text.trim() };
  await onset.annotations.add(annotation);
  return annotation;
};
