/**
 * Finds the runs under a folder: which directories and files are runs, and which of their files are read for what. Works
 * from names, and from the first bytes of a file where its name is not enough. Nothing is parsed, no link to a directory
 * is followed, no checkpoint is entered.
 */

import { layouts } from "./layouts/index.js";
import { placeOf, type BelongsTo, type Laid, type Layout } from "./layouts/layout.js";
import { systemsOf } from "./systems.js";
import { listedRuns } from "./listedRuns.js";
import { CheckpointSettling, type Settled } from "./checkpointSettling.js";
import {
  isEvaluations,
  isGenericLogName,
  isGenericOutput,
  isNeverEntered,
  isPartOfRun,
  isTrackers,
  splitOf,
} from "./directoryRoles.js";
import { examplesReaderOf, examplesReaders } from "../formats/examples/index.js";
import type { ExamplesReader } from "../formats/examples.js";
import { readers } from "../formats/index.js";
import { closeAll, openBeside } from "../formats/beside.js";
import { mayBeManifest } from "../formats/manifests/index.js";
import { compareConfigs, isConfigName, mayBeConfig } from "../formats/configFile.js";
import { lfsPointer } from "../formats/gitLfs.js";
import { isLogName } from "../formats/logNames.js";
import { TRAINING_ARGS } from "../formats/pickledConfig.js";
import { HEAD_BYTES, NO, type Examined, type HeadFacts, type Reader } from "../formats/reader.js";
import {
  checkpointDirectoryName,
  checkpointFileName,
  checkpointFormatOf,
  type CheckpointName,
} from "../formats/checkpoints/index.js";
import { evaluationStem, isShotsDirectory, stepInName } from "../formats/stepNames.js";
import { tfevents } from "../formats/tfevents.js";
import { trainerState } from "../formats/trainerState.js";
import {
  FileError,
  readRange,
  type ByteSource,
  type Entry,
  type Files,
  type FileStamp,
} from "../io/files.js";
import { createLimit } from "../io/limit.js";
import {
  baseName,
  compareNames,
  directoryOf,
  isInside,
  joinPath,
  relativePath,
} from "../io/path.js";
import { CheckpointList } from "../model/checkpointList.js";
import { problem, reasonOf, type Problem } from "../model/problem.js";
import type { Checkpoint, ExamplesSource, RunDir, Source } from "../model/run.js";

export interface DiscoverOptions {
  /** True for a path, relative to the folder, that the user does not want to be looked at. */
  readonly isExcluded: (path: string) => boolean;
  /** Directories that are listed at once. */
  readonly concurrency?: number;
  /** Looks only for what belongs to the folder's own run, and not for runs further down. */
  readonly ownRunOnly?: boolean;
  /** What was found in files' first bytes, kept between walks: files that grow begin as they did. */
  readonly claims?: Map<string, KeptClaim>;
}

export interface KeptClaim {
  readonly stamp: FileStamp;
  /** Bytes of the file's beginning that were looked at. */
  readonly looked: number;
  readonly claimed: Claimed | null;
}

interface Claimed {
  /** Null for a file of nothing but examples. */
  readonly reader: Reader | null;
  /** Format of the examples in the file. */
  readonly examples: string | null;
  /** The model that an evaluation is of, where the first bytes tell. */
  readonly model: string | null;
  readonly facts: HeadFacts | null;
}

export interface Discovered {
  readonly runs: readonly RunDir[];
  /** Examples whose directory is no run: they are of the run whose results they name, or in whose directory they lie. */
  readonly examples?: readonly ExamplesSource[];
  readonly problems: readonly Problem[];
}

const MAX_DEPTH = 24;

/** Walks `root` once and calls `onFound` as directories are done, in no order. Unreadable places become problems. */
export async function discoverRuns(
  files: Files,
  root: string,
  options: DiscoverOptions,
  onFound: (found: Discovered) => void,
  signal?: AbortSignal,
): Promise<void> {
  const walk = new Walk(files, root, options, onFound, signal);
  await walk.start();
}

/** Discovery into a list, sorted by id. */
export async function discoverAll(
  files: Files,
  root: string,
  options: DiscoverOptions = { isExcluded: () => false },
  signal?: AbortSignal,
): Promise<Discovered> {
  const runs: RunDir[] = [];
  const problems: Problem[] = [];
  await discoverRuns(
    files,
    root,
    options,
    (found) => {
      runs.push(...found.runs);
      problems.push(...found.problems);
    },
    signal,
  );
  return { runs: runs.sort((a, b) => compareNames(a.id, b.id)), problems };
}

