/**
 * What a run is among its neighbours: its experiment, its seed and seed group (M13), the label of the keys that differ,
 * and the run that it branched from. Needs the configs of all runs, but no metrics.
 */

import { stepInName } from "../formats/stepNames.js";
import { baseName } from "../io/path.js";
import { formatConfigValue, sameValue, type Config, type ConfigValue } from "../model/config.js";
import type { Lineage, RunDir, RunIdentity } from "../model/run.js";
import { shownName } from "../model/shownName.js";
import { publishedRunOf } from "../model/suites.js";
import type { Told } from "../model/told.js";
import { isTrackers } from "./directoryRoles.js";
import { isLineageKey, lineageOf } from "./lineage.js";
import { comparable, isSeedKey, seedInConfig, seedInPath, withoutMadeUp } from "./recipes.js";

export interface ConfiguredRun {
  readonly run: RunDir;
  readonly config: Config;
  /** What the run's own records say of it. */
  readonly told?: Told;
}

/** Identities by run key. O(runs × config keys). */
export function identifyRuns(runs: readonly ConfiguredRun[]): Map<string, RunIdentity> {
  const byExperiment = new Map<string, ConfiguredRun[]>();
  for (const configured of runs) {
    const key = `${configured.run.root}\n${experimentOf(configured.run)}`;
    const neighbours = byExperiment.get(key);
    if (neighbours) neighbours.push(configured);
    else byExperiment.set(key, [configured]);
  }
  const byPath = new Map(runs.map(({ run }) => [run.key, run]));
  const byId = new Map(runs.flatMap(({ run, told }) => (told?.id ? [[told.id, run.key]] : [])));
  const identities = new Map<string, RunIdentity>();
  for (const neighbours of byExperiment.values()) {
    const parents = new Map(
      neighbours.map(({ run, config, told }) => [
        run.key,
        toldLineage(run, told, byId) ?? lineageOf(run, config, byPath, nameOf),
      ]),
    );
    const groups = groupBySeed(neighbours, parents);
    const labels = labelRuns(neighbours);
    for (const configured of neighbours) {
      const { run, config } = configured;
      identities.set(run.key, {
        label: shownName(labels.get(run.key) ?? nameOf(run)),
        experiment: experimentOf(run),
        config,
        seed: seedOf(configured),
        seedGroup: groups.get(run.key) ?? null,
        parent: parents.get(run.key) ?? null,
      });
    }
  }
  return identities;
}

/** A run's own name: of its directory or file, or the part that it is of it. */
export function nameOf(run: RunDir): string {
  if (run.part !== null) return run.part;
  if (run.file === null) return baseName(run.directory);
  const name = baseName(run.file);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

/** The directory that holds an experiment's runs, relative to the folder searched; seeds are not experiments. */
function experimentOf(run: RunDir): string {
  const path = run.id.split("#", 1)[0] ?? "";
  const above = path.split("/").slice(0, -1);
  return above
    .filter(
      (part) =>
        !WHOLLY_SEED.test(part) &&
        !WHOLLY_TIME.test(part) &&
        part !== "lightning_logs" &&
        !isTrackers(part),
    )
    .join("/");
}

const WHOLLY_SEED = /^(seed[-_=]?\d+|s\d+)$/i;
const WHOLLY_TIME = /^(\d{4}-\d\d-\d\d|\d\d-\d\d-\d\d)$/;

/** The seed: of the config, else in the run's path or the name that a tracker keeps; null where none is known. */
function seedOf({ run, config, told }: ConfiguredRun): string | number | null {
  return (
    seedInConfig(config) ??
    seedInPath(run.id)?.seed ??
    (told?.name ? (seedInPath(told.name)?.seed ?? null) : null) ??
    publishedRunOf(run)?.seed ??
    null
  );
}

/** Set for runs of a suite of which nothing but the published model is known. */
function publishedGroup({ run, config }: ConfiguredRun): string | null {
  const isModelOnly = config.size === 0 || config.has("model_type");
  return isModelOnly ? (publishedRunOf(run)?.group ?? null) : null;
}

/** Names of the groups by run key, for runs whose seed is known. */
function groupBySeed(
  neighbours: readonly ConfiguredRun[],
  parents: ReadonlyMap<string, Lineage | null>,
): Map<string, string> {
  const members = new Map<string, ConfiguredRun[]>();
  for (const configured of neighbours) {
    if (seedOf(configured) === null) continue;
    const recipe = recipeOf(configured, parents.get(configured.run.key) ?? null);
    const group = members.get(recipe);
    if (group) group.push(configured);
    else members.set(recipe, [configured]);
  }
  const differing = differingKeys(neighbours).filter((key) => !isSeedKey(key));
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const group of members.values()) {
    const first = group[0] as ConfiguredRun;
    const experiment = experimentOf(first.run);
    const keys = describeKeys(first.config, differing);
    const recipe = publishedGroup(first) ?? (keys === "" ? recipeName(first.run) : keys);
    const base = shownName(
      [experiment, recipe].filter((part) => part !== "").join("/") || nameOf(first.run),
    );
    let name = base;
    if (taken.has(name)) name = `${base} (${recipeName(first.run)})`;
    for (let n = 2; taken.has(name); n++) name = `${base} (${n})`;
    taken.add(name);
    for (const { run } of group) names.set(run.key, name);
  }
  return names;
}

