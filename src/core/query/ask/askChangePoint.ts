/** Change points of a curve: of its level, its slope or its median (M6), or of the exponent of its law (M24). */

import {
  findChangePoints,
  MIN_SEGMENT,
  type ChangePoint,
  type SegmentKind,
} from "../../analysis/changePoints.js";
import type { PresenceInterval } from "../../analysis/findOnset.js";
import { findLawBreaks, type LawBreak } from "../../analysis/lawBreaks.js";
import { measureSharpness } from "../../analysis/sharpness.js";
import { formatInterval, formatStep, type Interval } from "../../model/interval.js";
import type { Series } from "../../model/series.js";
import { directionOf, evaluate, nameOf } from "../evaluate.js";
import type { Condition } from "../query.js";
import type { RunView } from "../runView.js";
import type { Finding, Parameters } from "./finding.js";
import { onsetOfEvents } from "./presence.js";

type ChangePointCondition = Extract<Condition, { readonly kind: "change-point" }>;

/** A change whichever method found it. */
interface Change extends Interval {
  readonly direction: "up" | "down";
  /** By what the largest is told. */
  readonly weight: number;
  readonly what: string;
}

type Changes =
  | { readonly ok: true; readonly changes: readonly Change[]; readonly parameters: Parameters }
  | { readonly ok: false; readonly reason: string };

export function askChangePoint(condition: ChangePointCondition, view: RunView): Finding {
  const { of, cost, which, direction } = condition;
  const metric = nameOf(of);
  const values = evaluate(of, view);
  if (!values.ok) return { ok: false, reason: values.reason, metric };
  if (values.value.kind === "constant") {
    return { ok: false, reason: "it asks of no metric", metric: null };
  }
  const { series } = values.value;
  const found = cost === "law" ? changesOfLaw(series) : changesOf(series, cost);
  if (!found.ok) return { ok: false, reason: found.reason, metric, points: series };
  const { changes, parameters } = found;
  const wanted = changes.filter((one) => direction === null || one.direction === direction);
  const chosen = which === "first" ? wanted : largestOf(wanted);
  return {
    ok: true,
    onset: onsetOfEvents(
      series,
      chosen.map((change): PresenceInterval => {
        const next = changes[changes.indexOf(change) + 1];
        // What a change led to lasts until the next one.
        const offset = next ? { after: next.after, by: next.by } : null;
        const onset = { after: change.after, by: change.by };
        return { onset, confirmed: true, offset, offsetConfirmed: offset !== null };
      }),
    ),
    metric,
    points: series,
    method: cost === "law" ? "M24 broken law" : "M6 change points",
    parameters: { metric, which, direction: direction ?? "either", ...parameters },
    note: describe(chosen[0], changes),
    sharpness: measureSharpness(series, directionOf(of, view)),
  };
}

function changesOf(series: Series, kind: SegmentKind): Changes {
  const { breaks, evaluations, noise, parameters } = findChangePoints(series, { kind });
  const least = 2 * MIN_SEGMENT[kind];
  if (evaluations < least) {
    return { ok: false, reason: `it has ${evaluations} finite evaluations of ${least} at least` };
  }
  return {
    ok: true,
    changes: breaks.map((found) => ({
      after: found.after,
      by: found.by,
      direction: found.direction,
      weight: Math.abs(found.size),
      what: describeBreak(found),
    })),
    parameters: { ...parameters, noise: noise.scale, autocorrelation: noise.autocorrelation },
  };
}

function changesOfLaw(series: Series): Changes {
  const result = findLawBreaks(series);
  if (!result.ok) return result;
  return {
    ok: true,
    changes: result.breaks.map((found) => ({
      after: found.after,
      by: found.by,
      direction: found.direction,
      weight: Math.abs(found.turn),
      what: describeLawBreak(found),
    })),
    parameters: { kind: "law", mostBreaks: 2, coverage: 0.95 },
  };
}

function largestOf(changes: readonly Change[]): Change[] {
  const most = Math.max(...changes.map(({ weight }) => weight));
  return changes.filter(({ weight }) => weight === most).slice(0, 1);
}

function describeBreak({ shape, direction, size, sizeInNoise, estimate }: ChangePoint): string {
  const by = Math.abs(size).toPrecision(3);
  const noise =
    shape === "kink" || sizeInNoise === null
      ? ""
      : `, ${Math.abs(sizeInNoise).toPrecision(3)} × its noise`;
  const what = shape === "kink" ? `slope ${direction}` : direction;
  return `${what} by ${by}${noise}, best at ${formatInterval(estimate)}`;
}

function describeLawBreak({ place, turn }: LawBreak): string {
  const way = turn > 0 ? "faster" : "slower";
  return `falls ${way} from about ${formatStep(Math.round(place))} on, exponent by ${turn.toPrecision(3)}`;
}

function describe(chosen: Change | undefined, all: readonly Change[]): string | null {
  const others = all.length - (chosen ? 1 : 0);
  const rest = others === 0 ? null : `${others} other ${others === 1 ? "change" : "changes"}`;
  return [chosen?.what, rest].filter((part) => part).join("; ") || null;
}
