/**
 * Rows of text by the kernel: those that are like a row which the plain code has read, but for their numbers. Points of one
 * run and one column of steps come out of it, those that the plain code has between them included, in their order.
 */

import { axisOf } from "../columns.js";
import type { Chunk } from "../reader.js";
import type { PointBuffer } from "../../model/series.js";
import type { TemplatePoint } from "../table/template.js";
import type { Kernel } from "./kernel.js";
import type { TextTemplate } from "./rowText.js";

/** What ended a call of `rows`. */
const FULL = 1;

/** What follows a piece of a template's text. */
const KINDS = { number: 0, text: 1, cell: 2, end: 3 } as const;

/** Rows of a file that are looked at for a template. */
const MOST_LOOKS = 128;
/** A longer row is none that is written again and again. */
const MAX_ROW_BYTES = 128 * 1024;
/** Rows in a row without a template behind which the next ones, as many, are not compared. */
const PATIENCE = 16;
const MAX_PAUSE = 4096;

/** What reads rows plainly: a table, or a history of rows. */
export interface PlainRows {
  /** Metrics that have held a number. */
  readonly numeric: ReadonlySet<string>;
  /** A run that rows were read of. */
  part(name: string): PlainPart | undefined;
  /** Gives away the points of a log that were gathered, and forgets them. */
  drain(points: PointBuffer, to: Parameters<PointBuffer["drain"]>[0]): void;
  /** Says that rows were read elsewhere. */
  onOthers(): void;
}

/** Of a run: its points by the column of their steps, and what of the last rows gives the next ones a meaning. */
export interface PlainPart {
  readonly points: ReadonlyMap<string | undefined, PointBuffer>;
  before: { readonly column: string; readonly step: number; readonly epoch: number } | null;
  /** Step and watched texts, by the key that they are compared under. */
  readonly last: Map<string, { step: number; texts: string }>;
  /** Step of the last row with a point that only the first row of a step gives. */
  onceStep?: number;
}

interface Known {
  readonly at: number;
  /** Metrics that the template takes for text. */
  readonly texts: readonly string[];
}

interface Log {
  readonly name: string;
  readonly column: string;
  readonly part: PlainPart;
}

