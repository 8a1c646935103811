/**
 * The runs under a set of folders: found once, read when they are asked for, read on where they have grown. Window and
 * terminal ask the same catalog, so they give the same answers.
 */

import { bestOf, type Chance } from "../analysis/thresholds.js";
import { chanceRateOf } from "../analysis/chanceRates.js";
import {
  discoverAll,
  discoverRuns,
  type DiscoverOptions,
  type KeptClaim,
} from "../discovery/discoverRuns.js";
import { identifyRuns } from "../discovery/identifyRuns.js";
import { inspectCheckpoint } from "../formats/checkpoints/inspect.js";
import { listTensors } from "../formats/checkpoints/tensors.js";
import type { TensorList } from "../formats/containers/tensor.js";
import { readConfigSource } from "../formats/configSource.js";
import { modelWithoutStep } from "../formats/evaluated.js";
import { examplesReaderOf } from "../formats/examples/index.js";
import { readerOf } from "../formats/index.js";
import { HEAD_BYTES } from "../formats/reader.js";
import { HERE, type ReadingPlace } from "../formats/readingPlace.js";
import { decodeText } from "../formats/json.js";
import { stepOfEvaluationFile } from "../formats/stepNames.js";
import type { Cache } from "../io/cache.js";
import { FileError, readRange, type Files } from "../io/files.js";
import { GuardedFiles } from "../io/guardedFiles.js";
import { createLimit } from "../io/limit.js";
import { baseName, compareNames, directoryOf, isInside, joinPath } from "../io/path.js";
import { axesOf, type Axis } from "../model/axes.js";
import type { Config, ConfigValue } from "../model/config.js";
import { guessDirection, isJudged, type Direction } from "../model/metric.js";
import { problem, reasonOf, type Problem } from "../model/problem.js";
import { NOTHING_TOLD, type Told } from "../model/told.js";
import type {
  Checkpoint,
  CheckpointInspection,
  ExamplesSource,
  RunDir,
  RunIdentity,
} from "../model/run.js";
import {
  metricSettings,
  NO_ONSET_FILE,
  ONSET_FILE,
  parseOnsetFile,
  type OnsetFile,
} from "../query/onsetFile.js";
import type { AxisName } from "../query/query.js";
import type { RunView } from "../query/runView.js";
import type { MetricTable } from "../tables/metricTable.js";
import { ExampleReading, type RunExamples } from "./exampleReading.js";
import { applyJoins, decideJoins, isOnlyEvaluations, type Join } from "./evaluationJoins.js";
import { evaluatedIn } from "./evaluatedIn.js";
import { RunReading, type FilePoints } from "./runReading.js";

export interface Folder {
  /** Absolute path. */
  readonly path: string;
  /** The folder as the user knows it: sets ids apart that occur in several folders. */
  readonly name: string;
}

/** A run with its points in memory. */
export interface LoadedRun {
  readonly run: RunDir;
  readonly table: MetricTable;
  /** The config files' keys, then those that the metric files hold. */
  readonly config: Config;
  /** Column that the steps were taken from, where it is not plainly the optimiser step. */
  readonly axis: string | null;
  readonly modifiedMs: number;
  readonly problems: readonly Problem[];
  readonly pointsByFile: ReadonlyMap<string, FilePoints>;
  readonly view: RunView;
}

/** What points may take in memory over all runs, unless said otherwise. */
const POINT_BYTES = 512 * 1024 * 1024;
/** The same for tables of examples. */
const MAX_EXAMPLE_BYTES = 512 * 1024 * 1024;
const CONFIGS_AT_ONCE = 16;
/** Logs of one run whose first records are looked at for its configuration. */
const MAX_TELLING_LOGS = 8;

interface KnownConfig {
  readonly told: Told;
  readonly problems: readonly Problem[];
}

/** Checkpoints that are looked into at once: each may hold a file open. */
const INSPECTED_AT_ONCE = 16;

/** What follows from the runs that were found, until others are. */
interface Listing {
  readonly runs: readonly RunDir[];
  readonly ids: ReadonlyMap<string, string>;
}

