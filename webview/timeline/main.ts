/** The Timeline: asks the host for what the user wants to see, and draws the answer. */

import { Chart } from "chart.js";
import type { AtStepAnswer, TimelineAnswer } from "../../src/core/index.js";
import type {
  Comparison,
  TimelineIntent,
  TimelineQuestions,
} from "../../src/protocol/panelProtocol.js";
import { parseStep } from "../../src/protocol/parseStep.js";
import { isAborted } from "../../src/protocol/rpc.js";
import { axisToStep } from "../../src/protocol/stepScale.js";
import { button, tabs } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import { formatStep } from "../shared/format.js";
import { connect } from "../shared/host.js";
import { onThemeChange, readTheme } from "../shared/theme.js";
import { configurationOf, VALUE_AXIS_WIDTH } from "./chart.js";
import { diffTable } from "./diffTable.js";
import { legendOf, summaryOf } from "./legend.js";
import type { PaintedBand } from "./onsetBands.js";
import { onsetTable } from "./onsetTable.js";
import { rugConfiguration, rugHeight } from "./rug.js";
import { nearestStep, nextStep, viewOf, type TimelineView } from "./state.js";
import { Toolbar } from "./toolbar.js";
import "./timeline.css";

const NO_STEPS = new Float64Array();
/** A window that is being resized asks again when it rests. */
const RESIZE_MS = 200;

const main = document.getElementById("timeline") as HTMLElement;
let intent: TimelineIntent = { metrics: [], scale: "log", behaviour: null };
let comparison: Comparison = { runs: [], baseline: null, step: null, known: 0 };
let answer: TimelineAnswer | null = null;
let view: TimelineView | null = null;
let atStep: AtStepAnswer | null = null;
let charts: Chart<"line">[] = [];
const painted = new Map<string, readonly PaintedBand[]>();
let asking: AbortController | null = null;
let askingStep: AbortController | null = null;

const host = connect<TimelineQuestions, TimelineIntent>({
  changed: (now) => {
    comparison = now;
    void askTimeline();
  },
  cursorMoved: ({ step }) => {
    if (step !== null && step !== comparison.step) setCursor(step);
  },
  intent: (wanted) => {
    if ("metrics" in wanted) change(wanted);
  },
});

const toolbar = new Toolbar({
  change,
  ask: () => void host.peer.ask("ask", null),
  chooseRuns: () => void host.peer.ask("chooseRuns", null),
});
const note = element("p", { class: "note", attributes: { role: "status" } }, "Reading …");
const legend = element("div", { class: "legend" });
const plots = element("div", { class: "plots" });
const rugCanvas = element("canvas", {
  attributes: { role: "img", "aria-label": "Checkpoints on the step axis" },
});
const rug = element("div", { class: "rug" }, rugCanvas);
const axisTitle = element("div", { class: "axis-title" });
const stage = element(
  "section",
  {
    class: "stage",
    attributes: {
      tabindex: "0",
      "aria-label":
        "Charts. Arrow keys move the cursor by evaluation, with Shift by checkpoint; g types a step.",
    },
  },
  plots,
  element("div", { class: "foot" }, rug, axisTitle),
);
const stepTitle = element("span", {}, "At the cursor");
const stepContent = element("div", { class: "tab" });
const onsetTitle = element("span", {}, "Onsets");
const onsetContent = element("div", { class: "tab" });
const details = element(
  "section",
  { class: "details" },
  tabs([
    { title: stepTitle, content: stepContent },
    { title: onsetTitle, content: onsetContent },
  ]),
);
/** What was painted, for people and tools that check it against the terminal's answers. */
const bands = element("data", { id: "onset-bands", hidden: true });
main.append(toolbar.element, note, legend, stage, details, bands);

function change(wanted: Partial<TimelineIntent>): void {
  intent = { ...intent, ...wanted };
  host.keep(intent);
  void askTimeline();
}

async function askTimeline(): Promise<void> {
  asking?.abort();
  const current = (asking = new AbortController());
  if (!answer) {
    const count = comparison.runs.length;
    note.textContent = `Reading ${count} ${count === 1 ? "run" : "runs"} …`;
  }
  try {
    const width = Math.max(200, plots.clientWidth - VALUE_AXIS_WIDTH);
    answer = await host.peer.ask("timeline", { intent, width }, current.signal);
    draw();
    await askAtStep();
  } catch (error) {
    if (isAborted(error)) return;
    setState("failed", error instanceof Error ? error.message : String(error));
  }
}

