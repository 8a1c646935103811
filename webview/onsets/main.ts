/** The Onsets panel: the matrix, the survival curves of one row above it, and what is behind a cell beside it. */

import type { OnsetsAnswer } from "../../src/core/index.js";
import type {
  Comparison,
  OnsetsIntent,
  OnsetsQuestions,
} from "../../src/protocol/panelProtocol.js";
import { isAborted } from "../../src/protocol/rpc.js";
import { button, picker, textField } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { connect } from "../shared/host.js";
import { onThemeChange } from "../shared/theme.js";
import { headWidth } from "../shared/listGrid.js";
import { VirtualGrid } from "../shared/virtualGrid.js";
import { cellContent } from "./cell.js";
import { CellDetail } from "./detail.js";
import { matrixOf, type Matrix } from "./state.js";
import { SurvivalView } from "./survival.js";
import "./onsets.css";

const main = document.getElementById("onsets") as HTMLElement;
let intent: OnsetsIntent = { filter: "", key: null, question: null };
let comparison: Comparison = { runs: [], baseline: null, step: null, known: 0 };
let answer: OnsetsAnswer | null = null;
let matrix: Matrix | null = null;
let asking: AbortController | null = null;
let askingCurves: AbortController | null = null;

const host = connect<OnsetsQuestions, OnsetsIntent>({
  changed: (now) => {
    comparison = now;
    void askOnsets();
  },
  intent: (wanted) => {
    if ("question" in wanted) change(wanted);
  },
});

const filter = textField(
  "Filter behaviours",
  (text) => {
    keep({ filter: text });
    draw();
  },
  { label: "Filter behaviours" },
);
const keys = picker("recipes by", (value) => {
  keep({ key: value === SEED_GROUPS ? null : value });
  void askCurves();
});
const SEED_GROUPS = "\0";
const toolbar = element(
  "header",
  { class: "toolbar" },
  filter,
  keys.element,
  element("span", { class: "spring" }),
  button("When did …", () => void host.peer.ask("ask", null)),
);
const note = element("p", { class: "note", attributes: { role: "status" } }, "Reading …");
const survival = new SurvivalView();
const detail = new CellDetail({
  openTimeline: (question, step) => void host.peer.ask("openTimeline", { question, step }),
  copyRecord: (run, question) => void host.peer.ask("copyRecord", { run, question }),
  saveBehaviour: (question) => void host.peer.ask("saveBehaviour", { question }),
});
const grid = new VirtualGrid({
  label: "Onsets: behaviours by runs",
  corner: "behaviour, in the order of acquisition",
  rowHeight: 40,
  columnWidth: 132,
  get headWidth() {
    return Math.min(230, headWidth());
  },
  headerHeight: 44,
  cell(row, column) {
    const cell = matrix?.cell(row, column);
    return cell && matrix ? cellContent(cell, matrix.extent) : null;
  },
  rowHead: (row) => rowHead(row),
  columnHead: (column) => columnHead(column),
  activate: (row, column) => void showCell(row, column),
});
const content = element(
  "section",
  { class: "content", hidden: true },
  survival.element,
  grid.element,
  detail.element,
);
main.append(toolbar, note, content);

function rowHead(row: number): HTMLElement {
  const shown = matrix?.rows[row];
  if (!shown) return element("span");
  const { label, present, cells, expectation, question, note: about } = shown;
  const isChosen = shown.question === intent.question;
  const choose = element(
    "button",
    { class: "link", title: [question, about].filter(Boolean).join("\n") },
    label,
  );
  choose.setAttribute("aria-pressed", String(isChosen));
  choose.addEventListener("click", () => {
    keep({ question: shown.question });
    draw();
    void askCurves();
  });
  const violated = cells.filter((cell) => cell.expectation?.verdict === "violated").length;
  const expected = expectation === null ? "" : ` · expected ${expectation}`;
  const text = `${present} of ${cells.length}${expected}${violated > 0 ? `, not so in ${violated}` : ""}`;
  return element(
    "span",
    { class: isChosen ? "row-head chosen" : "row-head" },
    choose,
    element("span", { class: "muted" }, text),
  );
}

