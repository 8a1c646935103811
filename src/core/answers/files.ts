/** The answer to "what became of every file": `onset files`. */

import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import type { FilePoints } from "../catalog/runReading.js";
import { listFiles } from "../discovery/listFiles.js";
import { lookInto } from "../discovery/unreadLook.js";
import { isPayload, unreadReason, type UnreadReason } from "../discovery/unreadReason.js";
import { examplesReaders } from "../formats/examples/index.js";
import { readerOf } from "../formats/index.js";
import { FileError, type Files } from "../io/files.js";
import { baseName, directoryOf } from "../io/path.js";
import type { Problem } from "../model/problem.js";

/** What a file is to its runs. */
export type FileRole =
  "log" | "history" | "evaluation" | "examples" | "config" | "checkpoint" | "manifest" | "settings";

export interface FileAnswer {
  /** Absolute path. */
  readonly file: string;
  /** Ids of the runs that it is a part of. */
  readonly runs: readonly string[];
  readonly role: FileRole | null;
  /** Points that `onset metrics` gives for these runs and that came from this file. */
  readonly points: number;
  /** Null where the file was read. */
  readonly reason: UnreadReason | null;
  /** In words, where there is more to say: what it repeats, what is wrong with it. */
  readonly detail: string | null;
}

/** A file's part in the runs, before it is known which files there are. */
interface Part {
  readonly runs: Set<string>;
  role: FileRole;
  points: number;
  /** Points that it holds, those that another file has too included. */
  read: number;
}

/** Reads all runs, then accounts for every file under the catalog's folders, in the order of their paths. */
export async function answerFiles(
  catalog: Catalog,
  files: Files,
  onProgress: (done: number, of: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<FileAnswer[]> {
  const account = new Account();
  const runs = catalog.runs();
  for (const [index, { key }] of runs.entries()) {
    account.addRun(catalog.idOf(key), await catalog.load(key, signal));
    onProgress(index + 1, runs.length);
  }
  const problems = new Map<string, Problem>();
  for (const found of catalog.problems()) {
    // That a file says no step is why none of it was read, whatever else is wrong with it.
    const isDecisive = found.code.endsWith("/no-step");
    if (isDecisive || !problems.has(found.file)) problems.set(found.file, found);
  }
  const answers: FileAnswer[] = [];
  const seen = new Set<string>();
  for (const { path: folder } of catalog.searched()) {
    for await (const { path, kind } of listFiles(files, folder, signal)) {
      if (seen.has(path)) continue;
      seen.add(path);
      const target = kind === "link" ? await targetOf(files, path) : null;
      const answer = account.answer(path, target, problems.get(path));
      const isUnknown = answer.reason === "not-training-data" && answer.role === null;
      const told = isUnknown && target === null ? await lookInto(files, path) : null;
      answers.push(told ? { ...answer, ...told } : answer);
    }
  }
  return answers;
}

async function targetOf(files: Files, link: string): Promise<string | null> {
  try {
    const target = await files.realPath(link);
    return target === link ? null : target;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return null;
  }
}

class Account {
  private readonly parts = new Map<string, Part>();
  /** Checkpoints and config directories by path: what lies in them is theirs. */
  private readonly directories = new Map<string, Part>();

  addRun(id: string, { run, pointsByFile }: LoadedRun): void {
    for (const [file, points] of pointsByFile) {
      const source = run.sources.find((candidate) => candidate.file === file);
      const role = source ? readerOf(source.format).kind : "evaluation";
      this.add(this.parts, file, id, role, points);
    }
    if (run.file !== null && run.sources.length === 0) {
      this.add(this.parts, run.file, id, "manifest");
    }
    for (const { file } of run.examples ?? []) this.add(this.parts, file, id, "examples");
    for (const config of run.configs) {
      this.add(this.parts, config, id, "config");
      this.add(this.directories, config, id, "config");
    }
    for (const { path, container } of run.checkpoints) {
      if (container === "remote") continue;
      const places = container === "file" ? this.parts : this.directories;
      this.add(places, path, id, "checkpoint");
    }
  }

  private add(
    places: Map<string, Part>,
    path: string,
    run: string,
    role: FileRole,
    { read, kept }: FilePoints = { read: 0, kept: 0 },
  ): void {
    const part = places.get(path);
    if (!part) places.set(path, { runs: new Set([run]), role, points: kept, read });
    else {
      part.runs.add(run);
      part.points += kept;
      part.read += read;
    }
  }

  answer(file: string, target: string | null, found: Problem | undefined): FileAnswer {
    const name = baseName(file);
    const part = this.parts.get(file) ?? this.directoryOf(file);
    const answer = (reason: UnreadReason | null, detail: string | null = null): FileAnswer => ({
      file,
      runs: part ? [...part.runs].sort() : [],
      role: part?.role ?? null,
      points: part?.points ?? 0,
      reason,
      detail: detail ?? (reason !== null && found ? found.message : null),
    });
    if (target !== null && !this.parts.has(file)) return answer("duplicate-of", target);
    if (part?.role === "checkpoint") {
      return answer(isPayload(name) || this.parts.has(file) ? "payload" : unreadReason(name));
    }
    if (part) {
      if (part.points > 0 || part.role === "config" || part.role === "manifest") {
        return answer(null);
      }
      if (part.read > 0) return answer("duplicate-of", "all its points are in another file too");
      return found ? answer(reasonOfProblem(found)) : answer(null);
    }
    if (name === "onset.json") return { ...answer(null), role: "settings" };
    if (!found && (isRepeated(name) || this.isLatestOf(file))) {
      return answer("duplicate-of", "a log beside it");
    }
    if (
      !found &&
      examplesReaders.some((one) => !one.within && one.claims(name, null).kind === "yes")
    ) {
      return answer("no-step", "examples whose results name no step");
    }
    return answer(found ? reasonOfProblem(found) : unreadReason(name));
  }

  /** True for DVCLive's latest values, where the tables that they repeat were read. */
  private isLatestOf(file: string): boolean {
    if (baseName(file) !== "metrics.json") return false;
    const tables = `${directoryOf(file)}/plots/metrics/`;
    return [...this.parts.keys()].some((path) => path.startsWith(tables));
  }

  /** The checkpoint or config directory that a file lies in. */
  private directoryOf(file: string): Part | undefined {
    for (let path = directoryOf(file); path !== "/"; path = directoryOf(path)) {
      const part = this.directories.get(path);
      if (part) return part;
    }
    return undefined;
  }
}

/** Final values that a tracker writes beside its log, and what stands for a link to a run. */
function isRepeated(name: string): boolean {
  return name === "wandb-summary.json" || /^latest-run(\.\d+)?$/.test(name);
}

/** `…/no-step` is no damage: the file is whole, and says no step. Nor is what was not downloaded. */
function reasonOfProblem({ code }: Problem): UnreadReason {
  if (code.endsWith("/no-step")) return "no-step";
  return code.endsWith("/unsupported") ? "unsupported" : "damaged";
}
