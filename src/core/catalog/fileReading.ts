/**
 * One metric file of a run as far as it was read, and where reading goes on: a file that grows costs only what is new, one
 * that was replaced, cut or written over is read anew.
 */

import { openBeside, closeAll, stampBeside } from "../formats/beside.js";
import type { Evaluated } from "../formats/evaluated.js";
import { lfsPointerIn } from "../formats/gitLfs.js";
import { readerOf } from "../formats/index.js";
import { isLasting } from "../formats/problems.js";
import type { ReadingPlace } from "../formats/readingPlace.js";
import { START, type Chunk, type Cursor, type Reader } from "../formats/reader.js";
import type { Cache, CacheEntry } from "../io/cache.js";
import type { ByteSource, Files, FileStamp } from "../io/files.js";
import { endsWith, sameStamp, tailBefore } from "../io/tail.js";
import type { ConfigValue } from "../model/config.js";
import { problem, type Problem } from "../model/problem.js";
import type { Source } from "../model/run.js";
import { BLOCKS_OF_LOG, logFromIpc, logToIpc, type LogState } from "../tables/logIpc.js";
import { PointLog, type MetricNames } from "../tables/pointLog.js";

/** Points of one run within a file whose steps were taken from one column. */
export interface FileLog {
  /** `""` where the file holds one run. */
  readonly part: string;
  /** The column, where it is not plainly the optimiser step. */
  readonly axis: string | null;
  readonly log: PointLog;
}

/** What the files of a run are read with. */
export interface Surroundings {
  readonly disk: Files;
  /** Null where nothing is kept. */
  readonly cache: Cache | null;
  readonly names: MetricNames;
  /** Where files are read. */
  readonly place: ReadingPlace;
}

/** A file is kept again when it has grown by this share: so that keeping one that grows costs no more than reading it. */
const KEPT_AGAIN = 1 / 4;

/** What is kept of a reading beside its points: plain data. */
interface KeptState extends Pick<
  FileReading,
  "stamp" | "madeAt" | "evaluated" | "config" | "partConfigs" | "higherIsBetter" | "problems"
> {
  readonly format: string;
  readonly split: string | null;
  readonly beside: string;
  readonly cursor: Cursor;
  readonly tail: Uint8Array;
  readonly logs: readonly (Omit<FileLog, "log"> & { readonly log: LogState })[];
}

export class FileReading {
  stamp: FileStamp;
  madeAt: number | null = null;
  evaluated: Evaluated | null = null;
  config = new Map<string, ConfigValue>();
  /** Configuration of single runs within the file. */
  partConfigs = new Map<string, Map<string, ConfigValue>>();
  higherIsBetter = new Map<string, boolean>();
  problems: Problem[] = [];
  private readonly byPart = new Map<string, FileLog[]>();
  /** Stamps of the files that are read with it. */
  private beside = "";
  private cursor: Cursor = START;
  /** The last bytes before the cursor: they tell a log that has grown from one that was written anew. */
  private tail: Uint8Array = new Uint8Array();
  /** True while it is read on, and when that was stopped: then it is read anew the next time. */
  private isTorn = false;
  /** The offset up to which it was kept last; null where it never was. */
  private keptTo: number | null = null;

  private constructor(
    readonly source: Source,
    private readonly names: MetricNames,
    stamp: FileStamp,
  ) {
    this.stamp = stamp;
  }