export interface CatalogOptions extends DiscoverOptions {
  /** Where what was read is kept; null where it is not. */
  readonly cache?: Cache | null;
  readonly place?: ReadingPlace;
  /** What points may take in memory over all runs; the run used longest ago goes first. */
  readonly pointBytes?: number;
}

export class Catalog {
  /** Runs as they lie on the disk. */
  private readonly walked = new Map<string, RunDir>();
  /** Runs as they are shown: with the evaluations of other trees that are theirs. */
  private readonly found = new Map<string, RunDir>();
  /** By run: its examples that lie in directories of their own. */
  private readonly adopted = new Map<string, readonly ExamplesSource[]>();
  private joins: readonly Join[] = [];
  private joinProblems: readonly Problem[] = [];
  /** The models that files of evaluations are of. */
  private readonly models = new Map<string, string | null>();
  private readonly walkProblems = new Map<string, Problem>();
  private readonly configs = new Map<string, KnownConfig>();
  /** What tells the runs of one file apart, as their rows say it. */
  private readonly partConfigs = new Map<string, Config>();
  private readonly readings = new Map<string, RunReading>();
  private readonly exampleReadings = new Map<string, ExampleReading>();
  /** Of files in runs that are being followed. */
  private readonly claims = new Map<string, KeptClaim>();
  private readonly onsetFiles = new Map<string, OnsetFile>();
  /** Best values by metric and direction, per run: what is left of a run that has gone from memory. */
  private readonly bests = new Map<string, Map<string, number>>();
  /** The tables that `bests` were taken from, with the directions that are set now. */
  private judged = new WeakSet<MetricTable>();
  /** Problems of the runs that were read, kept when their points go. */
  private readonly runProblems = new Map<string, readonly Problem[]>();
  private readonly exampleProblems = new Map<string, readonly Problem[]>();
  private readonly inspections = createLimit(INSPECTED_AT_ONCE);
  private listing: Listing | null = null;
  private experiments: ReadonlyMap<string, readonly RunDir[]> | null = null;
  /** Bytes of points in memory, by reading. */
  private readonly sizes = new Map<string, number>();
  private bytes = 0;
  private identified: Map<string, RunIdentity> | null = null;
  private folders: readonly Folder[] = [];

  /** What is being kept. */
  private keeping: Promise<void> = Promise.resolve();
  private readonly files: GuardedFiles;
  private readonly cache: Cache | null;
  private readonly place: ReadingPlace;
  private readonly pointBytes: number;

  constructor(
    files: Files,
    private readonly options: CatalogOptions,
  ) {
    this.files = new GuardedFiles(files);
    this.cache = options.cache ?? null;
    this.place = options.place ?? HERE;
    this.pointBytes = options.pointBytes ?? POINT_BYTES;
  }

  /**
   * Walks the folders anew. Runs are there as they are found, `onChange` says so; those that are gone, go at the end.
   */
  async discover(
    folders: readonly Folder[],
    onChange: () => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    this.folders = folders;
    await this.files.guard(folders.map(({ path }) => path));
    this.configs.clear();
    this.claims.clear();
    this.models.clear();
    const seen = new Set<string>();
    const problems: Problem[] = [];
    const unsettled: RunDir[] = [];
    const strays: ExamplesSource[] = [];
    for (const { path } of folders) {
      this.onsetFiles.set(path, await this.readOnsetFile(path));
      await discoverRuns(
        this.files,
        path,
        this.options,
        (found) => {
          for (const run of found.runs) {
            if (run.holdsSeveral || hasNoStepInNames(run)) unsettled.push(run);
            else this.add(run, seen);
          }
          problems.push(...found.problems);
          strays.push(...(found.examples ?? []));
          onChange();
        },
        signal,
      );
    }
    for (const run of unsettled) {
      for (const part of await this.settle(run, signal, problems)) this.add(part, seen);
    }
    for (const key of [...this.walked.keys()]) if (!seen.has(key)) this.walked.delete(key);
    this.adopt(strays);
    await this.join(signal);
    this.walkProblems.clear();
    for (const found of problems) this.walkProblems.set(`${found.code} ${found.file}`, found);
    this.identified = null;
    onChange();
  }

