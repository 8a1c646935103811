/** What was asked in one example and what the model made of it at one checkpoint: read when somebody wants to see it. */

import { readExampleText } from "../catalog/exampleText.js";
import type { Catalog } from "../catalog/catalog.js";
import type { ExampleText } from "../formats/examples.js";
import { FileError, type Files } from "../io/files.js";
import { choose, noTask, tasksNamed, type ExamplesChoice } from "./chooseExamples.js";

export interface ExampleStory {
  readonly step: number;
  /** Null where no file holds a text of it; `note` says so. */
  readonly text: ExampleText | null;
  /** The file that it lies in, and its place among the examples. */
  readonly file: string | null;
  readonly note: string | null;
}

/** The example `id` of the run at the checkpoint `step`. Of several files about it the latest one that has a text. */
export async function answerExampleStory(
  catalog: Catalog,
  files: Files,
  key: string,
  choice: ExamplesChoice,
  id: string,
  step: number,
  signal?: AbortSignal,
): Promise<ExampleStory> {
  const run = catalog.run(key);
  if (!run) throw new Error(`run ${key} is gone`);
  const { tasks } = await catalog.examples(key, choice.metric, signal);
  const [one] = tasksNamed(tasks, choice);
  const nothing = { step, text: null, file: null };
  if (!one) return { ...nothing, note: noTask(tasks, choice) };
  const chosen = choose(catalog, key, one, choice);
  if (!chosen.table) return { ...nothing, note: chosen.note };
  const { table } = chosen;
  const about = table.files[table.step.indexOf(step)] ?? [];
  // The reader knows tasks without their shots.
  const task = one.task.replace(/@\d+$/, "");
  for (const file of [...about].reverse()) {
    const source = run.examples?.find((candidate) => candidate.file === file);
    if (!source) continue;
    try {
      const wanted = { task, id, filter: one.filter, step };
      const text = await readExampleText(files, source, wanted, null, signal);
      if (text) return { step, text, file, note: null };
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return { ...nothing, file, note: `${file} cannot be read: ${error.message}` };
    }
  }
  return { ...nothing, file: about.at(-1) ?? null, note: "the files hold outcomes, and no texts" };
}
