/** Small answers of the Timeline, with the parts that a test is about. */

import type { TimelineAnswer, TimelineChart } from "../../src/core/index.js";

type Run = TimelineAnswer["runs"][number];
type Line = TimelineChart["lines"][number];

export function timelineAnswer(parts: Partial<TimelineAnswer>): TimelineAnswer {
  const nothing = { runs: [], charts: [], marks: [], metrics: [], behaviours: [] };
  return { ...nothing, extent: { first: 0, last: 100 }, axis: null, problems: 0, ...parts };
}

export function runAnswer(name: string, parts: Partial<Run> = {}): Run {
  return {
    ...{ key: `key of ${name}`, id: name, label: name, group: name },
    ...{ checkpoints: new Float64Array(), evaluated: new Uint8Array() },
    ...parts,
  };
}

export function chartAnswer(metric: string, parts: Partial<TimelineChart> = {}): TimelineChart {
  const nothing = { behaviour: null, lines: [], bands: [], summaries: [] };
  return { metric, kind: "training", direction: "higher", ...nothing, ...parts };
}

export function lineAnswer(
  run: number,
  step: readonly number[],
  value: readonly number[],
  superseded: Line["superseded"] = [],
): Line {
  return { run, ...drawn(step, value), superseded };
}

export function drawn(
  step: readonly number[],
  value: readonly number[],
): Pick<Line, "step" | "value"> {
  return { step: Float64Array.from(step), value: Float64Array.from(value) };
}