  /** All runs, by id. */
  runs(): readonly RunDir[] {
    return this.listed().runs;
  }

  /** The folders that were walked last. */
  searched(): readonly Folder[] {
    return this.folders;
  }

  run(key: string): RunDir | undefined {
    return this.found.get(key);
  }

  /** The id by which users name the run: relative to its folder, with the folder's name where that is not enough. */
  idOf(key: string): string {
    return this.listed().ids.get(key) ?? key;
  }

  private listed(): Listing {
    if (this.listing) return this.listing;
    const runs = [...this.found.values()].sort(
      (a, b) => compareNames(a.id, b.id) || compareNames(a.key, b.key),
    );
    const counts = new Map<string, number>();
    for (const { id } of this.found.values()) counts.set(id, (counts.get(id) ?? 0) + 1);
    const names = new Map(this.folders.map(({ path, name }) => [path, name]));
    const ids = new Map(
      runs.map(({ key, id, root }) => [
        key,
        (counts.get(id) ?? 0) > 1 ? `${names.get(root) ?? root}/${id}` : id,
      ]),
    );
    this.listing = { runs, ids };
    return this.listing;
  }

  /** To be called when the runs that were found have changed. */
  private relist(): void {
    this.listing = null;
    this.identified = null;
    this.experiments = null;
  }

  /** Runs by an id or a unique label; several where the text names several. */
  resolve(name: string): RunDir[] {
    const { runs, ids } = this.listed();
    const byId = runs.filter(({ key }) => ids.get(key) === name);
    if (byId.length > 0) return byId;
    return runs.filter(({ key }) => this.identified?.get(key)?.label === name);
  }

  /** Reads the configs of all runs and gives each its label, seed group and parent. */
  async identify(signal?: AbortSignal): Promise<ReadonlyMap<string, RunIdentity>> {
    if (this.identified) return this.identified;
    const limit = createLimit(CONFIGS_AT_ONCE);
    const runs = this.runs();
    const configured = await Promise.all(
      runs.map((run) =>
        limit(async () => {
          signal?.throwIfAborted();
          const { told } = await this.configOf(run);
          return { run, config: told.config, told };
        }),
      ),
    );
    const identified = identifyRuns(configured);
    if (runs.length === this.found.size) this.identified = identified;
    return identified;
  }

  /** Runs of the same experiment, itself included. */
  async neighbours(key: string): Promise<readonly RunDir[]> {
    const identities = await this.identify();
    const nameOfExperiment = (run: RunDir | undefined): string =>
      JSON.stringify([run?.root, run && identities.get(run.key)?.experiment]);
    if (!this.experiments) {
      const experiments = new Map<string, RunDir[]>();
      for (const run of this.runs()) {
        const name = nameOfExperiment(run);
        const neighbours = experiments.get(name);
        if (neighbours) neighbours.push(run);
        else experiments.set(name, [run]);
      }
      this.experiments = experiments;
    }
    return this.experiments.get(nameOfExperiment(this.found.get(key))) ?? [];
  }

  /** The run with what its files hold now. */
  async load(key: string, signal?: AbortSignal): Promise<LoadedRun> {
    const run = this.found.get(key);
    if (!run) throw new FileError("not-found", key, "no such run");
    const reading = this.readingOf(run);
    await reading.update(run, signal);
    return this.loaded(run, reading);
  }

  /** The runs that are there, in this order. As many are read beside each other as the place where that is done takes. */
  async *loadAll(keys: readonly string[], signal?: AbortSignal): AsyncGenerator<LoadedRun> {
    const present = keys.filter((key) => this.found.has(key));
    // Each would find it out by itself.
    await this.identify(signal);
    const loading: Promise<LoadedRun>[] = [];
    for (let next = 0; next < present.length || loading.length > 0;) {
      while (next < present.length && loading.length < this.place.atOnce) {
        const loaded = this.load(present[next++] as string, signal);
        // It is told when it is its turn.
        loaded.catch(() => undefined);
        loading.push(loaded);
      }
      yield await (loading.shift() as Promise<LoadedRun>);
    }
  }

