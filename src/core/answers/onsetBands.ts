/** Onsets to shade on a chart: of the behaviour asked for, or of the first one that fits the metric. */

import type { BracketAdvice } from "../analysis/bracketAdvice.js";
import { medianOnset } from "../analysis/seedShare.js";
import type { Catalog, LoadedRun } from "../catalog/catalog.js";
import { formatInterval, formatStep, type Interval, type OnsetStatus } from "../model/interval.js";
import { isAccuracy, isLoss } from "../model/metric.js";
import type { Answer } from "../query/answer.js";
import type { RunDir } from "../model/run.js";
import { isMishap, type Behaviour, type OnsetFile } from "../query/onsetFile.js";
import { metricsOf, tasksOf } from "../query/query.js";
import type { MetricTable } from "../tables/metricTable.js";
import { adviceOf, askLoaded, understand } from "./when.js";

export interface Band {
  readonly run: number;
  readonly behaviour: string;
  /** The first onset; where it was lost again (M2); where it came again. */
  readonly kind: "onset" | "offset" | "onset again";
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
  private readonly asked: Behaviour | null;
  private readonly isOff: boolean;

  constructor(
    private readonly catalog: Catalog,
    behaviour: string | null,
    private readonly behaviours: ReadonlyMap<string, Behaviour>,
  ) {
    const question = behaviour === null || behaviour === "" ? null : understand(catalog, behaviour);
    this.asked = question?.ok === true && question.kind === "behaviour" ? question.behaviour : null;
    this.isOff = behaviour === "";
  }

  /** Metrics that the behaviour asked for names, as far as they exist. */
  metrics(names: readonly string[]): string[] {
    if (!this.asked) return [];
    return metricsOf(this.asked.predicate).filter((name) => names.includes(name));
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

  private candidates(metric: string): Behaviour[] {
    if (this.isOff) return [];
    if (this.asked) return isAbout(this.asked, metric) ? [this.asked] : [];
    return [...this.behaviours.values()].filter(
      (behaviour) => isAbout(behaviour, metric) && !isMishap(behaviour),
    );
  }

  private async bands(
    behaviour: Behaviour,
    metric: string,
    loaded: readonly LoadedRun[],
  ): Promise<Band[]> {
    const bands: Band[] = [];
    for (const [run, one] of loaded.entries()) {
      const own = await this.bandsOf(narrowed(behaviour, metric), metric, one);
      bands.push(...own.map((band) => ({ run, ...band })));
    }
    return bands;
  }

  /** Asked once of a run as it is: a frame of a zoom asks the same as the one before. */
  private async bandsOf(
    behaviour: Behaviour,
    metric: string,
    loaded: LoadedRun,
  ): Promise<readonly OwnBand[]> {
    const { run, table, view } = loaded;
    const settings = this.catalog.onsetFileOf(run);
    const key = keyOf(behaviour, metric);
    let known = asked.get(table);
    if (known?.run !== run || known.settings !== settings) {
      known = { run, settings, bands: new Map() };
      asked.set(table, known);
    }
    const before = known.bands.get(key);
    const isSame = before?.bests.every(([name, best]) => Object.is(view.best(name), best));
    if (before && isSame) return before.bands;
    const bands: OwnBand[] = [];
    const bests = new Map<string, number>();
    for (const answer of await askLoaded(this.catalog, behaviour, loaded)) {
      for (const [name, best] of Object.entries(answer.record.context.bests)) bests.set(name, best);
      if (!isShownOn(answer, metric) || answer.status === "no-data") continue;
      bands.push({
        behaviour: behaviour.name,
        kind: "onset",
        status: answer.status,
        after: answer.after,
        by: answer.by,
        confirmed: answer.confirmed,
        text: describe(answer),
        advice: describeAdvice(adviceOf(answer, run)),
      });
      for (const later of laterIn(answer)) bands.push({ behaviour: behaviour.name, ...later });
    }
    // Examples change by themselves.
    if (tasksOf(behaviour.predicate).length === 0)
      known.bands.set(key, { bands, bests: [...bests] });
    return bands;
  }
}

type OwnBand = Omit<Band, "run">;

/** What was asked of a table, and what the answers depend on beside it. */
interface Asked {
  readonly run: RunDir;
  readonly settings: OnsetFile;
  readonly bands: Map<string, { readonly bands: OwnBand[]; readonly bests: [string, number][] }>;
}

const asked = new WeakMap<MetricTable, Asked>();

/** Infinities are written out: JSON has none. */
function keyOf({ name, predicate, direction }: Behaviour, metric: string): string {
  const written = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return JSON.stringify([name, predicate, direction, metric], written);
}

/** What became of the behaviour after its onset. */
function laterIn({ presence }: Answer): Omit<Band, "run" | "behaviour">[] {
  return presence.flatMap(({ onset, confirmed, offset, offsetConfirmed }, index) => {
    const of = (
      kind: Band["kind"],
      interval: Interval,
      isConfirmed: boolean,
    ): Omit<Band, "run" | "behaviour"> => {
      const unconfirmed = isConfirmed ? "" : ", unconfirmed";
      const text = `${kind === "offset" ? "lost in" : "again in"} ${formatEnds(interval)}${unconfirmed}`;
      return { kind, status: "observed", ...interval, confirmed: isConfirmed, text, advice: null };
    };
    return [
      ...(index > 0 ? [of("onset again", onset, confirmed)] : []),
      ...(offset ? [of("offset", offset, offsetConfirmed)] : []),
    ];
  });
}

function formatEnds({ after, by }: Interval): string {
  return `(${after === null ? "−∞" : formatStep(after)}, ${by === null ? "∞" : formatStep(by)}]`;
}

/** The behaviour asked of one metric, where it would be asked of all of them. */
function narrowed(behaviour: Behaviour, name: string): Behaviour {
  const { predicate } = behaviour;
  const { condition } = predicate;
  if (condition.kind !== "above-chance" || condition.of !== null) return behaviour;
  const of = { kind: "metric", name } as const;
  return { ...behaviour, predicate: { ...predicate, condition: { kind: "above-chance", of } } };
}

/** Whether the behaviour can have answers that are shown on the metric's chart. */
function isAbout({ predicate }: Behaviour, metric: string): boolean {
  const named = metricsOf(predicate);
  if (named.length > 0) return named.includes(metric);
  // Which metrics it is about, the answers tell.
  const { kind } = predicate.condition;
  if (kind === "above-chance") return isAccuracy(metric);
  return kind === "non-finite" || kind === "spike" || isAccuracy(metric) || isLoss(metric);
}

/** On the chart of its metric; on all charts of its metrics where it compares several. */
function isShownOn({ metric, metrics }: Answer, chart: string): boolean {
  return metric !== null && metrics.includes(metric) ? metric === chart : metrics.includes(chart);
}

function describe(answer: Answer): string {
  const unconfirmed = answer.by !== null && !answer.confirmed ? ", unconfirmed" : "";
  return `${formatInterval(answer)}${unconfirmed}`;
}

function describeAdvice(advice: BracketAdvice | null): string | null {
  if (!advice) return null;
  const { step, evaluationsLeft: left } = advice;
  return `next to evaluate: ${formatStep(step)} (${left} ${left === 1 ? "evaluation" : "evaluations"} to one checkpoint)`;
}

export function summarise(bands: readonly Band[], groups: readonly string[]): BandSummary[] {
  const byGroup = new Map<string, Band[]>();
  for (const band of bands) {
    if (band.kind !== "onset") continue;
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
