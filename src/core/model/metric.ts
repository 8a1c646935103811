/** What a metric's name tells: which way is better, whether it is an evaluation, which pairs belong together. */

export type Direction = "higher" | "lower";
export type MetricKind = "training" | "evaluation";

const LOWER_IS_BETTER =
  /(^|[^a-z])(nll|ppl|err|rmse|mse|mae|bpb|bits_per_byte|brier|wer|cer|cross_?entropy)([^a-z]|$)|(loss|perplexity|error)([^a-z]|$)/i;
const HIGHER_IS_BETTER =
  /(^|[^a-z])(em|exact_match|f1|bleu|rouge\w*|auc|auroc|mcc|r2|pass@\d+|win_?rate|reward|score)([^a-z]|$)|(acc|accuracy|acc_norm|precision|recall)([^a-z]|$)/i;

/** Whether higher or lower values are better, guessed from the name. Overridable in `onset.json`. */
export function guessDirection(metric: string): Direction {
  return LOWER_IS_BETTER.test(metric) ? "lower" : "higher";
}

/** False for metrics of which neither way is better by their name, such as a norm or a learning rate. */
export function isJudged(metric: string): boolean {
  return LOWER_IS_BETTER.test(metric) || HIGHER_IS_BETTER.test(metric);
}

const HELD_OUT_WORDS = [
  "test",
  "val",
  "valid",
  "validation",
  "eval",
  "dev",
  "heldout",
  "held_out",
  "holdout",
] as const;
const HELD_OUT = new RegExp(`(^|[/_.\\- ])(${HELD_OUT_WORDS.join("|")})(?=$|[/_.\\- ])`, "i");
const TRAIN = /(^|[/_.\- ])(training|train)(?=$|[/_.\- ])/i;

/** Metrics that a training loop logs of held-out data are evaluations too. */
export function guessKind(metric: string): MetricKind {
  return HELD_OUT.test(metric) ? "evaluation" : "training";
}

export interface MetricPair {
  readonly train: string;
  readonly heldOut: string;
}

/**
 * Pairs of one quantity measured on training and on held-out data, by their names: `train_acc` with `test_acc`,
 * `loss` with `eval_loss`. Only accuracies and losses are paired, in the order of `metrics`.
 */
export function findPairs(metrics: readonly string[]): MetricPair[] {
  const byRest = new Map<string, { train?: string; heldOut?: string }>();
  for (const metric of metrics) {
    if (!isAccuracy(metric) && !isLoss(metric)) continue;
    const heldOut = HELD_OUT.test(metric);
    const rest = metric
      .replace(heldOut ? HELD_OUT : TRAIN, "$1")
      .replace(/[/_.\- ]+/g, "/")
      .replace(/^\/|\/$/g, "")
      .toLowerCase();
    const pair = byRest.get(rest) ?? {};
    if (heldOut) pair.heldOut ??= metric;
    else if (TRAIN.test(metric) || pair.train === undefined) pair.train = metric;
    byRest.set(rest, pair);
  }
  const pairs: MetricPair[] = [];
  for (const { train, heldOut } of byRest.values()) {
    if (train !== undefined && heldOut !== undefined) pairs.push({ train, heldOut });
  }
  return pairs;
}

export function isAccuracy(metric: string): boolean {
  return /(^|[^a-z])(acc|accuracy|acc_norm|exact_match|em|pass@\d+)([^a-z]|$)/i.test(metric);
}

export function isLoss(metric: string): boolean {
  return /(^|[^a-z])(loss|nll|crossentropyloss|cross_entropy)([^a-z]|$)|loss$/i.test(metric);
}

/** The name of a metric whose standard error `metric` is, or null: `acc_stderr` and `acc_stderr,none` give `acc`. */
export function stderrOf(metric: string): string | null {
  const match = /^(.*)_stderr(,.*)?$/.exec(metric);
  return match ? `${match[1] ?? ""}${match[2] ?? ""}` : null;
}