  /**
   * What the run's files say of single examples now, the same object while they do not change. `metric` is collected
   * beside the usual one of each task.
   */
  async examples(key: string, metric: string | null, signal?: AbortSignal): Promise<RunExamples> {
    const run = this.found.get(key);
    if (!run) throw new FileError("not-found", key, "no such run");
    const reading = this.exampleReadings.get(key) ?? new ExampleReading(this.files);
    // Used last: to the end of the map, which is the order in which they are let go.
    this.exampleReadings.delete(key);
    this.exampleReadings.set(key, reading);
    const examples = await reading.update(run, metric, signal);
    this.exampleProblems.set(key, examples.problems);
    let bytes = [...this.exampleReadings.values()].reduce((sum, one) => sum + one.size(), 0);
    for (const [other, one] of this.exampleReadings) {
      if (bytes <= MAX_EXAMPLE_BYTES || other === key) break;
      bytes -= one.size();
      this.exampleReadings.delete(other);
    }
    return examples;
  }

  /**
   * Looks whether the run has new files or longer ones, and reads on in a run that was read before. True when anything
   * changed.
   */
  async refresh(key: string, signal?: AbortSignal): Promise<boolean> {
    const run = this.found.get(key);
    if (!run) return false;
    const wasRead = this.readings.has(readingKey(run));
    const now = await this.lookAgain(run, signal);
    this.found.set(key, now);
    this.listing = null;
    this.experiments = null;
    const changed = wasRead && (await this.readingOf(now).update(now, signal));
    if (changed) this.bests.delete(key);
    return changed || now.checkpoints.length !== run.checkpoints.length;
  }

  /** Ends when all that was read by now is kept. */
  kept(): Promise<void> {
    return this.keeping;
  }

  /** Everything that could not be read, of walking, configs and the runs read so far. */
  problems(): Problem[] {
    const problems = [...this.walkProblems.values()];
    for (const { problems: own } of this.onsetFiles.values()) problems.push(...own);
    problems.push(...this.joinProblems);
    for (const { problems: own } of this.configs.values()) problems.push(...own);
    for (const run of this.found.values()) {
      problems.push(...(this.runProblems.get(run.key) ?? []));
      problems.push(...(this.exampleProblems.get(run.key) ?? []));
    }
    const unique = new Map(
      problems.map((found) => [`${found.file} ${found.code} ${found.message}`, found]),
    );
    return [...unique.values()].sort(
      (a, b) => compareNames(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0),
    );
  }

  /** `onset.json` for a run: its folder's own, else that of the first folder that has one. */
  onsetFileOf(run: RunDir): OnsetFile {
    return this.onsetFile(run.root);
  }

  onsetFile(root?: string): OnsetFile {
    const own = root === undefined ? undefined : this.onsetFiles.get(root);
    if (own && own.path !== null) return own;
    for (const { path } of this.folders) {
      const file = this.onsetFiles.get(path);
      if (file && file.path !== null) return file;
    }
    return NO_ONSET_FILE;
  }

  /** Paths of the `onset.json` files that were read, each once. */
  onsetFilePaths(): string[] {
    const paths = [...this.onsetFiles.values()].flatMap(({ path }) => path ?? []);
    return [...new Set(paths)];
  }

  async reloadOnsetFiles(): Promise<void> {
    this.judged = new WeakSet();
    for (const { path } of this.folders) {
      this.onsetFiles.set(path, await this.readOnsetFile(path));
    }
    await this.join();
  }

  inspect(checkpoint: Checkpoint, countBytes = false): Promise<CheckpointInspection> {
    return this.inspections(() => inspectCheckpoint(this.files, checkpoint, countBytes));
  }

  /** Names, dtypes and shapes, from headers and descriptions. */
  tensors(checkpoint: Checkpoint): Promise<TensorList> {
    return this.inspections(() => listTensors(this.files, checkpoint));
  }

  /** Lets go of a run's points; it is read again when it is next asked for. */
  release(key: string): void {
    const run = this.found.get(key);
    if (run) this.drop(readingKey(run));
  }

