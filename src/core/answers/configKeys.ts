/** Config keys as the side panel uses them: which differ between runs, and which runs share a key's value. */

import type { Catalog } from "../catalog/catalog.js";
import { compareConfigTexts, formatConfigValue, type Config } from "../model/config.js";

export interface ConfigKey {
  readonly key: string;
  /** Its values over the runs as text, `not set` among them, in their order; at most nine. */
  readonly values: readonly string[];
  /** How many there are. */
  readonly count: number;
}

const MAX_VALUES = 9;

/** The keys whose values differ between the runs. Reads configs only. */
export async function answerConfigKeys(
  catalog: Catalog,
  keys: readonly string[],
): Promise<ConfigKey[]> {
  const configs = await configsOf(catalog, keys);
  const texts = new Map<string, Set<string>>();
  for (const { config } of configs) {
    for (const key of config.keys()) texts.set(key, texts.get(key) ?? new Set());
  }
  for (const [key, values] of texts) {
    for (const { config } of configs) values.add(formatConfigValue(config.get(key)));
  }
  return [...texts]
    .filter(([, values]) => values.size > 1)
    .map(([key, values]) => ({
      key,
      values: [...values].sort(compareConfigTexts).slice(0, MAX_VALUES),
      count: values.size,
    }))
    .sort((a, b) => a.count - b.count || (a.key < b.key ? -1 : 1));
}

export interface SameValue {
  readonly value: string;
  /** Keys of the runs. */
  readonly runs: readonly string[];
}

/** The runs by what they have for a key, in the order of its values. */
export async function answerByConfigKey(
  catalog: Catalog,
  keys: readonly string[],
  configKey: string,
): Promise<SameValue[]> {
  const groups = new Map<string, string[]>();
  for (const { run, config } of await configsOf(catalog, keys)) {
    const value = formatConfigValue(config.get(configKey));
    const group = groups.get(value);
    if (group) group.push(run);
    else groups.set(value, [run]);
  }
  return [...groups]
    .map(([value, runs]) => ({ value, runs }))
    .sort((a, b) => compareConfigTexts(a.value, b.value));
}

async function configsOf(
  catalog: Catalog,
  keys: readonly string[],
): Promise<{ readonly run: string; readonly config: Config }[]> {
  const identities = await catalog.identify();
  return keys.flatMap((run) => {
    const identity = identities.get(run);
    return identity ? [{ run, config: identity.config }] : [];
  });
}
