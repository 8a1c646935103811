/** Small answers of the Timeline, with the parts that a test is about. */

import type { TimelineAnswer, TimelineChart } from "../../src/core/index.js";

type Run = TimelineAnswer["runs"][number];
type Line = TimelineChart["lines"][number];

export function timelineAnswer(parts: Partial<TimelineAnswer>): TimelineAnswer {
  const nothing = { runs: [], charts: [], marks: [], metrics: [], behaviours: [], pinned: [] };
  return {
    ...nothing,
    extent: { first: 0, last: 100 },
    axis: { axis: "step", counts: null, from: [], without: [] },
    axes: [{ axis: "step", runs: 1 }],
    leftOut: { unknown: 0, notPositive: 0 },
    metricsLeftOut: 0,
    overview: [],
    problems: 0,
    ...parts,
  };
}

export function runAnswer(name: string, parts: Partial<Run> = {}): Run {
  return {
    ...{ key: `key of ${name}`, id: name, label: name, group: name },
    checkpoints: trackOf([], []),
    ...parts,
  };
}

/** Checkpoints at steps, evaluated where it says 1, none of them remote unless it says so. */
export function trackOf(
  step: readonly number[],
  evaluated: readonly number[],
  remote: readonly number[] = step.map(() => 0),
): Run["checkpoints"] {
  const at = Float64Array.from(step);
  return {
    ...{ step: at, x: at },
    evaluated: Uint8Array.from(evaluated),
    remote: Uint8Array.from(remote),
  };
}

export function chartAnswer(metric: string, parts: Partial<TimelineChart> = {}): TimelineChart {
  const nothing = { behaviour: null, lines: [], groups: [], points: 0, bands: [], summaries: [] };
  return { metric, kind: "training", direction: "higher", ...nothing, ...parts };
}

export function lineAnswer(
  run: number,
  step: readonly number[],
  value: readonly number[],
  superseded: Line["superseded"] = [],
): Line {
  return { run, ...drawn(step, value), drawAs: "line", smooth: null, superseded };
}

export function drawn(
  step: readonly number[],
  value: readonly number[],
): Pick<Line, "x" | "step" | "value"> {
  const at = Float64Array.from(step);
  return { x: at, step: at, value: Float64Array.from(value) };
}