  private add(run: RunDir, seen: Set<string>): void {
    seen.add(run.key);
    this.walked.set(run.key, run);
    this.show(run);
    this.relist();
  }

  /** Gives examples whose directory is no run to the run of their results, else to the innermost one that they lie in. */
  private adopt(strays: readonly ExamplesSource[]): void {
    this.adopted.clear();
    if (strays.length === 0) return;
    const runs = [...this.walked.values()];
    const byFile = new Map(
      runs.flatMap((run) => run.sources.map(({ file }) => [file, run] as const)),
    );
    for (const examples of strays) {
      const { file, format, results } = examples;
      let owner = results === null ? undefined : byFile.get(results);
      if (!owner && examplesReaderOf(format).saysSteps === true) {
        for (const run of runs) {
          const isAround = run.file === null && run.part === null && isInside(run.directory, file);
          if (isAround && run.directory.length > (owner?.directory.length ?? 0)) owner = run;
        }
      }
      if (owner) this.adopted.set(owner.key, [...(this.adopted.get(owner.key) ?? []), examples]);
    }
    for (const key of this.adopted.keys()) {
      const run = this.walked.get(key);
      if (run) this.walked.set(key, this.withAdopted(run));
    }
  }

  private withAdopted(run: RunDir): RunDir {
    const adopted = this.adopted.get(run.key) ?? [];
    const files = new Set(adopted.map(({ file }) => file));
    const own = (run.examples ?? []).filter(({ file }) => !files.has(file));
    return adopted.length === 0 ? run : { ...run, examples: [...own, ...adopted] };
  }

  /** Shows a run with the evaluations that were given to it before, until that is decided anew. */
  private show(run: RunDir): void {
    const own = this.joins.filter(({ from, into }) => from.key === run.key || into === run.key);
    for (const now of applyJoins([run], own)) this.found.set(now.key, now);
  }

  /** Gives evaluations of other trees to their runs, by what `onset.json` and the models' names say. */
  private async join(signal?: AbortSignal): Promise<void> {
    const runs = [...this.walked.values()];
    const { joins, problems } = await decideJoins(
      {
        runs,
        onsetFileOf: (run) => this.onsetFileOf(run),
        modelIn: async (source) => {
          const known = this.models.get(source.file);
          if (known !== undefined) return known;
          const model = (await evaluatedIn(this.files, source, signal))?.model ?? null;
          this.models.set(source.file, model);
          return model;
        },
        configured: async (run) => {
          const { told } = await this.configOf(run);
          return { run, config: told.config, told };
        },
      },
      signal,
    );
    this.joins = joins;
    this.joinProblems = problems;
    const shown = new Map(applyJoins(runs, joins).map((run) => [run.key, run]));
    for (const key of [...this.found.keys()]) if (!shown.has(key)) this.forget(key);
    for (const [key, run] of shown) this.found.set(key, run);
    this.relist();
  }

  private forget(key: string): void {
    this.release(key);
    this.found.delete(key);
    this.configs.delete(key);
    this.partConfigs.delete(key);
    this.bests.delete(key);
    this.runProblems.delete(key);
    this.exampleReadings.delete(key);
    this.exampleProblems.delete(key);
    this.relist();
  }

  /** What only reading can tell: the runs that a file holds, and whether results have a step at all. */
  private async settle(
    run: RunDir,
    signal: AbortSignal | undefined,
    problems: Problem[],
  ): Promise<RunDir[]> {
    const reading = this.readingOf(run);
    await reading.update(run, signal);
    if (!run.holdsSeveral) {
      if (reading.table("").length > 0) return this.byModel(run, reading, problems);
      problems.push(...reading.problems(""));
      this.drop(readingKey(run));
      return [];
    }
    const parts = reading.parts();
    const runs =
      parts.length <= 1
        ? [{ ...run, part: parts[0] ?? null }]
        : parts.map((part) => {
            if (part === "") return { ...run, part: null };
            const examples = run.examples?.map((one) => ({ ...one, run: part }));
            const key = `${run.key}#${part}`;
            const id = `${run.id}#${part}`;
            return { ...run, key, id, part, ...(examples ? { examples } : {}) };
          });
    for (const { key, part } of runs) this.partConfigs.set(key, reading.config(part ?? ""));
    return runs;
  }

