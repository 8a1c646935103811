/** Names of published revisions and repositories that carry a training step. */

import { publishedRun } from "../../model/suites.js";

/** What a revision's name says. Steps restart with every stage and ingredient, so these belong to the key. */
export interface Revision {
  readonly step: number;
  /** `stage2-ingredient1`; null where the name has no stage. */
  readonly stage: string | null;
}

const REVISION =
  /^(?:(stage\d+(?:-ingredient\d+)?)-)?(?:global_?step|step|checkpoint|iter)[-_]?(\d+)(k)?(?:-tokens\d+[BMT])?(?:-seed-\S+)?(?:-unsharded)?$/i;

/** `step1000`, `stage1-step1000-tokens3B`, `step1000-seed-default`; null for any other name, of which none is guessed. */
export function revisionOf(name: string): Revision | null {
  const match = REVISION.exec(name);
  if (!match) return null;
  const step = Number(match[2]) * (match[3] === undefined ? 1 : 1000);
  return Number.isSafeInteger(step) ? { step, stage: match[1] ?? null } : null;
}

/** The run and step of a MultiBERTs repository: each checkpoint is a repository of its own. */
export function multibertsName(name: string): { run: string; step: number } | null {
  const match =
    /^(?:models--)?(?:google(?:-|--))?(multiberts-seed)[_-](\d+)(?:-(?:step_)?(\d+)k)?$/.exec(name);
  if (!match) return null;
  const run = `multiberts-seed_${match[2]}`;
  const last = publishedRun(run)?.lastStep ?? NaN;
  const step = match[3] === undefined ? last : Number(match[3]) * 1000;
  return Number.isSafeInteger(step) ? { run, step } : null;
}
