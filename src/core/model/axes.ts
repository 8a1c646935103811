/**
 * What one step is worth on other axes, from the run's configuration and from what publishers say of their suites.
 * Absent where a factor is not known: no factor is guessed.
 */

import type { Config } from "./config.js";
import { neoxParameters, type Parameters } from "./parameters.js";
import type { Checkpoint, RunDir } from "./run.js";
import { publishedRunOf } from "./suites.js";

export interface Axis {
  readonly axis: "tokens" | "examples" | "flops";
  readonly perStep: number;
  /** Where the number comes from, with its factors. */
  readonly from: string;
}

/** Keys of the factors as one training system writes them; every one of them must be known. */
interface Rule {
  readonly system: string;
  /** Factors of the examples in one step; none where the system counts tokens. */
  readonly examples: readonly string[];
  /** Tokens of one example; null where examples are padded or their length is not known. */
  readonly length: string | null;
  /** Tokens in one step, where the system counts these. */
  readonly tokens?: string;
  /** A key that only this system writes, where the others could be those of another one. */
  readonly mark?: string;
}

/**
 * Keys are compared with `-` as `_`, and may all lie below another one. More particular rules come first; the first with
 * all factors counts.
 */
const RULES: readonly Rule[] = [
  { system: "OLMo", examples: ["global_train_batch_size"], length: "model.max_sequence_length" },
  {
    system: "OLMo-core",
    tokens: "data_loader.global_batch_size",
    examples: [],
    length: "dataset.sequence_length",
  },
  {
    system: "OLMo-core",
    tokens: "data_loader.global_batch_size",
    examples: [],
    length: null,
    mark: "train_module.rank_microbatch_size",
  },
  ...["train_seq_len", "model.max_seq_len", "model.seq_len"].map((length) => ({
    system: "Levanter",
    examples: ["trainer.train_batch_size"],
    length,
  })),
  {
    system: "nanotron",
    examples: [
      "tokens.micro_batch_size",
      "tokens.batch_accumulation_per_replica",
      "parallelism.dp",
    ],
    length: "tokens.sequence_length",
  },
  {
    system: "torchtitan",
    tokens: "training.num_tokens_per_train_step",
    examples: [],
    length: null,
  },
  {
    system: "torchtitan",
    examples: ["training.global_batch_size"],
    length: "training.seq_len",
    mark: "training.local_batch_size",
  },
  {
    system: "GPT-NeoX",
    examples: ["train_batch_size"],
    length: "seq_length",
    mark: "train_micro_batch_size_per_gpu",
  },
  ...["gradient_accumulation_steps", "gas"].flatMap((accumulation) =>
    ["data_parallel_size", "dp_world_size"].map((ranks) => ({
      system: "GPT-NeoX",
      examples: ["train_micro_batch_size_per_gpu", accumulation, ranks],
      length: "seq_length",
    })),
  ),
  {
    system: "Megatron-LM",
    examples: ["global_batch_size"],
    length: "seq_length",
    mark: "micro_batch_size",
  },
  { system: "LLM Foundry", examples: ["global_train_batch_size"], length: "max_seq_len" },
  {
    system: "nanochat",
    tokens: "total_batch_size",
    examples: [],
    length: "max_seq_len",
    mark: "device_batch_size",
  },
  {
    system: "DeepSpeed",
    examples: ["train_batch_size"],
    length: null,
    mark: "train_micro_batch_size_per_gpu",
  },
  {
    system: "Hugging Face Trainer",
    examples: ["per_device_train_batch_size", "gradient_accumulation_steps", "world_size"],
    length: null,
  },
];

/** A batch that grows as training goes on is worth something else at each step. */
const SCHEDULE = /(^|[._])(rampup_batch_size|batch_size_(scheduler?|warmup)|batch_sizes)\b/;

/** The axes that are known for a run. */
export function axesOf(
  config: Config,
  run: Pick<RunDir, "directory" | "part" | "systems" | "checkpoints">,
): Axis[] {
  const listed = listedAxis(run.checkpoints);
  if (listed) return [listed];
  const suite = publishedRunOf(run);
  if (suite === null) {
    const own = configAxes(config);
    const isNeox = own[0]?.from.startsWith("GPT-NeoX") === true;
    return [...own, ...flopsOf(own, isNeox ? neoxParameters(config) : null)];
  }
  const { sequencesPerStep, tokensPerSequence, from, note } = suite;
  const sequences = `${from}: ${sequencesPerStep} sequences`;
  const tokens = `${sequences} × ${tokensPerSequence} tokens${note === undefined ? "" : `, ${note}`}`;
  const own = axes(sequencesPerStep * tokensPerSequence, sequencesPerStep, (axis) =>
    axis === "tokens" ? tokens : sequences,
  );
  return [...own, ...flopsOf(own, suite.parameters)];
}

