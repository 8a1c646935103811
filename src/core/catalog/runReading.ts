/**
 * Reads the files of one run and keeps where each of them ended, so that a run that is still being written costs only
 * what is new. Makes the run's table from what was read.
 */

import { closeAll, openBeside, stampBeside } from "../formats/beside.js";
import { readerOf } from "../formats/index.js";
import type { Evaluated } from "../formats/evaluated.js";
import { lmEval } from "../formats/lmEval.js";
import { HEAD_BYTES, START, type Chunk, type Cursor } from "../formats/reader.js";
import { FileError, readRange, type ByteSource, type Files, type FileStamp } from "../io/files.js";
import { createLimit } from "../io/limit.js";
import { baseName, compareNames, joinPath } from "../io/path.js";
import type { Config, ConfigValue } from "../model/config.js";
import { problem, reasonOf, type Problem } from "../model/problem.js";
import type { RunDir, Source } from "../model/run.js";
import type { Stream } from "../tables/attempts.js";
import { buildMetricTable, type MetricTable } from "../tables/metricTable.js";
import { MetricNames, PointLog } from "../tables/pointLog.js";

/** Files of one run that are read at once. */
const CONCURRENCY = 8;

interface FileReading {
  readonly source: Source;
  stamp: FileStamp;
  /** Stamps of the files that are read with it. */
  beside: string;
  cursor: Cursor;
  /** The last bytes before the cursor: they tell a log that has grown from one that was written anew. */
  tail: Uint8Array;
  /** True while it is read on, and when that was stopped: then it is read anew the next time. */
  isTorn: boolean;
  /** Points by the run within the file, `""` where the file holds one. */
  readonly parts: Map<string, PointLog>;
  madeAt: number | null;
  evaluated: Evaluated | null;
  config: Map<string, ConfigValue>;
  /** Configuration of single runs within the file. */
  readonly partConfigs: Map<string, Map<string, ConfigValue>>;
  axis: string | null;
  higherIsBetter: Map<string, boolean>;
  problems: Problem[];
}

/** Points that a file holds, and those of them in the run's table: the others are in another file too. */
export interface FilePoints {
  readonly read: number;
  readonly kept: number;
}

export class RunReading {
  private names = new MetricNames();
  private readonly files = new Map<string, FileReading>();
  private readonly built = new Map<string, MetricTable>();
  private readonly unreadable = new Map<string, Problem>();

  private place = "";
  /** The update that is under way. They follow one another: each reads on from where the last one ended. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly disk: Files) {}

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
    if (changed) this.built.clear();
    return changed;
  }

  /** The run's table; `part` is the run's name within its file, `""` where the file holds one. */
  table(part: string): MetricTable {
    let table = this.built.get(part);
    if (!table) {
      const { names } = this;
      const evaluations = this.evaluations(part);
      table = buildMetricTable({ names, streams: this.streams(part), evaluations });
      this.built.set(part, table);
    }
    return table;
  }

