/** A run as a bar over steps, with the lines that lead from the parents' bars to those of their branches. */

import type { LineageRow } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { formatCompactStep } from "../shared/format.js";
import { svg } from "../shared/svg.js";

export interface StepRange {
  readonly first: number;
  readonly last: number;
}

const HEIGHT = 22;
const MIDDLE = 11;
const MARGIN = 8;
/** Pixels between the marks of the axis. */
const TICK_WIDTH = 90;

/** Pixels of a step within a cell. */
export function axisOf({ first, last }: StepRange, width: number): (step: number) => number {
  const room = Math.max(1, width - 2 * MARGIN - 12);
  return (step) => MARGIN + ((step - first) / (last - first)) * room;
}

/** Round steps over the column. */
export function ticks(range: StepRange, width: number): HTMLElement {
  const toX = axisOf(range, width);
  const wanted = (range.last - range.first) / Math.max(1, Math.floor(width / TICK_WIDTH));
  const power = 10 ** Math.floor(Math.log10(wanted));
  const distance = ([1, 2, 5, 10].find((one) => one * power >= wanted) ?? 10) * power;
  const row = element("span", { class: "ticks" });
  for (
    let step = Math.ceil(range.first / distance) * distance;
    step <= range.last;
    step += distance
  ) {
    const tick = element("span", {}, formatCompactStep(step));
    tick.style.left = `${toX(step)}px`;
    row.append(tick);
    if (row.childElementCount > 100) break;
  }
  return row;
}

/** Decoration: the row says in words what it shows. */
export function bar(
  rows: readonly LineageRow[],
  index: number,
  toX: (step: number) => number,
): SVGSVGElement {
  const row = rows[index] as LineageRow;
  const picture = svg("svg", {
    class: "bar",
    height: HEIGHT,
    width: "100%",
    "aria-hidden": "true",
  });
  for (const [child, { parent, from }] of rows.entries()) {
    // Of the lines that pass this row on their way down, or begin in it.
    if (parent === null || from === null || parent > index || child <= index) continue;
    const x = toX(from);
    const top = parent === index ? MIDDLE : -4;
    picture.append(svg("line", { class: "edge", x1: x, x2: x, y1: top, y2: 60 }));
  }
  const { first, last } = row.axis === null ? row : { first: null, last: null };
  if (row.parent !== null && row.from !== null) {
    const x = toX(row.from);
    picture.append(svg("line", { class: "edge", x1: x, x2: x, y1: -4, y2: MIDDLE }));
    const to = first === null ? x + 8 : toX(first);
    picture.append(svg("line", { class: "edge", x1: x, x2: to, y1: MIDDLE, y2: MIDDLE }));
  }
  if (first !== null && last !== null) {
    const left = toX(first);
    const width = Math.max(3, toX(last) - left);
    picture.append(svg("rect", { class: "run", x: left, y: MIDDLE - 4, width, height: 8, rx: 2 }));
  }
  for (const { parent, from } of rows) {
    if (parent !== index || from === null) continue;
    picture.append(svg("circle", { class: "branch", cx: toX(from), cy: MIDDLE, r: 3.5 }));
  }
  return picture;
}