interface LogFile {
  readonly source: Source;
  readonly name: string;
  readonly reader: Reader;
  readonly facts: HeadFacts | null;
}

interface EvaluationFile {
  readonly source: Source;
  /** What is left of the name without step, shots and time. */
  readonly stem: string;
  /** The directory it lies in only tells shots. */
  readonly inShots: boolean;
}

/** What was found in a directory and in those below it that are part of the same run. */
interface Findings {
  logs: Source[];
  evaluations: EvaluationFile[];
  examples: ExamplesSource[];
  configs: string[];
  /** Files of this directory that may configure a run, though their names do not say so. */
  looseConfigs: string[];
  checkpoints: Checkpoint[];
  /** Of further runs in the same place. */
  parts: Map<string, readonly Checkpoint[]>;
  /** True where a look into one of them, or a name that has no other meaning, says that they are. */
  areCheckpoints: boolean;
  systems: string[];
  belongsTo: BelongsTo;
  /** Parts of runs that are spread over directories side by side. */
  siblings: Part[];
  /** Directories `runs/<time>_<host>`: of the run above where that is one of the Trainer's, else runs by themselves. */
  dated: Pick<Part, "directory" | "findings">[];
}

/** A directory that is a part of the run `name` of a system. */
interface Part {
  readonly system: string;
  readonly name: string;
  readonly isCopy: boolean;
  readonly directory: string;
  readonly findings: Findings;
}

function noFindings(): Findings {
  return {
    logs: [],
    evaluations: [],
    examples: [],
    configs: [],
    looseConfigs: [],
    checkpoints: [],
    parts: new Map(),
    areCheckpoints: false,
    systems: [],
    belongsTo: "here",
    siblings: [],
    dated: [],
  };
}

class Walk {
  private readonly limit;
  private realRoot = "";
  private isRootCheckpoint = false;

  constructor(
    private readonly files: Files,
    private readonly root: string,
    private readonly options: DiscoverOptions,
    private readonly onFound: (found: Discovered) => void,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.limit = createLimit(options.concurrency ?? 32);
  }

  async start(): Promise<void> {
    try {
      this.realRoot = await this.files.realPath(this.root);
    } catch (error) {
      this.report(this.root, error);
      return;
    }
    const own = await this.rootAsCheckpoint();
    this.isRootCheckpoint = own.checkpoints.length > 0;
    const findings = await this.visit(this.root, 0, isEvaluations(baseName(this.root)));
    if (findings.checkpoints.length === 0) takeCheckpoints(own, findings);
    await this.finishAll(this.root, findings);
  }

  /** The folder itself, where it is one checkpoint: then it is all that can be seen of its run's checkpoints. */
  private async rootAsCheckpoint(): Promise<Settled> {
    const settling = new CheckpointSettling(this.files, this.limit, directoryOf(this.root), []);
    const named = checkpointDirectoryName(baseName(this.root));
    if (named) settling.addDirectory(baseName(this.root), { ...named, isDoubtful: true });
    return settling.settle();
  }

  /** Everything in `directory` that belongs to one run with it. Runs further down are finished on the way. */
  private async visit(
    directory: string,
    depth: number,
    inEvaluations: boolean,
    listed: readonly Entry[] | null = null,
  ): Promise<Findings> {
    this.signal?.throwIfAborted();
    const findings = noFindings();
    let entries: readonly Entry[];
    try {
      entries = listed ?? (await this.limit(() => this.files.list(directory)));
    } catch (error) {
      this.report(directory, error);
      return findings;
    }
    // A Python environment, whatever it is called.
    if (entries.some(({ name }) => name === "pyvenv.cfg")) return findings;
    const taken = await this.layOut(directory, entries, findings);
    const logFiles: LogFile[] = [];
    const below: Promise<void>[] = [];
    const looks: Promise<void>[] = [];
    const links: Promise<void>[] = [];
    const settling = new CheckpointSettling(this.files, this.limit, directory, entries);
    const inCheckpoint = this.isRootCheckpoint && directory === this.root;
    for (const entry of entries) {
      if (taken === "all" || taken.has(entry.name)) continue;
      const path = joinPath(directory, entry.name);
      if (this.options.isExcluded(relativePath(this.root, path))) continue;
      if (entry.kind === "directory") {
        if (isNeverEntered(entry.name) || depth >= MAX_DEPTH) continue;
        // Below `checkpoints/` a directory of any name can hold those of the run.
        const isBelowPart = depth > 0 && isPartOfRun(baseName(directory));
        const mayBelong = isBelowPart || belongsAbove(entry.name);
        if (this.options.ownRunOnly === true && !mayBelong) continue;
        if (inCheckpoint && !isPartOfRun(entry.name)) continue;
        const named = inEvaluations ? null : checkpointDirectoryName(entry.name);
        if (named) settling.addDirectory(entry.name, named);
        else below.push(this.visitBelow(path, entry.name, depth + 1, inEvaluations, findings));
      } else if (entry.kind !== "other") {
        const named = inCheckpoint ? null : checkpointFileName(entry.name);
        if (named && entry.kind === "link") links.push(this.addLink(settling, entry, named, path));
        else if (!named || !settling.addFile(entry.name, named)) {
          looks.push(this.classify(directory, entry, path, findings, logFiles));
        }
      }
    }
    await Promise.all(links);
    const settled = await settling.settle();
    takeCheckpoints(settled, findings);
    for (const [name, listed] of settled.others) {
      if (this.options.ownRunOnly === true) continue;
      const path = joinPath(directory, name);
      below.push(this.visitBelow(path, name, depth + 1, inEvaluations, findings, listed));
    }
    await Promise.all(looks);
    findings.examples = findings.examples.map((examples) => withResults(examples, entries));
    await Promise.all(below);
    this.settleLogFiles(logFiles, findings);
    return findings;
  }

