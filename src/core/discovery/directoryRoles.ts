/** What a directory's name says about its place in a run. */

const SPLITS = new Set(["train", "training", "validation", "valid", "val", "test", "eval", "dev"]);

const EVALUATIONS = new Set([
  "eval",
  "evals",
  "evaluation",
  "evaluations",
  "eval_results",
  "eval_outputs",
  "evaluation_results",
  "lm_eval",
  "lm_eval_results",
  "lm_evaluation_harness",
  "lighteval",
  "olmes",
]);

const PARTS = new Set([
  "logs",
  "log",
  "tb",
  "tb_logs",
  "tensorboard",
  "events",
  "summaries",
  "metrics",
  "checkpoints",
  "checkpoint",
  "ckpts",
  "ckpt",
  "weights",
  "snapshots",
  "hf",
  "huggingface",
  "checkpoints-temp",
  ".hydra",
]);

/** Directories that hold the output of one run, and so say nothing of which run it is. */
const GENERIC = new Set([
  "results",
  "result",
  "output",
  "outputs",
  "out",
  "run",
  "models",
  "model",
]);

const NEVER = new Set([
  "node_modules",
  "__pycache__",
  "venv",
  "site-packages",
  "dist-packages",
  "$RECYCLE.BIN",
  "System Volume Information",
]);

/** Hidden directories that training systems write to. */
const HIDDEN = new Set([".hydra", ".wandb", ".aim"]);

/** Directories that are never entered: dependencies, caches, hidden ones but for those of training systems. */
export function isNeverEntered(name: string): boolean {
  // A relative path as lm-eval names a directory after it: `.__runs__a`, `..__runs__a`.
  const isHidden = name.startsWith(".") && !HIDDEN.has(name) && !/^\.{1,2}__/.test(name);
  return NEVER.has(name) || isHidden;
}

/** Directories in which a tracker keeps its runs: they say nothing of which run one belongs to. */
export function isTrackers(name: string): boolean {
  return name === "wandb" || name === ".wandb";
}

/** What lies in such a directory belongs to the run of the directory above. */
export function isPartOfRun(name: string): boolean {
  const lower = name.toLowerCase();
  return PARTS.has(lower) || SPLITS.has(lower) || isEvaluations(name);
}

/** `train`, `validation` and the like: two writers of one run that use the same names. */
export function splitOf(name: string): string | null {
  return SPLITS.has(name.toLowerCase()) ? name : null;
}

export function isEvaluations(name: string): boolean {
  return EVALUATIONS.has(name.toLowerCase().replaceAll("-", "_"));
}

export function isGenericOutput(name: string): boolean {
  return GENERIC.has(name.toLowerCase());
}

const LOG_WORDS = new Set(
  (
    "metrics metric log logs history progress train training trainer eval evaluation val valid validation test dev " +
    "results result loss losses acc accuracy scalars stats summary monitor data curve curves epoch step steps " +
    "stdout stderr output out err console main run final rank nohup debug info"
  ).split(" "),
);

/** True for a log's name that says what is in it but not whose it is: `metrics`, `train_log`, `eval-metrics`. */
export function isGenericLogName(stem: string): boolean {
  return stem
    .toLowerCase()
    .replace(/rank\d+$/, "rank")
    .split(/[_.\- ]+/)
    .every((word) => LOG_WORDS.has(word) || word === "");
}
