/**
 * What the rows of a `.wandb` log mean: which column they take their steps from, and where rows without it are placed. And
 * how a log is read plainly, block by block: the meaning that the kernel for these logs has too.
 */

import type { ByteSource } from "../io/files.js";
import type { ConfigValue } from "../model/config.js";
import { emptyColumns, PointBuffer } from "../model/series.js";
import { BlockLog, type BlockLogHandlers } from "./framing/blockLog.js";
import { ProtobufError } from "./framing/protobuf.js";
import { ProblemList } from "./problems.js";
import { START, type Chunk, type Cursor, type ReadInput } from "./reader.js";
import {
  readWandbRecord,
  type HistoryRow,
  type RunRecord,
  type WandbHandlers,
} from "./wandbRecords.js";
import { addRow, axisOfRows, chooseStep, COUNTER, stepOfRow, type Row } from "./wandbRows.js";

/** `:W&B`, the magic number 0xBEE1, version 0. */
export const HEADER = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0);
const CHUNK_POINTS = 65_536;

/** Rows that are looked at before the step column is chosen; with fewer, all are read again when more are there. */
const ROWS_TO_CHOOSE = 32;

interface Memory {
  readonly stepName: string;
  /** The last step, for rows that have none; null before the first. */
  readonly step: number | null;
  readonly isCarried: boolean;
  /** The last step of each metric, where the step column is a guess; null where it is declared or the counter. */
  readonly lasts: ReadonlyMap<string, number> | null;
}

const BY_COUNTER: Memory = { stepName: COUNTER, step: null, isCarried: false, lasts: null };

interface PlacedRow extends Row {
  readonly offset: number;
}

/** A log as far as it has been read. */
export class WandbReading implements BlockLogHandlers {
  readonly source: ByteSource;
  readonly problems: ProblemList;
  rows: Rows;
  /** Start of the first record that is not read yet. */
  offset: number;
  private log: BlockLog;
  /** True while the rows are provisional, since the step column was chosen from fewer than it takes. */
  private isOpen = false;

  constructor({ source, file, from }: ReadInput) {
    this.source = source;
    this.problems = new ProblemList(file);
    this.rows = new Rows(from.memory as Memory | null, this.problems);
    this.offset = Math.max(from.offset, HEADER.length);
    this.log = new BlockLog(source, this.offset);
  }

  /** Goes on at another record. */
  seek(offset: number): void {
    this.offset = offset;
    this.log = new BlockLog(this.source, offset);
  }

  /** Reads one block on; true at the end of what there is. */
  async step(): Promise<boolean> {
    const { rows } = this;
    const { offset, done } = await this.log.step(this);
    this.offset = offset;
    this.isOpen = !rows.isSettled;
    if (done) rows.settle();
    return done;
  }

  onRecord(data: Uint8Array, offset: number): void {
    this.rows.offset = offset;
    try {
      readWandbRecord(data, this.rows);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      this.problems.add(
        "wandb/bad-record",
        `record at byte ${offset} is none of W&B's: ${error.message}; stepped over`,
        { offset },
      );
    }
  }

  onDamaged(offset: number, reason: string): void {
    this.problems.add(
      "wandb/damaged",
      `the piece at byte ${offset} ${reason}; the rest of its block of 32 KiB is stepped over`,
      { offset },
    );
  }

  /** Begins again, by the counter, where the steps were none of the training's. */
  startAnew(): Chunk {
    this.problems.take(true);
    this.rows = new Rows(BY_COUNTER, this.problems);
    this.isOpen = false;
    this.seek(HEADER.length);
    return { points: emptyColumns(), problems: [], startsAnew: true };
  }

  /** What was found since the last call. */
  take(atEnd = false): Chunk {
    const { rows } = this;
    const axis = rows.axis();
    const config = atEnd ? rows.takeConfig() : null;
    return {
      points: rows.points.take(),
      problems: this.problems.take(atEnd),
      ...(axis === undefined ? {} : { axis }),
      ...(atEnd && this.isOpen ? { provisional: true } : {}),
      ...(config && config.size > 0 ? { config } : {}),
    };
  }

