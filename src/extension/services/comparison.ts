/** Which runs are compared, which one is the baseline, and where the step cursor is: one for the whole window. */

import * as vscode from "vscode";
import type { TreeRun } from "../../core/index.js";
import type { Comparison as ComparisonState } from "../../protocol/panelProtocol.js";
import { Disposables } from "../lifecycle.js";
import { groupBy } from "../groupBy.js";
import type { RunStore } from "./runStore.js";
import { foldersOfRuns } from "./settings.js";

const STORED = "onset.comparison";
/** Most runs that are compared before the user has chosen any. */
const MAX_SUGGESTED = 12;

interface Choice {
  /** Keys in the order of the tree; null until the user has chosen. */
  readonly runs: readonly string[] | null;
  readonly baseline: string | null;
}

export class Comparison implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<void>());
  private readonly moved = this.own.add(new vscode.EventEmitter<number>());
  private choice: Choice;
  private cursor: number | null = null;
  /** The baseline that nobody has chosen. It stays while it can, however runs grow. */
  private usual: string | null = null;
  /** The compared runs, as long as neither the known ones nor the choice change. */
  private compared: {
    readonly of: readonly TreeRun[];
    readonly by: Choice;
    readonly runs: readonly string[];
    readonly keys: ReadonlySet<string>;
  } | null = null;

  readonly onDidChange = this.changed.event;
  readonly onDidMoveCursor = this.moved.event;

  constructor(
    private readonly store: RunStore,
    private readonly memory: vscode.Memento,
  ) {
    this.choice = restored(memory.get(STORED));
  }

  get state(): ComparisonState {
    const runs = this.runs();
    const known = this.store.snapshot.runs.length;
    return { runs, baseline: this.baselineOf(runs), step: this.cursor, known };
  }

  /** Keys of the compared runs that exist, in the tree's order. */
  runs(): readonly string[] {
    return this.current().runs;
  }

  has(key: string): boolean {
    return this.current().keys.has(key);
  }

  get baseline(): string | null {
    return this.baselineOf(this.runs());
  }

  /** Compares exactly these runs. */
  async set(runs: readonly string[]): Promise<void> {
    await this.choose({ ...this.choice, runs });
  }

  /** Puts runs in the comparison, or takes them out. */
  async toggle(changes: ReadonlyMap<string, boolean>): Promise<void> {
    const runs = new Set(this.runs());
    for (const [key, isIn] of changes) {
      if (isIn) runs.add(key);
      else runs.delete(key);
    }
    await this.set([...runs]);
  }

  /** Makes a run the baseline; it joins the comparison. */
  async setBaseline(key: string): Promise<void> {
    const runs = this.runs();
    await this.choose({ runs: runs.includes(key) ? runs : [...runs, key], baseline: key });
  }

  moveCursor(step: number): void {
    if (this.cursor === step) return;
    this.cursor = step;
    this.moved.fire(step);
  }

  dispose(): void {
    this.own.dispose();
  }

  private current(): NonNullable<typeof this.compared> {
    const { runs: known } = this.store.snapshot;
    if (this.compared?.of === known && this.compared.by === this.choice) return this.compared;
    const wanted = this.choice.runs && new Set(this.choice.runs);
    const runs = wanted
      ? known.filter(({ key }) => wanted.has(key)).map(({ key }) => key)
      : suggested(known);
    this.compared = { of: known, by: this.choice, runs, keys: new Set(runs) };
    return this.compared;
  }

  private baselineOf(runs: readonly string[]): string | null {
    const { baseline } = this.choice;
    if (baseline !== null && runs.includes(baseline)) return baseline;
    if (this.usual !== null && runs.includes(this.usual)) return this.usual;
    const usual = this.usualBaseline(runs);
    // While folders are walked, the runs found so far are no choice.
    if (this.store.snapshot.isComplete) this.usual = usual;
    return usual;
  }

  /** The first of the runs that have most to read. A branch is told apart by what it branched from: others say more. */
  private usualBaseline(runs: readonly string[]): string | null {
    const known = runs.flatMap((key) => this.store.run(key) ?? []);
    const others = known.filter(({ parent }) => parent === null);
    const candidates = others.length > 0 ? others : known;
    const most = Math.max(...candidates.map(({ files }) => files));
    return candidates.find(({ files }) => files === most)?.key ?? null;
  }

  private async choose(choice: Choice): Promise<void> {
    this.choice = choice;
    this.changed.fire();
    await this.memory.update(STORED, choice);
  }
}

/**
 * The runs of the experiment that has most to read in the first folder with any, which is the workspace's own rather than an
 * added one: all of them, or the first few.
 */
function suggested(runs: readonly TreeRun[]): string[] {
  const folders = foldersOfRuns().map(({ path }) => path);
  const first = folders.find((path) => runs.some(({ root }) => root === path));
  const own = first === undefined ? runs : runs.filter(({ root }) => root === first);
  const experiments = groupBy(own, ({ root, experiment }) => `${root} ${experiment}`);
  const size = (members: readonly TreeRun[]): number =>
    members.reduce((sum, { files }) => sum + files, 0);
  const [largest] = [...experiments.values()].sort((a, b) => size(b) - size(a));
  return (largest ?? []).slice(0, MAX_SUGGESTED).map(({ key }) => key);
}

function restored(stored: unknown): Choice {
  const { runs, baseline } = (stored ?? {}) as Partial<Record<keyof Choice, unknown>>;
  return {
    runs: Array.isArray(runs) ? runs.filter((key) => typeof key === "string") : null,
    baseline: typeof baseline === "string" ? baseline : null,
  };
}