  /**
   * What the file gives now: `known`, or else what was kept of it, read on where it has grown, or a new reading of all of
   * it. `known` itself where nothing has changed. Throws a `FileError` where the file cannot be read.
   */
  static async update(
    surroundings: Surroundings,
    source: Source,
    known: FileReading | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ reading: FileReading; changed: boolean }> {
    const { disk, cache, names, place } = surroundings;
    const reader = readerOf(source.format);
    const besideStamp = await stampBeside(disk, source.file, reader);
    let before = known?.isTorn === false ? known : null;
    if (before?.beside === besideStamp) {
      if (sameStamp(before.stamp, await disk.stat(source.file)))
        return { reading: before, changed: false };
    }
    const opened = await disk.open(source.file);
    let beside: ReadonlyMap<string, ByteSource> = new Map();
    try {
      if (!known && cache && opened.stamp.size >= cache.leastBytes) {
        before = await FileReading.restored(cache, source, names, opened.stamp);
        if (before?.beside === besideStamp && sameStamp(before.stamp, opened.stamp))
          return { reading: before, changed: true };
      }
      beside = await openBeside(disk, source.file, reader);
      const continues =
        before !== null &&
        isReadOn(reader) &&
        mayHaveGrown(before.stamp, opened.stamp) &&
        (await endsWith(opened, before.cursor.offset, before.tail));
      const reading = before && continues ? before : new FileReading(source, names, opened.stamp);
      await reading.readOn(place, opened, beside, signal);
      reading.stamp = opened.stamp;
      reading.beside = besideStamp;
      return { reading, changed: true };
    } finally {
      await closeAll(beside);
      await opened.close();
    }
  }

  /** What was kept of the file, where it tells anything of the one that is there now. */
  private static async restored(
    cache: Cache,
    source: Source,
    names: MetricNames,
    now: FileStamp,
  ): Promise<FileReading | null> {
    const isWanted = (state: unknown): boolean => {
      const { format, split, stamp } = state as KeptState;
      if (format !== source.format || split !== source.split) return false;
      return isReadOn(readerOf(format)) ? mayHaveGrown(stamp, now) : sameStamp(stamp, now);
    };
    const entry = await cache.load(source.file, isWanted).catch(() => null);
    if (!entry) return null;
    const { logs, ...state } = entry.state as KeptState;
    const { stamp, madeAt, evaluated, config, partConfigs, higherIsBetter, problems } = state;
    const reading = new FileReading(source, names, stamp);
    Object.assign(reading, { madeAt, evaluated, config, partConfigs, higherIsBetter, problems });
    reading.beside = state.beside;
    reading.cursor = state.cursor;
    reading.tail = state.tail;
    reading.keptTo = state.cursor.offset;
    const prefix = prefixOf(source);
    for (const [i, { part, axis, log }] of logs.entries()) {
      const blocks = entry.blocks.slice(BLOCKS_OF_LOG * i, BLOCKS_OF_LOG * (i + 1));
      const own = PointLog.restored(names, prefix, logFromIpc(log, blocks));
      reading.byPart.set(part, [...(reading.byPart.get(part) ?? []), { part, axis, log: own }]);
    }
    return reading;
  }

  /** Keeps what was read, where that is worth it and much of it is new. Of a line without an end, nothing is kept. */
  async keep(cache: Cache): Promise<void> {
    const { offset } = this.cursor;
    const isNew = this.keptTo === null || offset > this.keptTo * (1 + KEPT_AGAIN);
    if (this.isTorn || this.stamp.size < cache.leastBytes || !isNew) return;
    this.keptTo = offset;
    await cache.save(this.source.file, await this.kept());
  }

  private async kept(): Promise<CacheEntry> {
    const { source, madeAt, evaluated, problems, beside, cursor, tail, logs } = this;
    const isSettled = logs.every(({ log }) => log.settled === log.length);
    const state: Omit<KeptState, "logs"> = {
      format: source.format,
      split: source.split,
      // A size that no file has: what is not settled is read again.
      stamp: isSettled ? this.stamp : { ...this.stamp, size: -1 },
      madeAt,
      evaluated,
      config: new Map(this.config),
      partConfigs: new Map([...this.partConfigs].map(([part, own]) => [part, new Map(own)])),
      higherIsBetter: new Map(this.higherIsBetter),
      problems,
      beside,
      cursor: structuredClone(cursor),
      tail,
    };
    // All of it before the first wait: the file may be read on meanwhile.
    const kept = logs.map(({ part, axis, log }) => ({ part, axis, log: log.kept() }));
    const blocks: (readonly Uint8Array[])[] = [];
    const states: KeptState["logs"][number][] = [];
    for (const { part, axis, log } of kept) {
      const ipc = await logToIpc(log);
      states.push({ part, axis, log: ipc.state });
      blocks.push(...ipc.blocks);
    }
    return { state: { ...state, logs: states }, blocks };
  }