  /** Where reading continues. */
  cursor(): Cursor {
    return this.isOpen ? START : { offset: this.offset, line: 1, memory: this.rows.memory() };
  }
}

/** Reads all blocks that are left. */
export async function* readBlocks(
  reading: WandbReading,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  for (let done = false; !done;) {
    signal?.throwIfAborted();
    done = await reading.step();
    if (reading.rows.isVoid) {
      yield reading.startAnew();
      done = false;
    } else if (!done && reading.rows.points.length >= CHUNK_POINTS) yield reading.take();
  }
  yield reading.take(true);
  return reading.cursor();
}

/** Gathers rows until the step column is known, then makes them points. */
export class Rows implements WandbHandlers {
  readonly points = new PointBuffer();
  /** Of the record that is being read. */
  offset = 0;
  /** The column of the steps, null until it is chosen. */
  stepName: string | null;
  step: number | null;
  isCarried: boolean;
  lasts: Map<string, number> | null;
  /** True once the guessed steps of a metric went back: they count something else, and all is read anew by the counter. */
  isVoid = false;
  private waiting: PlacedRow[] = [];
  private readonly declared: string[] = [];
  private config = new Map<string, ConfigValue>();

  constructor(
    memory: Memory | null,
    private readonly problems: ProblemList,
  ) {
    this.stepName = memory?.stepName ?? null;
    this.step = memory?.step ?? null;
    this.isCarried = memory?.isCarried ?? false;
    this.lasts = memory?.lasts ? new Map(memory.lasts) : null;
  }

  get isSettled(): boolean {
    return this.stepName !== null;
  }

  onHistory({ items, step }: HistoryRow): void {
    const own = items.get(COUNTER);
    const counter = typeof own === "number" ? own : step;
    const row = { items, counter, offset: this.offset };
    if (this.stepName !== null) this.place(row, this.stepName);
    else if (this.waiting.push(row) === ROWS_TO_CHOOSE) this.settle();
  }

  onConfig(config: ReadonlyMap<string, ConfigValue>): void {
    for (const [key, value] of config) this.config.set(key, value);
  }

  onRun({ config }: Pick<RunRecord, "config">): void {
    this.onConfig(config);
  }

  onStepMetric(name: string): void {
    if (!this.declared.includes(name) && this.declared.length < 100) this.declared.push(name);
  }

  /** Chooses the step column from the rows that there are. */
  settle(): void {
    if (this.stepName !== null) return;
    this.stepName = chooseStep(this.waiting, this.declared);
    const isGuess = this.stepName !== COUNTER && !this.declared.includes(this.stepName);
    this.lasts = isGuess ? new Map() : null;
    for (const row of this.waiting) this.place(row, this.stepName);
    this.waiting = [];
  }

  memory(): Memory | null {
    const { stepName, step, isCarried, lasts } = this;
    return stepName === null ? null : { stepName, step, isCarried, lasts };
  }

  axis(): string | undefined {
    return this.step === null ? undefined : axisOfRows(this.stepName ?? COUNTER);
  }

  takeConfig(): Map<string, ConfigValue> {
    const taken = this.config;
    this.config = new Map();
    return taken;
  }

  /** One process writes one log: steps that go back in it are none of the training's, but for example an epoch's. */
  private goesBack({ items }: PlacedRow, stepName: string, step: number): boolean {
    if (!this.lasts) return false;
    for (const name of items.keys()) {
      if (name === stepName || name.startsWith("_")) continue;
      this.isVoid ||= step < (this.lasts.get(name) ?? -Infinity);
      this.lasts.set(name, step);
    }
    return this.isVoid;
  }

  private place(row: PlacedRow, stepName: string): void {
    const own = stepOfRow(row, stepName);
    if (own !== null && this.goesBack(row, stepName, own)) return;
    this.step = own ?? this.step;
    if (own === null && !this.isCarried) {
      this.isCarried = true;
      const { offset } = row;
      this.problems.add(
        "wandb/no-step",
        `the row at byte ${offset} has no ${stepName}: such rows are placed at the last one before them, ` +
          "those before the first one are not read",
        { offset },
      );
    }
    if (this.step !== null) addRow(row, stepName, this.step, this.points);
  }
}
