/** The Timeline: asks the host for what the user wants to see, and draws the answer. */

import type { AtStepAnswer, TimelineAnswer } from "../../src/core/index.js";
import {
  FIRST_TIMELINE,
  type Comparison,
  type TimelineIntent,
  type TimelineQuestions,
} from "../../src/protocol/panelProtocol.js";
import { parseStep } from "../../src/protocol/parseStep.js";
import { isAborted } from "../../src/protocol/rpc.js";
import { stepToAxis } from "../../src/protocol/stepScale.js";
import { button } from "../shared/controls.js";
import { element, setText } from "../shared/dom.js";
import { connect } from "../shared/host.js";
import { onThemeChange, readTheme } from "../shared/theme.js";
import { Details } from "./details.js";
import { exportAs, type ExportKind } from "./exports.js";
import { listen } from "./gestures.js";
import { keyList } from "./keys.js";
import { legendOf } from "./legend.js";
import type { PaintedBand } from "./onsetBands.js";
import { Stage } from "./stage.js";
import { nearestPoint, rangeOf, viewOf, zoomed, type Ends, type TimelineView } from "./state.js";
import { Toolbar } from "./toolbar.js";
import "./timeline.css";

/** What changes quickly, such as the width of a window or a zoom, is asked about when it rests. */
const REST_MS = 150;
const ZOOM = 1.6;

const main = document.getElementById("timeline") as HTMLElement;
let intent: TimelineIntent = FIRST_TIMELINE;
let comparison: Comparison = { runs: [], baseline: null, step: null, known: 0 };
let answer: TimelineAnswer | null = null;
let view: TimelineView | null = null;
let atStep: AtStepAnswer | null = null;
/** The cursor's value on the axis, where it is known before the host has said so. */
let cursorX: number | null = null;
const painted = new Map<string, readonly PaintedBand[]>();
/** Values of pins on the axis, by step. */
const pinned = new Map<number, number | null>();
let asking: AbortController | null = null;
let askingStep: AbortController | null = null;
/** Moves by key that wait for the answer at the step before them. */
let waiting: ((around: AtStepAnswer) => number | null)[] = [];

const host = connect<TimelineQuestions, TimelineIntent>({
  changed: (now) => {
    comparison = now;
    void askTimeline();
  },
  cursorMoved: ({ step }) => {
    if (step !== null && step !== comparison.step) setCursor(step);
  },
  intent: (wanted) => {
    // Pins are set and known here alone.
    if ("metrics" in wanted) change({ ...wanted, pins: intent.pins });
  },
});

const toolbar = new Toolbar({
  change,
  ask: () => void host.peer.ask("ask", null),
  chooseRuns: () => void host.peer.ask("chooseRuns", null),
  export: (kind) => void takeAway(kind),
  pin: (patterns) => void host.peer.ask("pinMetrics", { patterns }),
});
const note = element("p", { class: "note", attributes: { role: "status" } }, "Reading …");
const said = element("p", { class: "said", hidden: true, attributes: { role: "status" } });
const legend = element("div", { class: "legend" });
const keys = keyList();
keys.hidden = true;
const stage = new Stage((metric, now) => {
  painted.set(metric, now);
  bands.textContent = JSON.stringify([...painted.values()].flat());
}, zoomTo);
const details = new Details({
  setBaseline: (run) => void host.peer.ask("setBaseline", { run }),
  openDiff: (run) => {
    const { baseline, step } = comparison;
    if (baseline === null || step === null) return;
    void host.peer.ask("openDiff", { a: { key: baseline, step }, b: { key: run, step } });
  },
  copy: (format) => void takeAway(format),
  moveCursor,
  moveTo,
  ask: () => void host.peer.ask("ask", null),
  annotate: (step) => void host.peer.ask("annotate", { step }),
});
/** What was painted, for people and tools that check it against the terminal's answers. */
const bands = element("data", { id: "onset-bands", hidden: true });
main.append(toolbar.element, note, said, legend, keys, stage.element, details.element, bands);

function change(wanted: Partial<TimelineIntent>): void {
  intent = { ...intent, ...wanted };
  keep();
  void askTimeline();
}

function keep(): void {
  intent = { ...intent, cursor: comparison.step };
  host.keep(intent);
}

async function askTimeline(): Promise<void> {
  asking?.abort();
  const current = (asking = new AbortController());
  pinned.clear();
  if (intent.axis !== answer?.axis.axis && intent.axis !== "step") cursorX = null;
  if (!answer) {
    const count = comparison.runs.length;
    note.textContent = `Reading ${count} ${count === 1 ? "run" : "runs"} …`;
  }
  try {
    const { width } = stage;
    answer = await host.peer.ask("timeline", { intent, width }, current.signal);
    draw();
    await askAtStep();
    await askPartial(current.signal);
  } catch (error) {
    if (isAborted(error)) return;
    setState("failed", error instanceof Error ? error.message : String(error));
  }
}

