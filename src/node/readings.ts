/** A thread of the reading pool: reads one file after the other and sends what is in it, chunk by chunk. */

import { read } from "node:fs";
import type { MessagePort } from "node:worker_threads";
import {
  FileError,
  HERE,
  narrowed,
  type ByteSource,
  type Chunk,
  type FileStamp,
} from "../core/index.js";
import type { FromWorker, Reading, SharedFile, ToWorker } from "./readingProtocol.js";

/** Chunks that are sent and not taken yet. */
const IN_FLIGHT = 3;

/** A file that the pool's thread has opened and closes. */
class SharedSource implements ByteSource {
  readonly stamp: FileStamp;
  bytes = 0;

  constructor(
    private readonly path: string,
    private readonly shared: SharedFile,
    private readonly signal: AbortSignal,
  ) {
    this.stamp = shared.stamp;
  }

  read(start: number, into: Uint8Array): Promise<number> {
    // Behind an abort the descriptor may be closed, or be that of another file.
    this.signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      read(this.shared.fd, into, 0, into.length, start, (error, count) => {
        this.bytes += count;
        if (error) reject(new FileError("failed", this.path, error.message));
        else resolve(count);
      });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

class Job {
  private readonly controller = new AbortController();
  private inFlight = 0;
  private onTaken: () => void = () => undefined;

  constructor(
    private readonly port: MessagePort,
    private readonly id: number,
    private readonly reading: Reading,
  ) {}

  async run(): Promise<void> {
    const { id } = this;
    try {
      const cursor = await this.read();
      this.post({ id, kind: "end", cursor });
    } catch (error) {
      const { code, path } = error instanceof FileError ? error : { code: null, path: "" };
      const message = error instanceof Error ? error.message : String(error);
      this.post({ id, kind: "error", code, path, message });
    }
  }

  taken(): void {
    this.inFlight -= 1;
    this.onTaken();
  }

  abort(): void {
    this.controller.abort();
    this.onTaken();
  }

  private post(message: FromWorker, transferred: ArrayBuffer[] = []): void {
    this.port.postMessage(message, transferred);
  }

  private async read(): Promise<Reading["from"]> {
    const { id, reading } = this;
    const { format, file, from } = reading;
    const { signal } = this.controller;
    const source = new SharedSource(file, reading.source, signal);
    const beside = new Map(
      reading.beside.map(([name, shared]) => [name, new SharedSource(name, shared, signal)]),
    );
    const chunks = HERE.read(format, { source, file, from, beside }, signal);
    for (;;) {
      const next = await chunks.next();
      signal.throwIfAborted();
      if (next.done === true) return next.value;
      const [chunk, buffers] = packed(next.value);
      this.inFlight += 1;
      this.post({ id, kind: "chunk", chunk, bytes: source.bytes }, buffers);
      while (this.inFlight >= IN_FLIGHT && !signal.aborted) {
        await new Promise<void>((resolve) => (this.onTaken = resolve));
      }
      signal.throwIfAborted();
    }
  }
}

/** The chunk with its numbers in memory of its own, which is handed over and not copied. */
function packed(chunk: Chunk): [Chunk, ArrayBuffer[]] {
  const points = narrowed(chunk.points);
  const { metric, step, wallTime, value, recorded, stderr } = points;
  const columns = [metric, step, wallTime, value, recorded, stderr];
  return [
    { ...chunk, points },
    columns.flatMap((column) => (column ? [column.buffer as ArrayBuffer] : [])),
  ];
}

/** Reads what the pool asks for. */
export function serveReadings(port: MessagePort): void {
  const jobs = new Map<number, Job>();
  port.on("message", (message: ToWorker) => {
    const { id, kind } = message;
    if (kind === "taken") jobs.get(id)?.taken();
    else if (kind === "abort") jobs.get(id)?.abort();
    else {
      const job = new Job(port, id, message.reading);
      jobs.set(id, job);
      void job.run().finally(() => jobs.delete(id));
    }
  });
}
