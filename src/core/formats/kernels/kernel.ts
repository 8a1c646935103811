/**
 * An instance of the kernels' WebAssembly: its memory, the names that it knows, the columns that come out of it. It reads
 * one file at a time; those that have done so are kept for the next ones.
 */

import type { PointColumns } from "../../model/series.js";
import { LARGE_RECORD_BYTES } from "../framing/tfRecord.js";
import wasm from "./kernels.wasm";

/** What is used of the platform's WebAssembly, which not every platform has. */
declare const WebAssembly:
  | {
      validate(bytes: Uint8Array<ArrayBuffer>): boolean;
      readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
      readonly Instance: new (module: Module) => { readonly exports: unknown };
    }
  | undefined;

interface Module {
  readonly [Symbol.toStringTag]: string;
}

interface Global {
  readonly value: number;
}

/** What `assembly/index.ts` exports. Pointers are numbers; a boolean is 0 or 1. */
interface Exports {
  /** Its buffer is another one after it has grown. */
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly count: Global;
  readonly metricColumn: Global;
  readonly stepColumn: Global;
  readonly wallColumn: Global;
  readonly valueColumn: Global;
  readonly recordedColumn: Global;
  readonly stderrColumn: Global;
  /** Booleans. */
  readonly hasUnrecorded: Global;
  readonly hasStderr: Global;
  readonly fileNames: Global;
  readonly fileNameCount: Global;
  buffer(bytes: number): number;
  nameBuffer(length: number): number;
  metricNamed(length: number): number;
  tagged(length: number, metric: number): void;
  nameCount(): number;
  beginFile(): void;
  hasRoom(points: number): number;
  addPoint(metric: number, step: number, wallTime: number, value: number): void;
  qualifyPoint(isRecorded: number, stderr: number): void;
  clear(): void;
  crc32cOn(at: number, length: number, register: number): number;
  beginEvents(): void;
  events(start: number, end: number): number;
  eventAt(): number;
  eventLength(): number;
  setKind(metric: number, kind: number): void;
  leaveToPlain(metric: number): void;
  /** The last number; where it is not decided, its text is for the host. */
  readonly number: Global;
  readonly isNumberDecided: Global;
  jsonNumber(at: number, end: number): number;
  decimalNumber(at: number, end: number): number;
  readonly beforeStep: Global;
  readonly beforeEpoch: Global;
  readonly watchedStep: Global;
  readonly watchedTexts: Global;
  readonly onceStep: Global;
  beginRows(): void;
  rows(start: number, end: number): number;
  rowAt(): number;
  rowsRead(): number;
  passRows(start: number): void;
  placeAt(step: number, epoch: number): void;
  watchAt(step: number, texts: number): void;
  onceAt(step: number): void;
  beginTemplate(pieces: number, points: number, bytes: number): number;
  addPiece(length: number, kind: number): void;
  addRowPoint(
    metric: number,
    place: number,
    value: number,
    isRecorded: number,
    stderr: number,
  ): void;
  endTemplate(
    step: number,
    wall: number,
    wallTime: number,
    epoch: number,
    texts: number,
    isOnce: number,
  ): void;
  leaveRows(template: number): void;
  /** NaN before the first row with a step. */
  readonly lastStep: Global;
  readonly namelessCount: Global;
  /** A metric of 0 is the clients' counter. */
  beginWandb(stepMetric: number, isGuess: number): void;
  setPlace(step: number, isCarried: number): void;
  wandb(start: number, end: number, leftInBlock: number): number;
  recordAt(): number;
  recordEnd(): number;
  recordData(): number;
  recordLength(): number;
  namelessText(i: number): number;
  namelessLength(i: number): number;
  nameItem(i: number, metric: number, role: number): void;
  /** NaN where the metric had no row in the file. */
  lastOf(metric: number): number;
  setLast(metric: number, step: number): void;
}

/** Bytes that are read at once. */
export const PIECE_BYTES = 1024 * 1024;
/** Room for a piece behind the beginning of a record that the piece before ended with, which is no large one. */
export const BUFFER_BYTES = PIECE_BYTES + 2 * LARGE_RECORD_BYTES;

/** An instance with more memory takes no further names, and one with more than half of it is not used again. */
const MAX_BYTES = 64 * 1024 * 1024;
/** What a name takes beside its text, at most. */
const NAME_BYTES = 2048;

/** Instances that wait for the next file. */
const MOST_IDLE = 4;
const idle: Kernel[] = [];

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8");

/** Makes a kernel; null where the platform has no WebAssembly with vectors, or stores numbers the other way round. */
let make: (() => Kernel) | null | undefined;

