/**
 * Reads large files in worker threads, so that several are read beside each other and the thread that answers stays free.
 * A thread is started when there is something for it to read, and stopped when there has been nothing for a while.
 */

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import {
  emptyColumns,
  FileError,
  HERE,
  START,
  type ByteSource,
  type Chunk,
  type Cursor,
  type ReadingPlace,
  type ReadInput,
} from "../core/index.js";
import { FileSource } from "./fsFiles.js";
import {
  READS,
  type FromWorker,
  type Reading,
  type SharedFile,
  type ToWorker,
} from "./readingProtocol.js";

const MOST_THREADS = 4;
/** Less than this is read in place: it takes no longer than asking for it. */
const LEAST_BYTES = 1024 * 1024;
const IDLE_MS = 30_000;
/** A thread that has not stopped so long after it was told to is ended. */
const STOP_MS = 1_000;

export interface ReadingProgress {
  /** Of the files that are being read. */
  readonly bytes: number;
  readonly of: number;
}

/** A thread that died while it was reading. */
class Died extends Error {}

class Thread {
  /** Why it died; null while it lives. */
  death: string | null = null;
  onMessage: (message: FromWorker) => void = () => undefined;
  onDeath: () => void = () => undefined;
  private readonly worker: Worker;

  constructor(script: string, onDeath: () => void) {
    this.worker = new Worker(script, { workerData: READS });
    // What waits for an answer keeps the process going, not a thread that may answer.
    this.worker.unref();
    this.worker.on("message", (message: FromWorker) => {
      this.onMessage(message);
    });
    const onEnd = (reason: string): void => {
      this.death ??= reason;
      onDeath();
    };
    this.worker.on("error", (error) => {
      onEnd(error.message);
    });
    this.worker.on("exit", (code) => {
      onEnd(`exit code ${code}`);
    });
  }

  post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.worker.ref();
    else this.worker.unref();
  }

  end(): void {
    void this.worker.terminate();
  }
}

interface Waiting {
  readonly isUrgent: boolean;
  readonly go: (thread: Thread) => void;
}

export class ReadingPool implements ReadingPlace {
  readonly atOnce: number;
  private readonly threads = new Set<Thread>();
  private readonly idle: Thread[] = [];
  private readonly waiting: Waiting[] = [];
  private readonly active = new Map<number, ReadingProgress>();
  private readonly leisurely = new WeakSet<AbortSignal>();
  private nextId = 1;
  private stopSoon: NodeJS.Timeout | undefined;

  constructor(
    private readonly script: string,
    private readonly onProgress: (progress: ReadingProgress) => void = () => undefined,
    private readonly leastBytes = LEAST_BYTES,
    threads = availableParallelism(),
  ) {
    this.atOnce = Math.max(1, Math.min(MOST_THREADS, threads));
  }

  /** What is read with this signal can wait for what is read with others. */
  canWait(signal: AbortSignal): void {
    this.leisurely.add(signal);
  }

