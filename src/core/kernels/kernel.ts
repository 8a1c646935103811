/**
 * The kernels' one instance of WebAssembly: its memory, its names, the batches that come out of it. It serves one file
 * at a time; the others wait.
 */

import type { PointSink } from "../model/series.js";
import type { ColumnBatch, Ends } from "../tables/columnBatch.js";
import { KernelBatch } from "./kernelBatch.js";
import wasm from "./kernels.wasm";

/** What `assembly/index.ts` exports. Pointers are numbers; a boolean is 0 or 1. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  buffer(bytes: number): number;
  nameBuffer(length: number): number;
  metricNamed(length: number): number;
  alias(length: number, metric: number): void;
  nameCount(): number;
  beginFile(): void;
  goOn(step: number, reached: number): void;
  setFloor(metric: number, floor: number): void;
  hasRoom(points: number): number;
  addPoint(
    metric: number,
    step: number,
    wall: number,
    value: number,
    recorded: number,
    stderr: number,
  ): void;
  takeBatch(): number;
  rowStep(): number;
  reached(): number;
  metricCount(): number;
  nameOf(id: number): number;
  floorOf(id: number): number;
  hasRestarted(): number;
  crc32cOn(at: number, length: number, register: number): number;
  beginEvents(checksums: number): void;
  events(start: number, end: number, capacity: number): number;
  eventAt(): number;
  eventLength(): number;
  setKind(metric: number, kind: number): void;
  leaveToPlain(metric: number): void;
}

/** Bytes that are read at once. */
export const PIECE_BYTES = 512 * 1024;
/** Room for a piece behind the beginning of a record that the piece before ended with. */
export const BUFFER_BYTES = 2 * PIECE_BYTES;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8");

export class Kernel implements PointSink {
  /** Where the bytes of files go: `BUFFER_BYTES` of them. */
  readonly buffer: number;
  /** By the number that the kernel knows a name by. */
  private readonly names: string[] = [];
  private readonly metrics = new Map<string, number>();
  private readonly byMetric = new Map<number, string>();
  /** Batches that had to be taken in the midst of a record. */
  private taken: ColumnBatch[] = [];
  private turn: Promise<void> = Promise.resolve();

  private constructor(readonly wasm: Exports) {
    this.buffer = wasm.buffer(BUFFER_BYTES);
  }

  /** Null where the platform has no WebAssembly with vectors, or stores numbers the other way round. */
  static make(): Kernel | null {
    const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
    if (!isLittle || !WebAssembly.validate(wasm)) return null;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    return new Kernel(exports as Exports);
  }

  /** Waits for the kernel, and keeps it until the function that is returned is called. */
  async acquire(): Promise<() => void> {
    const before = this.turn;
    let release: () => void = () => undefined;
    this.turn = new Promise((resolve) => (release = resolve));
    await before;
    return release;
  }

  /** Begins a file whose points follow `ends`. */
  begin(ends: Ends): void {
    const { wasm } = this;
    wasm.beginFile();
    this.taken = [];
    wasm.goOn(ends.step, ends.reached);
    for (const [name, floor] of ends.floors) wasm.setFloor(this.idOf(name), floor);
  }

  /** `length` bytes of the kernel's memory. They hold until anything is called that may make it grow. */
  bytes(at: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.wasm.memory.buffer, at, length);
  }

  /** The metric of a name. */
  idOf(name: string): number {
    let metric = this.metrics.get(name);
    if (metric === undefined) {
      const known = this.wasm.nameCount();
      metric = this.wasm.metricNamed(this.putName(ENCODER.encode(name)));
      this.metrics.set(name, metric);
      this.byMetric.set(metric, name);
      if (this.wasm.nameCount() > known) this.names.push(name);
    }
    return metric;
  }

  /** The metric whose name these bytes are, as text that may not be quite UTF-8. */
  idOfBytes(text: Uint8Array): number {
    const metric = this.idOf(DECODER.decode(text));
    this.wasm.alias(this.putName(text), metric);
    return metric;
  }

  /** The name of a metric. */
  nameOf(metric: number): string {
    return this.byMetric.get(metric) ?? "";
  }

  private putName(text: Uint8Array): number {
    const at = this.wasm.nameBuffer(text.length);
    this.bytes(at, text.length).set(text);
    return text.length;
  }

  add(metric: number, step: number, wallTime: number, value: number | null, stderr = NaN): void {
    if (this.wasm.hasRoom(1) === 0) this.taken.push(this.takeBatch());
    this.wasm.addPoint(metric, step, wallTime, value ?? NaN, value === null ? 0 : 1, stderr);
  }

  /** The points so far, in one or more batches. */
  take(): ColumnBatch[] {
    const { taken } = this;
    this.taken = [];
    return [...taken, this.takeBatch()];
  }

  private takeBatch(): ColumnBatch {
    const at = this.wasm.takeBatch();
    const { buffer } = this.wasm.memory;
    const size = new Uint32Array(buffer, at, 1)[0] as number;
    return new KernelBatch(buffer.slice(at, at + size), this.names);
  }

  /** Where the file's points ended, that began after `before`. */
  ends(before: Ends): Ends {
    const { wasm } = this;
    const floors = new Map(wasm.hasRestarted() === 0 ? before.floors : []);
    const count = wasm.metricCount();
    for (let id = 0; id < count; id++) {
      const floor = wasm.floorOf(id);
      if (floor !== -Infinity) floors.set(this.names[wasm.nameOf(id)] as string, floor);
    }
    return { floors, reached: wasm.reached(), step: wasm.rowStep() };
  }
}

let made: Kernel | null | undefined;

/** The kernel of this thread, made when it is first asked for; null where there can be none. */
export function theKernel(): Kernel | null {
  made ??= Kernel.make();
  return made;
}