/** What runs of one group have in common. Where the config says the seed it says the rest too, and not the path. */
function recipeOf(configured: ConfiguredRun, parent: Lineage | null): string {
  const { run, config } = configured;
  const published = publishedGroup(configured);
  // What libraries add to a model's config from release to release does not tell published runs apart.
  if (published !== null) return JSON.stringify([published]);
  const rest = seedInPath(run.id)?.rest ?? (seedInConfig(config) === null ? run.id : "");
  const keys = [...config].flatMap(([key, value]) => {
    const compared = isSeedKey(key) || isLineageKey(key) ? undefined : comparable(key, value);
    return compared === undefined ? [] : [[key, compared] as const];
  });
  return JSON.stringify([
    seedInConfig(config) === null ? rest : withoutMadeUp(rest),
    parent && [withoutSeed(nameOfParent(parent.text)), parent.step],
    ...keys.sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
}

/** The last part of a path that is not named after a step. */
function nameOfParent(text: string): string {
  const parts = text.split("/").filter((part) => part !== "" && stepInName(part) === null);
  return parts.at(-1) ?? "";
}

function withoutSeed(text: string): string {
  return seedInPath(text)?.rest ?? text;
}

/** The run's name without its seed. */
function recipeName(run: RunDir): string {
  const name = nameOf(run);
  const rest = seedInPath(name)?.rest ?? "";
  const recipe = rest.replace(/[-_.]+$/, "").replace(/^[-_.]+/, "");
  return recipe === "" && run.part !== null && run.file !== null ? baseName(run.file) : recipe;
}

/** Keys whose values differ between the runs and that are more than incidental, in the order of the first config. */
export function differingKeys(runs: readonly ConfiguredRun[]): string[] {
  const values = new Map<string, ConfigValue | undefined>();
  const differing = new Set<string>();
  const seen = new Map<string, number>();
  for (const { config } of runs) {
    for (const [key, value] of config) {
      const compared = isLineageKey(key) ? undefined : comparable(key, value);
      if (compared === undefined) continue;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (!values.has(key)) values.set(key, compared);
      else if (!sameValue(values.get(key), compared)) differing.add(key);
    }
  }
  const configured = runs.filter(({ config }) => config.size > 0).length;
  for (const [key, count] of seen) if (count < configured) differing.add(key);
  return [...values.keys()].filter((key) => differing.has(key));
}

const MAX_LABEL_KEYS = 4;

function describeKeys(config: Config, keys: readonly string[]): string {
  const shown = keys.filter((key) => config.has(key)).slice(0, MAX_LABEL_KEYS);
  return shown
    .map((key) => {
      const text = formatConfigValue(config.get(key));
      const short = text.length > 24 ? `${text.slice(0, 23)}…` : text;
      return `${key.slice(key.lastIndexOf(".") + 1)}=${short}`;
    })
    .join(" ");
}

/**
 * Labels by run key: the name that a tracker keeps of the run, else the keys that differ, or the run's name where those do
 * not tell it from its neighbours.
 */
function labelRuns(neighbours: readonly ConfiguredRun[]): Map<string, string> {
  const keys = differingKeys(neighbours);
  // The seed comes last: it is what the other keys have in common.
  const ordered = [
    ...keys.filter((key) => !isSeedKey(key)).slice(0, MAX_LABEL_KEYS - 1),
    ...keys.filter((key) => key === "seed" || key.endsWith(".seed")),
  ];
  const labels = neighbours.map(({ config }) => describeKeys(config, ordered));
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const named = new Map<string, number>();
  for (const { told } of neighbours) {
    if (told?.name) named.set(told.name, (named.get(told.name) ?? 0) + 1);
  }
  return new Map(
    neighbours.map(({ run, told }, i) => {
      const label = labels[i] ?? "";
      const given = told?.name ?? null;
      if (given !== null) {
        if (named.get(given) === 1) return [run.key, given];
        return [run.key, `${given} (${label !== "" ? label : nameOf(run)})`];
      }
      if (label !== "" && counts.get(label) === 1) return [run.key, label];
      const name = nameOf(run);
      const isTimestamp = /^\d{4}-?\d\d-?\d\d[-_T ]?[\d:-]*$|^\d+$/.test(name);
      if (isTimestamp && label !== "") return [run.key, `${label} (${name})`];
      return [run.key, isTimestamp && run.id !== "." ? run.id : name];
    }),
  );
}

/** The run that the tracker says this one started from, or belongs under. */
function toldLineage(
  run: RunDir,
  told: Told | undefined,
  byId: ReadonlyMap<string, string>,
): Lineage | null {
  const parent = told?.parent ?? null;
  if (parent === null || parent.id === told?.id) return null;
  const key = byId.get(parent.id) ?? null;
  return key === run.key ? null : { key, text: parent.id, step: parent.step };
}
