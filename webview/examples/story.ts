/** One example through training: its outcomes, and what was asked and answered at one checkpoint. */

import type { ExampleStory } from "../../src/core/index.js";
import { button } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import type { Outcome } from "./outcome.js";
import type { ExampleRow } from "./raster.js";

export interface StoryActions {
  readonly goTo: (step: number) => void;
  readonly openFile: (file: string) => void;
  readonly close: () => void;
}

const SIGNS: Readonly<Record<Outcome, string>> = { right: "✓", wrong: "✗", unknown: "–" };

export function storyOf(
  { id, forgotten, evaluations, correct }: ExampleRow,
  learned: string,
  outcomes: readonly { readonly step: number; readonly outcome: Outcome }[],
  { step, text, file, note }: ExampleStory,
  { goTo, openFile, close }: StoryActions,
): HTMLElement[] {
  const times = forgotten === 1 ? "once" : `${forgotten} times`;
  const facts = [
    learned,
    `right at ${correct} of ${evaluations} evaluations`,
    forgotten === 0 ? "never forgotten" : `forgotten ${times}`,
  ];
  const parts: [string, string | null][] = text
    ? [
        ["question", text.question],
        ["answer", text.answer],
        ["target", text.target],
      ]
    : [];
  return [
    element("h2", {}, `Example ${id}`),
    element("p", {}, facts.join(" · ")),
    element(
      "ol",
      { class: "outcomes", attributes: { "aria-label": "outcomes by checkpoint" } },
      ...outcomes.map((one) => {
        const go = element(
          "button",
          {
            class: one.step === step ? "link chosen" : "link",
            title: `${one.outcome} at step ${formatStep(one.step)}`,
          },
          element(
            "span",
            { class: one.outcome, attributes: { "aria-hidden": "true" } },
            SIGNS[one.outcome],
          ),
          ` ${formatStep(one.step)}`,
          element("span", { class: "spoken" }, one.outcome),
        );
        go.addEventListener("click", () => {
          goTo(one.step);
        });
        return element("li", {}, go);
      }),
    ),
    element("h2", {}, `At step ${formatStep(step)}`),
    ...parts.flatMap(([name, said]) =>
      said === null
        ? []
        : [element("h4", {}, name), element("pre", {}, said === "" ? "(empty)" : said)],
    ),
    ...(note === null ? [] : [element("p", { class: "muted" }, note)]),
    element(
      "p",
      { class: "buttons" },
      ...(file === null
        ? []
        : [
            button("Open file", () => {
              openFile(file);
            }),
          ]),
      button("Close", close),
    ),
  ];
}
