/** Onsets to shade on a chart: of the behaviour asked for, or of the first one that fits the metric. */

import { adviseBracket } from "../analysis/bracketAdvice.js";
import { medianOnset } from "../analysis/seedShare.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { formatInterval, formatStep, type OnsetStatus } from "../model/interval.js";
import { isAccuracy, isLoss } from "../model/metric.js";
import { metricsOf, type Query } from "../query/query.js";
import { runQuery, type Answer } from "../query/runQuery.js";
import { understand } from "./when.js";

export interface Band {
  readonly run: number;
  readonly behaviour: string;
  readonly status: OnsetStatus;
  readonly after: number | null;
  readonly by: number | null;
  readonly confirmed: boolean;
  readonly text: string;
  /** Step of the checkpoint to evaluate next, and what that is worth (M9). */
  readonly advice: string | null;
}

/** What the shaded onsets of one group say together. */
export interface BandSummary {
  readonly group: string;
  readonly text: string;
}

/** What is shaded: `behaviour` is a name or a question, null for the first that fits each metric, `""` for nothing. */
export class Shading {
  private readonly asked: { readonly name: string; readonly query: Query } | null;
  private readonly isOff: boolean;

  constructor(
    private readonly catalog: Catalog,
    behaviour: string | null,
    private readonly behaviours: ReadonlyMap<string, Query>,
  ) {
    const question = behaviour === null || behaviour === "" ? null : understand(catalog, behaviour);
    this.asked = question?.ok === true ? question : null;
    this.isOff = behaviour === "";
  }

  /** Metrics that the behaviour asked for names, as far as they exist. */
  metrics(names: readonly string[]): string[] {
    return this.asked ? metricsOf(this.asked.query).filter((name) => names.includes(name)) : [];
  }

  /** Bands of the behaviour asked for, where it is about the metric; else of the first one that has an answer. */
  async shade(
    metric: string,
    loaded: readonly LoadedRun[],
  ): Promise<{ behaviour: string | null; bands: readonly Band[] }> {
    for (const behaviour of this.candidates(metric)) {
      const bands = await this.bands(behaviour, metric, loaded);
      if (bands.length > 0) return { behaviour: behaviour.name, bands };
    }
    return { behaviour: null, bands: [] };
  }

  private candidates(metric: string): { name: string; query: Query }[] {
    if (this.isOff) return [];
    if (this.asked) return isAbout(this.asked.query, metric) ? [this.asked] : [];
    // Spikes and non-finite values are marks on every chart: they are shaded only where they are asked for.
    return [...this.behaviours]
      .filter(
        ([, query]) =>
          isAbout(query, metric) && query.kind !== "first-nan" && query.kind !== "spike",
      )
      .map(([name, query]) => ({ name, query }));
  }

  private async bands(
    behaviour: { readonly name: string; readonly query: Query },
    metric: string,
    loaded: readonly LoadedRun[],
  ): Promise<Band[]> {
    const bands: Band[] = [];
    for (const [run, { view, run: found }] of loaded.entries()) {
      for (const answer of await runQuery(narrowed(behaviour.query, metric), view)) {
        if (answer.metric !== metric || answer.status === "no-data") continue;
        const checkpoints = found.checkpoints.map(({ step }) => step);
        const evaluated = new Set(answer.record.points.step);
        bands.push({
          run,
          behaviour: behaviour.name,
          status: answer.status,
          after: answer.after,
          by: answer.by,
          confirmed: answer.confirmed,
          text: describe(answer),
          advice: describeAdvice(adviseBracket(answer, checkpoints, evaluated)),
        });
      }
    }
    return bands;
  }
}

/** The question asked of one metric, where it would be asked of all of them. */
function narrowed(query: Query, metric: string): Query {
  if (query.kind !== "any-above-chance") return query;
  return { kind: "above-chance", metric, persistence: query.persistence };
}

/** Grokking is about its held-out metric: which metrics those are, the answers tell. */
function isAbout(query: Query, metric: string): boolean {
  switch (query.kind) {
    case "grokking":
      return query.heldOut === null
        ? isAccuracy(metric) || isLoss(metric)
        : query.heldOut === metric;
    case "any-above-chance":
      return isAccuracy(metric);
    case "first-nan":
    case "spike":
      return query.metric === null || query.metric === metric;
    default:
      return query.metric === metric;
  }
}

function describe(answer: Answer): string {
  const unconfirmed = answer.by !== null && !answer.confirmed ? ", unconfirmed" : "";
  return `${formatInterval(answer)}${unconfirmed}`;
}

function describeAdvice(advice: { step: number; evaluationsLeft: number } | null): string | null {
  if (!advice) return null;
  const { step, evaluationsLeft: left } = advice;
  return `next to evaluate: ${formatStep(step)} (${left} ${left === 1 ? "evaluation" : "evaluations"} to one checkpoint)`;
}

export function summarise(bands: readonly Band[], groups: readonly string[]): BandSummary[] {
  const byGroup = new Map<string, Band[]>();
  for (const band of bands) {
    const group = groups[band.run] ?? "";
    byGroup.set(group, [...(byGroup.get(group) ?? []), band]);
  }
  return [...byGroup].map(([group, members]) => {
    const present = members.filter(({ by }) => by !== null).length;
    const median = medianOnset(members);
    const count = members.length === 1 ? "" : `, ${present} of ${members.length}`;
    const prefix = members.length > 1 && median?.by !== null ? "median " : "";
    return { group, text: median ? `${prefix}${formatInterval(median)}${count}` : "no data" };
  });
}
