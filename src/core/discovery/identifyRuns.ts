/**
 * What a run is among its neighbours: its experiment, its seed and seed group (M13), the label of the keys that differ,
 * and the run that it branched from. Needs the configs of all runs, but no metrics.
 */

import { checkpointDirectoryName, checkpointFileName } from "../formats/checkpoints/index.js";
import { PREFIX_N } from "../formats/checkpoints/namings.js";
import { baseName, directoryOf, isInside, resolvePath, toSlashes } from "../io/path.js";
import { formatConfigValue, sameValue, type Config, type ConfigValue } from "../model/config.js";
import type { Lineage, RunDir, RunIdentity } from "../model/run.js";
import type { Told } from "../model/told.js";
import { publishedRunOf } from "../model/suites.js";
import { isPartOfRun, isTrackers } from "./directoryRoles.js";

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
    const groups = groupBySeed(neighbours);
    const labels = labelRuns(neighbours);
    for (const { run, config, told } of neighbours) {
      identities.set(run.key, {
        label: labels.get(run.key) ?? nameOf(run),
        experiment: experimentOf(run),
        config,
        seed: seedOf(run, config),
        seedGroup: groups.get(run.key) ?? null,
        parent: toldLineage(run, told, byId) ?? lineageOf(run, config, byPath),
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
    .filter((part) => !WHOLLY_SEED.test(part) && part !== "lightning_logs" && !isTrackers(part))
    .join("/");
}

const WHOLLY_SEED = /^(seed[-_=]?\d+|s\d+)$/i;
const SEED_IN_NAME = /(^|[/_.#-])(?:[sS]eed[-_=]?|SEED[-_=]?|s)(\d+)(?=$|[/_.-])/g;

/** The last seed that a path names, and the path without any: `k1_s0.jsonl` gives 0 and `k1.jsonl`. */
function seedInPath(path: string): { seed: number | string; rest: string } | null {
  // Of a suite whose revisions tell seeds apart by words.
  const word = /^(.*#(?:.*-)?)seed-([a-z][\w-]*)$/.exec(path);
  if (word) return { seed: word[2] ?? "", rest: word[1] ?? "" };
  const matches = [...path.matchAll(SEED_IN_NAME)];
  const last = matches[matches.length - 1];
  return last ? { seed: Number(last[2]), rest: path.replace(SEED_IN_NAME, "$1") } : null;
}

function isSeedKey(key: string): boolean {
  return /(^|[._-])seed$/i.test(key);
}

/** Keys that differ between runs without being a difference in what was trained. */
const INCIDENTAL =
  /(^|[._-])(name|run_?name|exp_?name|run_?id|id|uuid|path|dir|directory|folder|file|root|output|time|timestamp|date|(?:started|created|finished)(?:_?at)?|script|cuda_visible_devices|host|hostname|user|username|device|pid|commit|sha|git|entity|project|group|tags|notes|job_?id|rank|port)$|^(wandb|slurm|_wandb|mlflow|git|env)\b/i;
/** Keys that name what a run started from, as training systems and their users call them; wherever in the config. */
const LINEAGE =
  /(^|[._])(resume|resume_(from|path)|(resume_)?(from|load|init|initial|restore|pretrained)_checkpoint(_path|_dir)?|resume_from_checkpoint|resume_checkpoint(_path)?|init_from|initialize_from(_checkpoint_path)?|(initial_)?load_(path|from|dir)|load|restore_(path|from|file)|parent|branch(_from)?|start_from|warm_start(_from)?|finetune_from(_model)?)(\.|$)/i;
/** What these keys name of other things. */
const OF_OTHERS = /(^|[._])(data|dataset|tokenizer|vocab\w*|eval\w*|teacher|reward\w*|ref\w*)[._]/i;
/** Where a run saves: what it loads from there is its own. */
const SAVES = /(^|[._])(save|save_(folder|dir|path)|output_dir|checkpoints_path|checkpoint_dir)$/i;

function isIncidental(key: string, value: ConfigValue): boolean {
  return (
    INCIDENTAL.test(key) ||
    LINEAGE.test(key) ||
    (typeof value === "string" && /^(\.{0,2}|~|[A-Za-z]:)[/\\]|:\/\//.test(value))
  );
}

/** The seed: of the key `seed`, else of another seed key, else in the run's path; null where none is known. */
export function seedOf(run: RunDir, config: Config): string | number | null {
  const plain = config.get("seed");
  if (typeof plain === "number" || typeof plain === "string") return plain;
  for (const [key, value] of config) {
    if (isSeedKey(key) && typeof value === "number") return value;
  }
  return seedInPath(run.id)?.seed ?? publishedRunOf(run)?.seed ?? null;
}

/** Set for runs of a suite of which nothing but the published model is known. */
function publishedGroup(run: RunDir, config: Config): string | null {
  const isModelOnly = config.size === 0 || config.has("model_type");
  return isModelOnly ? (publishedRunOf(run)?.group ?? null) : null;
}

/** Names of the groups by run key, for runs whose seed is known. */
function groupBySeed(neighbours: readonly ConfiguredRun[]): Map<string, string> {
  const members = new Map<string, ConfiguredRun[]>();
  for (const configured of neighbours) {
    const { run, config } = configured;
    if (seedOf(run, config) === null) continue;
    const published = publishedGroup(run, config);
    // What libraries add to a model's config from release to release does not tell published runs apart.
    const recipe = JSON.stringify(
      published !== null
        ? [published]
        : [
            seedInPath(run.id)?.rest ?? "",
            ...[...config]
              .filter(([key, value]) => !isSeedKey(key) && !isIncidental(key, value))
              .sort(([a], [b]) => (a < b ? -1 : 1)),
          ],
    );
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
    const recipe =
      publishedGroup(first.run, first.config) ?? (keys === "" ? recipeName(first.run) : keys);
    const base = [experiment, recipe].filter((part) => part !== "").join("/") || nameOf(first.run);
    let name = base;
    if (taken.has(name)) name = `${base} (${recipeName(first.run)})`;
    for (let n = 2; taken.has(name); n++) name = `${base} (${n})`;
    taken.add(name);
    for (const { run } of group) names.set(run.key, name);
  }
  return names;
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
      if (isIncidental(key, value)) continue;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (!values.has(key)) values.set(key, value);
      else if (!sameValue(values.get(key), value)) differing.add(key);
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

/** The run and step that this one started from, by the config's own words; null where it names none or itself. */
function lineageOf(run: RunDir, config: Config, runs: ReadonlyMap<string, RunDir>): Lineage | null {
  const own = [...config].flatMap(([key, value]) =>
    SAVES.test(key) && typeof value === "string" && value !== "" ? [toSlashes(value)] : [],
  );
  for (const [key, value] of config) {
    if (!LINEAGE.test(key) || OF_OTHERS.test(key) || /step$/i.test(key)) continue;
    if (typeof value !== "string" || value === "") continue;
    const text = toSlashes(value);
    if (own.some((folder) => isInside(folder, text))) continue;
    const lineage = lineageBy(text, run, config, runs);
    if (lineage) return lineage.key === run.key ? null : lineage;
  }
  return null;
}

/** Null for a word that names no run and no checkpoint: `scratch`, `auto`, `gpt2`. */
function lineageBy(
  text: string,
  run: RunDir,
  config: Config,
  runs: ReadonlyMap<string, RunDir>,
): Lineage | null {
  const stepKey = [...config].find(
    ([key, value]) =>
      /^(parent|branch|resume|init|start)([._]\w+)?[._]step$/i.test(key) &&
      typeof value === "number",
  );
  const { names, step: named } = withoutCheckpoint(text);
  const step = typeof stepKey?.[1] === "number" ? stepKey[1] : named;
  const key = findRun(text, names, run, runs);
  return key === null && named === null && !text.includes("/") ? null : { key, text, step };
}

/** The names in a path without those at its end that are of a checkpoint and not of its run, and the step in these. */
function withoutCheckpoint(text: string): { names: string[]; step: number | null } {
  const names = text.split(/[/@]/).filter((part) => part !== "" && part !== ".");
  let step: number | null = null;
  for (let last = names.at(-1); last !== undefined; last = names.at(-1)) {
    const file = checkpointFileName(last);
    const directory = checkpointDirectoryName(last);
    const isNumber = /^\d+$/.test(last);
    const isDirectory = directory !== null && directory.naming !== PREFIX_N;
    if (!file && !isPartOfRun(last) && (!isDirectory || (isNumber && step !== null))) break;
    const named = file ?? (isDirectory ? directory : null);
    if (named?.naming.counts === undefined) step ??= named?.step ?? null;
    names.pop();
  }
  return { names, step };
}

/** The run that a path points into: resolved from the run or the folder searched, else the only one of that name. */
function findRun(
  text: string,
  names: readonly string[],
  run: RunDir,
  runs: ReadonlyMap<string, RunDir>,
): string | null {
  // Of nothing but a checkpoint: one of the run's own.
  if (names.length === 0) return run.key;
  for (const from of [run.directory, run.root]) {
    // What a path leads to from here lies beside or below it, not above.
    for (let path = resolvePath(from, text); !isInside(path, from); path = directoryOf(path)) {
      if (runs.has(path)) return path;
    }
  }
  const wanted = names.at(-1);
  const found = [...runs.values()].filter((other) => nameOf(other) === wanted);
  return found.length === 1 ? (found[0] as RunDir).key : null;
}
