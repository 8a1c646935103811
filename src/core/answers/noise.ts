/** The noise floor of a difference: of the seed groups that two runs belong to, else of their last checkpoints (rule 7). */

import { valueAt } from "../analysis/valueAt.js";
import { noiseFloor, type NoiseFloor, type NoiseGroup } from "../analysis/differences.js";
import { MIN_SEEDS } from "../analysis/groupSummary.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Series } from "../model/series.js";
import type { RunView } from "../query/runView.js";

interface RunAtStep {
  readonly key: string;
  readonly step: number;
}

/** Series of the runs of seed groups, read once per question. */
export class SeedGroups {
  private readonly members = new Map<string, readonly string[]>();
  private readonly series = new Map<string, Promise<readonly Series[]>>();
  private readonly views = new Map<string, Promise<RunView>>();

  private constructor(private readonly catalog: Catalog) {}

  static async of(catalog: Catalog): Promise<SeedGroups> {
    const groups = new SeedGroups(catalog);
    const identities = await catalog.identify();
    const byGroup = new Map<string, string[]>();
    for (const { key, root } of catalog.runs()) {
      const group = identities.get(key)?.seedGroup;
      if (group === null || group === undefined) continue;
      const name = `${root}\n${group}`;
      byGroup.set(name, [...(byGroup.get(name) ?? []), key]);
    }
    for (const keys of byGroup.values()) {
      for (const key of keys) groups.members.set(key, keys);
    }
    return groups;
  }

  /** Runs that differ from this one only in their seed, itself included. */
  membersOf(key: string): readonly string[] {
    return this.members.get(key) ?? [key];
  }

  /** Noise floor of the difference between single runs `a` at `stepA` and `b` at `stepB` (rule 7). */
  async noise(metric: string, a: RunAtStep, b: RunAtStep): Promise<NoiseFloor> {
    const groupA = await this.groupAt(metric, a);
    const isOne = this.membersOf(a.key) === this.membersOf(b.key) && a.step === b.step;
    return noiseFloor(groupA, isOne ? groupA : await this.groupAt(metric, b));
  }

  /** The same at any step, for two runs compared step by step. */
  async noiseAt(metric: string, a: string, b: string): Promise<(step: number) => number | null> {
    const [seedsA, seedsB] = [await this.seedsOf(metric, a), await this.seedsOf(metric, b)];
    const [ownA, ownB] = [await this.seriesOf(metric, [a]), await this.seriesOf(metric, [b])];
    const valuesAt = (all: readonly Series[], step: number): number[] =>
      all.flatMap((series) => valueAt(series, step)?.value ?? []);
    return (step) => {
      const groupA = { values: valuesAt(seedsA, step), series: ownA, n: 1 };
      const isOne = seedsA === seedsB && seedsA.length > 0;
      const groupB = isOne ? groupA : { values: valuesAt(seedsB, step), series: ownB, n: 1 };
      return noiseFloor(groupA, groupB).noise;
    };
  }

  /** Series of all seeds of a run's group; none where they are too few to say anything of noise. */
  private async seedsOf(metric: string, key: string): Promise<readonly Series[]> {
    const members = this.membersOf(key);
    return members.length < MIN_SEEDS ? [] : this.seriesOf(metric, members);
  }

  /** The seeds of a run at a step, with the run's own series. */
  private async groupAt(metric: string, { key, step }: RunAtStep): Promise<NoiseGroup> {
    const all = await this.seedsOf(metric, key);
    const values = all.flatMap((series) => valueAt(series, step)?.value ?? []);
    return { values, series: await this.seriesOf(metric, [key]), n: 1 };
  }

  private seriesOf(metric: string, keys: readonly string[]): Promise<readonly Series[]> {
    const name = JSON.stringify([metric, keys[0], keys.length]);
    let all = this.series.get(name);
    if (!all) this.series.set(name, (all = this.readSeries(metric, keys)));
    return all;
  }

  private async readSeries(metric: string, keys: readonly string[]): Promise<readonly Series[]> {
    const found: Series[] = [];
    for (const key of keys) {
      const series = (await this.viewOf(key)).series(metric);
      if (series) found.push(series);
    }
    return found;
  }

  /** The run as it was when the question first needed it. */
  private viewOf(key: string): Promise<RunView> {
    let view = this.views.get(key);
    if (!view) {
      view = this.catalog.load(key).then((loaded) => loaded.view);
      this.views.set(key, view);
    }
    return view;
  }
}
