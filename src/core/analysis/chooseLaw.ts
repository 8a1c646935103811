/** Method M24: how many breaks a curve has evidence for. */

import { fitPoints, type LawFitResult } from "./fitLaw.js";
import { parameterCount, type Breaks } from "./law.js";
import { residualAutocorrelation, residualsOf } from "./lawBootstrap.js";
import { logPointsOf, type Curve } from "./logPoints.js";
import { mean } from "./statistics.js";

export interface LawCandidate {
  readonly breaks: Breaks;
  readonly fit: LawFitResult;
  /** Bayesian information criterion, lower is better; null without a fit. */
  readonly bic: number | null;
}

export interface LawChoice {
  /** Laws with 0, 1 and 2 breaks: all are reported. */
  readonly candidates: readonly LawCandidate[];
  /** More breaks only where they lower the criterion by at least 6: strong evidence. Null where none was fitted. */
  readonly chosen: Breaks | null;
}

const EVIDENCE = 6;
/** Distances below this are a perfect fit: they are what logarithms of doubles leave. */
const LEAST_DISTANCE = 1e-12;

/**
 * `BIC = 2·n'·log(mean |residual|) + p·log n'`, of Laplace noise as the Huber loss has it beyond its δ, with
 * `n' = n·(1 − ρ)/(1 + ρ)` independent points: neighbours of correlated noise do not count twice. ρ is that of the most
 * flexible law, so that all are judged alike.
 */
export function chooseLaw(curves: readonly Curve[], most: Breaks = 2): LawChoice {
  const points = logPointsOf(curves);
  const fits = ([0, 1, 2] as const)
    .slice(0, most + 1)
    .map((breaks) => ({ breaks, fit: points.ok ? fitPoints(points, breaks) : points }));
  let independent: number | null = null;
  const candidates: LawCandidate[] = [];
  for (const { breaks, fit } of fits.reverse()) {
    let bic: number | null = null;
    if (points.ok && fit.ok) {
      const residuals = residualsOf(points, fit.law);
      const rho = residualAutocorrelation(points, residuals);
      independent ??= Math.max(2, (residuals.length * (1 - rho)) / (1 + rho));
      const distance = Math.max(LEAST_DISTANCE, mean(residuals.map(Math.abs)));
      bic = 2 * independent * Math.log(distance) + parameterCount(breaks) * Math.log(independent);
    }
    candidates.unshift({ breaks, fit, bic });
  }
  let chosen: Breaks | null = null;
  let lowest = Infinity;
  for (const { breaks, bic } of candidates) {
    if (bic !== null && bic <= lowest - EVIDENCE) [chosen, lowest] = [breaks, bic];
  }
  return { candidates, chosen };
}
