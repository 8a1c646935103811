/**
 * Reads the files of one run and keeps where each of them ended, so that a run that is still being written costs only
 * what is new. Makes the run's table from what was read.
 */

import type { Evaluated } from "../formats/evaluated.js";
import { readerOf } from "../formats/index.js";
import { lmEval } from "../formats/lmEval.js";
import { HERE, type ReadingPlace } from "../formats/readingPlace.js";
import { HEAD_BYTES } from "../formats/reader.js";
import type { Cache } from "../io/cache.js";
import { FileError, readRange, type Files } from "../io/files.js";
import { createLimit } from "../io/limit.js";
import { baseName, compareNames, joinPath } from "../io/path.js";
import type { Config, ConfigValue } from "../model/config.js";
import { problem, reasonOf, type Problem } from "../model/problem.js";
import type { RunDir, Source } from "../model/run.js";
import { countedBy } from "../model/stepCounts.js";
import { GrowingAttempts, type Stream } from "../tables/attempts.js";
import { buildMetricTable } from "../tables/buildMetricTable.js";
import type { MetricTable } from "../tables/metricTable.js";
import { MetricNames, type PointLog } from "../tables/pointLog.js";
import { FileReading, type FileLog, type Surroundings } from "./fileReading.js";

/** Files of one run that are read at once. */
const CONCURRENCY = 8;

/** Points that a file holds, and those of them in the run's table: the others are in another file too. */
export interface FilePoints {
  readonly read: number;
  readonly kept: number;
}

export class RunReading {
  private readonly surroundings: Surroundings;
  private readonly files = new Map<string, FileReading>();
  private readonly built = new Map<string, MetricTable>();
  /** Attempts of the runs within its files: they are split on where the files have grown. */
  private readonly attempts = new Map<string, GrowingAttempts>();
  private readonly unreadable = new Map<string, Problem>();

  private place = "";
  /** The update that is under way. They follow one another: each reads on from where the last one ended. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly disk: Files,
    private readonly cache: Cache | null = null,
    place: ReadingPlace = HERE,
  ) {
    this.surroundings = { disk, cache, place, names: new MetricNames() };
  }

  /** Reads what is new, of all sources of `run` as discovery sees them now. True when anything changed. */
  update(run: RunDir, signal?: AbortSignal): Promise<boolean> {
    const update = this.last.then(() => this.updateFiles(run, signal));
    this.last = update.catch(() => undefined);
    return update;
  }

  private async updateFiles(run: RunDir, signal: AbortSignal | undefined): Promise<boolean> {
    this.place = run.file ?? run.directory;
    const sources = [...run.sources, ...(await this.evaluationsInCheckpoints(run))];
    const limit = createLimit(CONCURRENCY);
    const wanted = new Set(sources.map(({ file }) => file));
    let changed = this.files.size === 0;
    for (const file of this.files.keys()) {
      if (!wanted.has(file)) changed = this.files.delete(file) || changed;
    }
    const results = await Promise.all(
      sources.map((source) => limit(() => this.updateFile(source, signal))),
    );
    changed ||= results.includes(true);
    // In the order of the sources, whichever was read first: of what several files say, the first one's counts.
    for (const file of wanted) {
      const reading = this.files.get(file);
      if (reading && this.files.delete(file)) this.files.set(file, reading);
    }
    if (changed) this.built.clear();
    return changed;
  }

  /** The run's table; `part` is the run's name within its file, `""` where the file holds one. */
  table(part: string): MetricTable {
    let table = this.built.get(part);
    if (!table) {
      const { names } = this.surroundings;
      const evaluations = this.evaluations(part);
      const growing = this.attempts.get(part) ?? new GrowingAttempts();
      this.attempts.set(part, growing);
      table = buildMetricTable({ names, streams: this.streams(part), evaluations }, growing);
      this.built.set(part, table);
    }
    return table;
  }

  /**
   * Names of the runs that one of the files holds, where it holds several; `""` for rows that name none beside such that
   * do.
   */
  parts(): string[] {
    const parts = new Set<string>();
    for (const file of this.files.values()) for (const part of file.parts) parts.add(part);
    return parts.size === 1 && parts.has("") ? [] : [...parts].sort(compareNames);
  }

  /** Configuration that the metric files themselves hold, of the run within them first. */
  config(part: string): Config {
    const config = new Map<string, ConfigValue>();
    const files = [...this.files.values()];
    for (const own of [
      ...files.map(({ partConfigs }) => partConfigs.get(part)),
      ...files.map(({ config: whole }) => whole),
    ]) {
      for (const [key, value] of own ?? []) if (!config.has(key)) config.set(key, value);
    }
    return config;
  }

  /** The column that steps were taken from, where it is not plainly the optimiser step. */
  axis(part: string): string | null {
    const counted = this.counted(part);
    const own = this.logsOf(part).filter(({ axis }) => countedBy(axis) === counted);
    return own.find(({ axis }) => axis !== null)?.axis ?? null;
  }

  higherIsBetter(metric: string): boolean | null {
    for (const { higherIsBetter } of this.files.values()) {
      const declared = higherIsBetter.get(metric);
      if (declared !== undefined) return declared;
    }
    return null;
  }