  /** One run for each model, where evaluations of several lie in one folder under names that do not tell them apart. */
  private byModel(run: RunDir, reading: RunReading, problems: Problem[]): RunDir[] {
    const byModel = new Map<string, Set<string>>();
    for (const { file, evaluated } of reading.evaluated()) {
      this.models.set(file, evaluated.model);
      if (evaluated.step === null) continue;
      const model = modelWithoutStep(evaluated.model ?? "unknown model");
      byModel.set(model, (byModel.get(model) ?? new Set()).add(file));
    }
    if (byModel.size <= 1) return [run];
    problems.push(...reading.problems(""));
    this.drop(readingKey(run));
    return [...byModel].map(([model, files]) => ({
      ...run,
      key: `${run.key}#${model}`,
      id: `${run.id}#${model}`,
      part: model,
      sources: run.sources.filter(({ file }) => files.has(file)),
      examples: (run.examples ?? []).filter(
        ({ results }) => results !== null && files.has(results),
      ),
    }));
  }

  /** The run as it is now, with what has come to the evaluations of other trees that are all its own. */
  private async lookAgain(run: RunDir, signal: AbortSignal | undefined): Promise<RunDir> {
    const own = this.joins.filter(({ into }) => into === run.key);
    for (const join of own) {
      const { from, files } = join;
      const isWhole = from.sources.length === files.size && isOnlyEvaluations(from);
      if (!isWhole) continue;
      const now = await this.rediscover(from, signal);
      this.walked.set(from.key, now);
      const grown = { ...join, from: now, files: new Set(now.sources.map(({ file }) => file)) };
      this.joins = this.joins.map((one) => (one === join ? grown : one));
    }
    const walked = this.walked.get(run.key);
    if (!walked) return run;
    const now = run.file === null ? await this.rediscover(walked, signal) : walked;
    this.walked.set(now.key, now);
    const joins = this.joins.filter(({ from, into }) => from.key === run.key || into === run.key);
    return applyJoins([now], joins).find(({ key }) => key === run.key) ?? run;
  }

  /** The run's directory as it is now, with its id and key. */
  private async rediscover(run: RunDir, signal: AbortSignal | undefined): Promise<RunDir> {
    const isExcluded = (path: string): boolean =>
      this.options.isExcluded(run.id === "." ? path : `${run.id}/${path}`);
    const options = { isExcluded, ownRunOnly: true, claims: this.claims };
    const { runs } = await discoverAll(this.files, run.directory, options, signal);
    const now = runs.find(
      ({ directory, file, part }) =>
        directory === run.directory && file === null && part === run.part,
    );
    if (!now) return run;
    const { sources, checkpoints, examples = [] } = now;
    const configs = now.configs.length > 0 ? now.configs : run.configs;
    return this.withAdopted({
      ...run,
      sources,
      checkpoints,
      examples,
      configs,
      systems: now.systems,
    });
  }

  private readingOf(run: RunDir): RunReading {
    const key = readingKey(run);
    const reading = this.readings.get(key) ?? new RunReading(this.files, this.cache, this.place);
    // Used last: to the end of the map, which is the order in which readings are let go.
    this.readings.delete(key);
    this.readings.set(key, reading);
    return reading;
  }

  private async loaded(run: RunDir, reading: RunReading): Promise<LoadedRun> {
    const own = await this.configOf(run);
    const config = new Map(own.told.config);
    for (const [key, value] of reading.config(filePart(run))) {
      if (!config.has(key) && !config.has(key.replaceAll("/", "."))) config.set(key, value);
    }
    const table = reading.table(filePart(run));
    const problems = reading.problems(filePart(run));
    this.runProblems.set(run.key, problems);
    const loaded: LoadedRun = {
      run,
      table,
      config,
      axis: reading.axis(filePart(run)),
      modifiedMs: reading.modifiedMs(),
      problems: [...own.problems, ...problems],
      pointsByFile: reading.pointsByFile(filePart(run)),
      view: await this.viewOf(run, table, reading, config),
    };
    this.letGo(readingKey(run), reading);
    // One at a time: what waits to be kept stays in memory, whatever may be let go. Where it fails, it is read again.
    const before = this.keeping;
    this.keeping = before.then(() => reading.keep()).catch(() => undefined);
    await before;
    return loaded;
  }

