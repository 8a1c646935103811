/**
 * A git clone of a hub repository: each revision with a step in its name is a checkpoint. The one that is checked out is
 * on this disk if its weights are; all others are remote.
 */

import { HF_WEIGHTS } from "../../formats/checkpoints/hfExport.js";
import { lfsPointerIn } from "../../formats/gitLfs.js";
import { FileError, type Files } from "../../io/files.js";
import { joinPath, resolvePath } from "../../io/path.js";
import { publishedRunOf } from "../../model/suites.js";
import type { Checkpoint } from "../../model/run.js";
import type { Laid, Layout, Place } from "./layout.js";
import { COMMIT, looseRefs, packedRefs, textOf } from "./refs.js";
import { multibertsName, revisionOf, tokensOf } from "../../formats/revisionNames.js";

/** Of a clone that is not checked out, or of what the hub puts into every repository. */
const WITHOUT_FILES = /^(\.git|\.gitattributes|README\.md)$/;

export const gitClone: Layout = {
  system: "Hugging Face Hub",
  claims: (place) =>
    isBare(place) ||
    (place.has(".git") &&
      (place.has("config.json") || place.entries.every(({ name }) => WITHOUT_FILES.test(name)))),
  lay,
};

function isBare(place: Place): boolean {
  return ["HEAD", "objects", "refs"].every((name) => place.has(name));
}

async function lay(place: Place, files: Files): Promise<Laid | null> {
  const bare = isBare(place);
  const git = bare ? { own: place.path, common: place.path } : await gitDirectories(place, files);
  const refs = git ? await allRefs(files, git.common) : new Map<string, string>();
  const head = git && (await headOf(files, git.own, refs));
  const isHere = !bare && (await hasWeights(place, files));
  const taken = bare ? "all" : new Set([".git"]);
  const name = place.name.replace(/\.git$/, "");
  const multiberts = multibertsName(name);
  if (multiberts) {
    const { run, step } = multiberts;
    const checkpoint = made(place, step, name, isHere);
    return { belongsTo: { sibling: run }, taken, checkpoints: [checkpoint] };
  }
  const found = new Map<string | null, Map<number, Checkpoint>>();
  for (const [ref, commit] of refs) {
    const short = ref.replace(/^refs\/(heads|tags|remotes\/[^/]+)\//, "");
    const revision = revisionOf(short);
    if (!revision) continue;
    const { part, step } = revision;
    const own = found.get(part) ?? new Map<number, Checkpoint>();
    found.set(part, own);
    if (commit !== head?.commit && own.has(step)) continue;
    const checkpoint = made(place, step, short, isHere && commit === head?.commit);
    own.set(step, { ...checkpoint, ...tokensOf(short, revision) });
  }
  const main = found.get(null) ?? new Map<number, Checkpoint>();
  const last = publishedRunOf({ directory: place.path, part: name, systems: [] })?.lastStep;
  if (last !== undefined && head?.branch === "main" && (isHere || !main.has(last))) {
    main.set(last, made(place, last, "main", isHere));
  }
  if (main.size === 0 && found.size === 0 && !place.has("config.json")) return null;
  found.delete(null);
  return {
    belongsTo: "here",
    taken,
    checkpoints: [...main.values()],
    parts: new Map([...found].map(([part, own]) => [part ?? "", [...own.values()]])),
  };
}

function made(place: Place, step: number, revision: string, isHere: boolean): Checkpoint {
  return isHere
    ? { step, path: place.path, container: "directory", format: "git" }
    : { step, path: `${place.path}@${revision}`, container: "remote", format: "git" };
}

/**
 * `.git` itself, or what the `.git` file of a worktree or submodule points to: its own directory, and the one with the
 * refs. Null where that directory does not say in turn that it is this one's: a path in a file is not followed for itself.
 */
async function gitDirectories(
  place: Place,
  files: Files,
): Promise<{ own: string; common: string } | null> {
  const path = joinPath(place.path, ".git");
  if (place.entries.some(({ name, kind }) => name === ".git" && kind === "directory")) {
    return { own: path, common: path };
  }
  const target = /^gitdir: (.+)$/m.exec((await textOf(files, path, 4096)) ?? "")?.[1];
  if (target === undefined) return null;
  const own = resolvePath(place.path, target.trim());
  const back = (await textOf(files, joinPath(own, "gitdir"), 4096))?.trim();
  const config = (await textOf(files, joinPath(own, "config"), 65_536)) ?? "";
  const worktree = /^\s*worktree\s*=\s*(.+?)\s*$/m.exec(config)?.[1];
  const isOwn =
    (await isSame(files, back && resolvePath(own, back), path)) ||
    (await isSame(files, worktree && resolvePath(own, worktree), place.path));
  if (!isOwn) return null;
  const common = (await textOf(files, joinPath(own, "commondir"), 4096))?.trim();
  return { own, common: common === undefined ? own : resolvePath(own, common) };
}

async function isSame(files: Files, a: string | undefined, b: string): Promise<boolean> {
  if (a === undefined || a === "") return false;
  try {
    return (await files.realPath(a)) === (await files.realPath(b));
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** Commits by full ref name. A loose ref is newer than a packed one. */
async function allRefs(files: Files, common: string): Promise<Map<string, string>> {
  const refs = packedRefs((await textOf(files, joinPath(common, "packed-refs"))) ?? "");
  await looseRefs(files, joinPath(common, "refs"), refs, "refs/");
  return refs;
}

/** What is checked out: its commit, and the branch that it is on, if it is on one. */
async function headOf(
  files: Files,
  own: string,
  refs: ReadonlyMap<string, string>,
): Promise<{ commit: string | null; branch: string | null }> {
  const head = (await textOf(files, joinPath(own, "HEAD"), 4096))?.trim() ?? "";
  if (COMMIT.test(head)) return { commit: head, branch: null };
  const ref = head.replace(/^ref: /, "");
  return { commit: refs.get(ref) ?? null, branch: ref.replace(/^refs\/heads\//, "") };
}

/** True where a weight file holds weights, and not a Git LFS pointer to them. */
async function hasWeights(place: Place, files: Files): Promise<boolean> {
  const weights = place.entries.find(
    ({ name, kind }) => kind !== "directory" && HF_WEIGHTS.test(name),
  );
  if (!weights) return false;
  try {
    const source = await files.open(joinPath(place.path, weights.name));
    try {
      return (await lfsPointerIn(source)) === null;
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}
