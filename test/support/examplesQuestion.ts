/** Questions about examples with everything left open but what a test is about. */

import type { ExampleDiffQuestion } from "../../src/core/answers/exampleDiff.js";
import type { ExamplesQuestion } from "../../src/core/answers/examples.js";

const OPEN = { task: null, filter: null, metric: null, cut: null, from: 0, to: 1_000_000 };

export function examplesQuestion(of: Partial<ExamplesQuestion> = {}): ExamplesQuestion {
  return { ...OPEN, persistence: null, example: null, step: null, ...of };
}

export function exampleDiffQuestion(of: Partial<ExampleDiffQuestion> = {}): ExampleDiffQuestion {
  return { ...OPEN, changes: null, ...of };
}
