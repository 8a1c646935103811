/** How many parameters a model has, where its config says enough to count them. */

import type { Config, ConfigValue } from "./config.js";

export interface Parameters {
  /** Without embeddings and the output layer, as scaling laws count them. */
  readonly nonEmbedding: number;
  /** The counting, with its factors. */
  readonly from: string;
}

/** Keys that change what a layer holds, with the values that leave it as it is. */
const PLAIN: readonly (readonly [key: RegExp, isPlain: (value: ConfigValue) => boolean])[] = [
  [/^(intermediate_size|num_kv_heads|num_experts|moe_num_experts)$/, isNothing],
  [/^activation$/, (value) => isNothing(value) || !/glu/i.test(String(value))],
  [/^(mlp_type)$/, (value) => isNothing(value) || value === "regular"],
  [/^norm$/, (value) => isNothing(value) || value === "layernorm"],
  [/^use_bias_in_(attn_linear|norms)$/, (value) => value === null || value === true],
];

function isNothing(value: ConfigValue): boolean {
  return value === null || value === 0 || value === 1 || value === "";
}

/**
 * Of a GPT-NeoX config: `12·L·d² + 13·L·d + 2·d` for L layers of width d, with biases and layer norms: Pythia's published
 * counts to the last parameter (Biderman et al. 2023, table 1). Null where a factor is unknown, or a key says that its
 * layers are others.
 */
export function neoxParameters(config: Config): Parameters | null {
  const plain = new Map([...config].map(([key, value]) => [lastPart(key), value]));
  for (const [key, value] of plain) {
    if (PLAIN.some(([pattern, isPlain]) => pattern.test(key) && !isPlain(value))) return null;
  }
  const [layers, width] = [plain.get("num_layers"), plain.get("hidden_size")];
  if (!isCount(layers) || !isCount(width)) return null;
  return transformer(layers, width, `num_layers ${layers}, hidden_size ${width}`);
}

export function transformer(layers: number, width: number, from: string): Parameters {
  const nonEmbedding = 12 * layers * width ** 2 + 13 * layers * width + 2 * width;
  return { nonEmbedding, from: `${nonEmbedding} parameters without embeddings (${from})` };
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1).replaceAll("-", "_");
}

function isCount(value: ConfigValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
