/** What the steps of a log count, by the name of the column that they were taken from. */

const WORDS: readonly (readonly [counted: string, column: RegExp])[] = [
  ["epochs", /^(?:train_)?epochs?(?:_(?:num|number|idx|index))?$/],
  ["tokens", /(?:^|_)tokens(?:_|$)/],
  ["examples", /^(?:num_|total_|n_)?(?:samples|examples)(?:_seen)?$/],
  [
    "environment steps",
    /^(?:num_|total_|n_)?(?:timesteps?|time_steps|env_?(?:ironment)?_?steps|env_?interacts|frames)(?:_total|_sampled)?$|^totalenv(?:interacts|steps)$/,
  ],
  [
    "steps",
    /^(?:train_|training_|trainer_)?(?:global_?step|step|iteration|iter|itr?|batch|num_updates|update|update_step)s?$/,
  ],
];

/**
 * Only steps that count the same can be compared: `steps` (of the optimiser, under any of their names), `epochs`, `tokens`,
 * `examples`, `environment steps`; the column's own name for any other. `axis` is null where steps are plainly steps.
 */
export function countedBy(axis: string | null): string {
  if (axis === null) return "steps";
  const last = axis
    .slice(axis.lastIndexOf("/") + 1)
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .replace(/[ .-]/g, "_")
    .replace(/^_+/, "")
    .toLowerCase();
  return WORDS.find(([, column]) => column.test(last))?.[0] ?? axis;
}
