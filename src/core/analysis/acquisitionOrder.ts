/** Method M16: whether behaviours are acquired in the same order from seed to seed. */

import type { Interval } from "../model/interval.js";
import { orderOf } from "./orderAndLag.js";
import { createRandom } from "./statistics.js";

/** How far two runs agree on the order of the same behaviours. */
export interface OrderAgreement {
  /** Kendall's τ-b over the pairs of behaviours whose order both runs show; null where that leaves nothing. */
  readonly tau: number | null;
  readonly concordant: number;
  readonly discordant: number;
  /** Pairs of behaviours that come within one interval in a run, and do not in the other. */
  readonly tiedInA: number;
  readonly tiedInB: number;
  readonly tiedInBoth: number;
  /** Pairs of behaviours whose order one of the runs does not show. */
  readonly notCompared: number;
}

/** `a` and `b` hold the onsets of two runs, behaviour by behaviour. O(behaviours²). */
export function orderAgreement(a: readonly Interval[], b: readonly Interval[]): OrderAgreement {
  return agreementOf(ordersOf(a), ordersOf(b));
}

export interface AcquisitionOrder {
  /** Mean τ-b over the pairs of runs that have one, and its extremes; null where none has. */
  readonly tau: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Pairs of runs with a τ, and those whose onsets leave nothing to compare. */
  readonly runPairs: number;
  readonly runPairsWithout: number;
  /** All pairs of runs. More than were looked at where there are too many: then those are a random sample. */
  readonly allRunPairs: number;
  /** Over the pairs of runs looked at: pairs of behaviours whose order both show, and those where one does not. */
  readonly compared: number;
  readonly notCompared: number;
  readonly seed: number;
}

const MAX_WORK = 2e7;

/**
 * Kendall's τ-b of the order of onsets, for each pair of runs. `runs` holds for each run the onsets of the same behaviours in
 * the same places. Up to 2·10⁷ comparisons every pair of runs is looked at, else a seeded sample of them.
 * O(runs² · behaviours²).
 */
export function acquisitionOrder(
  runs: readonly (readonly Interval[])[],
  seed = 1,
): AcquisitionOrder {
  const orders = runs.map(ordersOf);
  const n = runs.length;
  const allRunPairs = (n * (n - 1)) / 2;
  const affordable = Math.floor(MAX_WORK / Math.max(1, orders[0]?.length ?? 0));
  const taus: number[] = [];
  let without = 0;
  let compared = 0;
  let notCompared = 0;
  const look = (i: number, j: number): void => {
    const agreement = agreementOf(orders[i]!, orders[j]!);
    if (agreement.tau === null) without++;
    else taus.push(agreement.tau);
    notCompared += agreement.notCompared;
    compared += Math.min(orders[i]!.length, orders[j]!.length) - agreement.notCompared;
  };
  if (allRunPairs <= affordable) {
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) look(i, j);
  } else {
    const random = createRandom(seed);
    for (let k = 0; k < affordable; k++) {
      const i = Math.floor(random() * n);
      const j = Math.floor(random() * (n - 1));
      look(i, j < i ? j : j + 1);
    }
  }
  const isNone = taus.length === 0;
  return {
    tau: isNone ? null : taus.reduce((sum, tau) => sum + tau, 0) / taus.length,
    min: isNone ? null : taus.reduce((least, tau) => Math.min(least, tau)),
    max: isNone ? null : taus.reduce((most, tau) => Math.max(most, tau)),
    runPairs: taus.length,
    runPairsWithout: without,
    allRunPairs,
    compared,
    notCompared,
    seed,
  };
}

const UNKNOWN = 2;

/** The order of each pair of behaviours in one run. */
function ordersOf(onsets: readonly Interval[]): Int8Array {
  const n = onsets.length;
  const orders = new Int8Array((n * (n - 1)) / 2);
  let k = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) orders[k++] = orderOf(onsets[j]!, onsets[i]!) ?? UNKNOWN;
  }
  return orders;
}

function agreementOf(a: Int8Array, b: Int8Array): OrderAgreement {
  let concordant = 0;
  let discordant = 0;
  let tiedInA = 0;
  let tiedInB = 0;
  let tiedInBoth = 0;
  const pairs = Math.min(a.length, b.length);
  let notCompared = 0;
  for (let k = 0; k < pairs; k++) {
    const ofA = a[k]!;
    const ofB = b[k]!;
    if (ofA === UNKNOWN || ofB === UNKNOWN) notCompared++;
    else if (ofA === 0 && ofB === 0) tiedInBoth++;
    else if (ofA === 0) tiedInA++;
    else if (ofB === 0) tiedInB++;
    else if (ofA === ofB) concordant++;
    else discordant++;
  }
  const decided = concordant + discordant;
  const scale = Math.sqrt((decided + tiedInA) * (decided + tiedInB));
  const tau = scale > 0 ? Math.max(-1, Math.min(1, (concordant - discordant) / scale)) : null;
  return { tau, concordant, discordant, tiedInA, tiedInB, tiedInBoth, notCompared };
}