/** Checkpoints are looked into when everything else is there. */
async function askPartial(signal: AbortSignal): Promise<void> {
  if (answer?.runs.some(({ checkpoints }) => checkpoints.step.length > 0) !== true) return;
  const partial = await host.peer.ask("partialCheckpoints", null, signal);
  stage.showPartial(new Set(partial.map(({ key, step }) => `${key} ${step}`)));
}

/** The step that the table is about and the one that it is compared with: the two pins, or the cursor and one pin. */
function compared(): { step: number | null; since: number | null } {
  const [first, second] = intent.pins;
  if (first === undefined) return { step: comparison.step, since: null };
  return second === undefined
    ? { step: comparison.step, since: first === comparison.step ? null : first }
    : { step: Math.max(first, second), since: Math.min(first, second) };
}

async function askAtStep(): Promise<void> {
  askingStep?.abort();
  const { step, since } = compared();
  if (!answer || step === null || comparison.step === null) return;
  const current = (askingStep = new AbortController());
  const { axis, spread } = intent;
  const question = { axis, byGroup: spread !== null };
  const metrics = answer.charts.map(({ metric }) => metric);
  const ask = (at: number, of: readonly string[], from: number | null): Promise<AtStepAnswer> =>
    host.peer.ask("atStep", { ...question, metrics: of, step: at, since: from }, current.signal);
  try {
    const shown = await ask(step, metrics, since);
    // Where the cursor can go from here is another question when the table is about two pins.
    atStep = step === comparison.step ? shown : await ask(comparison.step, metrics, null);
    for (const pin of intent.pins) {
      if (!pinned.has(pin)) pinned.set(pin, axis === "step" ? pin : (await ask(pin, [], null)).x);
    }
    cursorX = atStep.x;
    if (view) details.showStep(shown, since, view);
    place();
    const next = waiting.shift()?.(atStep);
    if (typeof next === "number") moveCursor(next);
  } catch (error) {
    if (!isAborted(error)) details.fail(error instanceof Error ? error.message : String(error));
  }
}

function place(): void {
  stage.place({ cursor: cursorX, pins: intent.pins.map((pin) => pinned.get(pin) ?? null) });
}

function draw(): void {
  if (!answer) return;
  bands.dataset["runs"] = JSON.stringify(answer.runs.map(({ id }) => id));
  bands.dataset["metrics"] = JSON.stringify(answer.charts.map(({ metric }) => metric));
  bands.dataset["behaviours"] = JSON.stringify(answer.behaviours);
  view = viewOf(answer, intent, comparison);
  toolbar.show(intent, answer);
  if (answer.charts.length === 0) {
    showEmpty(answer);
    return;
  }
  const theme = readTheme();
  legend.replaceChildren(
    ...legendOf(view, theme, intent.apart, (group, isApart) => {
      const others = intent.apart.filter((one) => one !== group);
      change({ apart: isApart ? [...others, group] : others });
    }),
  );
  setState("drawn", "");
  stage.draw(view, theme);
  details.showView(view);
  takeFocus();
  if (comparison.step === null) moveCursor(firstOnset(answer) ?? lastOfBaseline(view) ?? 0);
}

/** Where the cursor begins: the first onset on the uppermost chart that has any. */
function firstOnset({ charts: drawn }: TimelineAnswer): number | null {
  for (const { bands: shaded } of drawn) {
    const ends = shaded.flatMap(({ by, kind }) => (by === null || kind !== "onset" ? [] : [by]));
    if (ends.length > 0) return Math.min(...ends);
  }
  return null;
}

/** Without any onset: where the most recent values are that the others are compared with. */
function lastOfBaseline({ answer: { charts: drawn }, runs }: TimelineView): number | null {
  const baseline = runs.findIndex(({ isBaseline }) => isBaseline);
  const lines = drawn[0]?.lines ?? [];
  const line = lines.find(({ run }) => run === baseline) ?? lines[0];
  return line?.step.at(-1) ?? drawn[0]?.groups[0]?.x.at(-1) ?? null;
}

function showEmpty({ runs, problems }: TimelineAnswer): void {
  stage.clear();
  legend.replaceChildren();
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
  setText(note, message);
  note.hidden = message === "";
  stage.element.hidden = state === "empty";
  details.element.hidden = state === "empty";
}

function moveCursor(step: number): void {
  setCursor(step);
  void host.peer.ask("moveCursor", { step });
}

function setCursor(step: number): void {
  comparison = { ...comparison, step };
  if (intent.axis === "step") {
    cursorX = step;
    place();
  }
  keep();
  void askAtStep();
}

/** To a value of the axis: of the step there, the host knows. */
function moveTo(x: number): void {
  if (intent.axis === "step") {
    moveCursor(x);
    return;
  }
  cursorX = x;
  place();
  const { axis } = intent;
  void host.peer.ask("atStep", { axis, metrics: [], step: x, isOnAxis: true }).then(({ step }) => {
    if (Number.isFinite(step)) moveCursor(step);
  });
}

let resting: ReturnType<typeof setTimeout> | undefined;

function askWhenResting(): void {
  clearTimeout(resting);
  if (answer) resting = setTimeout(() => void askTimeline(), REST_MS);
}

