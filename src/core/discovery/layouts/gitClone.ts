/**
 * A git clone of a hub repository: each revision with a step in its name is a checkpoint. The one that is checked out is
 * on this disk if its weights are; all others are remote.
 */

import { HF_WEIGHTS } from "../../formats/checkpoints/hfExport.js";
import { lfsPointerIn } from "../../formats/gitLfs.js";
import { FileError, type Files } from "../../io/files.js";
import { joinPath, resolvePath } from "../../io/path.js";
import { problem, type Problem } from "../../model/problem.js";
import type { Checkpoint } from "../../model/run.js";
import type { Laid, Layout, Place } from "./layout.js";
import { COMMIT, looseRefs, packedRefs, textOf } from "./refs.js";
import { multibertsName, revisionOf } from "./revisionNames.js";

export const gitClone: Layout = {
  system: "Hugging Face Hub",
  claims: (place) => place.has(".git") && place.has("config.json"),
  lay,
};

async function lay(place: Place, files: Files): Promise<Laid> {
  const taken = new Set([".git"]);
  const git = await gitDirectories(place, files);
  const refs = git ? await allRefs(files, git.common) : new Map<string, string>();
  const head = git && (await headCommit(files, git.own, refs));
  const isHere = await hasWeights(place, files);
  const multiberts = multibertsName(place.name);
  if (multiberts) {
    const { run, step } = multiberts;
    return {
      belongsTo: { sibling: run },
      taken,
      checkpoints: [made(place, step, place.name, isHere)],
    };
  }
  const checkpoints = new Map<number, Checkpoint>();
  const otherStages = new Map<string, number>();
  for (const [name, commit] of refs) {
    const short = name.replace(/^refs\/(heads|tags|remotes\/[^/]+)\//, "");
    const revision = revisionOf(short);
    if (!revision) continue;
    if (revision.stage !== null && revision.stage !== "stage1") {
      otherStages.set(revision.stage, (otherStages.get(revision.stage) ?? 0) + 1);
    } else if (commit === head || !checkpoints.has(revision.step)) {
      checkpoints.set(revision.step, made(place, revision.step, short, isHere && commit === head));
    }
  }
  return {
    belongsTo: "here",
    taken,
    checkpoints: [...checkpoints.values()],
    problems: stageProblems(place, otherStages),
  };
}

function made(place: Place, step: number, revision: string, isHere: boolean): Checkpoint {
  return isHere
    ? { step, path: place.path, container: "directory", format: "git" }
    : { step, path: `${place.path}@${revision}`, container: "remote", format: "git" };
}

/** Steps restart with every stage, so those of later stages are no steps of this run. */
function stageProblems(place: Place, stages: ReadonlyMap<string, number>): Problem[] {
  return [...stages].map(([stage, count]) =>
    problem(
      "git/other-stage",
      place.path,
      `${count} refs are of ${stage}, whose steps begin anew: they are not among this run's checkpoints`,
    ),
  );
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

async function headCommit(
  files: Files,
  own: string,
  refs: ReadonlyMap<string, string>,
): Promise<string | null> {
  const head = (await textOf(files, joinPath(own, "HEAD"), 4096))?.trim() ?? "";
  if (COMMIT.test(head)) return head;
  return refs.get(head.replace(/^ref: /, "")) ?? null;
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
