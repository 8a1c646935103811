/** The Diff: two checkpoints, of one run or of two. What differs in metrics, configs, examples and weights. */

import type { DiffAnswer } from "../../src/core/index.js";
import type { DiffIntent, DiffQuestions, RunChoice } from "../../src/protocol/panelProtocol.js";
import { isAborted } from "../../src/protocol/rpc.js";
import { button, checkbox, textField } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import { connect } from "../shared/host.js";
import { CheckpointPicker } from "./checkpointPicker.js";
import { configTable } from "./configTable.js";
import { ExamplesSection } from "./examples.js";
import { metricTable } from "./metricTable.js";
import { WeightsSection } from "./weights.js";
import "./diff.css";

const main = document.getElementById("diff") as HTMLElement;
let intent: DiffIntent | null = null;
let runs: readonly RunChoice[] = [];
let answer: DiffAnswer | null = null;
let filter = "";
let onlyDifferent = false;
let asking: AbortController | null = null;

const host = connect<DiffQuestions, DiffIntent>({
  changed: () => void askDiff(),
  intent: (wanted) => {
    if ("a" in wanted) show(wanted);
  },
});

const stepsOf = (key: string): ReturnType<typeof askSteps> => askSteps(key);
const left = new CheckpointPicker("A", stepsOf, (a) => {
  if (intent) show({ ...intent, a });
});
const right = new CheckpointPicker("B", stepsOf, (b) => {
  if (intent) show({ ...intent, b });
});
const swap = button("⇄ Swap", () => {
  if (intent) show({ a: intent.b, b: intent.a });
});
const toolbar = element("header", { class: "toolbar" }, left.element, swap, right.element);
const note = element("p", { class: "note", attributes: { role: "status" } }, "Reading …");
const metrics = element("section", { attributes: { "aria-label": "metrics" } });
const metricRows = element("div", { class: "scroll" });
const metricTitle = element("h2", {}, "Metrics");
metrics.append(
  element(
    "div",
    { class: "heading" },
    metricTitle,
    textField("Filter metrics", (text) => {
      filter = text.toLowerCase();
      showMetrics();
    }),
    checkbox("only what differs", onlyDifferent, (isOn) => {
      onlyDifferent = isOn;
      showMetrics();
    }),
  ),
  metricRows,
);
const config = element("section", { attributes: { "aria-label": "config" } });
const examples = new ExamplesSection({
  ask: (changes, from, to) => {
    if (!intent) throw new Error("no checkpoints are chosen");
    return host.peer.ask("examples", { intent, changes, from, to }, asking?.signal);
  },
  open: (task, filter, example) => {
    if (!intent) return;
    void host.peer.ask("openExamples", { run: intent.b.key, task, filter, example });
  },
});
const weights = new WeightsSection(() => {
  if (!intent) throw new Error("no checkpoints are chosen");
  return host.peer.ask("weights", intent, asking?.signal);
});
const sections = [metrics, config, examples.element, weights.element];
main.append(toolbar, note, ...sections);

async function askSteps(key: string): Promise<readonly { step: number; label: string }[]> {
  return host.peer.ask("steps", { key });
}

function show(wanted: DiffIntent): void {
  intent = wanted;
  host.keep(wanted);
  void askDiff();
}

async function askDiff(): Promise<void> {
  if (!intent) {
    setState("empty", "No checkpoints are chosen. Use “Onset: Diff checkpoints …”.");
    return;
  }
  asking?.abort();
  const current = (asking = new AbortController());
  left.show(runs, intent.a);
  right.show(runs, intent.b);
  try {
    answer = await host.peer.ask("diff", intent, current.signal);
    showMetrics();
    showConfig(answer);
    setState("drawn", "");
    void examples.ask();
    void weights.show();
  } catch (error) {
    if (isAborted(error)) return;
    setState("failed", error instanceof Error ? error.message : String(error));
  }
}

function setState(state: "drawn" | "empty" | "failed", message: string): void {
  document.body.dataset["state"] = state;
  setText(note, message);
  note.hidden = message === "";
  for (const part of sections) part.hidden = state !== "drawn";
}

function showMetrics(): void {
  if (!answer) return;
  const shown = answer.metrics.filter(
    ({ metric, delta }) => metric.toLowerCase().includes(filter) && !(onlyDifferent && delta === 0),
  );
  metricTitle.textContent = `Metrics (${formatStep(shown.length)} of ${formatStep(answer.metrics.length)})`;
  metricRows.replaceChildren(metricTable(answer, shown));
}

function showConfig(shown: DiffAnswer): void {
  const { a, b, configFiles } = shown;
  const canCompare =
    configFiles.a !== null && configFiles.b !== null && configFiles.a !== configFiles.b;
  const open = button("Open config files side by side", () => {
    if (intent) void host.peer.ask("openConfigDiff", intent);
  });
  config.replaceChildren(
    element(
      "div",
      { class: "heading" },
      element(
        "h2",
        {},
        `Config (${shown.config.length} ${shown.config.length === 1 ? "key differs" : "keys differ"})`,
      ),
      ...(canCompare ? [open] : []),
    ),
    a.run.id === b.run.id
      ? element(
          "p",
          { class: "muted" },
          `One run, at ${formatStep(a.step)} and ${formatStep(b.step)}: its config is the same.`,
        )
      : configTable(shown),
  );
}

void host.peer.ask("ready", { intent: host.state }).then((ready) => {
  ({ intent, runs } = ready);
  return askDiff();
});
