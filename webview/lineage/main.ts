/** The Lineage: which run started from which, over steps, with what each changed. */

import type { LineageAnswer, LineageRow } from "../../src/core/index.js";
import type { LineageQuestions } from "../../src/protocol/panelProtocol.js";
import { isAborted } from "../../src/protocol/rpc.js";
import { button } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { counted, formatConfigValue, formatStep } from "../shared/format.js";
import { connect } from "../shared/host.js";
import { headWidth } from "../shared/listGrid.js";
import { VirtualGrid } from "../shared/virtualGrid.js";
import { axisOf, bar, ticks, type StepRange } from "./drawing.js";
import "./lineage.css";

const main = document.getElementById("lineage") as HTMLElement;
const ROW_HEIGHT = 46;
const INDENT = 14;
/** Changes that a row names; all of them are in its title. */
const MAX_CHANGES = 4;

let rows: readonly LineageRow[] = [];
let range: StepRange = { first: 0, last: 1 };
let asking: AbortController | null = null;

const host = connect<LineageQuestions, null>({ changed: () => void ask() });

const note = element("p", { class: "note", attributes: { role: "status" } }, "Reading …");
const lead = element("p", { class: "lead" });
const place = element("div");
const content = element(
  "section",
  { hidden: true, attributes: { "aria-label": "runs and their branches" } },
  lead,
  place,
  element(
    "p",
    { class: "muted" },
    "Enter or a click compares a run with its parent in the Timeline, at the step it started from.",
  ),
);
main.append(note, content);

/** Made anew for another width: what is drawn fills the page. */
function gridFor(width: number): VirtualGrid {
  const head = headWidth();
  const columnWidth = Math.max(80, width - head - 20);
  return new VirtualGrid({
    label: "Runs and their branches",
    corner: "run",
    rowHeight: ROW_HEIGHT,
    headerHeight: 26,
    columnWidth,
    headWidth: head,
    rowHead: (row) => headOf(rows[row]),
    columnHead: () => ticks(range, columnWidth),
    cell: (row) => cellOf(row, columnWidth),
    activate: (row) => {
      const one = rows[row];
      const parent = one?.parent === null || one === undefined ? undefined : rows[one.parent];
      const keys = [parent?.key, one?.key].filter((key) => typeof key === "string");
      if (keys.length > 0) {
        void host.peer.ask("openTimeline", { runs: keys, step: one?.from ?? null });
      }
    },
  });
}

function headOf(row: LineageRow | undefined): HTMLElement {
  if (!row) return element("span");
  const label = element("span", { class: "name", title: row.id }, row.label);
  label.style.paddingLeft = `${Math.min(row.depth, 8) * INDENT}px`;
  const about = element("span", { class: "about" }, originText(row));
  about.style.paddingLeft = label.style.paddingLeft;
  return element("span", {}, label, about);
}

/** Where a run comes from, in words: the drawing repeats it. */
function originText({ key, parent, from }: LineageRow): string {
  if (key === null) return "not among the runs found";
  if (parent === null) return "";
  const label = rows[parent]?.label ?? "";
  return from === null ? `from ${label}` : `from ${label} at ${formatStep(from)}`;
}

function cellOf(index: number, width: number): HTMLElement | null {
  const row = rows[index];
  if (!row) return null;
  const text = `${stepsText(row)}${row.parent === null ? "" : ` · ${changesText(row)}`}`;
  const caption = element("span", { class: "changes", title: changesTitle(row) }, text);
  return element("span", {}, bar(rows, index, axisOf(range, width)), caption);
}

function stepsText({ first, last, axis }: LineageRow): string {
  if (first === null || last === null) return "no steps known";
  const unit = axis === null ? "steps" : axis;
  return `${unit} ${formatStep(first)}–${formatStep(last)}`;
}

function changesText({ changes }: LineageRow): string {
  if (changes === null) return "config not known";
  if (changes.length === 0) return "same config";
  const named = changes.slice(0, MAX_CHANGES).map(changeText);
  const more = changes.length > named.length ? `, and ${changes.length - named.length} more` : "";
  return `${named.join(", ")}${more}`;
}

function changeText({ key, a, b }: NonNullable<LineageRow["changes"]>[number]): string {
  return `${key} ${formatConfigValue(a)} → ${formatConfigValue(b)}`;
}

function changesTitle({ changes }: LineageRow): string {
  return (changes ?? []).slice(0, 100).map(changeText).join("\n");
}

async function ask(): Promise<void> {
  asking?.abort();
  const current = (asking = new AbortController());
  try {
    draw(await host.peer.ask("lineage", null, current.signal));
  } catch (error) {
    if (!isAborted(error)) {
      setState("failed", error instanceof Error ? error.message : String(error));
    }
  }
}

function draw(answer: LineageAnswer): void {
  ({ rows } = answer);
  const { alone } = answer;
  if (rows.length === 0) {
    const text =
      alone === 0
        ? "No runs were found."
        : `None of the ${counted(alone, "run")} started from another one, as far as their configs say.`;
    setState("empty", text);
    note.append(
      " ",
      button("Choose runs", () => void host.peer.ask("chooseRuns", null)),
    );
    return;
  }
  const branches = rows.filter(({ parent }) => parent !== null).length;
  const others = alone === 0 ? [] : [`${counted(alone, "run")} without parent or branch`];
  lead.textContent = [
    `${formatStep(rows.length - branches)} started anew`,
    `${formatStep(branches)} started from another run`,
    ...others,
  ].join(" · ");
  range = rangeOf(rows);
  setState("drawn", "");
  fill();
}

/** From the first to the last step on the common axis. */
function rangeOf(all: readonly LineageRow[]): StepRange {
  let [first, last] = [Infinity, -Infinity];
  for (const row of all) {
    const steps = row.axis === null ? [row.first, row.last, row.from] : [row.from];
    for (const step of steps) {
      if (step === null) continue;
      first = Math.min(first, step);
      last = Math.max(last, step);
    }
  }
  return first < last
    ? { first, last }
    : { first: 0, last: Math.max(1, first === Infinity ? 1 : first) };
}

let drawnWidth = 0;

function fill(): void {
  drawnWidth = content.clientWidth;
  const grid = gridFor(drawnWidth);
  place.replaceChildren(grid.element);
  grid.show(rows.length, 1);
}

new ResizeObserver(() => {
  if (!content.hidden && content.clientWidth !== drawnWidth) fill();
}).observe(content);

function setState(state: "drawn" | "empty" | "failed", message: string): void {
  document.body.dataset["state"] = state;
  setText(note, message);
  note.hidden = message === "";
  content.hidden = state !== "drawn";
}

void ask();
