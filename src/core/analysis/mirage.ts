/** Method M5: whether an onset may be an artefact of a discrete metric (Schaeffer et al. 2023). */

import type { Series } from "../model/series.js";
import { knownPoints } from "./findOnset.js";
import { measureSharpness } from "./sharpness.js";

const MIN_DISCRETE = 0.5;
const MAX_CONTINUOUS = 0.2;
/** The largest of n − 1 differences is at least 1/(n − 1) of the range: below 7 evaluations none is below 0.2. */
const MIN_EVALUATIONS = 7;

export type MirageCheck =
  | {
      readonly ok: true;
      /** Set where the discrete metric is sharp (S ≥ 0.5) and the continuous one is not (S < 0.2). */
      readonly label: "metric-dependent" | null;
      /** Sharpness of each metric over the evaluations that both have. */
      readonly discrete: number;
      readonly continuous: number;
      readonly evaluations: number;
    }
  | { readonly ok: false; readonly reason: string };

/**
 * Compares the sharpness (M3) of a discrete and a continuous metric of the same task. Only steps at which both are finite
 * count: on a finer grid any curve is less sharp. O(n).
 */
export function checkMirage(discrete: Series, continuous: Series): MirageCheck {
  const { first, second } = atCommonSteps(discrete, continuous);
  const evaluations = first.step.length;
  if (evaluations < MIN_EVALUATIONS) {
    return {
      ok: false,
      reason: `${evaluations} evaluations of both metrics, fewer than ${MIN_EVALUATIONS}`,
    };
  }
  // The direction matters only for the width.
  const one = measureSharpness(first, "higher").sharpness;
  const other = measureSharpness(second, "higher").sharpness;
  if (one === null) return { ok: false, reason: "the discrete metric does not vary" };
  if (other === null) return { ok: false, reason: "the continuous metric does not vary" };
  const isDependent = one >= MIN_DISCRETE && other < MAX_CONTINUOUS;
  return {
    ok: true,
    label: isDependent ? "metric-dependent" : null,
    discrete: one,
    continuous: other,
    evaluations,
  };
}

function atCommonSteps(one: Series, other: Series): { first: Series; second: Series } {
  const a = knownPoints(one);
  const b = knownPoints(other);
  const points: { step: number; a: number; b: number }[] = [];
  for (let i = 0, j = 0; i < a.step.length && j < b.step.length;) {
    const [left, right] = [a.step[i] as number, b.step[j] as number];
    const [y, z] = [a.value[i] as number, b.value[j] as number];
    if (left === right && Number.isFinite(y) && Number.isFinite(z)) {
      points.push({ step: left, a: y, b: z });
    }
    if (left <= right) i++;
    if (right <= left) j++;
  }
  const seriesOf = (key: "a" | "b"): Series => ({
    step: Float64Array.from(points, ({ step }) => step),
    value: Float64Array.from(points, (point) => point[key]),
    stderr: null,
    notRecorded: 0,
    reduced: false,
  });
  return { first: seriesOf("a"), second: seriesOf("b") };
}

export interface MetricDependence {
  /** A metric that counts whole successes. */
  readonly discrete: string;
  /** A metric of the same task that changes with every change of the model. */
  readonly continuous: string;
}

const DISCRETE = [
  // Longer names first: of `acc_per_char` all must be taken out.
  /(length[- ]normalized )?acc(uracy)?(_(norm|raw|uncond|mutual_info|per_(token|char|byte)))?( v\d)?/,
  /(quasi_|prefix_)*exact_match|em/,
  /multiple_choice_grade|len_norm|pmi_dc|mc1|pass@\d+/,
];
const CONTINUOUS = [
  /bpb( v\d)?|bits_per_byte(_corr)?|brier(_score)?|mc2/,
  /((word|byte|token)_)?perplexity|ppl/,
  /(correct_(prob|logit)|logits)(_per_(token|char|byte))?(_corr)?/,
  /(mean_|sum_|correct_)?log_?(likelihood|prob)s?(_per_(token|char|byte))?/,
  /(ce|soft|lm)[_ ]loss( v\d)?|loss|nll|cross_?entropy|soft_log|soft/,
];
const sourceOf = (patterns: readonly RegExp[]): string =>
  patterns.map(({ source }) => source).join("|");
const QUANTITY = new RegExp(
  `(?<=^|[/_. (-])(?:(?<discrete>${sourceOf(DISCRETE)})|(?:${sourceOf(CONTINUOUS)}))(?=$|[/_. )-])`,
  "gi",
);

/**
 * Every discrete metric with every continuous one of the same task and shots, by their names: they are the same but for
 * the quantity (`arc_easy@5/acc` with `arc_easy@5/bits_per_byte`, `test_acc` with `test_loss`,
 * `eval/downstream/piqa_acc` with `eval/downstream_bpb/piqa_bpb`). Names that are nothing but a quantity name no task and
 * have no pair. In the order of `metrics`.
 */
export function findDependences(metrics: readonly string[]): MetricDependence[] {
  const continuous = new Map<string, string[]>();
  const discrete: { metric: string; task: string }[] = [];
  for (const metric of metrics) {
    const parsed = parse(metric);
    if (parsed === null) continue;
    const { task, isDiscrete } = parsed;
    if (isDiscrete) discrete.push({ metric, task });
    else continuous.set(task, [...(continuous.get(task) ?? []), metric]);
  }
  return discrete.flatMap(({ metric, task }) =>
    (continuous.get(task) ?? []).map((other) => ({ discrete: metric, continuous: other })),
  );
}

/** The last quantity in a name says what it is, the rest which task it is about. Filters behind a comma are left out. */
function parse(metric: string): { task: string; isDiscrete: boolean } | null {
  const name = metric.replace(/,[^/,]*?(?=$| \()/, "");
  const last = [...name.matchAll(QUANTITY)].at(-1);
  if (!last) return null;
  const task = name
    .replace(QUANTITY, "")
    .replace(/[/_. ()-]+/g, "/")
    .replace(/^\/|\/$/g, "")
    .toLowerCase();
  return task === "" ? null : { task, isDiscrete: last.groups?.["discrete"] !== undefined };
}
