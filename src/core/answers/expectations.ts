/** Runs that do not hold to what is expected of a behaviour: expected and absent, or unwanted and present. */

import type { Catalog } from "../catalog/catalog.js";
import { behavioursOf } from "../query/onsetFile.js";
import { askRun, judgementOf } from "./when.js";

export interface Violation {
  /** Key of the run. */
  readonly run: string;
  /** The `onset.json` that holds the behaviour. */
  readonly file: string;
  readonly behaviour: string;
  /** What was expected and what is there, in one line. */
  readonly text: string;
}

/** Reads only runs whose folder has a behaviour with an expectation. */
export async function answerExpectations(
  catalog: Catalog,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const key of keys) {
    const run = catalog.run(key);
    if (!run) continue;
    const file = catalog.onsetFileOf(run);
    for (const behaviour of behavioursOf(file).values()) {
      if (behaviour.expectation === null || file.path === null) continue;
      signal?.throwIfAborted();
      const { loaded, answers } = await askRun(catalog, behaviour, key, signal);
      for (const answer of answers) {
        const judgement = judgementOf(answer, behaviour, loaded.view);
        if (judgement?.verdict !== "violated") continue;
        const { text } = judgement;
        violations.push({ run: key, file: file.path, behaviour: behaviour.name, text });
      }
    }
  }
  return violations;
}