function columnHead(column: number): HTMLElement {
  const shown = matrix?.columns[column];
  if (!shown) return element("span");
  return element(
    "span",
    { class: "column-head", title: `${shown.recipe}\n${shown.title}` },
    element("span", { class: "muted" }, shown.beginsRecipe ? shown.recipe : ""),
    element("span", {}, shown.label),
  );
}

function keep(wanted: Partial<OnsetsIntent>): void {
  intent = { ...intent, ...wanted };
  host.keep(intent);
}

function change(wanted: OnsetsIntent): void {
  keep(wanted);
  filter.value = intent.filter;
  draw();
  void askCurves();
}

async function askOnsets(): Promise<void> {
  asking?.abort();
  const current = (asking = new AbortController());
  if (!answer) {
    const count = comparison.runs.length;
    note.textContent = `Reading ${count} ${count === 1 ? "run" : "runs"} …`;
  }
  try {
    const asked = await host.peer.ask("onsets", null, current.signal);
    answer = asked.answer;
    const options = asked.keys.map((key) => ({ value: key, label: key }));
    const hasKey = intent.key !== null && asked.keys.includes(intent.key);
    keys.set(
      [{ value: SEED_GROUPS, label: "seed group" }, ...options],
      hasKey ? (intent.key as string) : SEED_GROUPS,
    );
    if (!hasKey) keep({ key: null });
    draw();
    await askCurves();
  } catch (error) {
    if (!isAborted(error)) setState("failed", messageOf(error));
  }
}

function draw(): void {
  if (!answer) return;
  matrix = matrixOf(answer, intent.filter);
  if (answer.rows.length === 0) {
    const hasRuns = answer.runs.length > 0;
    setState(
      "empty",
      hasRuns
        ? "No behaviour has data in the compared runs. Ask “When did …”, and save what you asked as a behaviour."
        : "No runs are compared. Check some in the side panel.",
    );
    if (!hasRuns) {
      note.append(
        " ",
        button("Choose runs", () => void host.peer.ask("chooseRuns", null)),
      );
    }
    return;
  }
  if (matrix.rows.length === 0) {
    setState("empty", `No behaviour's name holds “${intent.filter}”.`);
    return;
  }
  setState("drawn", "");
  grid.show(matrix.rows.length, matrix.columns.length);
}

/** The curves of the chosen row, else of the first. */
async function askCurves(): Promise<void> {
  askingCurves?.abort();
  const row = matrix?.rows.find(({ question }) => question === intent.question) ?? matrix?.rows[0];
  if (!row) return;
  const current = (askingCurves = new AbortController());
  try {
    const { question } = row;
    const curves = await host.peer.ask("survival", { question, key: intent.key }, current.signal);
    survival.show(row.label, curves);
  } catch (error) {
    if (!isAborted(error)) survival.fail(messageOf(error));
  }
}

async function showCell(row: number, column: number): Promise<void> {
  const shown = matrix?.rows[row];
  const run = matrix?.columns[column];
  if (!shown || !run) return;
  if (!matrix?.cell(row, column)) {
    detail.empty(shown.label, run.title);
    return;
  }
  try {
    const result = await host.peer.ask("cell", { run: run.key, question: shown.question });
    detail.show(run.key, shown, result);
  } catch (error) {
    if (!isAborted(error)) detail.fail(messageOf(error));
  }
}

function setState(state: "drawn" | "empty" | "failed", message: string): void {
  document.body.dataset["state"] = state;
  setText(note, message);
  note.hidden = message === "";
  content.hidden = state !== "drawn";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

onThemeChange(() => {
  survival.redraw();
  detail.redraw();
});

void host.peer.ask("ready", { intent: host.state }).then((ready) => {
  ({ intent, comparison } = ready);
  filter.value = intent.filter;
  return askOnsets();
});
