import assert from "node:assert/strict";
import { chanceRateOf } from "../../../src/core/analysis/chanceRates.js";

describe("chanceRateOf", () => {
  const known: readonly [metric: string, answers: number][] = [
    // Pythia's evaluations.
    ["sciq/acc", 4],
    ["piqa/acc", 2],
    ["winogrande@5/acc", 2],
    ["wsc/acc", 2],
    ["logiqa/acc_norm", 4],
    ["hendrycksTest-anatomy/acc_norm", 4],
    ["blimp_adjunct_island/acc", 2],
    // The harness, with a filter and a part of the items.
    ["mmlu_anatomy/acc", 4],
    ["mmlu/acc", 4],
    ["mmlu_stem/acc,none (limit 100)", 4],
    ["cb/acc", 3],
    ["xnli_de/acc", 3],
    ["xcopa_et/acc", 2],
    ["belebele_deu_Latn/acc", 4],
    ["leaderboard_bbh_object_counting/acc_norm", 19],
    ["leaderboard_bbh_logical_deduction_seven_objects@3/acc_norm", 7],
    ["leaderboard_gpqa_diamond/acc_norm", 4],
    ["gpqa_main_n_shot@5/acc", 4],
    ["leaderboard_musr_team_allocation/acc_norm", 3],
    // OLMES and DataDecide.
    ["csqa@5/acc_raw", 5],
    ["socialiqa@5/acc_per_char", 3],
    ["hellaswag:mc::olmes@5/acc_uncond", 4],
    ["mmlu_world_religions:rc@5/acc_per_token", 4],
    ["openbookqa:mc/accuracy,logprob", 4],
    // lighteval, with its suite where two have the task.
    ["mmlu:anatomy@5/acc", 4],
    ["leaderboard|hellaswag@10/acc", 4],
    // OLMo's in-loop evaluations.
    ["eval/downstream/piqa_len_norm", 2],
    ["eval/downstream/csqa_val_rc_5shot_len_norm", 5],
    ["eval/downstream/mmlu_social_sciences_mc_5shot_test_len_norm", 4],
    ["eval/downstream/commitment_bank_acc", 3],
    ["eval/downstream/hellaswag_rc_5shot_fast (length-normalized accuracy v2)", 4],
    ["eval/downstream/boolq_val_mc_5shot (accuracy)", 2],
  ];
  for (const [metric, answers] of known) {
    it(`of ${metric} is 1/${answers}`, () => {
      assert.equal(chanceRateOf(metric), 1 / answers);
    });
  }

  const unknown = [
    // Free answers.
    "lambada_openai/acc",
    "triviaqa/acc",
    "gsm8k@8/exact_match",
    // Answers of varying number.
    "arc_challenge/acc",
    "arc_easy@5/acc_per_char",
    "arc_easy:mc/accuracy,logprob",
    "eval/downstream/arc_easy_test_rc_5shot_len_norm",
    "mmlu_pro/acc",
    "leaderboard_mmlu_pro/acc",
    "mmlu_pro_biology/acc",
    "mmlu_prox_de/acc",
    "truthfulqa_mc1/acc",
    "leaderboard_musr_object_placements/acc_norm",
    // Means over tasks of different numbers.
    "leaderboard_bbh/acc_norm",
    "leaderboard_musr/acc_norm",
    "all/acc",
    // Other metrics.
    "piqa/ppl",
    "piqa/f1",
    "piqa/acc_stderr",
    "eval/downstream_bpb/piqa_val_rc_5shot_bpb",
    "eval/downstream_soft/piqa_val_rc_5shot_soft",
    "eval/downstream/mrpc_f1",
    // Names that only look alike.
    "my_piqa/acc",
    "piqa2/acc",
    "acc",
    "train/acc",
    "eval/acc",
    "mmlu_anatomy_extra/acc",
  ];
  for (const metric of unknown) {
    it(`of ${metric} is not known`, () => {
      assert.equal(chanceRateOf(metric), null);
    });
  }
});
