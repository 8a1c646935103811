/** *Save behaviour …*: a question gets a name in `onset.json`. */

import * as vscode from "vscode";
import type { OnsetWindow } from "../onsetWindow.js";
import { editOnsetFile } from "../onsetFile/editOnsetFile.js";
import { ownFolder } from "../services/annotations.js";
import { askQuestion } from "./ask.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

export const saveBehaviour: Command<"onset.saveBehaviour"> = (onset, args = {}) =>
  Dialogue.run(async (dialogue) => {
    const folder = await ownFolder();
    if (!folder) throw new Error("behaviours are saved in the workspace: open a folder first.");
    const question = args.question ?? (await askQuestion(dialogue, onset, "Save behaviour …"));
    if (question === undefined) return undefined;
    const check = await onset.store.ask("checkQuestion", { text: question });
    if (!check.ok) throw new Error(`"${question}" is no question: ${check.message}`);
    if (check.kind === "set") {
      throw new Error(`"${question}" is about several runs: a behaviour is what one run shows.`);
    }
    const name = args.name ?? (await askName(dialogue, onset, question));
    if (name === undefined) return undefined;
    await editOnsetFile(folder, (text) =>
      onset.store.ask("withBehaviour", { text, name, when: question, note: args.note ?? null }),
    );
    await onset.store.reloadBehaviours();
    return name;
  });

async function askName(
  dialogue: Dialogue,
  { store }: OnsetWindow,
  question: string,
): Promise<string | undefined> {
  const saved = new Set(
    store.snapshot.behaviours.filter(({ isSaved }) => isSaved).map(({ name }) => name),
  );
  const name = await dialogue.type("Save behaviour …", {
    prompt: `What is "${question}" called?`,
    placeholder: "generalises",
    check: (text) => {
      if (text.trim() === "") return "A behaviour needs a name.";
      if (!saved.has(text.trim())) return null;
      const message = `"${text.trim()}" is saved already and will be replaced.`;
      return { message, severity: vscode.InputBoxValidationSeverity.Warning };
    },
  });
  return name?.trim();
}
