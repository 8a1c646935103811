/**
 * Which run an evaluated model is of, by its name or path: one that ends as the run's directory does, or as a name that
 * the run's configuration gives it. Nothing is looked up by such a path: it can be of another machine.
 */

import { modelWithoutStep } from "../formats/evaluated.js";
import { directoryOf, resolvePath, toSlashes } from "../io/path.js";
import type { JoinedBy, RunDir } from "../model/run.js";
import { isGenericOutput, isPartOfRun } from "./directoryRoles.js";
import { nameOf, type ConfiguredRun } from "./identifyRuns.js";
import { startedFrom } from "./lineage.js";

/** Names that a run goes by, each as the parts of a path. */
export interface NamedRun {
  readonly run: RunDir;
  readonly place: readonly string[];
  readonly names: readonly (readonly string[])[];
  /** Models that the run started from: they are not the run. */
  readonly origins: ReadonlySet<string>;
}

export type Match =
  | { readonly kind: "one"; readonly run: RunDir; readonly by: JoinedBy }
  | { readonly kind: "none" }
  | { readonly kind: "several"; readonly runs: readonly RunDir[] };

const NAMING =
  /(^|\.)(run_?name|exp(eriment)?_?name|(wandb|run|experiment|trainer|logger)[._]name|output_?dir|out_?dir|save_?dir|save_?folder|save_?path|checkpoint_?dir|ckpt_?dir|hub_model_id|hub_repo(_id)?)$|^(name|save|output)$/i;

export function namedRun({ run, config, told }: ConfiguredRun): NamedRun {
  const path = run.file === null ? run.directory : `${directoryOf(run.file)}/${nameOf(run)}`;
  const inPart = run.part !== null && run.file === null ? `${path}/${run.part}` : path;
  const given = [...config].flatMap(([key, value]) =>
    typeof value === "string" && NAMING.test(key.replaceAll("-", "_")) ? [value] : [],
  );
  if (told?.name) given.push(told.name);
  return {
    run,
    place: partsOf(inPart),
    names: given.map(partsOf).filter((parts) => parts.length > 0),
    origins: new Set(startedFrom(config).map((text) => partsOf(text).join("/").toLowerCase())),
  };
}

/** The run that `model`, as it is named in `file`, is of. O(runs × names). */
export function runOfModel(model: string, file: string, runs: readonly NamedRun[]): Match {
  const path = toSlashes(model);
  const parts = partsOf(modelWithoutStep(path));
  const isPath = /^[./~]|^[A-Za-z]:\//.test(path) || path.split("/").length > 2;
  let best = 0;
  let found: { readonly run: RunDir; readonly by: JoinedBy }[] = [];
  for (const { run, place, names, origins } of runs) {
    let score = commonEnd(parts, place);
    let by: JoinedBy = isPath && score > 1 ? "path" : "name";
    for (const name of names) {
      const own = commonEnd(parts, name);
      if (own > score) [score, by] = [own, "config"];
    }
    if (score === 0 || score < best || (score === 1 && isCommon(parts.at(-1) ?? ""))) continue;
    if (!(by === "path" && isPath) && origins.has(parts.join("/").toLowerCase())) continue;
    if (score > best) found = [];
    best = score;
    found.push({ run, by });
  }
  if (found.length > 1) {
    const nearer = found.filter(({ run }) => liesAlong(model, file, run));
    if (nearer.length === 1) found = nearer;
  }
  const [only] = found;
  if (!only) return { kind: "none" };
  return found.length === 1
    ? { kind: "one", ...only }
    : { kind: "several", runs: found.map(({ run }) => run) };
}

/** True where a relative path, taken from a directory above the results, leads into the run. */
function liesAlong(model: string, file: string, { directory, root }: RunDir): boolean {
  if (/^([A-Za-z]:)?\//.test(model)) return false;
  for (let from = directoryOf(file); from.length >= root.length; from = directoryOf(from)) {
    const target = resolvePath(from, model);
    if (target === directory || target.startsWith(`${directory}/`)) return true;
    if (from === "/") break;
  }
  return false;
}

/** The parts of a path or name that tell models apart: without those that every run's output has at its end. */
function partsOf(text: string): string[] {
  const parts = toSlashes(text)
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== ".." && part !== "~");
  const cached = parts.findIndex((part) => part.startsWith("models--"));
  if (cached >= 0)
    return [...parts.slice(0, cached), ...(parts[cached] ?? "").split("--").slice(1)];
  while (parts.length > 1 && isEnd(parts.at(-1) ?? "")) parts.pop();
  return parts;
}

function isEnd(part: string): boolean {
  return (
    isPartOfRun(part) || /^(final|last|best|latest)([-_](model|checkpoint|ckpt))?$/i.test(part)
  );
}

/** A name that does not tell by itself which run it is. */
function isCommon(part: string): boolean {
  return isGenericOutput(part) || isPartOfRun(part) || /^[\d_.:-]*$/.test(part);
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (
    count < a.length &&
    count < b.length &&
    a[a.length - 1 - count]?.toLowerCase() === b[b.length - 1 - count]?.toLowerCase()
  ) {
    count += 1;
  }
  return count;
}
