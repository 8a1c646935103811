/** What the editor says in a run's config: of which run it is, what became of that, and what differs from the baseline. */

import type { Catalog } from "../catalog/catalog.js";
import { differingKeys } from "../discovery/identifyRuns.js";
import { comparable } from "../discovery/recipes.js";
import type { ConfigLanguage } from "../formats/keyAt.js";
import { scalarKeys } from "../formats/scalarKeys.js";
import { formatConfigValue, sameValue } from "../model/config.js";
import { formatInterval, statusOf } from "../model/interval.js";
import type { RunDir } from "../model/run.js";
import { behavioursOf, isMishap } from "../query/onsetFile.js";
import { answerRunEndings } from "./runEndings.js";
import { answerWhen } from "./when.js";

export interface RunConfigAnswer {
  /** The run that the file belongs to, the first of several. */
  readonly run: string;
  readonly label: string;
  /** All runs that have the file as their config. */
  readonly runs: readonly string[];
  readonly lastStep: number | null;
  /** Behaviours that have data, saved ones where there are any. */
  readonly behaviours: readonly {
    readonly name: string;
    /** The interval in words. */
    readonly text: string;
    /** Where it began; null where it did not. */
    readonly by: number | null;
  }[];
  /** Against the baseline; null without one, and where the run is it. */
  readonly baseline: {
    readonly key: string;
    readonly label: string;
    /** Config keys that differ, at most the first few. */
    readonly keys: readonly string[];
    readonly count: number;
  } | null;
}

const MAX_BEHAVIOURS = 3;
const MAX_KEYS = 5;

/** Null where the file is no run's. Reads that run. */
export async function answerRunConfig(
  catalog: Catalog,
  { file, baseline }: { readonly file: string; readonly baseline: string | null },
  signal?: AbortSignal,
): Promise<RunConfigAnswer | null> {
  const runs = runsOf(catalog, file);
  const [run] = runs;
  if (!run) return null;
  const identities = await catalog.identify(signal);
  const [ending] = await answerRunEndings(catalog, [run.key], signal);
  return {
    run: run.key,
    label: identities.get(run.key)?.label ?? run.id,
    runs: runs.map(({ key }) => key),
    lastStep: ending?.lastStep ?? null,
    behaviours: await behavioursIn(catalog, run, signal),
    baseline: await againstBaseline(catalog, run, baseline),
  };
}

function runsOf(catalog: Catalog, file: string): readonly RunDir[] {
  return catalog.runs().filter(({ configs }) => configs.includes(file));
}

async function behavioursIn(
  catalog: Catalog,
  run: RunDir,
  signal: AbortSignal | undefined,
): Promise<RunConfigAnswer["behaviours"]> {
  const known = [...behavioursOf(catalog.onsetFileOf(run)).values()];
  const saved = known.filter(({ place }) => place !== null);
  const asked = saved.length > 0 ? saved : known.filter((behaviour) => !isMishap(behaviour));
  const found: { name: string; text: string; by: number | null }[] = [];
  for (const { name } of asked) {
    if (found.length === MAX_BEHAVIOURS) break;
    for await (const result of answerWhen(catalog, name, [run.key], signal)) {
      if (statusOf(result) === "no-data") continue;
      found.push({ name, text: formatInterval(result), by: result.by });
      // One metric of several is enough for a line.
      break;
    }
  }
  return found;
}

async function againstBaseline(
  catalog: Catalog,
  run: RunDir,
  baseline: string | null,
): Promise<RunConfigAnswer["baseline"]> {
  const other = baseline === null ? undefined : catalog.run(baseline);
  if (!other || other.key === run.key) return null;
  const identities = await catalog.identify();
  const configured = [other, run].map((one) => ({
    run: one,
    config: identities.get(one.key)?.config ?? new Map(),
  }));
  // Without a config there is nothing to differ from.
  if (configured.some(({ config }) => config.size === 0)) return null;
  const keys = differingKeys(configured);
  const label = identities.get(other.key)?.label ?? other.id;
  return { key: other.key, label, keys: keys.slice(0, MAX_KEYS), count: keys.length };
}

export interface ConfigHint {
  /** Where the value's text ends. */
  readonly end: number;
  readonly key: string;
  /** The baseline's value as text; null where it has no such key. */
  readonly baseline: string | null;
}

/** Where a run's config, as its text is now, differs from the baseline's. Reads configs only. */
export async function answerConfigHints(
  catalog: Catalog,
  question: {
    readonly file: string;
    readonly text: string;
    readonly language: ConfigLanguage;
    readonly baseline: string | null;
  },
): Promise<ConfigHint[]> {
  if (runsOf(catalog, question.file).length === 0 || question.baseline === null) return [];
  const config = (await catalog.identify()).get(question.baseline)?.config;
  if (!config || config.size === 0) return [];
  return scalarKeys(question.text, question.language).flatMap(
    ({ key, value, end }): ConfigHint[] => {
      const compared = comparable(key, value);
      // GPT-NeoX's keys are written with `-` or `_`.
      const known = config.has(key) ? key : key.replaceAll("-", "_");
      const other = config.get(known);
      if (compared === undefined) return [];
      if (other === undefined) return [{ end, key, baseline: null }];
      return sameValue(compared, comparable(known, other))
        ? []
        : [{ end, key, baseline: formatConfigValue(other) }];
    },
  );
}
