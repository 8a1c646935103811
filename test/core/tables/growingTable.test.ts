import assert from "node:assert/strict";
import { PointBuffer } from "../../../src/core/model/series.js";
import { GrowingAttempts } from "../../../src/core/tables/attempts.js";
import { buildMetricTable } from "../../../src/core/tables/buildMetricTable.js";
import type { MetricTable } from "../../../src/core/tables/metricTable.js";
import { MetricNames, PointLog } from "../../../src/core/tables/pointLog.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import {
  referenceTable,
  type Point,
  type ReferenceLog,
  type ReferenceTable,
} from "../../support/referenceTable.js";

/** A log and what was written to it, some of which the next chunk replaces. */
class Log implements ReferenceLog {
  points: Point[] = [];
  readonly marks: { at: number; step: number }[] = [];
  private provisional = 0;
  private step = 0;

  constructor(
    readonly log: PointLog,
    private readonly random: () => number,
    private readonly habits: Habits,
  ) {}

  grow(rows: number): void {
    const { random, habits } = this;
    this.points = this.points.slice(0, this.points.length - this.provisional);
    const chunk: Point[] = [];
    const marks: { at: number; step: number }[] = [];
    for (let row = 0; row < rows; row++) {
      if (random() < habits.restarts)
        this.step = Math.max(0, this.step - wholeNumber(random, 1, 8));
      if (random() < habits.noOrder) this.step = wholeNumber(random, 0, 30);
      if (random() < habits.marks) {
        marks.push({ at: chunk.length, step: Math.max(0, this.step - wholeNumber(random, 0, 6)) });
      }
      for (const metric of habits.metrics) {
        const times = random() < habits.repeats ? wholeNumber(random, 2, 3) : 1;
        for (let i = 0; i < times && random() < 0.8; i++) chunk.push(this.point(metric, i));
      }
      this.step += random() < 0.9 ? 1 : 0.5;
    }
    const buffer = new PointBuffer();
    for (const { metric, step, wallTime, value, stderr } of chunk) {
      buffer.add(buffer.idOf(metric), step, wallTime, value, stderr);
    }
    const isProvisional = random() < 0.2;
    this.log.append(buffer.take(), isProvisional, marks);
    this.marks.push(...marks.map(({ at, step }) => ({ at: this.points.length + at, step })));
    this.points.push(...chunk);
    this.provisional = isProvisional ? chunk.length : 0;
  }

  private point(metric: string, i: number): Point {
    const { random, habits, step } = this;
    const usual = 3 * Math.sin(7 * metric.charCodeAt(0) + step) + (habits.repeats > 0 ? i : 0);
    const odd = [NaN, Infinity, -Infinity, -0, 1e300, usual + 1][wholeNumber(random, 0, 5)] ?? NaN;
    const exact = random() < habits.odd ? odd : usual;
    return {
      metric,
      step,
      wallTime: random() < habits.times ? 1_700_000_000.25 + step : NaN,
      value:
        random() < habits.nulls ? null : random() < habits.singles ? Math.fround(exact) : exact,
      stderr: random() < habits.errors ? random() : NaN,
    };
  }
}

/** How logs are written: chances, but for the metrics. */
interface Habits {
  readonly metrics: readonly string[];
  readonly restarts: number;
  readonly noOrder: number;
  readonly marks: number;
  readonly repeats: number;
  readonly odd: number;
  readonly times: number;
  readonly nulls: number;
  readonly singles: number;
  readonly errors: number;
}

function randomHabits(random: () => number): Habits {
  const sometimes = (share: number, chance: number): number => (random() < share ? chance : 0);
  return {
    metrics: ["d", "b", "c", "a"].slice(0, wholeNumber(random, 1, 4)),
    restarts: sometimes(0.5, 0.06),
    noOrder: sometimes(0.1, 1),
    marks: sometimes(0.3, 0.05),
    repeats: sometimes(0.2, 0.7),
    odd: sometimes(0.3, 0.1),
    times: sometimes(0.5, 0.9),
    nulls: sometimes(0.3, 0.1),
    singles: sometimes(0.3, 0.9),
    errors: sometimes(0.2, 0.3),
  };
}

