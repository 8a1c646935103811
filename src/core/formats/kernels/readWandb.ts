/** W&B's logs by the kernel, once the step column is known; what that leaves is read by the plain reader's own code. */

import { PointBuffer, type PointColumns } from "../../model/series.js";
import { BLOCK_BYTES } from "../framing/blockLog.js";
import type { Chunk, Cursor } from "../reader.js";
import { readBlocks, type WandbReading } from "../wandbReading.js";
import { itemOf } from "../wandbRecords.js";
import { COUNTER, PLACE, TIMESTAMP } from "../wandbRows.js";
import { PIECE_BYTES, type Kernel } from "./kernel.js";

/** What ended a call of `wandb`. */
const MORE = 0;
const FULL = 1;
const ODD = 2;
const BLOCK = 3;
const NAMELESS = 4;

/** What the kernel is told of a name. */
const ROLE = { metric: 0, counter: 1, timestamp: 2, nothing: 3, private: 4 } as const;

const NONE = new PointBuffer().mark();

/** Reads the records that are left: what `readBlocks` gives, in other chunks. */
export async function* readWandb(
  kernel: Kernel,
  reading: WandbReading,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  for (;;) {
    let done = false;
    while (!done && !reading.rows.isSettled) {
      signal?.throwIfAborted();
      done = await reading.step();
    }
    if (!reading.rows.isVoid) {
      if (done) break;
      const cursor = yield* new Rest(kernel, reading).read(signal);
      if (cursor) return cursor;
    }
    yield reading.startAnew();
  }
  yield reading.take(true);
  return reading.cursor();
}

/** What is left of a log whose step column is known. */
class Rest {
  private readonly lasts: LastSteps | null;

  constructor(
    private readonly kernel: Kernel,
    private readonly reading: WandbReading,
  ) {
    const { rows } = reading;
    const { wasm } = kernel;
    wasm.beginFile();
    const stepName = rows.stepName ?? COUNTER;
    wasm.beginWandb(stepName === COUNTER ? 0 : kernel.idOf(stepName), rows.lasts ? 1 : 0);
    this.lasts = rows.lasts && new LastSteps(kernel, rows.lasts);
    rows.lasts = this.lasts;
    this.setPlace();
  }

  /** Null where the steps turn out to be none of the training's. */
  async *read(signal: AbortSignal | undefined): AsyncGenerator<Chunk, Cursor | null> {
    const { kernel, reading } = this;
    const { wasm, buffer } = kernel;
    const { rows, source } = reading;
    yield* this.adopt();
    // The buffer holds the file's bytes from the reading's offset on, between `start` and `end`.
    let start = buffer;
    let end = buffer;
    for (let done = false; !done;) {
      const left = BLOCK_BYTES - (reading.offset % BLOCK_BYTES);
      const status = wasm.wandb(start, end, left);
      reading.offset += wasm.recordAt() - start;
      start = wasm.recordAt();
      const { offset } = reading;
      if (status === MORE) {
        signal?.throwIfAborted();
        const rest = end - start;
        kernel.bytes(buffer, end - buffer).copyWithin(0, start - buffer);
        const count = await source.read(offset + rest, kernel.bytes(buffer + rest, PIECE_BYTES));
        start = buffer;
        end = buffer + rest + count;
        done = count === 0;
        continue;
      }
      if (status === FULL) {
        yield this.take();
        continue;
      }
      if (status === NAMELESS) {
        if (this.nameItems()) continue;
        yield this.take();
        return yield* this.leave(offset, signal);
      }
      if (status === ODD) {
        this.getPlace();
        reading.onRecord(kernel.bytes(wasm.recordData(), wasm.recordLength()), offset);
        reading.offset += wasm.recordEnd() - start;
      } else if (status === BLOCK) {
        this.getPlace();
        reading.seek(offset);
        while (!done && !rows.isVoid && reading.offset === offset) {
          signal?.throwIfAborted();
          done = await reading.step();
        }
      } else rows.isVoid = true;
      if (rows.isVoid) return null;
      start += reading.offset - offset;
      if (start > end) start = end = buffer;
      this.setPlace();
      if (!(yield* this.adopt())) return yield* this.leave(reading.offset, signal);
    }
    yield this.take(true);
    this.settle();
    return reading.cursor();
  }

