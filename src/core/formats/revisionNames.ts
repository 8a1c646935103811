/** Names of published revisions and repositories that carry a training step. */

import type { Checkpoint } from "../model/run.js";
import { publishedRun } from "../model/suites.js";

/** What a revision's name says. Steps restart with every stage and ingredient, so these belong to the key. */
export interface Revision {
  readonly step: number;
  /** The run that it is of, `stage2-ingredient1`, `seed-default`; null for that of the repository itself. */
  readonly part: string | null;
  /** Tokens seen until then, rounded as the name is; null where it says none. */
  readonly tokens: number | null;
}

const REVISION =
  /^(?:(stage\d+(?:-ingredient\d+)?)-)?(?:global_?step|step|checkpoint|iter)[-_]?(\d+)(k)?(?:-tokens(\d+)([BMT]))?(?:-(seed-\S+?))?(?:-unsharded)?(?:-hf)?$/i;
const UNITS: Readonly<Record<string, number>> = { M: 1e6, B: 1e9, T: 1e12 };

/** `step1000`, `stage1-step1000-tokens3B`, `step1000-seed-default`; null for any other name, of which none is guessed. */
export function revisionOf(name: string): Revision | null {
  const match = REVISION.exec(name);
  if (!match) return null;
  const [, stage, digits, thousands, count, unit = "", seed] = match;
  const step = Number(digits) * (thousands === undefined ? 1 : 1000);
  // What others call by one name alone is the first stage.
  const parts = [stage === undefined || /^stage1$/i.test(stage) ? undefined : stage, seed];
  const part = parts.filter((text) => text !== undefined).join("-");
  const tokens = count === undefined ? null : Number(count) * (UNITS[unit.toUpperCase()] ?? NaN);
  return Number.isSafeInteger(step) ? { step, part: part === "" ? null : part, tokens } : null;
}

/** What is known of the tokens of a checkpoint, for its revision. */
export function tokensOf(
  revision: string,
  { tokens }: Revision,
): Pick<Checkpoint, "tokens" | "tokensFrom"> {
  return tokens === null ? {} : { tokens, tokensFrom: `revision ${revision}, which is rounded` };
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