/** Training costs six floating-point operations per parameter and token (Kaplan et al. 2020, section 2.1). */
function flopsOf(known: readonly Axis[], parameters: Parameters | null): Axis[] {
  const tokens = known.find(({ axis }) => axis === "tokens");
  if (!tokens || !parameters) return [];
  const perStep = 6 * parameters.nonEmbedding * tokens.perStep;
  return [{ axis: "flops", perStep, from: `6 × ${parameters.from} × ${tokens.from}` }];
}

/** Of a manifest that lists tokens and steps, where both grow alike. */
function listedAxis(checkpoints: Iterable<Checkpoint>): Axis | null {
  let perStep: number | null = null;
  let count = 0;
  let from = "";
  for (const { container, format, step, tokens, tokensFrom } of checkpoints) {
    if (container !== "remote" || format !== "manifest" || tokensFrom === undefined) return null;
    if (tokens === undefined || (from !== "" && tokensFrom !== from)) return null;
    from = tokensFrom;
    perStep ??= step > 0 ? tokens / step : null;
    if (tokens !== (perStep ?? 0) * step) return null;
    count++;
  }
  if (perStep === null || !Number.isSafeInteger(perStep) || count < 3) return null;
  return { axis: "tokens", perStep, from: `${from} ÷ step, the same in all ${count} rows` };
}

function configAxes(config: Config): Axis[] {
  const values = new Map([...config].map(([key, value]) => [key.replace(/-/g, "_"), value]));
  if ([...values].some(([key, value]) => SCHEDULE.test(key) && value !== null)) return [];
  const known = (key: string): number | null => {
    const value = values.get(key);
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  for (const rule of RULES) {
    const found = new Map<string, Axis[]>();
    for (const prefix of prefixesOf(rule.tokens ?? rule.examples[0] ?? "", values.keys())) {
      const own = axesBy(rule, (key) => known(prefix + key));
      if (own.length > 0) found.set(JSON.stringify(own.map(({ perStep }) => perStep)), own);
    }
    // Two parts of the config that contradict one another tell nothing.
    if (found.size > 0) return found.size === 1 ? ([...found.values()][0] ?? []) : [];
  }
  return [];
}

/** What stands before `key` in the keys that end in it: `train_config.` in `train_config.trainer.seed` of `trainer.seed`. */
function prefixesOf(key: string, keys: Iterable<string>): string[] {
  const prefixes: string[] = [];
  for (const candidate of keys) {
    if (candidate === key || candidate.endsWith(`.${key}`)) {
      prefixes.push(candidate.slice(0, candidate.length - key.length));
    }
  }
  return prefixes;
}

function axesBy(rule: Rule, known: (key: string) => number | null): Axis[] {
  const { system, examples, length, tokens, mark } = rule;
  if (mark !== undefined && known(mark) === null) return [];
  const perExample = length === null ? null : known(length);
  if (length !== null && perExample === null) return [];
  const named = (keys: readonly string[]): string =>
    `${system} config: ${keys.map((key) => `${key} ${known(key)}`).join(" × ")}`;
  if (tokens !== undefined) {
    const perStep = known(tokens);
    const count = perStep !== null && perExample !== null ? perStep / perExample : null;
    return axes(perStep, count, (axis) =>
      axis === "tokens" ? named([tokens]) : `${named([tokens])} ÷ ${length} ${perExample}`,
    );
  }
  const count = product(examples.map(known));
  return axes(product([count, perExample]), count, (axis) =>
    named(axis === "tokens" && length !== null ? [...examples, length] : examples),
  );
}

function axes(
  tokens: number | null,
  examples: number | null,
  from: (axis: Axis["axis"]) => string,
): Axis[] {
  const found: Axis[] = [];
  const add = (axis: Axis["axis"], perStep: number | null): void => {
    if (perStep !== null && Number.isSafeInteger(perStep)) {
      found.push({ axis, perStep, from: from(axis) });
    }
  };
  add("tokens", tokens);
  add("examples", examples);
  return found;
}

function product(factors: readonly (number | null)[]): number | null {
  let result = 1;
  for (const factor of factors) {
    if (factor === null) return null;
    result *= factor;
  }
  return result;
}
