/** The noise floor at a step: values of the seed groups that two runs belong to (rule 7). */

import { valueAt } from "../analysis/valueAt.js";
import { noiseOfDifference } from "../analysis/differences.js";
import type { Catalog } from "../catalog/catalog.js";
import type { Series } from "../model/series.js";
import type { RunView } from "../query/runView.js";

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

  /** Noise of the difference between single runs `a` at `stepA` and `b` at `stepB`; null where it is not known. */
  async noise(
    metric: string,
    a: { readonly key: string; readonly step: number },
    b: { readonly key: string; readonly step: number },
  ): Promise<number | null> {
    const groupA = await this.valuesAt(metric, a.key, a.step);
    const isOne = this.membersOf(a.key) === this.membersOf(b.key) && a.step === b.step;
    const groupB = isOne ? groupA : await this.valuesAt(metric, b.key, b.step);
    return noiseOfDifference(groupA, groupB, 1, 1);
  }

  private async valuesAt(metric: string, key: string, step: number): Promise<number[]> {
    const members = this.membersOf(key);
    if (members.length < 3) return [];
    const name = JSON.stringify([metric, members[0]]);
    let all = this.series.get(name);
    if (!all) this.series.set(name, (all = this.readSeries(metric, members)));
    return (await all).flatMap((series) => valueAt(series, step)?.value ?? []);
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