  /** A link whose name has no step repeats a checkpoint that has one. */
  private async addLink(
    settling: CheckpointSettling,
    entry: Entry,
    named: CheckpointName,
    path: string,
  ): Promise<void> {
    if (named.step !== null && (await this.isFileInside(path))) settling.addFile(entry.name, named);
  }

  /** Asks the layouts what the directory is; returns the entries that are accounted for by that. */
  private async layOut(
    directory: string,
    entries: readonly Entry[],
    findings: Findings,
  ): Promise<ReadonlySet<string> | "all"> {
    const place = placeOf(directory, baseName(directory), entries);
    const layout = layouts.find((candidate) => candidate.claims(place));
    if (!layout) return NOTHING;
    let laid: Laid | null;
    try {
      laid = await this.limit(() => layout.lay(place, this.files));
    } catch (error) {
      this.report(directory, error);
      return NOTHING;
    }
    if (laid === null) return NOTHING;
    findings.belongsTo = laid.belongsTo;
    findings.systems.push(layout.system);
    findings.logs.push(...(laid.logs ?? []));
    for (const source of laid.evaluations ?? []) {
      findings.evaluations.push({ source, stem: "", inShots: false });
    }
    findings.examples.push(...(laid.examples ?? []));
    findings.configs.push(...(laid.configs ?? []));
    findings.checkpoints.push(...(laid.checkpoints ?? []));
    for (const [part, checkpoints] of laid.parts ?? []) findings.parts.set(part, checkpoints);
    findings.areCheckpoints ||= findings.checkpoints.length > 0;
    if (laid.problems && laid.problems.length > 0) {
      this.onFound({ runs: [], problems: laid.problems });
    }
    return laid.taken;
  }

  /**
   * Makes the runs of a directory: its own, and those whose parts lie in directories of it. The only run of a system joins
   * the directory's own, if there is anything else to join.
   */
  private async finishAll(directory: string, findings: Findings): Promise<void> {
    for (const { directory: dated, findings: own } of findings.dated.splice(0)) {
      if (!isOfTrainer(findings)) await this.finishAll(dated, own);
      else {
        const stream = directoryOf(dated);
        merge({ ...own, logs: own.logs.map((log) => ({ ...log, stream })) }, findings);
      }
    }
    const groups = groupParts(findings.siblings);
    const counts = new Map<string, number>();
    for (const { system } of groups) counts.set(system, (counts.get(system) ?? 0) + 1);
    const only = groups.filter(({ system }) => counts.get(system) === 1);
    const { logs, evaluations, checkpoints } = findings;
    const joins = logs.length + evaluations.length + checkpoints.length > 0 || only.length > 1;
    for (const group of groups) {
      if (joins && only.includes(group)) {
        for (const part of group.parts) merge(part.findings, findings);
      } else await this.finishParts(group);
    }
    await this.finish(directory, findings);
  }

