/**
 * One metric file of a run as far as it was read, and where reading goes on: a file that grows costs only what is new, one
 * that was replaced, cut or written over is read anew.
 */

import { openBeside, closeAll, stampBeside } from "../formats/beside.js";
import type { Evaluated } from "../formats/evaluated.js";
import { lfsPointerIn } from "../formats/gitLfs.js";
import { readerOf } from "../formats/index.js";
import { isLasting } from "../formats/problems.js";
import { START, type Chunk, type Cursor } from "../formats/reader.js";
import type { ByteSource, Files, FileStamp } from "../io/files.js";
import { endsWith, sameStamp, tailBefore } from "../io/tail.js";
import type { ConfigValue } from "../model/config.js";
import { problem, type Problem } from "../model/problem.js";
import type { Source } from "../model/run.js";
import { PointLog, type MetricNames } from "../tables/pointLog.js";

/** Points of one run within a file whose steps were taken from one column. */
export interface FileLog {
  /** `""` where the file holds one run. */
  readonly part: string;
  /** The column, where it is not plainly the optimiser step. */
  readonly axis: string | null;
  readonly log: PointLog;
}

export class FileReading {
  stamp: FileStamp;
  madeAt: number | null = null;
  evaluated: Evaluated | null = null;
  readonly config = new Map<string, ConfigValue>();
  /** Configuration of single runs within the file. */
  readonly partConfigs = new Map<string, Map<string, ConfigValue>>();
  readonly higherIsBetter = new Map<string, boolean>();
  problems: Problem[] = [];
  private readonly byPart = new Map<string, FileLog[]>();
  /** Stamps of the files that are read with it. */
  private beside = "";
  private cursor: Cursor = START;
  /** The last bytes before the cursor: they tell a log that has grown from one that was written anew. */
  private tail: Uint8Array = new Uint8Array();
  /** True while it is read on, and when that was stopped: then it is read anew the next time. */
  private isTorn = false;

  private constructor(
    readonly source: Source,
    private readonly names: MetricNames,
    stamp: FileStamp,
  ) {
    this.stamp = stamp;
  }

  /**
   * What the file gives now: `known`, read on where it has grown, or a new reading of all of it. `known` itself where
   * nothing has changed. Throws a `FileError` where the file cannot be read.
   */
  static async update(
    disk: Files,
    source: Source,
    known: FileReading | undefined,
    names: MetricNames,
    signal: AbortSignal | undefined,
  ): Promise<{ reading: FileReading; changed: boolean }> {
    const reader = readerOf(source.format);
    const besideStamp = await stampBeside(disk, source.file, reader);
    const isWhole = known?.isTorn === false;
    if (isWhole && known.beside === besideStamp) {
      if (sameStamp(known.stamp, await disk.stat(source.file)))
        return { reading: known, changed: false };
    }
    const opened = await disk.open(source.file);
    let beside: ReadonlyMap<string, ByteSource> = new Map();
    try {
      beside = await openBeside(disk, source.file, reader);
      const continues =
        isWhole &&
        reader.kind === "log" &&
        reader.isRewritten !== true &&
        known.stamp.inode === opened.stamp.inode &&
        (await endsWith(opened, known.cursor.offset, known.tail));
      const reading = continues ? known : new FileReading(source, names, opened.stamp);
      await reading.readOn(opened, beside, signal);
      reading.stamp = opened.stamp;
      reading.beside = besideStamp;
      return { reading, changed: true };
    } finally {
      await closeAll(beside);
      await opened.close();
    }
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
      const chunks = readerOf(format).read(input, signal);
      for (let next = await chunks.next(); ; next = await chunks.next()) {
        if (next.done === true) {
          this.cursor = next.value;
          break;
        }
        this.take(next.value);
      }
    }
    this.tail = await tailBefore(opened, this.cursor.offset);
    this.isTorn = false;
  }

  private take(chunk: Chunk): void {
    const { points, restarts = [], part = "", config, provisional, axis = null } = chunk;
    if (chunk.startsAnew === true) this.forget();
    if (points.step.length > 0 || restarts.length > 0) {
      this.logOf(part, axis).append(points, provisional, restarts);
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
      const { split } = this.source;
      own = { part, axis, log: new PointLog(this.names, split === null ? "" : `${split}/`) };
      logs.push(own);
    }
    return own.log;
  }
}

function isSameProblem(a: Problem, b: Problem): boolean {
  return a.code === b.code && a.offset === b.offset && a.message === b.message;
}
