/** What the methods find out for a condition, before it becomes an answer with its record. */

import type { Onset } from "../../analysis/findOnset.js";
import type { Grokking } from "../../analysis/grokking.js";
import type { Sensitivity } from "../../analysis/sensitivity.js";
import type { Sharpness } from "../../analysis/sharpness.js";
import type { Series } from "../../model/series.js";

export type Parameters = Readonly<Record<string, number | string>>;

export interface Found {
  readonly ok: true;
  readonly onset: Onset;
  /** The metric or expression that was asked about, as people know it. */
  readonly metric: string;
  /** The values whose steps bound the interval. */
  readonly points: Series;
  readonly method: string;
  readonly parameters: Parameters;
  /** What the onset was judged by, where the interval does not say it. */
  readonly note: string | null;
  /** Share of the way from the first value to the best one that is left at the end (M2); null where there is no way. */
  readonly retained?: number | null;
  readonly sharpness?: Sharpness;
  readonly grokking?: Grokking;
  readonly sensitivity?: Sensitivity | null;
}

export interface NotFound {
  readonly ok: false;
  /** Why the question cannot be answered of this run. */
  readonly reason: string;
  readonly metric: string | null;
  readonly points?: Series;
}

export type Finding = Found | NotFound;