  /** One run of the parts that share a name; a part without another one is a run by itself. */
  private async finishParts({
    name,
    parts,
  }: {
    name: string;
    parts: readonly Part[];
  }): Promise<void> {
    const [only] = parts;
    if (!only) return;
    if (parts.length === 1) return this.finish(only.directory, only.findings);
    const all = noFindings();
    for (const { findings } of parts) merge(findings, all);
    const directories = parts.map(({ directory }) => directoryOf(directory));
    return this.finish(commonDirectory(directories), all, name);
  }

  private async visitBelow(
    path: string,
    name: string,
    depth: number,
    inEvaluations: boolean,
    above: Findings,
    listed: readonly Entry[] | null = null,
  ): Promise<void> {
    const found = await this.visit(path, depth, inEvaluations || isEvaluations(name), listed);
    const isShots = isShotsDirectory(name);
    if (isDated(path, name)) {
      above.dated.push({ directory: path, findings: found });
      return;
    }
    if (name === DATED_ABOVE) above.dated.push(...found.dated.splice(0));
    if (typeof found.belongsTo === "object") {
      const { sibling, isCopy = false } = found.belongsTo;
      const system = found.systems[0] ?? "";
      above.siblings.push({ system, name: sibling, isCopy, directory: path, findings: found });
      above.siblings.push(...found.siblings.splice(0));
      return;
    }
    if (found.belongsTo === "here" && !isPartOfRun(name) && !isShots && !isTrackers(name)) {
      // A result directory named after one checkpoint is one of several of its run, which is the directory above.
      if (stepInName(name) !== null && isOnlyEvaluations(found)) {
        const stem = evaluationStem(name);
        above.evaluations.push(...found.evaluations.map((file) => ({ ...file, stem })));
        above.siblings.push(...found.siblings);
        above.examples.push(...found.examples);
      } else await this.finishAll(path, found);
      return;
    }
    const split = splitOf(name);
    const logs = found.logs.map((log) => (log.split === null ? { ...log, split } : log));
    const evaluations = found.evaluations.map((file) =>
      isShots ? { ...file, inShots: true } : file,
    );
    merge({ ...found, logs, evaluations }, above);
  }

  private async classify(
    directory: string,
    entry: Entry,
    path: string,
    findings: Findings,
    logFiles: LogFile[],
  ): Promise<void> {
    const { name } = entry;
    const isConfig = isConfigName(name);
    const isListing = mayBeManifest(name);
    if (!isConfig && entry.kind === "file" && mayBeConfig(name)) findings.looseConfigs.push(path);
    if (!isConfig && !isListing && !mayBeTaken(name)) return;
    if (entry.kind === "link" && !(await this.isOwnFile(path))) return;
    const taken = await this.lookAt(path, name);
    if (taken === null) {
      if (isConfig) findings.configs.push(path);
      else if (isListing) await this.takeListed(path);
      return;
    }
    const { reader, examples } = taken;
    if (examples !== null) {
      // Examples by themselves belong to results that are known once all files of the directory are.
      const isOwn = reader !== null && examplesReaderOf(examples).saysSteps !== true;
      const results = isOwn ? path : null;
      findings.examples.push({ file: path, format: examples, results });
    }
    if (reader === null) return;
    // Event files of one directory continue one another; every other log is one by itself.
    const stream = reader === tfevents ? directory : null;
    const source: Source = { file: path, format: reader.format, split: null, stream };
    if (reader.kind === "evaluation" && taken.facts?.severalRuns !== true) {
      const stem = taken.model ?? evaluationStem(name);
      findings.evaluations.push({ source, stem, inShots: false });
    } else if (taken.facts === null) findings.logs.push(source);
    else logFiles.push({ source, name, reader, facts: taken.facts });
  }

  private async takeListed(path: string): Promise<void> {
    try {
      const listed = await this.limit(() => listedRuns(this.files, this.root, path));
      if (listed) this.onFound(listed);
    } catch (error) {
      // That it cannot be read was said when the readers were asked.
      if (!(error instanceof FileError)) throw error;
    }
  }

  /** The reader that takes the file, by name and if need be by its first bytes; null when none does. */
  private async lookAt(path: string, name: string): Promise<Claimed | null> {
    const { claims } = this.options;
    if (!claims || !mayBeTaken(name)) return (await this.askReaders(path, name)).claimed;
    try {
      const stamp = await this.limit(() => this.files.stat(path));
      const kept = claims.get(path);
      if (kept && hasSameHead(kept, stamp)) return kept.claimed;
      const { claimed, looked } = await this.askReaders(path, name);
      claims.set(path, { stamp, looked, claimed });
      return claimed;
    } catch (error) {
      this.report(path, error);
      return null;
    }
  }