  /** Takes points that were read plainly among its own; false where it can take no more names. */
  private *adopt(): Generator<Chunk, boolean> {
    const { kernel, reading } = this;
    const { points } = reading.rows;
    if (points.length === 0) return kernel.canName([]);
    const own = points.take();
    points.cut(NONE);
    const canName = kernel.canName(own.metrics);
    if (canName && kernel.wasm.hasRoom(own.step.length) === 1) {
      kernel.add(own);
      return true;
    }
    if (kernel.wasm.count.value > 0) yield this.take();
    yield this.take(false, own);
    return canName;
  }

  private take(atEnd = false, points: PointColumns = this.kernel.take()): Chunk {
    this.getPlace();
    return { ...this.reading.take(atEnd), points };
  }

  /** Leaves all from `offset` on to the plain reader. */
  private leave(offset: number, signal: AbortSignal | undefined): AsyncGenerator<Chunk, Cursor> {
    this.getPlace();
    this.settle();
    this.reading.seek(offset);
    return readBlocks(this.reading, signal);
  }

  private getPlace(): void {
    const step = this.kernel.wasm.lastStep.value;
    this.reading.rows.step = Number.isNaN(step) ? null : step;
  }

  private setPlace(): void {
    const { step, isCarried } = this.reading.rows;
    this.kernel.wasm.setPlace(step ?? NaN, isCarried ? 1 : 0);
  }

  private settle(): void {
    this.reading.rows.lasts = this.lasts && this.lasts.all();
  }

  /** Tells what items name that the kernel did not know; false where it can take no more names. */
  private nameItems(): boolean {
    const { kernel, lasts } = this;
    const { wasm } = kernel;
    const beginnings = Array.from({ length: wasm.namelessCount.value }, (_, i) =>
      kernel.bytes(wasm.namelessText(i), wasm.namelessLength(i)).slice(),
    );
    if (!kernel.canName(beginnings)) return false;
    for (const [i, bytes] of beginnings.entries()) {
      const { name } = itemOf(bytes);
      const metric = kernel.idOf(name);
      wasm.nameItem(i, metric, roleOf(name));
      lasts?.tell(name, metric);
    }
    return true;
  }
}

function roleOf(name: string): number {
  if (name === COUNTER) return ROLE.counter;
  if (name === TIMESTAMP) return ROLE.timestamp;
  if (name === "" || PLACE.has(name)) return ROLE.nothing;
  return name.startsWith("_") ? ROLE.private : ROLE.metric;
}

/** The last step of each metric by its name: those that the kernel keeps, and those that it does not know. */
class LastSteps extends Map<string, number> {
  constructor(
    private readonly kernel: Kernel,
    own: ReadonlyMap<string, number>,
  ) {
    super();
    for (const [name, step] of own) this.set(name, step);
  }

  override get(name: string): number | undefined {
    const metric = this.kernel.known(name);
    const last = metric === undefined ? NaN : this.kernel.wasm.lastOf(metric);
    return Number.isNaN(last) ? super.get(name) : last;
  }

  override set(name: string, step: number): this {
    const metric = this.kernel.known(name);
    if (metric !== undefined) this.kernel.wasm.setLast(metric, step);
    return super.set(name, step);
  }

  /** Tells the kernel of a metric that it has come to know. */
  tell(name: string, metric: number): void {
    const own = super.get(name);
    if (own === undefined || !Number.isNaN(this.kernel.wasm.lastOf(metric))) return;
    this.kernel.wasm.setLast(metric, own);
  }

  all(): Map<string, number> {
    for (const name of this.kernel.fileNames()) {
      const last = this.kernel.wasm.lastOf(this.kernel.idOf(name));
      if (!Number.isNaN(last)) super.set(name, last);
    }
    return new Map(this);
  }
}
