/**
 * The interface that every checkpoint format has: how its checkpoints are named, how they are told from others of the same
 * name, how one is judged complete, and where step and tokens lie inside. Adding one is one file and one line in
 * `index.ts`.
 */

import type { Checkpoint, CheckpointState } from "../../model/run.js";
import type { CheckpointLook } from "./look.js";

/**
 * A way to name checkpoints. Several formats can share one; then names alone do not tell them apart, and one checkpoint is
 * looked into. Shared ones are the same object in all of them (`namings.ts`).
 */
export interface Naming {
  /**
   * On the whole name. The group `step` holds digits, `k` a letter after them where they count thousands. Without the
   * group the step is only known inside (`last.ckpt`).
   */
  readonly pattern: RegExp;
  /** What the digits count, where it is not training steps. */
  readonly counts?: Checkpoint["counts"];
  /** True where the name alone makes no checkpoint: without a format that recognises it, it is a directory like any. */
  readonly needsLook?: boolean;
}

export interface Verdict {
  readonly state: CheckpointState;
  /** Why it is not complete, in one line. */
  readonly reason: string | null;
}

/** What a checkpoint itself says of when it was made. */
export interface CheckpointFacts {
  readonly step?: number;
  readonly tokens?: number;
  /** Where the number of tokens is from: the key that holds it, or its factors. Present where `tokens` is. */
  readonly tokensFrom?: string;
  readonly epoch?: number;
  /** True where a later save deletes it. */
  readonly temporary?: boolean;
}

/** What names say of a checkpoint: those in it, those beside it, and which way to name it its own follows. */
export interface Surroundings {
  readonly inside: ReadonlySet<string>;
  readonly beside: ReadonlySet<string>;
  readonly naming: Naming;
}

export interface CheckpointFormat {
  readonly format: string;
  /** The system as users name it; null for a naming that belongs to none. */
  readonly system: string | null;
  readonly directories?: readonly Naming[];
  readonly files?: readonly Naming[];
  /** What the digits in the name count in this format, where it is not training steps. */
  readonly counts?: Checkpoint["counts"];
  /** Whether one whose name fits is of this format; of files `inside` is empty. Without it, every one is. */
  recognises?(place: Surroundings): boolean;
  /** Files in a checkpoint that hold the run's configuration, or directories of them, written `name/`. */
  readonly configs?: readonly string[];
  /** True for a file that itself holds the run's configuration, among the rest. */
  readonly holdsConfig?: boolean;
  /** Judges by the format's own completion mark; weights are checked before. Null leaves it to what lies there. */
  judge?(look: CheckpointLook): Promise<Verdict | null>;
  /** May read small files, and the description of large ones. */
  facts?(look: CheckpointLook): Promise<CheckpointFacts>;
}

export const COMPLETE: Verdict = { state: "complete", reason: null };
export const WEIGHTS_ONLY: Verdict = { state: "weights-only", reason: null };

export function partial(reason: string): Verdict {
  return { state: "partial", reason };
}