async function askAtStep(): Promise<void> {
  askingStep?.abort();
  if (!answer || comparison.step === null) return;
  const current = (askingStep = new AbortController());
  const metrics = answer.charts.map(({ metric }) => metric);
  try {
    const { step } = comparison;
    atStep = await host.peer.ask("atStep", { metrics, step }, current.signal);
    showAtStep();
  } catch (error) {
    if (!isAborted(error)) stepContent.textContent = String(error);
  }
}

/** Draws everything anew: charts are few and their points are thinned out already. */
function draw(): void {
  if (!answer) return;
  for (const chart of charts) chart.destroy();
  charts = [];
  painted.clear();
  bands.dataset["runs"] = JSON.stringify(answer.runs.map(({ id }) => id));
  bands.dataset["metrics"] = JSON.stringify(answer.charts.map(({ metric }) => metric));
  bands.dataset["behaviours"] = JSON.stringify(answer.behaviours);
  view = viewOf(answer, intent.scale, comparison);
  toolbar.show(intent, answer);
  if (answer.charts.length === 0) {
    showEmpty(answer);
    return;
  }
  const drawn = view;
  const theme = readTheme();
  const cursor = (): number | null => comparison.step;
  legend.replaceChildren(...legendOf(drawn, theme));
  plots.replaceChildren(
    ...answer.charts.map((chart) => {
      const canvas = element("canvas", {
        attributes: { role: "img", "aria-label": `${chart.metric} by step` },
      });
      const plot = element(
        "figure",
        { class: "plot" },
        element(
          "figcaption",
          {},
          element("strong", {}, chart.metric),
          ...summaryOf(chart, drawn, theme),
        ),
        element("div", { class: "canvas" }, canvas),
      );
      // Charts size themselves by their parent, which must be in the page first.
      queueMicrotask(() => {
        charts.push(
          new Chart(
            canvas,
            configurationOf({
              view: drawn,
              chart,
              theme,
              cursor,
              onPainted: (now) => {
                painted.set(chart.metric, now);
                bands.textContent = JSON.stringify([...painted.values()].flat());
              },
            }),
          ),
        );
      });
      return plot;
    }),
  );
  rug.style.height = `${rugHeight(drawn)}px`;
  queueMicrotask(() => {
    charts.push(new Chart(rugCanvas, rugConfiguration(drawn, theme, cursor)));
    setState("drawn", "");
    takeFocus();
  });
  const hasCheckpoints = answer.runs.some(({ checkpoints }) => checkpoints.length > 0);
  axisTitle.textContent = [
    `${answer.axis ?? "step"}, ${intent.scale === "log" ? "logarithmic" : "linear"}`,
    hasCheckpoints ? "checkpoints: filled evaluated, open not evaluated" : "no checkpoints found",
  ].join(" · ");
  const count = answer.charts.reduce((sum, chart) => sum + chart.bands.length, 0);
  onsetTitle.textContent = `Onsets (${count})`;
  onsetContent.replaceChildren(
    onsetTable(drawn, { moveCursor, ask: () => void host.peer.ask("ask", null) }),
  );
  if (comparison.step === null) moveCursor(firstOnset(answer) ?? lastOfBaseline(drawn) ?? 0);
}

/** Where the cursor begins: the first onset on the uppermost chart that has any. */
function firstOnset({ charts: drawn }: TimelineAnswer): number | null {
  for (const { bands: shaded } of drawn) {
    const ends = shaded.flatMap(({ by }) => (by === null ? [] : [by]));
    if (ends.length > 0) return Math.min(...ends);
  }
  return null;
}

/** Without any onset: where the most recent values are that the others are compared with. */
function lastOfBaseline({ answer: { charts: drawn, extent }, runs }: TimelineView): number | null {
  const baseline = runs.findIndex(({ isBaseline }) => isBaseline);
  const line = drawn[0]?.lines.find(({ run }) => run === baseline);
  return line?.step.at(-1) ?? extent?.last ?? null;
}

function showEmpty({ runs, problems }: TimelineAnswer): void {
  plots.replaceChildren();
  legend.replaceChildren();
  onsetContent.replaceChildren();
  stepContent.replaceChildren();
  const found = problems > 0 ? `; ${problems} problems are listed in the side panel` : "";
  const text =
    runs.length > 0
      ? `No metrics were found in the ${runs.length === 1 ? "run" : `${runs.length} runs`} compared${found}.`
      : comparison.known > 0
        ? "No runs are compared. Check some in the side panel."
        : "No runs were found. The side panel says what is looked for, and can add a folder.";
  setState("empty", text);
  note.append(
    " ",
    button("Show side panel", () => void host.peer.ask("chooseRuns", null)),
  );
}

