/** What the words of the language mean, for hovers and completion: one sentence each. */

export const WORD_DOCS: Readonly<Record<string, string>> = {
  for: "Evaluations in a row at which it must hold; 2 unless given.",
  by: "An onset behind this point does not count: `by 3000`, `by 10k tokens`, `by 2 epochs`.",
  after: "Looks only behind this point, or behind another behaviour's onset.",
  reaches:
    "A share of the way from the first value to the best one: `acc reaches 50% of range` (M1).",
  above:
    "`above baseline`: beyond its own first values. `above chance`: where the chance rate is known (M1).",
  baseline: "Beyond its own first values; autocorrelated noise passes in 1 % of flat series (M1).",
  chance: "Three standard errors above the chance rate (M1).",
  over: "`over last N` evaluations, the present one included; `survival of … over` a config key.",
  abs: "The absolute value of an expression.",
  log: "The natural logarithm of an expression.",
  max: "`max(x) over last 5`: the highest of the last five evaluations.",
  min: "`min(x) over last 5`: the lowest of the last five evaluations.",
  mean: "`mean(x) over last 5`: the mean of the last five evaluations.",
  correct: "`correct(task)`: the share of a task's examples that are correct.",
  learned: "`learned(task)`: the share of a task's examples that were first learned by then (M21).",
  lost: "`lost(P)`: when P ended for the first time (M2).",
  spike: "`spike(loss)`: the first loss spike (M19).",
  nan: "`first nan(x)`: the first value that is NaN or infinite.",
  grokking:
    "`grokking(train, held_out)`: the held-out onset, where it comes at least twice as late as the training one (M17).",
  icl: "`icl(late, early)`: the steepest drop of the loss late in the context minus the loss early in it (M18).",
  changepoint:
    "`changepoint(x)`: the first change of the mean. Options: mean, slope, l1, law; first, largest; up, down (M6, M24).",
  peak: "`peak(x)`: the rise to the highest peak that falls again (M20).",
  share: "`share of seeds with P by X`: per seed group, with a Wilson 95 % interval (M13).",
  order: "`order of A, B`: in which share of runs A began before B (M16).",
  lag: "`lag of A to B`: how long after A B began (M16).",
  survival: "`survival of P`: by recipe, runs in which it never came included (M15).",
};
