/**
 * The cursor, what the pointer is over, the pins and the brush: one line each over all charts, and one over the rug. Moving
 * them draws no chart and lays nothing out.
 */

import { element } from "../shared/dom.js";

type Line = "cursor" | "hover" | "pin-a" | "pin-b";
const LINES: readonly Line[] = ["hover", "cursor", "pin-a", "pin-b"];

/** Elements to be put over what shares the axis. */
export function overlay(): HTMLElement {
  return element(
    "div",
    { class: "overlay", attributes: { "aria-hidden": "true" } },
    ...LINES.map((line) => element("i", { class: `line ${line}` })),
    element("i", { class: "brush" }),
  );
}

/** Moves a line in all overlays below `stage`; a share outside of 0 to 1, or null, hides it. */
export function moveLine(stage: HTMLElement, line: Line, share: number | null): void {
  const isSeen = share !== null && share >= 0 && share <= 1;
  for (const one of stage.querySelectorAll<HTMLElement>(`.overlay .${line}`)) {
    one.classList.toggle("seen", isSeen);
    if (isSeen) one.style.transform = `translateX(${share * 100}%)`;
  }
}

/** Shades what is being chosen; null ends it. */
export function moveBrush(
  stage: HTMLElement,
  shares: readonly [from: number, to: number] | null,
): void {
  for (const one of stage.querySelectorAll<HTMLElement>(".overlay .brush")) {
    one.classList.toggle("seen", shares !== null);
    if (!shares) continue;
    one.style.left = `${Math.min(...shares) * 100}%`;
    one.style.right = `${(1 - Math.max(...shares)) * 100}%`;
  }
}
