/**
 * W&B's `.wandb` logs, checksums verified: the rows of the history, the configuration and the run's own record. Console
 * text, machine statistics and whom the run belongs to are stepped over.
 */

import { readRange, type ByteSource } from "../io/files.js";
import type { ConfigValue } from "../model/config.js";
import { NOTHING_TOLD, type Told } from "../model/told.js";
import { emptyColumns, PointBuffer } from "../model/series.js";
import { BlockLog, type BlockLogHandlers } from "./framing/blockLog.js";
import { ProtobufError } from "./framing/protobuf.js";
import { ProblemList } from "./problems.js";
import { NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";
import { readWandbRecord, type RunRecord, type WandbHandlers } from "./wandbRecords.js";
import { addRow, axisOfRows, chooseStep, COUNTER, stepOfRow, type Row } from "./wandbRows.js";

/** `:W&B`, the magic number 0xBEE1, version 0. */
const HEADER = Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0);
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

const NOTHING_CHOSEN = { step: null, isCarried: false, lasts: null };

interface PlacedRow extends Row {
  readonly offset: number;
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  const problems = new ProblemList(file);
  if (from.offset === 0) {
    const header = await readRange(source, 0, HEADER.length);
    if (header.some((byte, i) => byte !== HEADER[i])) {
      problems.add("wandb/bad-header", "does not begin as a W&B log of version 0; not read");
      yield { points: emptyColumns(), problems: problems.take(true) };
      return { offset: 0, line: 1, memory: null };
    }
    // Empty, or cut inside the header: the run was killed at once, or has only begun.
    if (header.length < HEADER.length) return from;
  }
  let rows = new Rows(from.memory as Memory | null, problems);
  let log = new BlockLog(source, Math.max(from.offset, HEADER.length));
  let handlers = handlersOf(rows, problems);
  for (;;) {
    signal?.throwIfAborted();
    const { offset, done } = await log.step(handlers);
    // Until the step column is chosen for good, all rows are provisional.
    const memory = rows.memory();
    if (done) rows.settle();
    if (rows.isVoid) {
      problems.take(true);
      rows = new Rows({ ...NOTHING_CHOSEN, stepName: COUNTER }, problems);
      log = new BlockLog(source, HEADER.length);
      handlers = handlersOf(rows, problems);
      yield { points: emptyColumns(), problems: [], startsAnew: true };
      continue;
    }
    if (rows.points.length >= CHUNK_POINTS) yield chunkOf(rows, problems, false);
    if (!done) continue;
    const isOpen = memory === null;
    const config = rows.takeConfig();
    yield {
      ...chunkOf(rows, problems, true),
      ...(isOpen ? { provisional: true } : {}),
      ...(config.size > 0 ? { config } : {}),
    };
    return isOpen ? { offset: 0, line: 1, memory: null } : { offset, line: 1, memory };
  }
}

function chunkOf(rows: Rows, problems: ProblemList, atEnd: boolean): Chunk {
  const axis = rows.axis();
  return {
    points: rows.points.take(),
    problems: problems.take(atEnd),
    ...(axis === undefined ? {} : { axis }),
  };
}

function handlersOf(rows: Rows, problems: ProblemList): BlockLogHandlers {
  return {
    onRecord(data, offset) {
      rows.offset = offset;
      try {
        readWandbRecord(data, rows);
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
        problems.add(
          "wandb/bad-record",
          `record at byte ${offset} is none of W&B's: ${error.message}; stepped over`,
          { offset },
        );
      }
    },
    onDamaged(offset, reason) {
      problems.add(
        "wandb/damaged",
        `the piece at byte ${offset} ${reason}; the rest of its block of 32 KiB is stepped over`,
        { offset },
      );
    },
  };
}

/** Gathers rows until the step column is known, then makes them points. */
class Rows implements WandbHandlers {
  readonly points = new PointBuffer();
  /** Of the record that is being read. */
  offset = 0;
  private waiting: PlacedRow[] = [];
  private readonly declared: string[] = [];
  private config = new Map<string, ConfigValue>();
  private stepName: string | null;
  private step: number | null;
  private isCarried: boolean;
  private lasts: Map<string, number> | null;
  /** True once the guessed steps of a metric went back: they count something else, and all is read anew by the counter. */
  isVoid = false;

  constructor(
    memory: Memory | null,
    private readonly problems: ProblemList,
  ) {
    this.stepName = memory?.stepName ?? null;
    this.step = memory?.step ?? null;
    this.isCarried = memory?.isCarried ?? false;
    this.lasts = memory?.lasts ? new Map(memory.lasts) : null;
  }

  onHistory({ items, step }: { items: ReadonlyMap<string, unknown>; step: number | null }): void {
    const own = items.get(COUNTER);
    const counter = typeof own === "number" ? own : step;
    const row = { items, counter, offset: this.offset };
    if (this.stepName !== null) this.place(row, this.stepName);
    else if (this.waiting.push(row) === ROWS_TO_CHOOSE) this.settle();
  }

  onConfig(config: ReadonlyMap<string, ConfigValue>): void {
    for (const [key, value] of config) this.config.set(key, value);
  }

  onRun({ config }: { config: ReadonlyMap<string, ConfigValue> }): void {
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

/** Blocks in which the run's own records lie; they come before any row. */
const TOLD_BLOCKS = 2;

async function tell(source: ByteSource): Promise<Told> {
  const header = await readRange(source, 0, HEADER.length);
  if (HEADER.some((byte, i) => header[i] !== byte)) return NOTHING_TOLD;
  const config = new Map<string, ConfigValue>();
  let record: RunRecord | null = null;
  const handlers: WandbHandlers = {
    onHistory: () => undefined,
    onStepMetric: () => undefined,
    onConfig: (own) => {
      for (const [key, value] of own) config.set(key, value);
    },
    onRun: (run) => {
      record = run;
      handlers.onConfig(run.config);
    },
  };
  const log = new BlockLog(source, HEADER.length);
  for (let block = 0, done = false; block < TOLD_BLOCKS && !done; block++) {
    ({ done } = await log.step({
      onRecord: (data) => {
        try {
          readWandbRecord(data, handlers);
        } catch (error) {
          if (!(error instanceof ProtobufError)) throw error;
        }
      },
      onDamaged: () => undefined,
    }));
  }
  // Assigned in a callback, which the compiler does not follow.
  const run = record as RunRecord | null;
  return {
    config,
    id: run?.id ?? null,
    name: run?.displayName ?? null,
    parent: run?.parent ?? null,
  };
}

export const wandb: Reader = {
  format: "wandb",
  system: "Weights & Biases",
  kind: "log",
  claims: (name) => (name.endsWith(".wandb") ? YES : NO),
  tell,
  read,
};
