/**
 * The cursor, what the pointer is over, the pins and the brush: lines over all charts that move by one custom property
 * each. No chart is drawn for them.
 */

import { element } from "../shared/dom.js";

type Line = "cursor" | "hover" | "pin-a" | "pin-b";
const LINES: readonly Line[] = ["hover", "cursor", "pin-a", "pin-b"];

/** Elements to be put over one chart's canvas. */
export function overlay(): HTMLElement {
  return element(
    "div",
    { class: "overlay", attributes: { "aria-hidden": "true" } },
    ...LINES.map((line) => element("i", { class: `line ${line}` })),
    element("i", { class: "brush" }),
  );
}

/** Moves a line in all charts below `stage`; a share outside of 0 to 1, or null, hides it. */
export function moveLine(stage: HTMLElement, line: Line, share: number | null): void {
  const isSeen = share !== null && share >= 0 && share <= 1;
  stage.classList.toggle(`has-${line}`, isSeen);
  if (isSeen) stage.style.setProperty(`--${line}`, `${share * 100}%`);
}

/** Shades what is being chosen; null ends it. */
export function moveBrush(
  stage: HTMLElement,
  shares: readonly [from: number, to: number] | null,
): void {
  stage.classList.toggle("has-brush", shares !== null);
  if (!shares) return;
  const [from, to] = [Math.min(...shares), Math.max(...shares)];
  stage.style.setProperty("--brush-from", `${from * 100}%`);
  stage.style.setProperty("--brush-to", `${(1 - to) * 100}%`);
}
