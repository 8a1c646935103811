/** In which state runs are: live, at their end and how, or not as expected. Runs are read for it when they are looked at. */

import * as vscode from "vscode";
import type { RunEnding, TreeRun, Violation } from "../../core/index.js";
import { isAborted } from "../../protocol/rpc.js";
import { Disposables } from "../lifecycle.js";
import type { Expectations } from "./expectations.js";
import type { RunStore } from "./runStore.js";

/** In the order in which they matter. */
export const RUN_STATES = ["failed", "unexpected", "live", "partial", "finished"] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface StateOfRun {
  /** All that hold, in the order of `RUN_STATES`. */
  readonly states: readonly RunState[];
  /** Null where the run was not read. */
  readonly ending: RunEnding | null;
  readonly violations: readonly Violation[];
}

export class RunStates implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<readonly string[]>());
  private readonly endings = new Map<string, RunEnding>();
  /** Runs that are being read. */
  private readonly asked = new Set<string>();
  private readonly abort = new AbortController();

  /** The states of these runs may be others than before. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly store: RunStore,
    private readonly expectations: Expectations,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.own.add(
      store.onDidChange(() => {
        for (const key of [...this.endings.keys()]) if (!store.run(key)) this.endings.delete(key);
      }),
    );
    this.own.add(
      store.onDidGrow((runs) => {
        const keys = keysOf(runs);
        this.changed.fire(keys);
        void this.ask(keys.filter((key) => this.endings.has(key)));
      }),
    );
    this.own.add(
      store.onDidRest((runs) => {
        this.changed.fire(keysOf(runs));
      }),
    );
    this.own.add(
      expectations.onDidChange(() => {
        this.changed.fire(keysOf(store.snapshot.runs));
      }),
    );
  }

  of(key: string): StateOfRun {
    const ending = this.endings.get(key) ?? null;
    const violations = this.expectations.of(key);
    const isLive = this.store.isLive(key);
    const holds: Readonly<Record<RunState, boolean>> = {
      failed: ending?.ending === "failed",
      unexpected: violations.length > 0,
      live: isLive,
      // What still grows is on its way.
      partial: ending?.ending === "partial" && !isLive,
      finished: ending?.ending === "finished",
    };
    return { states: RUN_STATES.filter((state) => holds[state]), ending, violations };
  }

  /** Reads those of the runs that were not. */
  async look(runs: readonly string[]): Promise<void> {
    await this.ask(runs.filter((key) => !this.endings.has(key)));
  }

  dispose(): void {
    this.abort.abort();
    this.own.dispose();
  }

  private async ask(keys: readonly string[]): Promise<void> {
    const runs = keys.filter((key) => !this.asked.has(key) && this.store.run(key) !== undefined);
    if (runs.length === 0) return;
    for (const key of runs) this.asked.add(key);
    try {
      const endings = await this.store.ask("runEndings", { runs }, this.abort.signal);
      for (const ending of endings) this.endings.set(ending.run, ending);
      this.changed.fire(runs);
    } catch (error) {
      if (!isAborted(error)) this.log.error(error instanceof Error ? error : String(error));
    } finally {
      for (const key of runs) this.asked.delete(key);
    }
  }
}

function keysOf(runs: readonly TreeRun[]): string[] {
  return runs.map(({ key }) => key);
}