/** What the table says, in the words of the reference. */
function said(table: MetricTable, logs: readonly Log[]): unknown {
  const metrics = table.metricNames().map((name) => {
    const points = table.points(name);
    const series = table.series(name);
    const curve = table.curve(name);
    assert.ok(points && series && curve);
    assert.equal(table.rowCount(name), points.step.length);
    const indices = Array.from({ length: curve.length }, (_, i) => i);
    assert.deepEqual(
      Float64Array.from(indices, (i) => curve.stepAt(i)),
      series.step,
    );
    assert.deepEqual(
      Float64Array.from(indices, (i) => curve.valueAt(i)),
      series.value,
    );
    return {
      name,
      isEvaluation: table.kindOf(name) === "evaluation",
      axis: table.axisOf(name),
      rows: Array.from(points.step, (step, i) => ({
        step,
        attempt: points.attempt[i],
        wallTime: points.wallTime[i],
        value: points.recorded?.[i] === 0 ? null : points.value[i],
        superseded: points.superseded[i] === 1,
      })),
      series: Array.from(series.step, (step, i) => [
        step,
        series.value[i],
        series.stderr?.[i] ?? NaN,
      ]),
      superseded: table
        .supersededCurves(name)
        .map((one) =>
          Array.from({ length: one.length }, (_, i) => [one.stepAt(i), one.valueAt(i)]),
        ),
      reduced: series.reduced,
      notRecorded: series.notRecorded,
    };
  });
  return {
    attempts: table.attempts,
    unordered: table.unordered,
    metrics,
    contradictions: [table.contradictionCount, table.contradictions],
    length: table.length,
    rowsFrom: logs.map(({ log }) => table.rowsFrom(log)),
  };
}

function expected(
  { attempts, unordered, metrics, contradictions, rowsFrom }: ReferenceTable,
  logs: readonly Log[],
): unknown {
  const superseded = attempts.flatMap((one, attempt) => (one.superseded ? [attempt] : []));
  return {
    attempts,
    unordered,
    metrics: [...metrics].map(
      ([name, { rows, isEvaluation, axis, series, reduced, notRecorded }]) => ({
        name,
        isEvaluation,
        axis,
        rows: rows.map((row) => {
          const { step, attempt, wallTime, value } = row;
          return { step, attempt, wallTime, value, superseded: row.superseded };
        }),
        series,
        superseded: superseded
          .map((attempt) => rows.filter((row) => row.superseded && row.attempt === attempt))
          .filter((own) => own.length > 0)
          .map((own) => own.map(({ step, value }) => [step, value ?? NaN])),
        reduced,
        notRecorded,
      }),
    ),
    contradictions: [
      contradictions.reduce((sum, one) => sum + one.rows, 0),
      contradictions.slice(0, 5).map(({ shown }) => shown),
    ],
    length: [...metrics.values()].reduce((sum, { rows }) => sum + rows.length, 0),
    rowsFrom: logs.map((log) => rowsFrom.get(log) ?? 0),
  };
}

describe("a table of logs that grow", () => {
  it("says what the points say one by one, and still says it when the logs have grown", () => {
    forSeeds(400, (random) => {
      const names = new MetricNames();
      const habits = randomHabits(random);
      const newLog = (): Log => new Log(new PointLog(names, ""), random, habits);
      const newLogs = (most: number): Log[] =>
        Array.from({ length: wholeNumber(random, 0, most) }, newLog);
      const streams = Array.from({ length: wholeNumber(random, 0, 3) }, () => ({
        logs: newLogs(3),
        restarts: random() < 0.15,
        ...(random() < 0.2 ? { apart: "epoch" } : {}),
      }));
      const evaluations = newLogs(2);
      const logs = [...streams.flatMap((stream) => stream.logs), ...evaluations];
      const growing = new GrowingAttempts();
      const checks: (() => void)[] = [];
      for (let round = wholeNumber(random, 1, 4); round > 0; round--) {
        for (const log of logs) if (random() < 0.7) log.grow(wholeNumber(random, 0, 12));
        const input = {
          names,
          streams: streams.map((stream) => ({
            ...stream,
            logs: stream.logs.map(({ log }) => log),
          })),
          evaluations: evaluations.map(({ log }) => log),
        };
        const table = buildMetricTable(input, growing);
        const reference = expected(referenceTable(streams, evaluations), logs);
        const check = (): void => {
          assert.deepEqual(said(table, logs), reference);
        };
        // A table that nobody has asked before its logs went on says the same.
        if (random() < 0.5) check();
        checks.push(check);
      }
      for (const check of checks) check();
    });
  });
});
