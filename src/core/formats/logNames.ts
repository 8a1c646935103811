/** Names of logs, and of what they measure. */

/** Names that training loops give their logs; such a file is a log even before its first row. */
export function isLogName(name: string): boolean {
  return /^(.*[_\-.])?(metrics?|log|logs|history|progress|train|train_log|training_log|eval_log)\.\w+$/i.test(
    name,
  );
}

const MEASURED =
  /loss|acc|ppl|perplexity|\blr\b|learning.?rate|rew(?:ard|_|\b)|grad|err(?:or|\b)|bleu|rouge|f1|score|nll|bpb|return|mse|mae\b|auc|map\b|iou|dice|precision|recall|entropy|success|psnr|[wc]er\b/i;

/** True for a name of what training measures: a table of anything else is seldom a log. */
export function isMeasured(name: string): boolean {
  return MEASURED.test(name);
}
