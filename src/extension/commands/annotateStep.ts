/** *Annotate step …*: words of a person, kept beside `onset.json` and drawn as a mark. */

import { askStep } from "./ask.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const annotateStep: Command<"onset.annotateStep"> = (onset, args = {}) =>
  Dialogue.run(async (dialogue) => {
    const { step: cursor } = onset.comparison.state;
    const step = args.step ?? (await askStep(dialogue, "Annotate step …", cursor));
    if (step === undefined) return undefined;
    const text =
      args.text ??
      (await dialogue.type(`Annotate step ${step.toLocaleString("en-US")}`, {
        prompt: "What happened here? Shown in the Timeline with your name.",
      }));
    if (text === undefined || text.trim() === "") return undefined;
    const annotation = { run: args.run ?? null, step, text: text.trim() };
    await onset.annotations.add(annotation);
    return annotation;
  });