  private async askReaders(
    path: string,
    name: string,
  ): Promise<{ claimed: Claimed | null; looked: number }> {
    let head: Uint8Array | null = null;
    let looked = HEAD_BYTES;
    for (const { format, claims, within } of examplesReaders) {
      let { kind } = within ? NO : claims(name, null);
      if (kind === "look") {
        try {
          head ??= await this.limit(() => this.readHead(path, looked));
          ({ kind } = claims(name, head));
        } catch (error) {
          if (!(error instanceof FileError)) throw error;
        }
      }
      if (kind === "yes") {
        return { claimed: { reader: null, examples: format, facts: null, model: null }, looked };
      }
    }
    for (const reader of readers) {
      let claim = reader.claims(name, null);
      let facts: HeadFacts | null = null;
      if (claim.kind === "no") continue;
      if (claim.kind === "look" || reader.describe || reader.modelIn) {
        try {
          head ??= await this.limit(() => this.readHead(path, looked));
          const pointer = lfsPointer(head, head.length);
          if (pointer !== null) {
            if (isLogName(name)) this.reportPointer(path, pointer);
            return { claimed: null, looked };
          }
          if (claim.kind === "look") claim = reader.claims(name, head);
          if (claim.kind === "look" && (claim.bytes ?? 0) > looked) {
            const bytes = (looked = claim.bytes ?? looked);
            head = await this.limit(() => this.readHead(path, bytes));
            claim = reader.claims(name, head);
          }
        } catch (error) {
          this.report(path, error);
          return { claimed: null, looked };
        }
      }
      if (claim.kind === "examine") {
        const examined = await this.limit(() => this.examine(path, reader));
        if (examined === null) return { claimed: null, looked };
        ({ claim, facts } = examined);
      }
      if (claim.kind === "problem") {
        this.onFound({ runs: [], problems: [problem(claim.code, path, claim.message)] });
        return { claimed: null, looked };
      }
      if (claim.kind === "yes") {
        facts ??= head && reader.describe ? reader.describe(name, head) : null;
        const model = head && reader.modelIn ? reader.modelIn(name, head) : null;
        const examples = await this.examplesWithin(path, name, reader, head);
        return { claimed: { reader, examples, facts, model }, looked };
      }
    }
    return { claimed: null, looked };
  }

  private reportPointer(path: string, pointer: string): void {
    const message = `is ${pointer}; fetch it with git lfs pull`;
    this.onFound({ runs: [], problems: [problem("file/not-downloaded", path, message)] });
  }

  /** The format of the examples that a file of metrics holds too. */
  private async examplesWithin(
    path: string,
    name: string,
    { format }: Reader,
    head: Uint8Array | null,
  ): Promise<string | null> {
    for (const { format: examples, claims, within, examine } of examplesReaders) {
      if (!within?.includes(format)) continue;
      const { kind } = claims(name, head);
      if (kind === "yes") return examples;
      if (kind === "examine" && (await this.isOfExamples(path, examine))) return examples;
    }
    return null;
  }

  private async isOfExamples(path: string, examine: ExamplesReader["examine"]): Promise<boolean> {
    if (!examine) return false;
    try {
      return await this.limit(() => this.openFor(path, examine));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return false;
    }
  }

  private async examine(path: string, reader: Reader): Promise<Examined | null> {
    try {
      const source = await this.files.open(path);
      try {
        const beside = await openBeside(this.files, path, reader);
        try {
          return (await reader.examine?.({ source, file: path, beside }, this.signal)) ?? null;
        } finally {
          await closeAll(beside);
        }
      } finally {
        await source.close();
      }
    } catch (error) {
      this.report(path, error);
      return null;
    }
  }

  private readHead(path: string, bytes: number): Promise<Uint8Array> {
    return this.openFor(path, (source) => readRange(source, 0, bytes));
  }

