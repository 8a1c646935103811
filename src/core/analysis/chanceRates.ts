/**
 * Chance rates of evaluation tasks: one over the number of answers that each item offers, as the task's publication
 * fixes it. Tasks whose number of answers varies between items, or whose answers are free text, are not here: their rate
 * must come from the user.
 */

/** Answers per item, by the task's name in lm-evaluation-harness. */
const ANSWERS: readonly (readonly [task: RegExp, answers: number])[] = [
  // Welbl et al. 2017: one correct answer and three distractors.
  [/^sciq$/, 4],
  // Bisk et al. 2020.
  [/^piqa$/, 2],
  // Sakaguchi et al. 2020.
  [/^winogrande$/, 2],
  // Levesque et al. 2012.
  [/^wsc(273)?$/, 2],
  // Zellers et al. 2019.
  [/^hellaswag$/, 4],
  // Mihaylov et al. 2018.
  [/^openbookqa$/, 4],
  // Roemmele et al. 2011.
  [/^copa$/, 2],
  // Clark et al. 2019.
  [/^boolq$/, 2],
  // Dagan et al. 2006, as in GLUE and SuperGLUE.
  [/^rte$/, 2],
  // Pilehvar and Camacho-Collados 2019.
  [/^wic$/, 2],
  // De Marneffe et al. 2019.
  [/^cb$/, 3],
  // Nie et al. 2020.
  [/^anli_r[123]$/, 3],
  // Liu et al. 2020.
  [/^logiqa2?$/, 4],
  // Lai et al. 2017.
  [/^race$/, 4],
  // Hendrycks et al. 2021, under both of the harness's names.
  [/^(hendrycksTest-|mmlu(_|$)).*$/, 4],
  // Warstadt et al. 2020.
  [/^blimp(_|$)/, 2],
  // Talmor et al. 2019.
  [/^commonsense_qa$/, 5],
  // Sap et al. 2019.
  [/^social_iqa$/, 3],
];

/** The rate for a metric named `task/acc`, or null where it is not known. Only plain accuracies have one. */
export function chanceRateOf(metric: string): number | null {
  const match = /^(.+?)(@\d+)?\/(acc|acc_norm|accuracy)$/.exec(metric);
  const task = match?.[1];
  if (task === undefined) return null;
  const entry = ANSWERS.find(([pattern]) => pattern.test(task));
  return entry ? 1 / entry[1] : null;
}
