/** How the Runs view is arranged: by which config key it is grouped, and which runs are shown. Kept with the workspace. */

import * as vscode from "vscode";
import type { TreeRun } from "../../core/index.js";
import { Disposables } from "../lifecycle.js";
import { RUN_STATES, type RunState } from "./runStates.js";

const STORED = "onset.arrangement";

export interface Arranged {
  /** A config key; null for the usual: folder, experiment, seed group. */
  readonly grouping: string | null;
  /** Words that a run has to have in its names; empty for any. */
  readonly text: string;
  /** Of which a run has to have one; empty for any. */
  readonly states: readonly RunState[];
}

const USUAL: Arranged = { grouping: null, text: "", states: [] };

export class Arrangement implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<void>());
  private arranged: Arranged;

  readonly onDidChange = this.changed.event;

  constructor(private readonly memory: vscode.Memento) {
    this.arranged = restored(memory.get(STORED));
    this.tell();
  }

  get value(): Arranged {
    return this.arranged;
  }

  get isFiltered(): boolean {
    return this.arranged.text !== "" || this.arranged.states.length > 0;
  }

  async set(change: Partial<Arranged>): Promise<void> {
    this.arranged = { ...this.arranged, ...change };
    this.tell();
    this.changed.fire();
    await this.memory.update(STORED, this.arranged);
  }

  async clearFilter(): Promise<void> {
    await this.set({ text: USUAL.text, states: USUAL.states });
  }

  /** The runs to show, given the states of each. Words are looked for in its label, name, id and systems. */
  filter(
    runs: readonly TreeRun[],
    statesOf: (key: string) => readonly RunState[],
  ): readonly TreeRun[] {
    if (!this.isFiltered) return runs;
    const { text, states } = this.arranged;
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return runs.filter(({ key, label, name, id, systems }) => {
      const said = [label, name, id, ...systems].join("\n").toLowerCase();
      if (!words.every((word) => said.includes(word))) return false;
      return states.length === 0 || statesOf(key).some((state) => states.includes(state));
    });
  }

  dispose(): void {
    this.own.dispose();
  }

  /** For the button that clears the filter. */
  private tell(): void {
    void vscode.commands.executeCommand("setContext", "onset.isFiltered", this.isFiltered);
  }
}

function restored(stored: unknown): Arranged {
  const { grouping, text, states } = (stored ?? {}) as Partial<Record<keyof Arranged, unknown>>;
  return {
    grouping: typeof grouping === "string" ? grouping : USUAL.grouping,
    text: typeof text === "string" ? text : USUAL.text,
    states: Array.isArray(states)
      ? RUN_STATES.filter((state) => states.includes(state))
      : USUAL.states,
  };
}