  private async openFor<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
    const source = await this.files.open(path);
    try {
      return await use(source);
    } finally {
      await source.close();
    }
  }

  private async isFileInside(path: string): Promise<boolean> {
    try {
      const { kind } = await this.files.stat(path);
      return kind === "file" && isInside(this.realRoot, await this.files.realPath(path));
    } catch (error) {
      if (error instanceof FileError) return false;
      throw error;
    }
  }

  /** True for a link to a file within the folder that is read under no name of its own. */
  private async isOwnFile(link: string): Promise<boolean> {
    if (!(await this.isFileInside(link))) return false;
    const target = await this.files.realPath(link);
    const path = relativePath(this.realRoot, target);
    const isHidden = directoryOf(path).split("/").some(isNeverEntered);
    if (isHidden || this.options.isExcluded(path)) return true;
    return (await this.lookAt(joinPath(this.root, path), baseName(target))) === null;
  }

  /** Which of a directory's logs are runs by themselves, and which are parts of the directory's run. */
  private settleLogFiles(logFiles: readonly LogFile[], findings: Findings): void {
    const ownRuns = new Set(logFiles.filter(({ facts }) => facts?.isRun || facts?.severalRuns));
    const others = logFiles.filter((file) => !ownRuns.has(file));
    const named = others.filter(({ name }) => !isGenericLogName(stemOf(name)));
    const hasRunFiles =
      findings.configs.length > 0 || findings.checkpoints.length > 0 || findings.logs.length > 0;
    if (named.length >= 2 ? logTheSame(named) : !hasRunFiles && others.length === named.length) {
      for (const file of named) ownRuns.add(file);
    }
    for (const file of logFiles) {
      if (!ownRuns.has(file)) findings.logs.push(file.source);
    }
    const runs = [...ownRuns].map(({ source, facts }) =>
      this.fileRun(source, facts?.severalRuns ?? false, findings),
    );
    if (runs.length > 0) this.onFound({ runs, problems: [] });
  }

  private fileRun(source: Source, holdsSeveral: boolean, findings: Findings): RunDir {
    const { file, format } = source;
    const examples = findings.examples.filter((own) => own.file === file);
    findings.examples = findings.examples.filter((own) => own.file !== file);
    return {
      key: file,
      id: relativePath(this.root, file),
      root: this.root,
      directory: file.slice(0, file.lastIndexOf("/")) || "/",
      file,
      part: null,
      holdsSeveral,
      systems: systemsOf([format], [], []),
      sources: [source],
      ...(examples.length === 0 ? {} : { examples }),
      configs: takeOwnConfigs(file, findings),
      checkpoints: CheckpointList.EMPTY,
    };
  }

  /** Makes the run or runs of a directory from what was found in it. */
  private async finish(directory: string, findings: Findings, name?: string): Promise<void> {
    const { logs, evaluations, configs, checkpoints } = findings;
    const isRun = logs.length > 0 || evaluations.length > 0 || findings.areCheckpoints;
    if (!isRun && findings.parts.size === 0) {
      if (findings.examples.length > 0) {
        this.onFound({ runs: [], problems: [], examples: findings.examples });
      }
      return;
    }
    const groups = logs.length > 0 || checkpoints.length > 0 ? null : groupEvaluations(evaluations);
    const id = relativePath(this.root, directory);
    const lone = findings.looseConfigs.length === 1 ? findings.looseConfigs : [];
    const beside = configs.length > 0 ? configs : lone;
    const ownConfigs =
      beside.length > 0 ? beside : await this.configsElsewhere(directory, checkpoints);
    const allResults = new Set(evaluations.map(({ source }) => source.file));
    const make = (
      part: string | null,
      evaluated: readonly EvaluationFile[],
      ownLogs: readonly Source[] = logs,
      saved: readonly Checkpoint[] = checkpoints,
    ): RunDir => {
      const sources = [...withSplits(ownLogs), ...evaluated.map(({ source }) => source)];
      const own = new Set(evaluated.map(({ source }) => source.file));
      const examples = findings.examples
        .filter(({ results }) => results === null || !allResults.has(results) || own.has(results))
        .sort((a, b) => compareNames(a.file, b.file));
      const suffix = part === null ? "" : `#${part}`;
      return {
        key: directory + suffix,
        id: id + suffix,
        root: this.root,
        directory,
        file: null,
        part,
        holdsSeveral: false,
        systems: systemsOf(
          sources.map(({ format }) => format),
          saved.map(({ format }) => format),
          findings.systems,
        ),
        sources: sources.sort((a, b) => compareNames(a.file, b.file)),
        ...(examples.length === 0 ? {} : { examples }),
        configs: [...ownConfigs].sort((a, b) => compareFiles(a, b)),
        checkpoints: CheckpointList.of(
          [...saved].sort((a, b) => a.step - b.step || compareNames(a.path, b.path)),
        ),
      };
    };
    const runs: RunDir[] = [];
    if (isRun && (groups === null || groups.size === 1)) {
      runs.push(make(name ?? null, evaluations));
    } else if (groups) runs.push(...[...groups].map(([part, files]) => make(part, files)));
    for (const [part, saved] of findings.parts) runs.push(make(part, [], [], saved));
    this.onFound({ runs, problems: [] });
  }

  /** Where the directory holds no config: the one beside it, else what its last checkpoint holds of it. */
  private async configsElsewhere(
    directory: string,
    checkpoints: readonly Checkpoint[],
  ): Promise<string[]> {
    const above = await this.configsAbove(directory);
    if (above.length > 0) return above;
    const last = checkpoints
      .filter(({ container, format }) => {
        return container === "file" && checkpointFormatOf(format).holdsConfig === true;
      })
      .sort((a, b) => a.step - b.step)
      .at(-1);
    return last ? [last.path] : [];
  }

  /** The config beside `results/` or `output/`, where the run's own directory has none. */
  private async configsAbove(directory: string): Promise<string[]> {
    if (directory === this.root || !isGenericOutput(baseName(directory))) return [];
    const above = directory.slice(0, directory.lastIndexOf("/"));
    try {
      const entries = await this.limit(() => this.files.list(above));
      return entries
        .filter(({ name, kind }) => kind === "file" && isConfigName(name))
        .map(({ name }) => joinPath(above, name));
    } catch (error) {
      this.report(above, error);
      return [];
    }
  }

  private report(path: string, error: unknown): void {
    if (!(error instanceof FileError)) throw error;
    const isGone = error.code === "not-found";
    const message = isGone
      ? "is gone since it was listed, or does not exist"
      : `cannot be read: ${reasonOf(error)}`;
    this.onFound({
      runs: [],
      problems: [problem(isGone ? "file/not-found" : "file/unreadable", path, message)],
    });
  }
}