  problems(part: string): Problem[] {
    const problems = [...this.unreadable.values()];
    for (const { problems: own } of this.files.values()) problems.push(...own);
    const table = this.table(part);
    const [shown] = table.contradictions;
    if (shown) {
      const { metric, step, used, other } = shown;
      problems.push(
        problem(
          "run/contradicting-values",
          this.place,
          `${table.contradictionCount} values are given twice and differ, for instance ${metric} at step ${step}: ` +
            `${used} is used, ${other} is kept beside it`,
        ),
      );
    }
    const apart = table.metricNames().filter((metric) => table.axisOf(metric) !== null);
    if (apart.length > 0) {
      const shown = apart.slice(0, 3).map((metric) => `${metric} by ${table.axisOf(metric) ?? ""}`);
      const more = apart.length > 3 ? ` and ${apart.length - 3} more` : "";
      problems.push(
        problem(
          "run/mixed-axes",
          this.place,
          `the run's steps count ${this.counted(part)}, those of ${shown.join(", ")}${more} something else: ` +
            "the two cannot be compared",
        ),
      );
    }
    if (table.unordered.length > 0) {
      problems.push(
        problem(
          "run/steps-unordered",
          this.place,
          "steps go backwards again and again: sorted by step and taken as one attempt",
        ),
      );
    }
    return problems;
  }

  /** What each file gave. */
  pointsByFile(part: string): Map<string, FilePoints> {
    const table = this.table(part);
    const points = new Map<string, FilePoints>();
    for (const [file, reading] of this.files) {
      const logs = reading.logsOf(part);
      if (logs.length === 0 && part !== "") continue;
      let [read, kept] = [0, 0];
      for (const { log } of logs) {
        read += log.length;
        kept += table.rowsFrom(log);
      }
      points.set(file, { read, kept });
    }
    return points;
  }

  /** Which models its evaluations are of, file by file. */
  evaluated(): { file: string; evaluated: Evaluated; madeAt: number | null }[] {
    return this.ofKind("evaluation").flatMap(({ source, evaluated, madeAt }) =>
      evaluated === null ? [] : [{ file: source.file, evaluated, madeAt }],
    );
  }

  /** When the newest of its files was written, in milliseconds since 1970; 0 before anything was read. */
  modifiedMs(): number {
    return Math.max(0, ...[...this.files.values()].map(({ stamp }) => stamp.modifiedMs));
  }

  /** Bytes of points that are held in memory. */
  size(): number {
    let bytes = 0;
    for (const table of this.built.values()) bytes += table.bytes;
    for (const { logs } of this.files.values()) {
      for (const { log } of logs) bytes += log.bytes;
    }
    return bytes;
  }

  /** Keeps what was read of its files and not kept yet. */
  async keep(): Promise<void> {
    if (!this.cache) return;
    for (const file of this.files.values()) await file.keep(this.cache);
  }

