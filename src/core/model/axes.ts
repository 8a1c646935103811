/**
 * What one step is worth on other axes, from the run's configuration and from what publishers say of their suites.
 * Absent where a factor is not known: no factor is guessed.
 */

import { baseName } from "../io/path.js";
import type { Config } from "./config.js";

export interface Axis {
  readonly axis: "tokens" | "examples";
  readonly perStep: number;
  /** Where the number comes from, with its factors. */
  readonly from: string;
}

/** Keys of the factors as one training system writes them; every one of them must be known. */
interface Rule {
  readonly system: string;
  /** Factors of the examples in one step. */
  readonly examples: readonly string[];
  /** Tokens of one example; null where examples are padded or their length is not known. */
  readonly length: string | null;
  /** A key that only this system writes, where the others could be those of another one. */
  readonly mark?: string;
}

/** Keys are compared with `-` as `_`. More particular rules come first; the first with all factors counts. */
const RULES: readonly Rule[] = [
  {
    system: "OLMo",
    examples: ["global_train_batch_size"],
    length: "model.max_sequence_length",
  },
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
    system: "GPT-NeoX",
    examples: ["train_batch_size"],
    length: "seq_length",
    mark: "train_micro_batch_size_per_gpu",
  },
  {
    system: "GPT-NeoX",
    examples: [
      "train_micro_batch_size_per_gpu",
      "gradient_accumulation_steps",
      "data_parallel_size",
    ],
    length: "seq_length",
  },
  {
    system: "GPT-NeoX",
    examples: ["train_micro_batch_size_per_gpu", "gas", "data_parallel_size"],
    length: "seq_length",
  },
  {
    system: "Megatron-LM",
    examples: ["global_batch_size"],
    length: "seq_length",
    mark: "micro_batch_size",
  },
  {
    system: "LLM Foundry",
    examples: ["global_train_batch_size"],
    length: "max_seq_len",
  },
  {
    system: "Hugging Face Trainer",
    examples: ["per_device_train_batch_size", "gradient_accumulation_steps", "world_size"],
    length: null,
  },
];

/** The axes that are known for the run in `directory`. */
export function axesOf(config: Config, directory: string): Axis[] {
  // Folders such as `pythia-v0/pythia-160m` hold models that had another batch size.
  const suite = /[-_/]v0(?=\/|$)/.test(directory) ? [] : suiteAxes(baseName(directory));
  return suite.length > 0 ? suite : configAxes(config);
}

function configAxes(config: Config): Axis[] {
  const values = new Map([...config].map(([key, value]) => [key.replace(/-/g, "_"), value]));
  const known = (key: string): number | null => {
    const value = values.get(key);
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  for (const { system, examples, length, mark } of RULES) {
    if (mark !== undefined && known(mark) === null) continue;
    const perStep = product(examples.map(known));
    const tokens = length === null ? null : known(length);
    if (perStep === null || (length !== null && tokens === null)) continue;
    const factors = examples.map((key) => `${key} ${known(key)}`).join(" × ");
    const all = product([perStep, tokens]);
    const axes: Axis[] = [{ axis: "examples", perStep, from: `${system} config: ${factors}` }];
    if (all !== null) {
      const from = `${system} config: ${factors} × ${length} ${tokens}`;
      axes.unshift({ axis: "tokens", perStep: all, from });
    }
    return axes;
  }
  return [];
}

function product(factors: readonly (number | null)[]): number | null {
  let result = 1;
  for (const factor of factors) {
    if (factor === null) return null;
    result *= factor;
  }
  return Number.isSafeInteger(result) ? result : null;
}

/** Only names as published: variants with another batch size, and `-v0`, have other numbers. */
const PYTHIA =
  /^(?:models--EleutherAI--)?pythia-(?:14m|31m|70m|160m|410m|1b|1\.4b|2\.8b|6\.9b|12b)(?:-deduped)?(?:-seed\d+)?$/;

function suiteAxes(name: string): Axis[] {
  if (!PYTHIA.test(name)) return [];
  return [
    {
      axis: "tokens",
      perStep: 2_097_152,
      from: "published for Pythia: 1024 sequences × 2048 tokens",
    },
    { axis: "examples", perStep: 1024, from: "published for Pythia: 1024 sequences" },
  ];
}