/** True where the name alone does not say that no reader takes the file. */
function mayBeTaken(name: string): boolean {
  return [...readers, ...examplesReaders.filter(({ within }) => !within)].some(
    (one) => one.claims(name, null).kind !== "no",
  );
}

const NOTHING: ReadonlySet<string> = new Set();

/** The parts by system and run, without copies of others. */
function groupParts(
  parts: readonly Part[],
): { readonly system: string; readonly name: string; readonly parts: readonly Part[] }[] {
  const groups = new Map<string, { system: string; name: string; parts: Part[] }>();
  // In the order of their names, whatever order they were found in.
  const sorted = [...parts].sort((a, b) => compareNames(a.directory, b.directory));
  for (const part of sorted) {
    const { system, name } = part;
    const key = JSON.stringify([system, name]);
    const group = groups.get(key) ?? { system, name, parts: [] };
    groups.set(key, group);
    group.parts.push(part);
  }
  return [...groups.values()].map((group) => {
    const originals = group.parts.filter(({ isCopy }) => !isCopy);
    return { ...group, parts: originals.length > 0 ? originals : group.parts.slice(0, 1) };
  });
}

function merge(from: Findings, into: Findings): void {
  into.logs.push(...from.logs);
  into.evaluations.push(...from.evaluations);
  into.examples.push(...from.examples);
  into.configs.push(...from.configs);
  into.checkpoints.push(...from.checkpoints);
  for (const [part, checkpoints] of from.parts) {
    into.parts.set(part, [...(into.parts.get(part) ?? []), ...checkpoints]);
  }
  into.areCheckpoints ||= from.areCheckpoints;
  into.systems.push(...from.systems);
  into.siblings.push(...from.siblings);
  into.dated.push(...from.dated);
}

/** Where PyTorch's writer of events puts a directory for each start, named by time and host. */
const DATED_ABOVE = "runs";
const DATED = /^[A-Z][a-z]{2}\d{2}_\d{2}-\d{2}-\d{2}_./;

function isDated(path: string, name: string): boolean {
  return DATED.test(name) && baseName(directoryOf(path)) === DATED_ABOVE;
}

/** The Trainer leaves its state, its arguments or checkpoints with its own names in the directory that it writes to. */
function isOfTrainer({ logs, checkpoints, configs }: Findings): boolean {
  return (
    logs.some(({ format }) => format === trainerState.format) ||
    checkpoints.some(({ format }) => format === "hf-trainer") ||
    configs.some((file) => baseName(file) === TRAINING_ARGS)
  );
}

function takeCheckpoints(settled: Settled, findings: Findings): void {
  findings.checkpoints.push(...settled.checkpoints);
  for (const config of settled.configs) {
    if (!findings.configs.includes(config)) findings.configs.push(config);
  }
  findings.areCheckpoints ||= settled.areRecognised;
  for (const { path, format } of settled.checkpoints) {
    const state = trainerStateIn(path);
    const isKnown = findings.logs.some(({ file }) => file === state.file);
    if (format === "hf-trainer" && !isKnown) findings.logs.push(state);
  }
}

