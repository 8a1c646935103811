/** The phase change of in-context learning (M18). */

import { findPhaseChange, LEAST_SCORES, type PhaseChange } from "../../analysis/phaseChange.js";
import { formatInterval } from "../../model/interval.js";
import { evaluate, nameOf } from "../evaluate.js";
import type { Condition, Expression } from "../query.js";
import type { RunView } from "../runView.js";
import type { Finding } from "./finding.js";
import { onsetOfEvents } from "./presence.js";

type IclCondition = Extract<Condition, { readonly kind: "icl" }>;

export function askIcl({ late, early, prefixMatching }: IclCondition, view: RunView): Finding {
  const score: Expression = {
    kind: "arithmetic",
    sign: "-",
    left: { kind: "metric", name: late },
    right: { kind: "metric", name: early },
  };
  const metric = nameOf(score);
  const values = evaluate(score, view);
  if (!values.ok) return { ok: false, reason: values.reason, metric };
  if (values.value.kind === "constant") throw new Error("two metrics make no constant");
  const points = values.value.series;
  const prefix = prefixMatching === null ? null : view.series(prefixMatching);
  if (prefixMatching !== null && !prefix) {
    return { ok: false, reason: `no metric "${prefixMatching}"`, metric, points };
  }
  const result = findPhaseChange(points, prefix);
  const { evaluations, parameters } = result.changePoints;
  if (evaluations < LEAST_SCORES) {
    const reason = `the score has ${evaluations} finite evaluations of ${LEAST_SCORES} at least`;
    return { ok: false, reason, metric, points };
  }
  return {
    ok: true,
    onset: onsetOfEvents(
      points,
      result.ok
        ? [{ onset: result.phase.onset, confirmed: true, offset: null, offsetConfirmed: false }]
        : [],
    ),
    metric,
    points,
    method: "M18 in-context learning",
    parameters: { late, early, prefixMatching: prefixMatching ?? "none", ...parameters },
    note: result.ok ? describe(result.phase) : result.reason,
  };
}

function describe({ drop, perDecade, end, prefixMatching }: PhaseChange): string {
  const fall = `falls by ${drop.toPrecision(3)}, ${perDecade.toPrecision(3)} per decade of steps`;
  const until = end.by === null ? "to the end" : `until ${formatInterval(end)}`;
  const before = prefixMatching?.before?.value;
  const behind = prefixMatching?.behind?.value;
  const prefix =
    before === undefined || behind === undefined
      ? ""
      : `; prefix matching ${before.toPrecision(3)} before, ${behind.toPrecision(3)} behind`;
  return `${fall}, ${until}${prefix}`;
}