export class RowKernel {
  /** Whose points come out of it: settled by the first template. */
  private log: Log | null = null;
  private known: Known[] = [];
  private readonly rowTexts = new Set<string>();
  /** By their numbers in the kernel. */
  private readonly watchedTexts: string[] = [];
  private watchedKey: string | null = null;
  private numericMetrics = 0;
  /** Names of the plain code's metrics that the kernel knows too. */
  private namesMet = 0;
  private looks = 0;
  private unlike = 0;
  /** Rows that are not compared; infinite where there are more names than the kernel keeps. */
  private pause = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly rows: PlainRows,
  ) {
    kernel.wasm.beginFile();
    kernel.wasm.beginRows();
  }

  /**
   * Reads rows of the kernel's memory up to the first that the plain code has to read: `rowAt` and `rowsRead` tell how far
   * it came. True where points have to be taken first, here and of the plain code.
   */
  read(start: number, end: number): boolean {
    const { kernel, log } = this;
    const { wasm } = kernel;
    wasm.passRows(start);
    if (log === null || this.pause > 0) {
      this.pause -= 1;
      return false;
    }
    const points = log.part.points.get(axisOf(log.column));
    if (points !== undefined && points.length > 0) {
      if (!this.canName(points)) {
        this.pause = Infinity;
        return false;
      }
      if (wasm.hasRoom(points.length) === 0) return true;
      this.takeOver(points);
    }
    this.tell(log);
    const status = wasm.rows(start, end);
    this.hear(log);
    return status === FULL;
  }

  private canName({ metrics }: PointBuffer): boolean {
    const isSame = metrics.length === this.namesMet;
    if (!isSame && !this.kernel.canName(metrics.slice(this.namesMet))) return false;
    this.namesMet = metrics.length;
    return true;
  }

  /** Adds what the plain code has read, which comes before the rows that are read now. */
  private takeOver(points: PointBuffer): void {
    const { kernel, rows } = this;
    const { wasm } = kernel;
    rows.drain(points, (metric, step, wallTime, value, stderr) => {
      if (value === null || !Number.isNaN(stderr))
        wasm.qualifyPoint(value === null ? 0 : 1, stderr);
      wasm.addPoint(kernel.idOf(metric), step, wallTime, value ?? NaN);
    });
  }

  /** Tells what the plain code knows of the rows before. */
  private tell({ part, column }: Log): void {
    const { wasm } = this.kernel;
    const { before } = part;
    if (before?.column === column) wasm.placeAt(before.step, before.epoch);
    else wasm.placeAt(-Infinity, 0);
    wasm.onceAt(part.onceStep ?? NaN);
    const last = this.watchedKey === null ? undefined : part.last.get(this.watchedKey);
    wasm.watchAt(last?.step ?? -Infinity, last ? this.watchedTexts.indexOf(last.texts) : -1);
    const { numeric } = this.rows;
    if (numeric.size === this.numericMetrics) return;
    this.numericMetrics = numeric.size;
    this.known = this.known.filter(({ at, texts }) => {
      const isText = !texts.some((metric) => numeric.has(metric));
      if (!isText) wasm.leaveRows(at);
      return isText;
    });
  }

  /** Tells the plain code what it needs to know of the rows that were read. */
  private hear({ part, column }: Log): void {
    const { wasm } = this.kernel;
    if (wasm.rowsRead() === 0) {
      this.unlike += 1;
      if (this.unlike >= PATIENCE) this.pause = Math.min(this.unlike, MAX_PAUSE);
      return;
    }
    this.unlike = 0;
    this.rows.onOthers();
    const step = wasm.beforeStep.value;
    if (part.onceStep !== undefined) part.onceStep = wasm.onceStep.value;
    if (step !== -Infinity) part.before = { column, step, epoch: wasm.beforeEpoch.value };
    const texts = this.watchedTexts[wasm.watchedTexts.value];
    if (this.watchedKey !== null && texts !== undefined)
      part.last.set(this.watchedKey, { step: wasm.watchedStep.value, texts });
  }

  /** Learns from a row that the plain code has just read points of, if it can be. */
  learn(bytes: Uint8Array, templateOf: (bytes: Uint8Array) => TextTemplate | null): void {
    if (
      this.pause === Infinity ||
      this.looks >= MOST_LOOKS ||
      bytes.length > MAX_ROW_BYTES ||
      bytes.includes(0)
    )
      return;
    this.looks += 1;
    const template = templateOf(bytes);
    if (template === null) return;
    const { row, spans } = template;
    const log = this.logOf(row.part, row.column);
    const pieces = piecesOf(bytes, template);
    const text = pieces.map((piece) => piece.join()).join("|");
    if (log === null || this.rowTexts.has(text)) return;
    if (row.watched !== null) {
      this.watchedKey ??= row.watched.key;
      if (this.watchedKey !== row.watched.key) return;
    }
    const { wasm } = this.kernel;
    const names = row.points.map(({ metric }) => metric);
    if (!this.kernel.canName(names)) return;
    const metrics = row.points.map(({ metric }) => this.kernel.idOf(metric));
    const at = wasm.beginTemplate(pieces.length, row.points.length, bytes.length);
    if (at === 0) return;
    for (const [i, piece] of pieces.entries()) {
      this.kernel.addPiece(piece, KINDS[spans[i]?.kind ?? "end"]);
    }
    for (const [i, point] of row.points.entries()) this.addPoint(metrics[i] as number, point);
    const isOnce = row.hasOnce === true ? 1 : 0;
    const watched = this.watchIdOf(row.watched);
    wasm.endTemplate(row.step, row.wallTime, row.time, row.epoch, watched, isOnce);
    this.rowTexts.add(text);
    this.known.push({ at, texts: row.texts });
    this.log = log;
    this.unlike = 0;
    this.pause = 0;
  }

  private addPoint(metric: number, { place, value, stderr }: TemplatePoint): void {
    this.kernel.wasm.addRowPoint(
      metric,
      place,
      value ?? NaN,
      place < 0 && value === null ? 0 : 1,
      stderr,
    );
  }

  private watchIdOf(watched: { readonly texts: string } | null): number {
    if (watched === null) return -1;
    const known = this.watchedTexts.indexOf(watched.texts);
    return known >= 0 ? known : this.watchedTexts.push(watched.texts) - 1;
  }

  /** The log that a template's points belong to; null where it is another one than that of the templates before. */
  private logOf(name: string, column: string): Log | null {
    if (this.log !== null)
      return this.log.name === name && this.log.column === column ? this.log : null;
    const part = this.rows.part(name);
    return part === undefined ? null : { name, column, part };
  }

  /** The points so far, null where there are none. */
  take(): Chunk | null {
    const { kernel, log } = this;
    if (log === null || kernel.wasm.count.value === 0) return null;
    const axis = axisOf(log.column);
    return {
      points: kernel.take(),
      problems: [],
      ...(log.name === "" ? {} : { part: log.name }),
      ...(axis === undefined ? {} : { axis }),
    };
  }
}

/** The row's text before, between and behind its spans. */
function piecesOf(bytes: Uint8Array, { spans }: TextTemplate): Uint8Array[] {
  const starts = [0, ...spans.map(({ end }) => end)];
  const ends = [...spans.map(({ start }) => start), bytes.length];
  return starts.map((start, i) => bytes.subarray(start, ends[i]));
}
