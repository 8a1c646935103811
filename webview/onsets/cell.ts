/**
 * A cell of the matrix: the interval in words, and where it lies on the step axis of all runs. What never came is open
 * to the right, what was there from the beginning open to the left.
 */

import type { OnsetCell } from "../../src/core/index.js";
import { stepToShare } from "../../src/protocol/stepScale.js";
import { element } from "../shared/dom.js";
import { formatCompactStep, formatStep } from "../shared/format.js";

export interface Extent {
  readonly first: number;
  readonly last: number;
}

export function cellContent(cell: OnsetCell, extent: Extent): HTMLElement {
  const { status, expectation, confirmed, by, sharpness, robust } = cell;
  const bar = element("span", { class: "bar", attributes: { "aria-hidden": "true" } });
  const place = placeOf(cell, extent);
  // What never came by the last step of all is open, too, and must be seen.
  bar.style.left = by === null ? `min(${place.left * 100}%, 100% - 12px)` : `${place.left * 100}%`;
  bar.style.width = `${Math.max(0, place.right - place.left) * 100}%`;
  bar.classList.add(status);
  if (sharpness !== null) bar.style.setProperty("--sharpness", String(sharpness));
  const isViolated = expectation?.verdict === "violated";
  const remarks = [
    isViolated ? expectation.text : "",
    by !== null && !confirmed ? "unconfirmed" : "",
    sharpness === null ? "" : `sharpness ${sharpness.toFixed(2)}`,
    robust === false ? "moves with the threshold" : "",
    cell.note ?? "",
  ].filter((text) => text !== "");
  return element(
    "span",
    { class: "onset", title: [cell.text, ...remarks].join("\n") },
    element(
      "span",
      { class: "interval" },
      ...(isViolated ? [element("span", { class: "sign", title: expectation.text }, "⚠ ")] : []),
      shortInterval(cell),
      ...(by !== null && !confirmed ? [" ?"] : []),
    ),
    element("span", { class: "track", attributes: { "aria-hidden": "true" } }, bar),
    element("span", { class: "spoken" }, [cell.text, ...remarks].join(", ")),
  );
}

/** `(1,000, 1,250]`, `by 50`, `not by 10k`: short enough for a column. */
export function shortInterval({ after, by, status }: OnsetCell): string {
  switch (status) {
    case "observed":
      return `(${formatStep(after ?? 0)}, ${formatStep(by ?? 0)}]`;
    case "left-censored":
      return `by ${formatStep(by ?? 0)}`;
    case "right-censored":
      return `not by ${formatCompactStep(after ?? 0)}`;
    case "no-data":
      return "";
  }
}

/** Shares of the track, 0 at its left end. */
export function placeOf(
  { after, by }: Pick<OnsetCell, "after" | "by">,
  { first, last }: Extent,
): { left: number; right: number } {
  const share = (step: number): number =>
    Math.min(1, Math.max(0, stepToShare(step, [first, last], "symlog")));
  return { left: after === null ? 0 : share(after), right: by === null ? 1 : share(by) };
}