  private async updateFile(source: Source, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      const known = this.files.get(source.file);
      const { reading, changed } = await FileReading.update(
        this.surroundings,
        source,
        known,
        signal,
      );
      this.files.set(source.file, reading);
      this.unreadable.delete(source.file);
      return changed;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return this.lose(source, error);
    }
  }

  /** A file that cannot be read any more gives a problem; its points go. A state that was never there is none. */
  private lose(source: Source, error: FileError): boolean {
    const wasKnown = this.files.delete(source.file);
    const expectedAbsence =
      error.code === "not-found" && readerOf(source.format).kind === "history";
    if (expectedAbsence) return wasKnown;
    const isNew = !this.unreadable.has(source.file);
    const gone = error.code === "not-found";
    this.unreadable.set(
      source.file,
      problem(
        gone ? "file/not-found" : "file/unreadable",
        source.file,
        gone ? "is gone since it was listed" : `cannot be read: ${reasonOf(error)}`,
      ),
    );
    return wasKnown || isNew;
  }

  private ofKind(kind: string): FileReading[] {
    return [...this.files.values()]
      .filter(({ source }) => readerOf(source.format).kind === kind)
      .sort((a, b) => compareNames(placeIn(a.source), placeIn(b.source)));
  }

  private logsOf(part: string): FileLog[] {
    return [...this.files.values()].flatMap((reading) => reading.logsOf(part));
  }

  /** What the run's steps count: steps where any of its logs does, else what most of its points do. */
  private counted(part: string): string {
    const points = new Map<string, number>();
    for (const { axis, log } of this.logsOf(part)) {
      const counted = countedBy(axis);
      points.set(counted, (points.get(counted) ?? 0) + log.length);
    }
    if (points.size === 0 || points.has("steps")) return "steps";
    return [...points].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
  }

  /** The run's logs, in the order in which later ones win, and behind them those whose steps count something else. */
  private streams(part: string): Stream[] {
    const counted = this.counted(part);
    const isOwn = ({ axis }: FileLog): boolean => countedBy(axis) === counted;
    const continued = new Map<string, PointLog[]>();
    const single: Stream[] = [];
    for (const reading of this.ofKind("log")) {
      const { stream } = reading.source;
      for (const { log } of reading.logsOf(part).filter(isOwn)) {
        if (stream === null) single.push({ logs: [log], restarts: false });
        else continued.set(stream, [...(continued.get(stream) ?? []), log]);
      }
    }
    const streams = [...continued.values()].map((logs) => ({ logs, restarts: false }));
    const history = this.history(part, isOwn);
    const own = [...streams, ...single, ...(history ? [history] : [])];
    return [...own, ...this.streamsApart(part, isOwn, own)];
  }

  /** Logs whose steps count something else than the run's: metrics that both have get another name there. */
  private streamsApart(
    part: string,
    isOwn: (log: FileLog) => boolean,
    own: readonly Stream[],
  ): Stream[] {
    const others = ["log", "history"].flatMap((kind) =>
      this.ofKind(kind).flatMap((reading) =>
        reading.logsOf(part).filter((log) => !isOwn(log) && log.log.length > 0),
      ),
    );
    if (others.length === 0) return [];
    const taken = new Set(own.flatMap(({ logs }) => logs.flatMap((log) => [...log.metricIds()])));
    const apart = new Map<string, Stream[]>();
    for (const { axis, log } of others) {
      const counted = countedBy(axis);
      const logs = [log.renamed(taken, ` [${counted}]`)];
      const streams = apart.get(counted) ?? [];
      apart.set(counted, [...streams, { logs, restarts: false, apart: axis ?? "step" }]);
    }
    return [...apart.values()].flat();
  }

  /**
   * The states of all checkpoints as one stream. A state that is the beginning of another one says nothing new; those
   * that are not come from a restart. Of two such the one that has got further is the later one: times of files do not
   * survive a copy. It adds what it has beyond the points that both have in common.
   */
  private history(part: string, isOwn: (log: FileLog) => boolean): Stream | null {
    const readings = this.ofKind("history")
      .flatMap((reading) =>
        reading
          .logsOf(part)
          .filter(isOwn)
          .map(({ log }) => ({ log, modifiedMs: reading.stamp.modifiedMs })),
      )
      .sort((a, b) => b.log.length - a.log.length);
    const chains: { log: PointLog; modifiedMs: number }[] = [];
    for (const { log, modifiedMs } of readings) {
      const chain = chains.find((candidate) => commonPoints(log, candidate.log) === log.length);
      if (!chain) chains.push({ log, modifiedMs });
      else chain.modifiedMs = Math.max(chain.modifiedMs, modifiedMs);
    }
    if (chains.length === 0) return null;
    const reached = ({ log }: { log: PointLog }): number => log.step[log.length - 1] ?? -Infinity;
    chains.sort((a, b) => reached(a) - reached(b) || a.modifiedMs - b.modifiedMs);
    const logs = chains.map(({ log }, i) => {
      const before = chains[i - 1]?.log;
      return before ? log.from(commonPoints(log, before)) : log;
    });
    return { logs, restarts: true };
  }

  private evaluations(part: string): PointLog[] {
    return this.ofKind("evaluation")
      .sort((a, b) => (a.madeAt ?? 0) - (b.madeAt ?? 0))
      .flatMap((reading) => reading.logsOf(part).map(({ log }) => log));
  }

  /** Results that lie inside checkpoints: asked of the first and the last, and of all where one of them has any. */
  private async evaluationsInCheckpoints(run: RunDir): Promise<Source[]> {
    const directories = run.checkpoints.filter(({ container }) => container === "directory");
    const ends = [...new Set([directories[0], directories.at(-1)])].filter(
      (end) => end !== undefined,
    );
    const limit = createLimit(CONCURRENCY);
    const look = async (path: string): Promise<Source[]> => limit(() => this.resultsIn(path));
    const first = (await Promise.all(ends.map(({ path }) => look(path)))).flat();
    if (first.length === 0) return [];
    return (await Promise.all(directories.map(({ path }) => look(path)))).flat();
  }

  private async resultsIn(directory: string): Promise<Source[]> {
    const found: Source[] = [];
    try {
      for (const { name, kind } of await this.disk.list(directory)) {
        if (kind !== "file" || !/result|eval/i.test(name)) continue;
        const file = joinPath(directory, name);
        if (lmEval.claims(name, null).kind === "no") continue;
        const opened = await this.disk.open(file);
        try {
          const head = await readRange(opened, 0, HEAD_BYTES);
          if (lmEval.claims(baseName(file), head).kind === "yes") {
            found.push({ file, format: lmEval.format, split: null, stream: null });
          }
        } finally {
          await opened.close();
        }
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
    return found;
  }
}

/** What logs are ordered by. */
function placeIn({ file, order }: Source): string {
  return order ?? file;
}

/** How many points two logs have in common from their beginning on. */
function commonPoints(a: PointLog, b: PointLog): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (
      a.metric[i] !== b.metric[i] ||
      a.step[i] !== b.step[i] ||
      !Object.is(a.value[i], b.value[i])
    ) {
      return i;
    }
  }
  return length;
}