let isRescaling = false;

/** Shows a part of the axis at once with the points that are there, and asks for finer ones. */
function zoomTo(ends: Ends): void {
  if (!view) return;
  const range = rangeOf(ends, view.whole, intent.scale);
  intent = { ...intent, range };
  view = viewOf(view.answer, intent, comparison);
  keep();
  askWhenResting();
  if (isRescaling) return;
  isRescaling = true;
  requestAnimationFrame(() => {
    isRescaling = false;
    if (view) stage.rescale(view);
  });
}

function zoomAt(position: number | null, factor: number): void {
  if (!view) return;
  const { min, max } = view.axis;
  const isSeen = position !== null && position >= min && position <= max;
  zoomTo(zoomed(view.axis, isSeen ? position : (min + max) / 2, factor));
}

function pan(shares: number): void {
  if (!view) return;
  const { min, max } = view.axis;
  const by = (max - min) * shares;
  zoomTo({ min: min + by, max: max + by });
}

function showAll(): void {
  if (view) zoomTo(view.whole);
}

listen(stage.element, {
  click: (share) => {
    const point = view && nearestPoint(view, stage.positionAt(share));
    if (!point) return;
    moveTo(point.x);
  },
  brush: (from, to) => {
    const [a, b] = [stage.positionAt(Math.min(from, to)), stage.positionAt(Math.max(from, to))];
    if (b > a) zoomTo({ min: a, max: b });
  },
  zoom: (share, factor) => {
    zoomAt(stage.positionAt(share), factor);
  },
  pan,
  reset: showAll,
});

function togglePin(): void {
  const { step } = comparison;
  if (step === null) return;
  const others = intent.pins.filter((pin) => pin !== step);
  const pins = others.length < intent.pins.length ? others : [...intent.pins, step].slice(-2);
  setPins(pins);
}

function setPins(pins: readonly number[]): void {
  intent = { ...intent, pins };
  keep();
  place();
  void askAtStep();
}

/** Moves that come faster than the answers wait for them. */
const MOST_WAITING = 3;

function moveBy(next: (around: AtStepAnswer) => number | null): void {
  if (!atStep || atStep.step !== comparison.step) {
    if (waiting.length < MOST_WAITING) waiting = [...waiting, next];
    return;
  }
  const step = next(atStep);
  if (step !== null) moveCursor(step);
}

stage.element.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const position = cursorX === null ? null : stepToAxis(cursorX, intent.scale);
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => {
      moveBy((at) => (event.shiftKey ? at.checkpoints : at.evaluations).before);
    },
    ArrowRight: () => {
      moveBy((at) => (event.shiftKey ? at.checkpoints : at.evaluations).behind);
    },
    Home: () => {
      moveBy((at) => at.evaluations.first);
    },
    End: () => {
      moveBy((at) => at.evaluations.last);
    },
    g: typeStep,
    p: togglePin,
    "+": () => {
      zoomAt(position, 1 / ZOOM);
    },
    "=": () => {
      zoomAt(position, 1 / ZOOM);
    },
    "-": () => {
      zoomAt(position, ZOOM);
    },
    "[": () => {
      pan(-0.5);
    },
    "]": () => {
      pan(0.5);
    },
    "0": showAll,
    Escape: () => {
      setPins([]);
    },
    m: () => {
      toolbar.metrics.open();
    },
    e: () => {
      toolbar.exports.open();
    },
    a: () => {
      if (comparison.step !== null) void host.peer.ask("annotate", { step: comparison.step });
    },
    "?": () => {
      keys.hidden = !keys.hidden;
    },
  };
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]?.();
});

/** A field over the charts; Enter goes to the step, Escape goes back. */
function typeStep(): void {
  if (stage.element.querySelector(".go-to")) return;
  const input = element("input", {
    attributes: { "aria-label": "Go to step", placeholder: "step" },
  });
  const box = element("div", { class: "go-to" }, input);
  stage.element.append(box);
  input.focus();
  // The field goes when the focus leaves it.
  const close = (): void => {
    stage.element.focus();
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

/** Hands over what was chosen, and says what became of it. */
async function takeAway(kind: ExportKind): Promise<void> {
  if (!view) return;
  const table = details.diff.shown;
  try {
    const text = await exportAs(kind, host.peer, { view, intent, cursor: cursorX, table });
    said.textContent = text ?? "";
    said.hidden = text === null;
  } catch (error) {
    setText(said, error instanceof Error ? error.message : String(error));
    said.hidden = false;
  }
}

/** Keys work at once: where the page has the focus and no part of it, the charts take it. */
function takeFocus(): void {
  if (document.hasFocus() && document.activeElement === document.body) {
    stage.element.focus({ preventScroll: true });
  }
}
window.addEventListener("focus", takeFocus);
stage.onResize(askWhenResting);
onThemeChange(draw);

void host.peer.ask("ready", { intent: host.state }).then((ready) => {
  ({ intent, comparison } = ready);
  return askTimeline();
});