function maker(): (() => Kernel) | null {
  const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
  if (!isLittle || typeof WebAssembly === "undefined" || !WebAssembly.validate(wasm)) return null;
  const { Instance, Module } = WebAssembly;
  const module = new Module(wasm);
  return () => new Kernel(new Instance(module).exports as Exports);
}

/** A name's bytes; other names than UTF-8 has, with surrogates that are no pairs, get some that no other name has. */
function bytesOf(name: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(name)) return ENCODER.encode(name);
  return Uint8Array.of(...ENCODER.encode(JSON.stringify(name)), 0xff);
}

export class Kernel {
  /** Where the bytes of files go: `BUFFER_BYTES` of them. */
  readonly buffer: number;
  /** By the number that the kernel knows a name by. */
  private readonly names: string[] = [];
  private readonly metrics = new Map<string, number>();

  constructor(readonly wasm: Exports) {
    this.buffer = wasm.buffer(BUFFER_BYTES);
  }

  /** A kernel for one file, until it is given back; null where the platform can have none. */
  static take(): Kernel | null {
    if (make === undefined) make = maker();
    return idle.pop() ?? make?.() ?? null;
  }

  giveBack(): void {
    const isSmall = this.wasm.memory.buffer.byteLength <= MAX_BYTES / 2;
    if (isSmall && idle.length < MOST_IDLE) idle.push(this);
  }

  /** `length` bytes of the kernel's memory. They hold until anything is called that may make it grow. */
  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.wasm.memory.buffer, at, length);
  }

  /** True where it can take these names too. */
  canName(texts: readonly { readonly length: number }[]): boolean {
    const needed = texts.reduce((sum, text) => sum + 3 * text.length + NAME_BYTES, 0);
    return this.wasm.memory.buffer.byteLength + needed <= MAX_BYTES;
  }

  /** The metric of a name. */
  idOf(name: string): number {
    let metric = this.metrics.get(name);
    if (metric === undefined) {
      const known = this.wasm.nameCount();
      metric = this.wasm.metricNamed(this.putName(bytesOf(name)));
      this.metrics.set(name, metric);
      if (this.wasm.nameCount() > known) this.names.push(name);
    }
    return metric;
  }

  /** The name that an event's tag is, which may not be quite UTF-8; events are known by the bytes from now on. */
  nameOfTag(text: Uint8Array): string {
    const name = DECODER.decode(text);
    const metric = this.idOf(name);
    this.wasm.tagged(this.putName(text), metric);
    return name;
  }

  /** The metric of a name, undefined where it is not known. */
  known(name: string): number | undefined {
    return this.metrics.get(name);
  }

  /** Names of the file's metrics that have points so far. */
  fileNames(): string[] {
    const { memory, fileNames, fileNameCount } = this.wasm;
    const own = new Uint32Array(memory.buffer, fileNames.value, fileNameCount.value);
    return Array.from(own, (name) => this.names[name] as string);
  }

  private putName(text: Uint8Array): number {
    const at = this.wasm.nameBuffer(text.length);
    this.bytes(at, text.length).set(text);
    return text.length;
  }

  /** Adds some text of a row to the template that is made, and what follows it. */
  addPiece(text: Uint8Array, kind: number): void {
    this.wasm.addPiece(this.putName(text), kind);
  }

  /** Adds points that the plain code read, for which there must be room. */
  add(points: PointColumns): void {
    for (const [i, metric] of points.metric.entries()) {
      if (points.recorded?.[i] === 0) this.wasm.qualifyPoint(0, NaN);
      this.wasm.addPoint(
        this.idOf(points.metrics[metric] as string),
        points.step[i] as number,
        points.wallTime[i] as number,
        points.value[i] as number,
      );
    }
  }

  /** The points so far, which it forgets: views of its memory, which hold until it reads on. */
  take(): PointColumns {
    const { wasm } = this;
    const { buffer } = wasm.memory;
    const n = wasm.count.value;
    const numbers = ({ value }: Global): Float64Array => new Float64Array(buffer, value, n);
    const columns: PointColumns = {
      metrics: this.fileNames(),
      metric: new Uint32Array(buffer, wasm.metricColumn.value, n),
      step: numbers(wasm.stepColumn),
      wallTime: numbers(wasm.wallColumn),
      value: numbers(wasm.valueColumn),
      recorded:
        wasm.hasUnrecorded.value === 0
          ? null
          : new Uint8Array(buffer, wasm.recordedColumn.value, n),
      stderr: wasm.hasStderr.value === 0 ? null : numbers(wasm.stderrColumn),
    };
    wasm.clear();
    return columns;
  }
}
