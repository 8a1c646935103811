/** The run and the checkpoint that a run started from, by its config's own words. */

import { checkpointDirectoryName, checkpointFileName } from "../formats/checkpoints/index.js";
import { DIGITS, PREFIX_N } from "../formats/checkpoints/namings.js";
import { stepInName } from "../formats/stepNames.js";
import { directoryOf, isInside, resolvePath, toSlashes } from "../io/path.js";
import type { Config } from "../model/config.js";
import type { Lineage, RunDir } from "../model/run.js";
import { isPartOfRun } from "./directoryRoles.js";

/** Last parts of keys that always name what a run started from. */
const STARTED_FROM = new RegExp(
  `^(resume(_from)?(_?(checkpoint|path|dir|ckpt|run))?(_path)?|init(iali[sz]e)?_from(_checkpoint)?(_path)?|` +
    `init(ial)?_(load|checkpoint|ckpt|weights?)(_path)?|load_(checkpoint|ckpt|from|weights)(_(path|dir))?|` +
    `restore(_(from|path|dir|file|checkpoint))?|parent(_(run|checkpoint))?|branch(ed)?(_from)?|start(ed)?_from|` +
    `from_checkpoint|warm_?start(_(from|path|ckpt))?|fine_?tuned?_from)$`,
);
/** Last parts that also name other things: they count where what they name is a run. */
const MAY_BE =
  /^(load|load_(path|dir)|(ckpt|checkpoint)_path|pretrained_(checkpoint|ckpt|path|model)(_(name_or_path|path))?|(base_)?model(_name_or_path|_path|_id)?)$/;

/** What keys below these words name is nothing that the run itself started from. */
const OF_OTHERS =
  /(^|\.)(data|dataset|dataloader|tokenizer|vocab\w*|eval\w*|teacher\w*|reward\w*|ref\w*)\./;
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
  return STARTED_FROM.test(lastPart(key)) && !OF_OTHERS.test(key.toLowerCase());
}

/** What the config says that the run started from: runs, checkpoints and models, as written. */
export function startedFrom(config: Config): string[] {
  const sure: string[] = [];
  const others: string[] = [];
  for (const [key, value] of config) {
    if (typeof value !== "string" || NO_NAME.test(value.trim())) continue;
    const part = lastPart(key);
    if (OF_OTHERS.test(key.toLowerCase())) continue;
    if (STARTED_FROM.test(part)) sure.push(value);
    else if (MAY_BE.test(part)) others.push(value);
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
  const isSure = new Set<string>();
  for (const [key, value] of config) {
    if (isLineageKey(key) && typeof value === "string") isSure.add(value);
  }
  const saves = [...config].flatMap(([key, value]) =>
    SAVES.test(lastPart(key)) && typeof value === "string" && value !== ""
      ? [toSlashes(value)]
      : [],
  );
  for (const given of startedFrom(config)) {
    const text = toSlashes(given);
    if (saves.some((folder) => isInside(folder, text))) continue;
    const key = findRun(text, run, runs, nameOf);
    if (key === run.key) return null;
    if (key !== null || isSure.has(given)) return { key, text, step: stepIn(config, text) };
  }
  return null;
}

function stepIn(config: Config, text: string): number | null {
  for (const [key, value] of config) {
    if (typeof value !== "number") continue;
    if (/(^|\.)(parent|branch|resume|init|start)([._]\w+)?[._]step$/i.test(key)) return value;
  }
  return withoutCheckpoint(text).step;
}

/** The names in a path without those at its end that are of a checkpoint and not of its run, and the step in these. */
function withoutCheckpoint(text: string): { names: string[]; step: number | null } {
  const names = text.split(/[/@]/).filter((part) => part !== "" && part !== ".");
  let step: number | null = null;
  for (let last = names.at(-1); last !== undefined; last = names.at(-1)) {
    const named = checkpointFileName(last) ?? checkpointDirectoryName(last);
    // Digits alone name a checkpoint only at the end, and what merely ends in digits names none.
    const isLoose = named?.naming === PREFIX_N || (named?.naming === DIGITS && step !== null);
    if ((!named || isLoose) && !isPartOfRun(last)) break;
    if (named && !isLoose && named.naming.counts === undefined) step ??= named.step;
    names.pop();
  }
  return { names, step };
}

/** The run that a path points into: resolved from the run or the folder searched, else the only one of that name. */
function findRun(
  text: string,
  run: RunDir,
  runs: ReadonlyMap<string, RunDir>,
  nameOf: (run: RunDir) => string,
): string | null {
  for (const from of [run.directory, run.root]) {
    const target = resolvePath(from, text);
    for (let path = target; path !== "/" && path !== ""; path = directoryOf(path)) {
      const isIts = path !== run.key || isOwnCheckpoint(target.slice(path.length));
      if (runs.has(path) && isIts) return path;
      if (path.length <= run.root.length) break;
    }
  }
  const wanted = withoutCheckpoint(text).names.at(-1);
  const found = [...runs.values()].filter((other) => nameOf(other) === wanted);
  return found.length === 1 ? (found[0] as RunDir).key : null;
}

/** True for what lies in a run and is a part of it: a name that only begins in its directory names something else. */
function isOwnCheckpoint(below: string): boolean {
  return below
    .split("/")
    .filter((part) => part !== "")
    .every((part) => isPartOfRun(part) || stepInName(part) !== null || /\.\w+$/.test(part));
}
