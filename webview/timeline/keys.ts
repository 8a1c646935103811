/** The keys of the charts, and the list of them. */

import { element } from "../shared/dom.js";

export const KEYS = [
  { shown: "← →", does: "move the cursor by evaluation" },
  { shown: "Shift ← →", does: "move it by checkpoint" },
  { shown: "Home End", does: "move it to the first, the last evaluation" },
  { shown: "g", does: "type a step" },
  { shown: "p", does: "pin the cursor, or take its pin away; two pins are compared" },
  { shown: "+", does: "zoom in at the cursor" },
  { shown: "−", does: "zoom out" },
  { shown: "[ ]", does: "show what is before, what is behind" },
  { shown: "0", does: "show the whole axis" },
  { shown: "Esc", does: "take all pins away" },
  { shown: "m", does: "choose metrics" },
  { shown: "e", does: "export or copy" },
  { shown: "a", does: "annotate the step" },
  { shown: "?", does: "show or hide this list" },
] as const;

export function keyList(): HTMLElement {
  return element(
    "dl",
    { class: "keys", attributes: { "aria-label": "Keys" } },
    ...KEYS.flatMap(({ shown, does }) => [
      element("dt", {}, element("kbd", {}, shown)),
      element("dd", {}, does),
    ]),
    element("dt", {}, "drag"),
    element("dd", {}, "zoom to a part of the axis; a double click shows all of it"),
    element("dt", {}, element("kbd", {}, "Ctrl"), " wheel"),
    element("dd", {}, "zoom where the pointer is"),
  );
}
