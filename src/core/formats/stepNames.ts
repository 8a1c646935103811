/** Steps in names: of revisions and evaluation files. Those of checkpoints are in `checkpoints/`. */

/**
 * The step that a checkpoint's or revision's name carries, or null: `step1000`, `checkpoint-500`, `global_step2000`,
 * `iter_0000100`, `epoch=3-step=100`, `ep0-ba100`, `step1000-unsharded`, `step_20k`. Words for a step count before those
 * for a checkpoint. A number with a fraction is none: `step-3.5` is the version of a model.
 */
export function stepInName(name: string): number | null {
  const match = STEP.exec(name) ?? CHECKPOINT.exec(name);
  if (!match) return null;
  const digits = match[1] ?? match[2] ?? "";
  const step = Number(digits) * (match[3] ? 1000 : 1);
  return Number.isSafeInteger(step) ? step : null;
}

/** The word for a step, then its number; `ba100` of Composer only behind `ep…-`. A trailing `k` counts thousands. */
const STEP =
  /(?:(?:^|[^a-z])(?:global_?step|step|iteration|iter)[-_=]?(\d+)(?!\d|\.\d)|^ep\d+-ba(\d+))(k(?![a-z0-9]))?/i;
const CHECKPOINT = /(?:^|[^a-z])(?:checkpoint|ckpt)[-_=]?(\d+)(?!\d|\.\d)()(k(?![a-z0-9]))?/i;

/** The step in an evaluation file's name: with a word for it, else three or more digits at the end (`…_134000.json`). */
export function stepOfEvaluationFile(name: string): number | null {
  return stepInName(stemOf(name)) ?? digitsOfEvaluationFile(name);
}

/**
 * The digits that an evaluation file's name ends with, without a word that says what they are: a step only where nothing
 * else says one. Dates, times and numbers that are as likely shots or sizes are none.
 */
export function digitsOfEvaluationFile(name: string): number | null {
  const digits = DIGITS.exec(stemOf(name));
  return digits ? Number(digits[1]) : null;
}

const DIGITS = /(?<!_(?:19|20)\d{6})_(?!(?:19|20)\d{6}$)(\d{3,9})$/;

function stemOf(name: string): string {
  return name.replace(/\.(json|csv)$/i, "");
}

/** Number of examples shown before the question, as a directory or file name says it: only to group files. */
const SHOTS = /(^|[-_.])(zero|one|two|three|four|five|ten|\d+)[-_]?shots?(?=$|[-_.])/i;

/** True for directories that only tell the number of shots: `zero-shot`, `five-shot`, `5shot`. */
export function isShotsDirectory(name: string): boolean {
  return /^(zero|one|two|three|four|five|ten|\d+)[-_]?shots?$/i.test(name);
}

/**
 * What is left of an evaluation file's name without its step, shots and time: the same for all evaluations of one run.
 * `70m-5shot_step1000.json` gives `70m`, `results_2025-06-09T18-36-41.285612.json` gives `""`.
 */
export function evaluationStem(name: string): string {
  return stemOf(name)
    .replace(/\d{4}-\d\d-\d\dT\d\d[-:]\d\d[-:]\d\d(\.\d+)?/, "")
    .replace(/\d{2,4}-\d\d-\d{2,4}-\d\d-\d\d-\d\d/, "")
    .replace(/(?:global_?)?(?:step|iteration|iter|checkpoint|ckpt)[-_=]?\d+k?/i, "")
    .replace(/_(?:19|20)\d{6}(?:[-_T]\d{4,6})?$/, "")
    .replace(DIGITS, "")
    .replace(SHOTS, "$1")
    .replace(/(^|[-_.])(eval_?results|results|evaluation|eval)(?=$|[-_.])/gi, "$1")
    .replace(/[-_.]{2,}/g, (separators) => separators[0] ?? "")
    .replace(/^[-_.]+|[-_.]+$/g, "");
}
