/**
 * The runs that are known, as the worker tells them, and the way to ask it. Nothing is read before somebody asks for
 * the runs.
 */

import * as vscode from "vscode";
import type { TreeRun } from "../../core/index.js";
import type { WorkerClient } from "../../node/workerClient.js";
import { isAborted } from "../../protocol/rpc.js";
import type { Refreshed, Snapshot, WorkerQuestions } from "../../protocol/workerProtocol.js";
import { Disposables } from "../lifecycle.js";
import { cacheMegabytes, excludedGlobs, foldersOfRuns } from "./settings.js";

const NOTHING: Snapshot = {
  runs: [],
  problems: [],
  behaviours: [],
  onsetFiles: [],
  isComplete: false,
};
/** A run that has grown this recently is live. */
const LIVE_MS = 60_000;

type Kind = keyof WorkerQuestions;

export class RunStore implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<void>());
  private readonly grew = this.own.add(new vscode.EventEmitter<readonly TreeRun[]>());
  private readonly progressed = this.own.add(
    new vscode.EventEmitter<{ readonly done: number; readonly of: number }>(),
  );
  private readonly read = this.own.add(new vscode.EventEmitter<void>());
  private readonly rested = this.own.add(new vscode.EventEmitter<readonly TreeRun[]>());
  private readonly grewAt = new Map<string, number>();
  private restSoon: NodeJS.Timeout | undefined;
  private walking: Promise<Snapshot> | null = null;
  private abort: AbortController | null = null;
  private current: Snapshot = NOTHING;
  private byKey = new Map<string, TreeRun>();

  /** Runs, problems or behaviours are others than before. */
  readonly onDidChange = this.changed.event;
  /** Runs have new points or checkpoints. */
  readonly onDidGrow = this.grew.event;
  /** Runs are live no longer. */
  readonly onDidRest = this.rested.event;
  /** `reading` is another one. */
  readonly onDidRead = this.read.event;
  /** How many bytes of the large files that are being read; 0 of 0 when none is. */
  reading: { readonly bytes: number; readonly of: number } = { bytes: 0, of: 0 };
  /** Runs read so far, and of how many, while a question about many is answered. */
  readonly onDidProgress = this.progressed.event;

  constructor(
    private readonly worker: WorkerClient,
    private readonly log: vscode.LogOutputChannel,
    /** Folder in which the worker keeps what it has read; null for none. */
    private readonly cacheFolder: string | null = null,
    private readonly liveMs = LIVE_MS,
  ) {}

  get snapshot(): Snapshot {
    return this.current;
  }

  /** True once somebody has asked for runs. */
  get isStarted(): boolean {
    return this.walking !== null;
  }

  run(key: string): TreeRun | undefined {
    return this.byKey.get(key);
  }

  isLive(key: string): boolean {
    return Date.now() - (this.grewAt.get(key) ?? -Infinity) < this.liveMs;
  }

  live(): readonly TreeRun[] {
    return [...this.grewAt.keys()].flatMap((key) =>
      this.isLive(key) ? (this.byKey.get(key) ?? []) : [],
    );
  }

  /** Walks the folders on the first call; later calls give the same result. */
  start(): Promise<Snapshot> {
    return (this.walking ??= this.walk());
  }

  /** Walks the folders again. */
  async refresh(): Promise<Snapshot> {
    this.walking = this.walk();
    return this.walking;
  }

  /** Asks the worker, when the runs are known. */
  async ask<K extends Kind>(
    kind: K,
    params: Parameters<WorkerQuestions[K]>[0],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<WorkerQuestions[K]>>> {
    await this.start();
    return this.worker.ask(kind, params, signal);
  }

  async reloadBehaviours(): Promise<void> {
    if (this.isStarted) this.accept(await this.ask("reloadBehaviours", null));
  }

  /** Reads on in the given runs. */
  async readOn(keys: readonly string[]): Promise<Refreshed> {
    const refreshed = await this.ask("refresh", { runs: keys });
    if (refreshed.runs.length === 0) return refreshed;
    const now = Date.now();
    for (const run of refreshed.runs) {
      this.byKey.set(run.key, run);
      this.grewAt.set(run.key, now);
    }
    this.current = {
      ...this.current,
      runs: this.current.runs.map((run) => this.byKey.get(run.key) ?? run),
      problems: refreshed.problems,
    };
    this.grew.fire(refreshed.runs);
    this.tellRest();
    return refreshed;
  }

  /** Removes what is kept of the files that were read. Bytes that it took. */
  async clearCache(): Promise<number> {
    if (this.cacheFolder === null) return 0;
    return this.worker.ask("clearCache", { folder: this.cacheFolder });
  }

  /** Takes what the worker found so far. */
  accept(found: Snapshot): void {
    this.current = found;
    this.byKey = new Map(found.runs.map((run) => [run.key, run]));
    this.changed.fire();
  }

  progress(state: { readonly done: number; readonly of: number }): void {
    this.progressed.fire(state);
  }

  tellReading(state: { readonly bytes: number; readonly of: number }): void {
    this.reading = state;
    this.read.fire();
  }

  /** Tells of runs that have stopped growing, until none is live. */
  private tellRest(): void {
    this.restSoon ??= setTimeout(() => {
      this.restSoon = undefined;
      const resting = [...this.grewAt.keys()].filter((key) => !this.isLive(key));
      for (const key of resting) this.grewAt.delete(key);
      this.rested.fire(resting.flatMap((key) => this.byKey.get(key) ?? []));
      if (this.grewAt.size > 0) this.tellRest();
    }, this.liveMs);
  }

  dispose(): void {
    clearTimeout(this.restSoon);
    this.abort?.abort();
    this.own.dispose();
  }

  private async walk(): Promise<Snapshot> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    const folders = foldersOfRuns();
    this.log.info(`looking for runs in ${folders.map(({ path }) => path).join(", ") || "nothing"}`);
    const started = Date.now();
    tellState("reading");
    try {
      const found = await this.worker.ask(
        "discover",
        {
          folders,
          exclude: excludedGlobs(),
          ...(this.cacheFolder === null
            ? {}
            : { cache: { folder: this.cacheFolder, megabytes: cacheMegabytes() } }),
        },
        abort.signal,
      );
      this.log.info(
        `${found.runs.length} runs, ${found.problems.length} problems in ${Date.now() - started} ms`,
      );
      tellState("ready");
      this.accept(found);
      return found;
    } catch (error) {
      if (!isAborted(error)) {
        this.log.error(error instanceof Error ? error : String(error));
        tellState("ready");
        this.accept({ ...this.current, isComplete: true });
      }
      return this.current;
    }
  }
}

/** For the empty states of the views. */
function tellState(state: "reading" | "ready"): void {
  void vscode.commands.executeCommand("setContext", "onset.state", state);
}
