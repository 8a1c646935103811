/** What differs at the cursor: every compared run against the baseline, and against its own previous checkpoint. */

import type { AtStepAnswer } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { formatSigned, formatStep, formatValue } from "../shared/format.js";
import { noiseText } from "../shared/noiseText.js";

type Row = AtStepAnswer["rows"][number];

export interface DiffTableActions {
  readonly setBaseline: (run: string) => void;
  readonly openDiff: (run: string) => void;
}

const COLUMNS: readonly (readonly [name: string, kind: string])[] = [
  ["run", ""],
  ["value", "number"],
  ["Δ to baseline", "number"],
  ["Δ/noise", "number"],
  ["since previous checkpoint", "number"],
];

export function diffTable(
  { rows, step }: AtStepAnswer,
  { setBaseline, openDiff }: DiffTableActions,
): HTMLElement {
  const table = element("table", { class: "numbers" });
  table.createCaption().textContent = `At step ${formatStep(step)}`;
  const head = table.createTHead().insertRow();
  for (const [column, kind] of COLUMNS) {
    head.append(element("th", { class: kind, attributes: { scope: "col" } }, column));
  }
  const metrics = [...new Set(rows.map(({ metric }) => metric))];
  for (const metric of metrics) {
    const body = table.createTBody();
    const title = element("th", { attributes: { scope: "rowgroup", colspan: "5" } }, metric);
    body.append(element("tr", { class: "metric" }, title));
    for (const row of rows.filter((one) => one.metric === metric)) {
      body.append(rowOf(row, setBaseline, openDiff));
    }
  }
  return table;
}

function rowOf(
  row: Row,
  setBaseline: (run: string) => void,
  openDiff: (run: string) => void,
): HTMLTableRowElement {
  const { difference, isBaseline } = row;
  const name = element(
    "th",
    { attributes: { scope: "row" } },
    isBaseline
      ? element("span", { title: "Differences are taken against this run." }, row.label)
      : linkTo(row.label, "Diff against the baseline at this step", () => {
          openDiff(row.run);
        }),
    isBaseline
      ? element("span", { class: "badge" }, "baseline")
      : linkTo(
          "set as baseline",
          `Take differences against ${row.label}`,
          () => {
            setBaseline(row.run);
          },
          "on-hover",
        ),
  );
  return element(
    "tr",
    isBaseline ? { class: "baseline" } : {},
    name,
    valueCell(row),
    deltaCell(difference?.delta ?? null, difference?.better ?? null, difference?.verdict ?? ""),
    noiseCell(row),
    sinceCell(row),
  );
}

function valueCell({ value, interpolated }: Row): HTMLElement {
  if (value === null) return element("td", { class: "number" }, "—");
  return interpolated
    ? element(
        "td",
        {
          class: "number",
          title: "Not evaluated at this step: on the line between its neighbours.",
        },
        `≈ ${formatValue(value)}`,
      )
    : element("td", { class: "number" }, formatValue(value));
}

function deltaCell(delta: number | null, better: boolean | null, verdict: string): HTMLElement {
  if (delta === null) return element("td", { class: "number" }, "");
  const word = better === null || delta === 0 ? "" : better ? " better" : " worse";
  return element("td", { class: `number${word}`, title: verdict }, `${formatSigned(delta)}${word}`);
}

function noiseCell({ difference }: Row): HTMLElement {
  if (!difference || difference.delta === null) return element("td", { class: "number" }, "");
  if (difference.ratio === null) {
    return element("td", { class: "number muted", title: difference.verdict }, "noise unknown");
  }
  const title = noiseText(difference);
  return element("td", { class: "number", title }, `${difference.ratio.toFixed(1)}×`);
}

function sinceCell({ sincePrevious: since }: Row): HTMLElement {
  if (!since) return element("td", { class: "number" }, "");
  if (since.delta === null) return element("td", { class: "number" }, "");
  const title = `since step ${formatStep(since.step)}\n${noiseText(since)}`;
  const word =
    since.better === null || since.delta === 0 ? "" : since.better ? " better" : " worse";
  const ratio = since.ratio === null ? "" : ` (${since.ratio.toFixed(1)}×)`;
  const text = `${formatSigned(since.delta)}${word}${ratio}`;
  return element("td", { class: `number${word}`, title }, text);
}

/** A button that looks like a link: rows are many, and controls of the toolkit would shout. */
function linkTo(text: string, title: string, onClick: () => void, more = ""): HTMLElement {
  const link = element("button", { class: `link ${more}`, title }, text);
  link.addEventListener("click", onClick);
  return link;
}