  /** Names of the runs that one of the files holds, where it holds several. */
  parts(): string[] {
    const parts = new Set<string>();
    for (const { parts: own } of this.files.values()) {
      for (const name of own.keys()) if (name !== "") parts.add(name);
    }
    return [...parts].sort(compareNames);
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
  axis(): string | null {
    for (const { axis } of this.files.values()) if (axis !== null) return axis;
    return null;
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
    for (const [file, { parts }] of this.files) {
      const log = parts.get(part);
      if (log) points.set(file, { read: log.length, kept: table.rowsFrom(log) });
      else if (part === "") points.set(file, { read: 0, kept: 0 });
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

  /** Points that are held in memory. */
  size(): number {
    let points = 0;
    for (const table of this.built.values()) points += table.length;
    for (const { parts } of this.files.values()) {
      for (const log of parts.values()) points += log.length;
    }
    return points;
  }

  private async updateFile(source: Source, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      const known = this.files.get(source.file);
      const isWhole = known !== undefined && !known.isTorn;
      const reader = readerOf(source.format);
      const besideStamp = await stampBeside(this.disk, source.file, reader);
      const stamp = isWhole ? await this.disk.stat(source.file) : null;
      if (stamp && known && sameStamp(known.stamp, stamp) && known.beside === besideStamp) {
        return false;
      }
      const opened = await this.disk.open(source.file);
      let beside: ReadonlyMap<string, ByteSource> = new Map();
      try {
        beside = await openBeside(this.disk, source.file, reader);
        const continues =
          isWhole &&
          reader.kind === "log" &&
          reader.isRewritten !== true &&
          known.stamp.inode === opened.stamp.inode &&
          (await endsWith(opened, known.cursor.offset, known.tail));
        const reading = continues ? known : newReading(source, opened.stamp);
        reading.isTorn = true;
        reading.problems = reading.problems.filter(isLasting);
        for (const log of reading.parts.values()) log.dropProvisional();
        const chunks = reader.read(
          { source: opened, file: source.file, from: reading.cursor, beside },
          signal,
        );
        for (let next = await chunks.next(); ; next = await chunks.next()) {
          if (next.done === true) {
            reading.cursor = next.value;
            break;
          }
          this.take(reading, next.value);
        }
        reading.stamp = opened.stamp;
        reading.beside = besideStamp;
        reading.tail = await tailBefore(opened, reading.cursor.offset);
        reading.isTorn = false;
        this.files.set(source.file, reading);
        this.unreadable.delete(source.file);
        return true;
      } finally {
        await closeAll(beside);
        await opened.close();
      }
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

  private take(reading: FileReading, chunk: Chunk): void {
    const {
      points,
      restarts,
      part = "",
      config,
      provisional,
      madeAt,
      evaluated,
      axis,
      higherIsBetter,
      problems,
    } = chunk;
    let log = reading.parts.get(part);
    if (!log && (points.step.length > 0 || (restarts?.length ?? 0) > 0 || part !== "")) {
      const { split } = reading.source;
      log = new PointLog(this.names, split === null ? "" : `${split}/`);
      reading.parts.set(part, log);
    }
    log?.append(points, provisional, restarts);
    let own = reading.config;
    if (part !== "" && config) {
      own = reading.partConfigs.get(part) ?? new Map<string, ConfigValue>();
      reading.partConfigs.set(part, own);
    }
    for (const [key, value] of config ?? []) own.set(key, value);
    if (madeAt !== undefined) reading.madeAt = madeAt;
    if (evaluated !== undefined) reading.evaluated = evaluated;
    if (axis !== undefined) reading.axis = axis;
    for (const [metric, higher] of higherIsBetter ?? []) reading.higherIsBetter.set(metric, higher);
    // What reading on begins with may have been met before: a damaged length ends every reading.
    for (const found of problems) {
      const isKnown = reading.problems.some((known) => isSameProblem(known, found));
      if (!isKnown) reading.problems.push(found);
    }
  }

  private ofKind(kind: string): FileReading[] {
    return [...this.files.values()]
      .filter(({ source }) => readerOf(source.format).kind === kind)
      .sort((a, b) => compareNames(placeIn(a.source), placeIn(b.source)));
  }

  private streams(part: string): Stream[] {
    const continued = new Map<string, PointLog[]>();
    const single: Stream[] = [];
    for (const { source, parts } of this.ofKind("log")) {
      const log = parts.get(part);
      if (!log) continue;
      if (source.stream === null) single.push({ logs: [log], restarts: false });
      else continued.set(source.stream, [...(continued.get(source.stream) ?? []), log]);
    }
    const streams = [...continued.values()].map((logs) => ({ logs, restarts: false }));
    const history = this.history(part);
    return [...streams, ...single, ...(history ? [history] : [])];
  }

  /**
   * The states of all checkpoints as one stream. A state that is the beginning of another one says nothing new; those
   * that are not come from a restart. Of two such the one that has got further is the later one: times of files do not
   * survive a copy. It adds what it has beyond the points that both have in common.
   */
  private history(part: string): Stream | null {
    const readings = this.ofKind("history")
      .flatMap((reading) => {
        const log = reading.parts.get(part);
        return log ? [{ log, modifiedMs: reading.stamp.modifiedMs }] : [];
      })
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
      .flatMap((reading) => reading.parts.get(part) ?? []);
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

function newReading(source: Source, stamp: FileStamp): FileReading {
  return {
    source,
    stamp,
    beside: "",
    cursor: START,
    tail: new Uint8Array(),
    isTorn: false,
    parts: new Map(),
    madeAt: null,
    evaluated: null,
    config: new Map(),
    partConfigs: new Map(),
    axis: null,
    higherIsBetter: new Map(),
    problems: [],
  };
}

const TAIL_BYTES = 64;

async function tailBefore(source: ByteSource, offset: number): Promise<Uint8Array> {
  const length = Math.min(TAIL_BYTES, offset);
  return readRange(source, offset - length, length);
}

/** Whether the bytes before `offset` are still those that were read there. */
async function endsWith(source: ByteSource, offset: number, tail: Uint8Array): Promise<boolean> {
  const now = await tailBefore(source, offset);
  return now.length === tail.length && now.every((byte, i) => byte === tail[i]);
}

function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.modifiedMs === b.modifiedMs && a.inode === b.inode;
}

function isSameProblem(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.offset === b.offset && a.message === b.message;
}

/** Problems of an unfinished end are found again, or are gone, when the file is read on. */
function isLasting({ code }: Problem): boolean {
  return code !== "csv/no-line-end" && code !== "step-metrics/not-json";
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
