/** The Examples panel: when each example of an evaluation was learned, and what became of it through training. */

import type { ExamplesAnswer } from "../../src/core/index.js";
import type {
  ExamplesIntent,
  ExamplesQuestions,
  RunChoice,
} from "../../src/protocol/panelProtocol.js";
import { isAborted } from "../../src/protocol/rpc.js";
import { picker } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import { connect } from "../shared/host.js";
import { onThemeChange } from "../shared/theme.js";
import { clusterList } from "./clusters.js";
import { RasterView, ROW_HEIGHTS, type ExampleRow } from "./raster.js";
import { storyOf } from "./story.js";
import "./examples.css";

const main = document.getElementById("examples") as HTMLElement;
let intent: ExamplesIntent = {
  run: null,
  task: null,
  filter: null,
  metric: null,
  cut: null,
  example: null,
};
let runs: readonly RunChoice[] = [];
let answer: ExamplesAnswer | null = null;
let asking: AbortController | null = null;
let telling: AbortController | null = null;

const host = connect<ExamplesQuestions, ExamplesIntent>({
  changed: () => void ask(),
  cursorMoved: ({ step }) => {
    if (step !== null) raster.setStep(step);
  },
  intent: (wanted) => {
    if ("task" in wanted) change(wanted);
  },
});

const runPicker = picker("run", (run) => {
  change({ run });
});
const taskPicker = picker("task", (value) => {
  const task = answer?.tasks[Number(value)];
  if (task) change({ task: task.task, filter: task.filter ?? "none", metric: null });
});
const metricPicker = picker("metric", (metric) => {
  change({ metric });
});
const heightPicker = picker("rows", (value) => {
  raster.setRowHeight(ROW_HEIGHTS[Number(value)] ?? ROW_HEIGHTS[2]);
});
const toolbar = element(
  "header",
  { class: "toolbar" },
  runPicker.element,
  taskPicker.element,
  metricPicker.element,
  heightPicker.element,
);
const note = element("p", { class: "note", attributes: { role: "status" } }, "Reading …");
const lead = element("p", { class: "lead" });
const clusters = element("div", { class: "clusters" });
const spoken = element("p", { class: "spoken", attributes: { "aria-live": "polite" } });
const story = element("section", { class: "story", hidden: true });
const raster = new RasterView({
  ask: (from, to) => void askRows(from, to),
  describe: (example) => {
    const { forgotten } = example;
    const times =
      forgotten === 0 ? "" : `, forgotten ${forgotten === 1 ? "once" : `${forgotten} times`}`;
    return `${learnedText(example)}${times}`;
  },
  select: (row, checkpoint) => {
    announce(row, checkpoint);
  },
  open: (row, checkpoint) => {
    const step = answer?.learned?.checkpoints[checkpoint]?.step;
    if (step !== undefined) void tell(row, step);
  },
});
const content = element(
  "section",
  { class: "content", hidden: true },
  lead,
  clusters,
  raster.element,
  spoken,
  story,
);
main.append(toolbar, note, content);

const NO_CHOICE = { task: null, filter: null, metric: null, cut: null, example: null };

function change(wanted: Partial<ExamplesIntent>): void {
  const isOtherRun = wanted.run !== undefined && wanted.run !== intent.run;
  const isOtherTask = isOtherRun || wanted.task !== undefined;
  const base = isOtherTask ? { ...NO_CHOICE, ...(isOtherRun ? {} : { task: intent.task }) } : {};
  intent = { ...intent, ...base, ...wanted };
  host.keep(intent);
  void ask();
}

async function ask(): Promise<void> {
  if (intent.run === null) {
    setState("empty", "No run that was found records the outcomes of single examples.");
    return;
  }
  asking?.abort();
  const current = (asking = new AbortController());
  try {
    const { signal } = current;
    const all = { intent, example: null };
    answer = await host.peer.ask("examples", { ...all, from: 0, to: PAGE }, signal);
    draw();
    await goToWanted(signal);
  } catch (error) {
    if (!isAborted(error)) setState("failed", messageOf(error));
  }
}

const PAGE = 1024;

/** The example that somebody asked to see, once. */
async function goToWanted(signal: AbortSignal): Promise<void> {
  const { example } = intent;
  if (!example || !answer?.learned) return;
  const { id, step } = example;
  const one = { intent, example: id, from: 0, to: 1 };
  const row = (await host.peer.ask("examples", one, signal)).learned?.rows.examples[0]?.row;
  intent = { ...intent, example: null };
  host.keep(intent);
  if (row === undefined) return;
  raster.setStep(step);
  if (raster.exampleAt(row) === null) await askRows(pageFrom(row), pageFrom(row) + PAGE);
  raster.goTo(row);
}

