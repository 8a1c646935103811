/** What a run's own records say of it, apart from its points: its configuration, its name, where it came from. */

import type { Config } from "./config.js";

export interface Told {
  readonly config: Config;
  /** The tracker's own identifier, by which other runs name this one. */
  readonly id: string | null;
  /** The name that the user gave it, or the tracker. */
  readonly name: string | null;
  /** The run that it started from or belongs under, by its identifier. */
  readonly parent: { readonly id: string; readonly step: number | null } | null;
}

export const NOTHING_TOLD: Told = { config: new Map(), id: null, name: null, parent: null };
