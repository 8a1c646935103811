/** Names of logs. */

/** Names that training loops give their logs; such a file is a log even before its first row. */
export function isLogName(name: string): boolean {
  return /^(.*[_\-.])?(metrics?|log|logs|history|progress|train|train_log|training_log|eval_log)\.\w+$/i.test(
    name,
  );
}