/** The directory that holds them all. */
function commonDirectory(directories: readonly string[]): string {
  let [common = "/"] = directories;
  while (!directories.every((directory) => isInside(common, directory))) {
    common = directoryOf(common);
  }
  return common;
}

/** True for a directory whose findings can belong to the run of the directory above it. */
function belongsAbove(name: string): boolean {
  return (
    isPartOfRun(name) ||
    isTrackers(name) ||
    isShotsDirectory(name) ||
    name === DATED_ABOVE ||
    DATED.test(name) ||
    stepInName(name) !== null ||
    checkpointDirectoryName(name) !== null ||
    layouts.some((layout: Layout) => layout.mayBelongAbove?.(name) === true)
  );
}

/** Examples with the file of results beside them that they belong to. */
function withResults(examples: ExamplesSource, entries: readonly Entry[]): ExamplesSource {
  if (examples.results !== null) return examples;
  const names = entries.map(({ name }) => name);
  const reader = examplesReaderOf(examples.format);
  const results = reader.resultsAmong(baseName(examples.file), names);
  if (results === null) return { ...examples, results: reader.resultsFor?.(examples.file) ?? null };
  return { ...examples, results: joinPath(directoryOf(examples.file), results) };
}

/** The state lies in each checkpoint of the Trainer; that it does is seen when it is read. */
function trainerStateIn(checkpoint: string): Source {
  const file = joinPath(checkpoint, "trainer_state.json");
  return { file, format: trainerState.format, split: null, stream: null };
}

function isOnlyEvaluations({ logs, evaluations, checkpoints }: Findings): boolean {
  return evaluations.length > 0 && logs.length === 0 && checkpoints.length === 0;
}

/** More usual names first, then files of the run's own directory, then those of a later part of the run. */
function compareFiles(a: string, b: string): number {
  const depth = (path: string): number => path.split("/").length;
  return compareConfigs(baseName(a), baseName(b)) || depth(a) - depth(b) || compareNames(b, a);
}

/** Takes the configs named as the log is: `a.yaml` of the run `a.jsonl`. */
function takeOwnConfigs(log: string, findings: Findings): string[] {
  const stem = stemOf(log);
  const own = findings.looseConfigs.filter((config) => stemOf(config) === stem);
  findings.looseConfigs = findings.looseConfigs.filter((config) => stemOf(config) !== stem);
  return own;
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? name : name.slice(0, dot);
}

/** True when files log mostly the same columns: then each is a run, and not one part of a run each. */
function logTheSame(logFiles: readonly LogFile[]): boolean {
  const first = new Set(logFiles[0]?.facts?.columns);
  return logFiles.slice(1).every(({ facts }) => {
    const columns = facts?.columns ?? [];
    const shared = columns.filter((column) => first.has(column)).length;
    return shared > Math.min(columns.length, first.size) / 2 && shared > 1;
  });
}

/** The split is part of a metric's name only where several of them log: else names stay as logged. */
function withSplits(logs: readonly Source[]): Source[] {
  const splits = new Set(logs.map(({ split }) => split));
  return splits.size > 1 ? [...logs] : logs.map((log) => ({ ...log, split: null }));
}

/**
 * Evaluation files by run. In directories that only tell shots, one stem each means one run, whatever the stems are:
 * publishers name them unevenly.
 */
function groupEvaluations(evaluations: readonly EvaluationFile[]): Map<string, EvaluationFile[]> {
  const byDirectory = new Map<string, Set<string>>();
  for (const { source, stem } of evaluations) {
    const directory = source.file.slice(0, source.file.lastIndexOf("/"));
    byDirectory.set(directory, (byDirectory.get(directory) ?? new Set()).add(stem));
  }
  const allInShots = evaluations.every(({ inShots }) => inShots);
  const isOne = allInShots && [...byDirectory.values()].every((stems) => stems.size === 1);
  const groups = new Map<string, EvaluationFile[]>();
  for (const file of evaluations) {
    const key = isOne ? "" : file.stem;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return groups;
}

/** Whether a file still begins as it did: it is the same one, and has not changed or has only what is behind its head. */
function hasSameHead({ stamp: before, looked }: KeptClaim, now: FileStamp): boolean {
  if (before.inode !== now.inode) return false;
  if (before.size === now.size && before.modifiedMs === now.modifiedMs) return true;
  return before.size >= looked && now.size >= before.size;
}
