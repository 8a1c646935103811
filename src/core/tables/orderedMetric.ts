/** A metric whose points have to be put in order: of several sources, with a step twice, one back or one without a value. */

import type { Series } from "../model/series.js";
import type { GatheredPoints } from "./mergeSources.js";
import { seriesOf, supersededOf, type MetricRows } from "./metricRows.js";
import { Stretch } from "./stretch.js";

export class OrderedMetric {
  readonly recorded: number;
  private readonly ordered: MetricRows;
  private readonly isReduced: boolean;
  private drawn: Stretch | null = null;

  /** O(n) where the points are sorted, O(n log n) where not. `isEvaluation` tells those of evaluation files. */
  constructor(points: GatheredPoints, isEvaluation: boolean) {
    const { order, isRepeated } = points.merge();
    this.ordered = points.rows(order);
    this.isReduced = isRepeated && !isEvaluation;
    const { recorded, step } = this.ordered;
    this.recorded = recorded?.reduce((sum, flag) => sum + flag, 0) ?? step.length;
  }

  get bytes(): number {
    const { attempt, step, wallTime, value, recorded, stderr, superseded } = this.ordered;
    const columns = [attempt, step, wallTime, value, recorded, stderr, superseded];
    const bytes = columns.reduce((sum, column) => sum + (column?.byteLength ?? 0), 0);
    return bytes + (this.drawn?.bytes ?? 0);
  }

  get curve(): Stretch {
    if (!this.drawn) {
      const { step, value } = this.series();
      this.drawn = Stretch.pack(step, value);
    }
    return this.drawn;
  }

  series(): Series {
    return seriesOf(this.ordered, this.isReduced);
  }

  rows(): MetricRows {
    return this.ordered;
  }

  superseded(attempt: number): Stretch {
    const { step, value } = supersededOf(this.ordered, attempt);
    return Stretch.pack(step, value);
  }
}