  /** Names of the runs within the file that it has points of. */
  get parts(): Iterable<string> {
    return this.byPart.keys();
  }

  get logs(): FileLog[] {
    return [...this.byPart.values()].flat();
  }

  logsOf(part: string): readonly FileLog[] {
    return this.byPart.get(part) ?? [];
  }

  private async readOn(
    place: ReadingPlace,
    opened: ByteSource,
    beside: ReadonlyMap<string, ByteSource>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    this.isTorn = true;
    this.problems = this.problems.filter(isLasting);
    for (const { log } of this.logs) log.dropProvisional();
    const { file, format } = this.source;
    const pointer = await lfsPointerIn(opened);
    if (pointer !== null) {
      const message = `is ${pointer}; fetch it with git lfs pull`;
      this.problems = [problem("file/not-downloaded", file, message)];
    } else {
      const input = { source: opened, file, from: this.cursor, beside };
      const chunks = place.read(format, input, signal);
      for (let next = await chunks.next(); ; next = await chunks.next()) {
        if (next.done === true) {
          this.cursor = next.value;
          break;
        }
        this.take(next.value);
      }
    }
    for (const { log } of this.logs) log.trim();
    this.tail = await tailBefore(opened, this.cursor.offset);
    this.isTorn = false;
  }

  private take(chunk: Chunk): void {
    const { points, restarts = [], part = "", config, provisional, axis = null } = chunk;
    if (chunk.startsAnew === true) this.forget();
    if (points.step.length > 0 || restarts.length > 0) {
      const log = this.logOf(part, axis);
      log.append(points, provisional, restarts);
      // Chunk by chunk, and not all at once when a table is made.
      log.byMetric();
    }
    let own = this.config;
    if (part !== "" && config) {
      own = this.partConfigs.get(part) ?? new Map<string, ConfigValue>();
      this.partConfigs.set(part, own);
    }
    for (const [key, value] of config ?? []) own.set(key, value);
    if (chunk.madeAt !== undefined) this.madeAt = chunk.madeAt;
    if (chunk.evaluated !== undefined) this.evaluated = chunk.evaluated;
    for (const [metric, higher] of chunk.higherIsBetter ?? [])
      this.higherIsBetter.set(metric, higher);
    // What reading on begins with may have been met before: a damaged length ends every reading.
    for (const found of chunk.problems) {
      const isKnown = this.problems.some((known) => isSameProblem(known, found));
      if (!isKnown) this.problems.push(found);
    }
  }

  private forget(): void {
    this.byPart.clear();
    this.problems = [];
  }

  private logOf(part: string, axis: string | null): PointLog {
    const logs = this.byPart.get(part) ?? [];
    this.byPart.set(part, logs);
    let own = logs.find((log) => log.axis === axis);
    if (!own) {
      own = { part, axis, log: new PointLog(this.names, prefixOf(this.source)) };
      logs.push(own);
    }
    return own.log;
  }
}

/** True for files that are read on from a cursor when they have grown. */
/** What was changed and is as long as before was written over in place: its last bytes may still be the same. */
function mayHaveGrown(before: FileStamp, now: FileStamp): boolean {
  return before.inode === now.inode && (before.size !== now.size || sameStamp(before, now));
}

function isReadOn({ kind, isRewritten }: Reader): boolean {
  return kind === "log" && isRewritten !== true;
}

function prefixOf({ split }: Source): string {
  return split === null ? "" : `${split}/`;
}

function isSameProblem(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.offset === b.offset && a.message === b.message;
}