  /** Lets go of what was used longest ago, where `reading` has made the memory too full. */
  private letGo(grown: string, reading: RunReading): void {
    // Let go while it was read, by others that are.
    if (this.readings.get(grown) !== reading) return;
    const size = reading.size();
    this.bytes += size - (this.sizes.get(grown) ?? 0);
    this.sizes.set(grown, size);
    for (const key of this.readings.keys()) {
      if (this.bytes <= this.pointBytes || this.readings.size === 1) return;
      this.drop(key);
    }
  }

  private drop(key: string): void {
    this.readings.delete(key);
    this.bytes -= this.sizes.get(key) ?? 0;
    this.sizes.delete(key);
  }

  private async viewOf(
    run: RunDir,
    table: MetricTable,
    reading: RunReading,
    config: Config,
  ): Promise<RunView> {
    const file = this.onsetFileOf(run);
    const direction = (metric: string): Direction => {
      const declared = reading.higherIsBetter(metric);
      const set = metricSettings(file, metric)?.direction;
      return set ?? (declared === null ? guessDirection(metric) : declared ? "higher" : "lower");
    };
    if (!this.judged.has(table) || !this.bests.has(run.key)) {
      const own = new Map<string, number>();
      for (const metric of table.metricNames()) {
        const curve = table.curve(metric);
        if (!curve) continue;
        const { lowest, highest } = curve.extremes(0, curve.length);
        const best = direction(metric) === "higher" ? highest : lowest;
        own.set(metric, best < 0 ? NaN : curve.valueAt(best));
      }
      this.bests.set(run.key, own);
      this.judged.add(table);
    }
    const neighbours = await this.neighbours(run.key);
    return {
      metricNames: () => table.metricNames(),
      series: (metric) => table.series(metric),
      direction,
      isJudged: (metric) =>
        (metricSettings(file, metric)?.direction ?? reading.higherIsBetter(metric)) !== null ||
        isJudged(metric),
      chance: (metric) => chanceOf(file, metric),
      best: (metric) => {
        const values = neighbours.flatMap(({ key }) => this.bests.get(key)?.get(metric) ?? []);
        return bestOf(values, direction(metric));
      },
      exampleShare: () => null,
      ...unitsOf(axesOf(config, run), table),
    };
  }

  /** Reads all runs of the experiments of `keys`, so that `RunView.best` knows all compared runs. */
  async readExperiments(keys: readonly string[], signal?: AbortSignal): Promise<void> {
    const wanted = new Set<string>();
    for (const key of keys) {
      if (wanted.has(key)) continue;
      for (const neighbour of await this.neighbours(key)) wanted.add(neighbour.key);
    }
    const unknown = [...wanted].filter((key) => !this.bests.has(key));
    for await (const _ of this.loadAll(unknown, signal)) signal?.throwIfAborted();
  }

  /** The keys of a run's config files, and what its logs' first records tell. Read once. */
  private async configOf(run: RunDir): Promise<KnownConfig> {
    const known = this.configs.get(run.key);
    if (known) return known;
    const config = new Map<string, ConfigValue>();
    const problems: Problem[] = [];
    let { id, name, parent }: Told = NOTHING_TOLD;
    const merge = (from: Partial<Told>): void => {
      for (const [key, value] of from.config ?? []) {
        // Loggers write nested keys with slashes, files of the same run with dots.
        if (!config.has(key) && !config.has(key.replaceAll("/", "."))) config.set(key, value);
      }
      id ??= from.id ?? null;
      name ??= from.name ?? null;
      parent ??= from.parent ?? null;
    };
    for (const file of run.configs) {
      try {
        const result = await readConfigSource(this.files, file);
        merge(result);
        problems.push(...result.problems);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        problems.push(problem("config/unreadable", file, `cannot be read: ${reasonOf(error)}`));
      }
    }
    merge({ config: this.partConfigs.get(run.key) ?? new Map() });
    if (run.file !== null) {
      merge({ config: await this.configInHead(run.file, run.sources[0]?.format) });
    }
    for (const told of await this.toldByLogs(run)) merge(told);
    const result = { told: { config, id, name, parent }, problems };
    this.configs.set(run.key, result);
    return result;
  }