function setState(state: "drawn" | "empty" | "failed", message: string): void {
  document.body.dataset["state"] = state;
  document.body.dataset["message"] = message;
  note.textContent = message;
  note.hidden = message === "";
  stage.hidden = state === "empty";
  details.hidden = state === "empty";
}

function showAtStep(): void {
  if (!atStep || !view) return;
  const step = atStep.step;
  stepTitle.textContent = `At step ${formatStep(step)}`;
  const here = view.answer.charts.flatMap((chart) =>
    chart.bands
      .filter(({ after, by }) => after !== null && by !== null && after < step && step <= by)
      .map((band) => {
        const label = view?.runs[band.run]?.label ?? "";
        const advice = band.advice === null ? "" : `; ${band.advice}`;
        return `${band.behaviour}, ${label}: ${band.text}${advice}`;
      }),
  );
  const list =
    here.length === 0
      ? []
      : [
          element("h3", {}, "Onset here"),
          element("ul", {}, ...[...new Set(here)].map((text) => element("li", {}, text))),
        ];
  const annotate = button("Annotate this step …", () => {
    void host.peer.ask("annotate", { step });
  });
  const { baseline } = comparison;
  const table = diffTable(atStep, {
    setBaseline: (run) => void host.peer.ask("setBaseline", { run }),
    openDiff: (run) => {
      if (baseline === null) return;
      void host.peer.ask("openDiff", { a: { key: baseline, step }, b: { key: run, step } });
    },
  });
  stepContent.replaceChildren(table, element("aside", {}, ...list, ...marksHere(step), annotate));
}

function marksHere(step: number): HTMLElement[] {
  const texts = (view?.answer.marks ?? [])
    .filter((mark) => mark.step === step)
    .map(({ run, text }) => (run < 0 ? text : `${view?.runs[run]?.label ?? ""}: ${text}`));
  return texts.length === 0
    ? []
    : [
        element("h3", {}, "Marks here"),
        element("ul", {}, ...[...new Set(texts)].map((text) => element("li", {}, text))),
      ];
}

function moveCursor(step: number): void {
  setCursor(step);
  void host.peer.ask("moveCursor", { step });
}

function setCursor(step: number): void {
  comparison = { ...comparison, step };
  for (const chart of charts) chart.draw();
  void askAtStep();
}

stage.addEventListener("keydown", (event) => {
  if (event.key === "g") {
    event.preventDefault();
    typeStep();
    return;
  }
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  event.preventDefault();
  const steps = event.shiftKey ? atStep?.checkpoints : atStep?.evaluations;
  const next = nextStep(steps ?? NO_STEPS, comparison.step, event.key === "ArrowRight" ? 1 : -1);
  if (next !== null) moveCursor(next);
});

/** A field over the charts; Enter goes to the step, Escape goes back. */
function typeStep(): void {
  if (stage.querySelector(".go-to")) return;
  const input = element("input", {
    attributes: { "aria-label": "Go to step", placeholder: "step" },
  });
  const box = element("div", { class: "go-to" }, input);
  stage.append(box);
  input.focus();
  // The field goes when the focus leaves it.
  const close = (): void => {
    stage.focus();
  };
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close();
    if (event.key !== "Enter") return;
    const step = parseStep(input.value);
    if (step !== null) moveCursor(step);
    close();
  });
  input.addEventListener("blur", () => {
    box.remove();
  });
}

stage.addEventListener("click", (event) => {
  const [chart] = charts;
  const x = chart?.scales["x"];
  if (!chart || !x || !(event.target instanceof HTMLCanvasElement)) return;
  const pixel = event.clientX - event.target.getBoundingClientRect().left;
  const step = axisToStep(x.getValueForPixel(pixel) ?? NaN, intent.scale);
  const nearest = nearestStep(atStep?.evaluations ?? NO_STEPS, step);
  if (nearest !== null) moveCursor(nearest);
});

/** Keys work at once: where the page has the focus and no part of it, the charts take it. */
function takeFocus(): void {
  if (document.hasFocus() && document.activeElement === document.body) {
    stage.focus({ preventScroll: true });
  }
}
window.addEventListener("focus", takeFocus);

let resting: ReturnType<typeof setTimeout> | undefined;
let width = 0;
new ResizeObserver(() => {
  // Drawing changes the height; only another width asks for other points.
  if (plots.clientWidth === width) return;
  width = plots.clientWidth;
  clearTimeout(resting);
  if (answer) resting = setTimeout(() => void askTimeline(), RESIZE_MS);
}).observe(plots);
onThemeChange(draw);

void host.peer.ask("ready", { intent: host.state }).then((ready) => {
  ({ intent, comparison } = ready);
  return askTimeline();
});
