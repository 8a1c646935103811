/** Which runs do not hold to what `onset.json` expects of its behaviours. Asked of the worker as runs are found and grow. */

import * as vscode from "vscode";
import type { Violation } from "../../core/index.js";
import { isAborted } from "../../protocol/rpc.js";
import { Disposables } from "../lifecycle.js";
import { groupBy } from "../groupBy.js";
import type { RunStore } from "./runStore.js";

export class Expectations implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<void>());
  private byRun: ReadonlyMap<string, readonly Violation[]> = new Map();
  private asking: AbortController | null = null;

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly store: RunStore,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.own.add(
      store.onDidChange(() => {
        const { runs, isComplete } = store.snapshot;
        if (isComplete)
          void this.ask(
            runs.map(({ key }) => key),
            new Map(),
          );
      }),
    );
    this.own.add(
      store.onDidGrow(
        (runs) =>
          void this.ask(
            runs.map(({ key }) => key),
            this.byRun,
          ),
      ),
    );
  }

  of(run: string): readonly Violation[] {
    return this.byRun.get(run) ?? [];
  }

  all(): Violation[] {
    return [...this.byRun.values()].flat();
  }

  dispose(): void {
    this.asking?.abort();
    this.own.dispose();
  }

  /** Asks anew about `runs`, and keeps `known` of the others. */
  private async ask(
    runs: readonly string[],
    known: ReadonlyMap<string, readonly Violation[]>,
  ): Promise<void> {
    const expects = this.store.snapshot.behaviours.some(({ expectation }) => expectation !== null);
    if (!expects) {
      this.set(new Map());
      return;
    }
    // A question about all runs must not be lost to a later one about a few.
    if (runs.length >= this.store.snapshot.runs.length) this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    try {
      const found = await this.store.ask("expectations", { runs }, signal);
      const asked = new Set(runs);
      const others = [...known].filter(([key]) => !asked.has(key));
      this.set(new Map([...others, ...groupBy(found, ({ run }) => run)]));
    } catch (error) {
      if (!isAborted(error)) this.log.error(String(error));
    }
  }

  private set(byRun: ReadonlyMap<string, readonly Violation[]>): void {
    if (byRun.size === 0 && this.byRun.size === 0) return;
    this.byRun = byRun;
    this.changed.fire();
  }
}
