/** A rise and fall inside a run, as of double descent (M20). */

import {
  findRisesAndFalls,
  highestOf,
  LEAST_EVALUATIONS,
  type RiseAndFall,
} from "../../analysis/riseAndFall.js";
import { formatInterval } from "../../model/interval.js";
import { evaluate, nameOf } from "../evaluate.js";
import type { Expression } from "../query.js";
import type { RunView } from "../runView.js";
import type { Finding } from "./finding.js";
import { onsetOfEvents } from "./presence.js";

export function askPeak(of: Expression, view: RunView): Finding {
  const metric = nameOf(of);
  const values = evaluate(of, view);
  if (!values.ok) return { ok: false, reason: values.reason, metric };
  if (values.value.kind === "constant") {
    return { ok: false, reason: "it asks of no metric", metric: null };
  }
  const { series } = values.value;
  const { peaks, changePoints } = findRisesAndFalls(series, { shape: "peak" });
  const { evaluations, noise, parameters } = changePoints;
  if (evaluations < LEAST_EVALUATIONS) {
    const reason = `it has ${evaluations} finite evaluations of ${LEAST_EVALUATIONS} at least`;
    return { ok: false, reason, metric, points: series };
  }
  const peak = highestOf(peaks);
  return {
    ok: true,
    onset: onsetOfEvents(
      series,
      peak ? [{ onset: peak.rise, confirmed: true, offset: peak.fall, offsetConfirmed: true }] : [],
    ),
    metric,
    points: series,
    method: "M20 rise and fall",
    parameters: {
      metric,
      ...parameters,
      noise: noise.scale,
      autocorrelation: noise.autocorrelation,
    },
    note: peak && describe(peak, peaks.length - 1),
  };
}

function describe(peak: RiseAndFall, others: number): string {
  const { level, prominence, prominenceInNoise } = peak;
  const noise =
    prominenceInNoise === null ? "" : ` (${prominenceInNoise.toPrecision(3)} sd of the noise)`;
  const rest = others === 0 ? "" : `; ${others} lower ${others === 1 ? "peak" : "peaks"}`;
  return (
    `peak of ${level.toPrecision(3)} in ${formatInterval(peak.peak)}, ` +
    `${prominence.toPrecision(3)} above what surrounds it${noise}, falls in ${formatInterval(peak.fall)}${rest}`
  );
}