  /** A thread that dies is given the file once more. */
  async *read(
    format: string,
    input: ReadInput,
    signal?: AbortSignal,
  ): AsyncGenerator<Chunk, Cursor> {
    const reading = this.shared(format, input);
    if (!reading) return yield* HERE.read(format, input, signal);
    try {
      return yield* this.readBy(await this.thread(signal), reading, signal);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
    yield { points: emptyColumns(), problems: [], startsAnew: true };
    const anew = { ...reading, from: START };
    try {
      return yield* this.readBy(await this.thread(signal), anew, signal);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      const reason = `whoever read it ended twice: ${error.message}`;
      throw new FileError("failed", input.file, reason);
    }
  }

  /** Ends all threads. */
  dispose(): void {
    clearTimeout(this.stopSoon);
    for (const thread of this.threads) thread.end();
    this.threads.clear();
    this.idle.length = 0;
  }

  /** What a thread can read; null for what is read in place. */
  private shared(
    format: string,
    { source, file, from, beside = new Map<string, ByteSource>() }: ReadInput,
  ): Reading | null {
    const own = sharedFile(source);
    const others = [...beside].flatMap(([name, other]) => {
      const shared = sharedFile(other);
      return shared ? [[name, shared] as const] : [];
    });
    if (!own || others.length < beside.size) return null;
    if (own.stamp.size - from.offset < this.leastBytes) return null;
    return { format, file, source: own, beside: others, from };
  }

  private async *readBy(
    thread: Thread,
    reading: Reading,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Chunk, Cursor> {
    const id = this.nextId++;
    const received: FromWorker[] = [];
    let wake = (): void => undefined;
    thread.onMessage = (message) => {
      if (message.id !== id) return;
      received.push(message);
      wake();
    };
    const onEnd = (): void => {
      wake();
    };
    thread.onDeath = onEnd;
    signal?.addEventListener("abort", onEnd);
    const of = reading.source.stamp.size - reading.from.offset;
    this.tell(id, { bytes: 0, of });
    let isOver = false;
    try {
      thread.post({ id, kind: "read", reading });
      for (;;) {
        signal?.throwIfAborted();
        const message = received.shift();
        if (!message) {
          if (thread.death !== null) throw new Died(thread.death);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        if (message.kind === "chunk") {
          this.tell(id, { bytes: Math.min(of, message.bytes), of });
          yield message.chunk;
          thread.post({ id, kind: "taken" });
          continue;
        }
        isOver = true;
        if (message.kind === "end") return message.cursor;
        const { code, path, message: text } = message;
        throw code === null ? new Error(text) : new FileError(code, path, text);
      }
    } finally {
      thread.onDeath = () => undefined;
      signal?.removeEventListener("abort", onEnd);
      this.tell(id, null);
      if (isOver || thread.death !== null) this.giveBack(thread);
      else this.stopReading(thread, id);
    }
  }

  /** Takes a thread back when it has stopped reading what nobody wants any more. */
  private stopReading(thread: Thread, id: number): void {
    const timer = setTimeout(() => {
      thread.end();
    }, STOP_MS).unref();
    thread.onMessage = (message) => {
      if (message.id !== id || message.kind === "chunk") return;
      clearTimeout(timer);
      this.giveBack(thread);
    };
    thread.post({ id, kind: "abort" });
  }

  /** A thread for one file: at once, or when there is one. */
  private async thread(signal: AbortSignal | undefined): Promise<Thread> {
    signal?.throwIfAborted();
    clearTimeout(this.stopSoon);
    const thread = this.idle.pop() ?? (this.threads.size < this.atOnce ? this.start() : null);
    if (thread) {
      thread.hold(true);
      return thread;
    }
    const isUrgent = signal === undefined || !this.leisurely.has(signal);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        isUrgent,
        go: (free) => {
          signal?.removeEventListener("abort", onAbort);
          resolve(free);
        },
      };
      const onAbort = (): void => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", onAbort);
      this.waiting.push(waiting);
    });
  }

  private start(): Thread {
    const thread = new Thread(this.script, () => {
      thread.onDeath();
      if (!this.threads.delete(thread)) return;
      const at = this.idle.indexOf(thread);
      if (at >= 0) this.idle.splice(at, 1);
      this.serve();
    });
    this.threads.add(thread);
    return thread;
  }

  private giveBack(thread: Thread): void {
    thread.onMessage = () => undefined;
    if (thread.death === null) {
      thread.hold(false);
      this.idle.push(thread);
    }
    this.serve();
    if (this.idle.length < this.threads.size) return;
    this.stopSoon = setTimeout(() => {
      this.dispose();
    }, IDLE_MS).unref();
  }

  /** Gives free threads to what waits: first what is urgent, and of that what was asked for last. */
  private serve(): void {
    while (this.waiting.length > 0) {
      const thread = this.idle.pop() ?? (this.threads.size < this.atOnce ? this.start() : null);
      if (!thread) return;
      const urgent = this.waiting.map(({ isUrgent }) => isUrgent).lastIndexOf(true);
      const [next] = this.waiting.splice(urgent >= 0 ? urgent : this.waiting.length - 1, 1);
      thread.hold(true);
      next?.go(thread);
    }
  }

  private tell(id: number, progress: ReadingProgress | null): void {
    if (progress) this.active.set(id, progress);
    else this.active.delete(id);
    let [bytes, of] = [0, 0];
    for (const one of this.active.values()) {
      bytes += one.bytes;
      of += one.of;
    }
    this.onProgress({ bytes, of });
  }
}

function sharedFile(source: ByteSource): SharedFile | null {
  return source instanceof FileSource ? { fd: source.fd, stamp: source.stamp } : null;
}