function pageFrom(row: number): number {
  return Math.floor(row / PAGE) * PAGE;
}

async function askRows(from: number, to: number): Promise<void> {
  try {
    const { learned } = await host.peer.ask(
      "examples",
      { intent, example: null, from, to },
      asking?.signal,
    );
    if (learned) raster.fill(learned.rows);
  } catch (error) {
    if (!isAborted(error)) setText(note, messageOf(error));
  }
}

function draw(): void {
  if (!answer) return;
  const { tasks, learned, note: reason } = answer;
  runPicker.set(
    runs.map(({ key, label }) => ({ value: key, label })),
    intent.run ?? "",
  );
  const chosen = learned
    ? tasks.findIndex(({ task, filter }) => task === learned.task && filter === learned.filter)
    : 0;
  taskPicker.set(
    tasks.map(({ task, filter }, i) => ({
      value: String(i),
      label: filter === null ? task : `${task}, ${filter}`,
    })),
    String(Math.max(0, chosen)),
  );
  metricPicker.set(
    (tasks[chosen]?.metrics ?? []).map((metric) => ({ value: metric, label: metric })),
    learned?.metric ?? "",
  );
  heightPicker.set(
    [
      { value: "2", label: "with ids" },
      { value: "1", label: "narrow" },
      { value: "0", label: "hairlines" },
    ],
    "2",
  );
  if (!learned) {
    setState("empty", reason ?? "No examples.");
    return;
  }
  const { counts, checkpoints, rows } = learned;
  lead.textContent = [
    `${formatStep(rows.of)} examples at ${checkpoints.length} checkpoints`,
    `${formatStep(counts.learned)} learned, ${formatStep(counts.learnedAtFirst)} of them at the first evaluation`,
    `${formatStep(counts.neverLearned)} never`,
    `${formatStep(counts.forgotten)} forgotten at some time`,
    `${formatStep(counts.unforgettable)} learned and never forgotten`,
    ...(reason === null ? [] : [reason]),
  ].join(" · ");
  clusters.replaceChildren(clusterList(learned));
  story.hidden = true;
  setState("drawn", "");
  raster.show({ steps: checkpoints.map(({ step }) => step), rows: rows.of }, rows);
}

/** Says in words what is under the marks. */
function announce(row: number, checkpoint: number): void {
  const example = raster.exampleAt(row);
  const step = answer?.learned?.checkpoints[checkpoint]?.step;
  if (!example || step === undefined) return;
  const outcome = raster.outcomeAt(row, checkpoint) ?? "unknown";
  setText(
    spoken,
    `example ${example.id}, ${learnedText(example)}, ${outcome} at step ${formatStep(step)}`,
  );
  void host.peer.ask("moveCursor", { step });
  if (!story.hidden) void tell(row, step);
}

function learnedText({ status, after, by }: ExampleRow): string {
  switch (status) {
    case "observed":
      return `learned in (${formatStep(after ?? 0)}, ${formatStep(by ?? 0)}]`;
    case "left-censored":
      return `right from the first evaluation on, at ${formatStep(by ?? 0)}`;
    case "right-censored":
      return `not learned by ${formatStep(after ?? 0)}`;
    case "no-data":
      return "never evaluated";
  }
}

/** The example's text at a checkpoint, asked for now that somebody wants to read it. */
async function tell(row: number, step: number): Promise<void> {
  const example = raster.exampleAt(row);
  const learned = answer?.learned;
  if (!example || !learned) return;
  telling?.abort();
  const current = (telling = new AbortController());
  try {
    const { id } = example;
    const told = await host.peer.ask("story", { intent, id, step }, current.signal);
    const outcomes = learned.checkpoints.map(({ step }, checkpoint) => ({
      step,
      outcome: raster.outcomeAt(row, checkpoint) ?? "unknown",
    }));
    story.hidden = false;
    story.replaceChildren(
      ...storyOf(example, learnedText(example), outcomes, told, {
        goTo: (at) => {
          raster.setStep(at);
          void tell(row, at);
        },
        openFile: (file) => void host.peer.ask("openFile", { file }),
        close: () => {
          story.hidden = true;
          raster.element.focus();
        },
      }),
    );
  } catch (error) {
    if (!isAborted(error)) setText(spoken, messageOf(error));
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
  raster.redraw();
});

void host.peer.ask("ready", { intent: host.state }).then((ready) => {
  ({ intent, runs } = ready);
  return ask();
});