  /** What the first records of the run's logs tell, of later logs first. */
  private async toldByLogs({ sources }: RunDir): Promise<Told[]> {
    const told: Told[] = [];
    const telling = sources.filter(({ format }) => readerOf(format).tell !== undefined);
    for (const { file, format } of telling.slice(-MAX_TELLING_LOGS).reverse()) {
      try {
        const source = await this.files.open(file);
        try {
          told.push((await readerOf(format).tell?.(source)) ?? NOTHING_TOLD);
        } finally {
          await source.close();
        }
      } catch (error) {
        // Reading the run says that it cannot be read.
        if (!(error instanceof FileError)) throw error;
      }
    }
    return told;
  }

  private async configInHead(file: string, format: string | undefined): Promise<Config> {
    const reader = format === undefined ? undefined : readerOf(format);
    if (!reader?.describe) return new Map();
    try {
      const source = await this.files.open(file);
      try {
        const head = await readRange(source, 0, HEAD_BYTES);
        return reader.describe(baseName(file), head).config ?? new Map();
      } finally {
        await source.close();
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return new Map();
    }
  }

  /** The nearest `onset.json` in the folder or above it. */
  private async readOnsetFile(folder: string): Promise<OnsetFile> {
    for (let directory = folder; ; directory = directoryOf(directory)) {
      const path = joinPath(directory, ONSET_FILE);
      try {
        const source = await this.files.open(path);
        try {
          return parseOnsetFile(decodeText(await readRange(source, 0, source.stamp.size)), path);
        } finally {
          await source.close();
        }
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        if (error.code !== "not-found") {
          const unreadable = problem(
            "onset-file/unreadable",
            path,
            `cannot be read: ${reasonOf(error)}`,
          );
          return { ...NO_ONSET_FILE, problems: [unreadable] };
        }
      }
      if (directory === "/" || !directory.includes("/") || directoryOf(directory) === directory) {
        return NO_ONSET_FILE;
      }
    }
  }
}

/** What is known of the run's steps on other axes. Epochs are those that the run has logged. */
function unitsOf(axes: readonly Axis[], table: MetricTable): Pick<RunView, "toStep" | "perStep"> {
  const perStep = (axis: AxisName): number | null =>
    axis === "step" ? 1 : (axes.find((one) => one.axis === axis)?.perStep ?? null);
  return {
    perStep,
    toStep({ value, axis }) {
      const worth = perStep(axis);
      if (worth !== null || axis !== "epochs") return worth === null ? null : value / worth;
      const name = table
        .metricNames()
        .find((metric) => /^(train\/|trainer\/)?epoch$/i.test(metric));
      const epochs = name === undefined ? null : table.series(name);
      if (!epochs) return null;
      const index = epochs.value.findIndex((epoch) => epoch >= value);
      return index < 0 ? Infinity : (epochs.step[index] as number);
    },
  };
}

/** Chance rate of a metric: the user's, else that of its task. */
function chanceOf(file: OnsetFile, metric: string): Chance | null {
  const settings = metricSettings(file, metric);
  const rate = settings?.chance ?? chanceRateOf(metric);
  return rate === null ? null : { rate, items: settings?.items ?? null };
}

/** True for evaluations alone whose names say no step: without one inside they are no part of any training. */
function hasNoStepInNames({ sources, checkpoints }: RunDir): boolean {
  return (
    checkpoints.length === 0 &&
    sources.every(
      ({ file, format }) =>
        readerOf(format).kind === "evaluation" && stepOfEvaluationFile(baseName(file)) === null,
    )
  );
}

function readingKey(run: RunDir): string {
  return run.file ?? run.key;
}

function filePart(run: RunDir): string {
  return run.file === null ? "" : (run.part ?? "");
}
