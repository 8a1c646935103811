/**
 * The host's end of the worker: started by the first question, stopped when it has been idle, restarted a few times after
 * a crash with the unanswered questions asked again.
 */

import { Worker } from "node:worker_threads";
import { Peer, RemoteError, type Listeners } from "../protocol/rpc.js";
import type { WorkerEvents, WorkerQuestions } from "../protocol/workerProtocol.js";

const MAX_RESTARTS = 3;
/** A worker that nobody asks anything for this long is stopped; the next question starts another one. */
const IDLE_MS = 10 * 60_000;

type WorkerPeer = Peer<Record<never, never>, WorkerQuestions, WorkerEvents>;
type Kind = keyof WorkerQuestions;
type ParamsOf<K extends Kind> = Parameters<WorkerQuestions[K]>[0];
type AnswerOf<K extends Kind> = Awaited<ReturnType<WorkerQuestions[K]>>;

interface Running {
  readonly worker: Worker;
  readonly peer: WorkerPeer;
  /** Settled when it has been told of the folders; null as long as nobody began to tell it. */
  told: Promise<void> | null;
}

export class WorkerClient {
  private running: Running | null = null;
  private restarts = 0;
  private open = 0;
  private idle: NodeJS.Timeout | undefined;
  private isDisposed = false;
  /** Asked first after a restart: without it a new worker knows no runs. */
  private lastDiscover: ParamsOf<"discover"> | null = null;

  constructor(
    private readonly script: string,
    private readonly listeners: Partial<Listeners<WorkerEvents>>,
    /** Told of each crash with its reason, and whether the questions that were open are given up. */
    private readonly onCrash: (reason: string, isGivenUp: boolean) => void,
    private readonly idleMs = IDLE_MS,
  ) {}

  async ask<K extends Kind>(
    kind: K,
    params: ParamsOf<K>,
    signal?: AbortSignal,
  ): Promise<AnswerOf<K>> {
    if (kind === "discover") this.lastDiscover = params as ParamsOf<"discover">;
    clearTimeout(this.idle);
    this.open += 1;
    try {
      return await this.askAgain(kind, params, signal);
    } finally {
      this.open -= 1;
      if (this.open === 0 && !this.isDisposed) {
        this.idle = setTimeout(() => {
          this.stop("nobody asks");
        }, this.idleMs);
      }
    }
  }

  private async askAgain<K extends Kind>(
    kind: K,
    params: ParamsOf<K>,
    signal: AbortSignal | undefined,
  ): Promise<AnswerOf<K>> {
    for (;;) {
      const running = this.start();
      try {
        if (kind === "discover") running.told = Promise.resolve();
        else await (running.told ??= this.tellFolders(running));
        return await running.peer.ask(kind, params, signal);
      } catch (error) {
        const crashed = error instanceof RemoteError && error.code === "closed";
        if (!crashed || this.isDisposed || this.restarts > MAX_RESTARTS) throw error;
      }
    }
  }

  /** Once per worker, for all questions that wait. One that fails here fails again with the question itself. */
  private async tellFolders({ peer }: Running): Promise<void> {
    if (!this.lastDiscover) return;
    await peer.ask("discover", this.lastDiscover).catch(() => undefined);
  }

  /** True while a worker thread is there. */
  get isRunning(): boolean {
    return this.running !== null;
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.idle);
    this.stop("Onset is shutting down");
  }

  private stop(reason: string): void {
    const { running } = this;
    this.running = null;
    running?.peer.close(reason);
    void running?.worker.terminate();
  }

  private start(): Running {
    if (this.running) return this.running;
    if (this.isDisposed) throw new RemoteError("closed", "Onset is shutting down");
    const worker = new Worker(this.script);
    const peer: WorkerPeer = new Peer(
      {
        post: (message) => {
          worker.postMessage(message);
        },
        listen: (handler) => {
          worker.on("message", handler);
        },
      },
      {},
      this.listeners,
    );
    const running: Running = { worker, peer, told: null };
    const onEnd = (reason: string): void => {
      if (this.running !== running) return;
      this.running = null;
      this.restarts += 1;
      this.onCrash(reason, this.restarts > MAX_RESTARTS);
      peer.close(`the worker ended: ${reason}`);
    };
    worker.on("error", (error) => {
      onEnd(error.message);
    });
    worker.on("exit", (code) => {
      onEnd(`exit code ${code}`);
    });
    this.running = running;
    return running;
  }
}
