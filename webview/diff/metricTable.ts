/** Metrics of both sides, those that differ most beside their noise first. */

import type { DiffAnswer } from "../../src/core/index.js";
import { element, setText } from "../shared/dom.js";
import { formatSigned, formatStep, formatValue } from "../shared/format.js";
import { intervalText } from "../shared/intervalText.js";
import { noiseText } from "../shared/noiseText.js";

type Difference = DiffAnswer["metrics"][number];

export function metricTable({ a, b }: DiffAnswer, shown: readonly Difference[]): HTMLElement {
  if (shown.length === 0) return element("p", { class: "muted" }, "No metric fits.");
  const table = element("table", { class: "numbers" });
  setText(
    table.createCaption(),
    `Metrics of ${a.run.label} at ${formatStep(a.step)} and ${b.run.label} at ${formatStep(b.step)}`,
  );
  const hasDivergence = shown.some(({ divergence }) => divergence !== null);
  const head = table.createTHead().insertRow();
  const columns: [string, string][] = [
    ["metric", ""],
    ["A", "number"],
    ["B", "number"],
    ["B − A", "number"],
    ["Δ/noise", "number"],
    ["verdict", ""],
    ...(hasDivergence ? [["first apart", ""] as [string, string]] : []),
  ];
  for (const [column, kind] of columns) {
    head.append(element("th", { class: kind, attributes: { scope: "col" } }, column));
  }
  const body = table.createTBody();
  for (const row of shown) body.append(rowOf(row, hasDivergence));
  return table;
}

function rowOf(row: Difference, hasDivergence: boolean): HTMLElement {
  const { metric, a, b, delta, ratio, verdict, better, noise, noiseFrom, interpolated } = row;
  const word = better === null || delta === 0 || delta === null ? "" : better ? "better" : "worse";
  const title = noiseText({ verdict, noise, noiseFrom });
  return element(
    "tr",
    {},
    element("th", { title: metric, attributes: { scope: "row" } }, metric),
    valueCell(a, interpolated.a),
    valueCell(b, interpolated.b),
    element("td", { class: "number" }, delta === null ? "" : `${formatSigned(delta)} ${word}`),
    element("td", { class: "number", title }, ratio === null ? "" : `${ratio.toFixed(1)}×`),
    element("td", { class: "muted" }, verdict),
    ...(hasDivergence ? [divergenceCell(row)] : []),
  );
}

function divergenceCell({ divergence }: Difference): HTMLElement {
  const title = "where three evaluations in a row differ by more than 3 × noise (M12)";
  return element("td", { title }, divergence === null ? "" : intervalText(divergence));
}

function valueCell(value: number | null, isInterpolated: boolean): HTMLElement {
  if (value === null) return element("td", { class: "number muted" }, "—");
  const title = isInterpolated
    ? "Not evaluated at this step: on the line between its neighbours."
    : "";
  return element(
    "td",
    { class: "number", title },
    `${isInterpolated ? "≈ " : ""}${formatValue(value)}`,
  );
}
