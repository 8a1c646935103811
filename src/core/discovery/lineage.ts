/** The run and the checkpoint that a run started from, by its config's own words. */

import { stepInName } from "../formats/stepNames.js";
import { directoryOf, resolvePath, toSlashes } from "../io/path.js";
import type { Config } from "../model/config.js";
import type { Lineage, RunDir } from "../model/run.js";
import { isPartOfRun } from "./directoryRoles.js";

/** Last parts of keys that always name what a run started from. */
const STARTED_FROM = new RegExp(
  `^(resume(_from)?(_?(checkpoint|path|dir|ckpt|run))?(_path)?|init(iali[sz]e)?_from(_checkpoint)?|` +
    `init(ial)?_(checkpoint|ckpt|weights?)(_path)?|load_(checkpoint|ckpt|from|weights)(_(path|dir))?|` +
    `restore(_(from|path|dir|checkpoint))?|parent(_(run|checkpoint))?|branch(ed)?(_from)?|start(ed)?_from|` +
    `from_checkpoint|warm_?start(_(from|path|ckpt))?|fine_?tuned?_from)$`,
);
/** Last parts that also name other things: they count where what they name is a run. */
const MAY_BE =
  /^(load|load_(path|dir)|(ckpt|checkpoint)_path|pretrained_(checkpoint|ckpt|path|model)(_(name_or_path|path))?|(base_)?model(_name_or_path|_path|_id)?)$/;

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
  return STARTED_FROM.test(lastPart(key));
}

/** What the config says that the run started from: runs, checkpoints and models, as written. */
export function startedFrom(config: Config): string[] {
  const sure: string[] = [];
  const others: string[] = [];
  for (const [key, value] of config) {
    if (typeof value !== "string" || NO_NAME.test(value.trim())) continue;
    const part = lastPart(key);
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
  for (const given of startedFrom(config)) {
    const text = toSlashes(given);
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
  const parts = text.split("/").filter((part) => part !== "");
  return stepInName(parts.at(-1) ?? "") ?? stepInName(parts.at(-2) ?? "");
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
  const names = text.split("/").filter((part) => part !== "" && !isPartOfRun(part));
  const wanted = names.filter((part) => stepInName(part) === null).at(-1);
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
