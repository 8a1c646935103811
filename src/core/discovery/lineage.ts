/** The run and the checkpoint that a run started from, by its config's own words. */

import { checkpointFileName } from "../formats/checkpoints/index.js";
import { modelWithoutStep, stepInPath } from "../formats/evaluated.js";
import { directoryOf, isInside, resolvePath, toSlashes } from "../io/path.js";
import type { Config } from "../model/config.js";
import type { Lineage, RunDir } from "../model/run.js";
import { isPartOfRun } from "./directoryRoles.js";

/** Last parts of keys that always name what a run started from. */
const STARTED_FROM = new RegExp(
  `^(resume(_from)?(_?(checkpoint|path|dir|ckpt|run))?(_path)?|init(iali[sz]e)?_from(_checkpoint)?(_path)?|` +
    `init(ial)?_(load|checkpoint|ckpt|weights?)(_path)?|load_(checkpoint|ckpt|from|weights)(_(path|dir))?|` +
    `restore(_(from|path|dir|file|checkpoint))?|parent(_(run|checkpoint))?|branch(ed)?(_from)?|` +
    `start(ed)?_from|from_checkpoint|warm_?start(_(from|path|ckpt))?|fine_?tuned?_from(_model)?)$`,
);
/** Last parts that also name other things: they count where what they name is a run. */
const MAY_BE =
  /^(load|load_(path|dir)|(ckpt|checkpoint)_path|pretrained_(checkpoint|ckpt|path|model)(_(name_or_path|path))?|(base_)?model(_name_or_path|_path|_id)?)$/;
/** What such keys name of other things. */
const OF_OTHERS = /(^|[._])(data|dataset|tokenizer|vocab\w*|eval\w*|teacher|reward\w*|ref\w*)[._]/i;
/** Where a run saves: what it loads from there is its own. */
const SAVES = /^(save|save_(folder|dir|path)|output_dir|checkpoints_path|checkpoint_dir)$/;

/** Words in place of a name: to begin anew, or to go on where the run itself stopped. */
const NO_NAME =
  /^(|scratch|auto|latest|last|best|none|null|nan|true|false|yes|no|resume|must|allow|never|random)$/i;

function lastPart(key: string): string {
  return key
    .slice(key.lastIndexOf(".") + 1)
    .toLowerCase()
    .replaceAll("-", "_");
}

/** True for keys that say what a run started from, and nothing of how it went on. */
export function isLineageKey(key: string): boolean {
  return STARTED_FROM.test(lastPart(key)) && !OF_OTHERS.test(key);
}

/** What the config says that the run started from: runs, checkpoints and models, as written; the surer ones first. */
export function startedFrom(config: Config): string[] {
  const sure: string[] = [];
  const others: string[] = [];
  for (const [key, value] of config) {
    if (typeof value !== "string" || NO_NAME.test(value.trim())) continue;
    if (isLineageKey(key)) sure.push(value);
    else if (MAY_BE.test(lastPart(key)) && !OF_OTHERS.test(key)) others.push(value);
  }
  return [...sure, ...others];
}

/** The run and step that this one started from; null where the config names none, or the run itself. */
export function lineageOf(
  run: RunDir,
  config: Config,
  runs: ReadonlyMap<string, RunDir>,
  nameOf: (run: RunDir) => string,
): Lineage | null {
  const saved: string[] = [];
  const sure = new Set<string>();
  for (const [key, value] of config) {
    if (typeof value !== "string" || value === "") continue;
    if (SAVES.test(lastPart(key))) saved.push(toSlashes(value));
    if (isLineageKey(key)) sure.add(value);
  }
  for (const given of startedFrom(config)) {
    const text = toSlashes(given);
    if (saved.some((folder) => isInside(folder, text))) continue;
    const { names, step } = withoutCheckpoint(text);
    const key = findRun(text, names, run, runs, nameOf);
    if (key === run.key) return null;
    // A word that names no run and no checkpoint is a model of somewhere else, such as `gpt2`.
    const isPlace = step !== null || text.includes("/");
    if (key !== null || (sure.has(given) && isPlace)) {
      return { key, text, step: stepIn(config) ?? step };
    }
  }
  return null;
}

function stepIn(config: Config): number | null {
  for (const [key, value] of config) {
    if (typeof value !== "number") continue;
    if (/(^|\.)(parent|branch|resume|init|start)([._]\w+)?[._]step$/i.test(key)) return value;
  }
  return null;
}

/** The names in a path without those at its end that are of a checkpoint and not of its run, and the step in these. */
export function withoutCheckpoint(text: string): { names: string[]; step: number | null } {
  const parts = text.split(/[/@]/).filter((part) => part !== "" && part !== ".");
  const file = checkpointFileName(parts.at(-1) ?? "");
  if (file) parts.pop();
  const path = parts.join("/");
  const names = modelWithoutStep(path)
    .split("/")
    .filter((part) => part !== "");
  while (names.length > 0 && isPartOfRun(names.at(-1) ?? "")) names.pop();
  return { names, step: file?.step ?? stepInPath(path) };
}

/** The run that a path points into: resolved from the run or the folder searched, else the only one of that name. */
function findRun(
  text: string,
  names: readonly string[],
  run: RunDir,
  runs: ReadonlyMap<string, RunDir>,
  nameOf: (run: RunDir) => string,
): string | null {
  // Of nothing but a checkpoint: one of the run's own.
  if (names.length === 0) return run.key;
  for (const from of [run.directory, run.root]) {
    // What a path leads to from here lies beside or below it, not above.
    for (let path = resolvePath(from, text); path.length > 1; path = directoryOf(path)) {
      if (isInside(path, from) && path !== run.key) break;
      if (path !== run.key && runs.has(path)) return path;
    }
  }
  const wanted = names.at(-1);
  const found = [...runs.values()].filter((other) => nameOf(other) === wanted);
  return found.length === 1 ? (found[0] as RunDir).key : null;
}
