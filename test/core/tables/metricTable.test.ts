import assert from "node:assert/strict";
import { tableFromIPC } from "apache-arrow";
import type { Stream } from "../../../src/core/tables/attempts.js";
import { buildMetricTable } from "../../../src/core/tables/buildMetricTable.js";
import type { MetricTable } from "../../../src/core/tables/metricTable.js";
import { MetricNames, PointLog } from "../../../src/core/tables/pointLog.js";
import { PointBuffer } from "../../../src/core/model/series.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

type Row = readonly [metric: string, step: number, value: number | null];

class Tables {
  readonly names = new MetricNames();

  log(...rows: readonly Row[]): PointLog {
    const buffer = new PointBuffer();
    for (const [metric, step, value] of rows) buffer.add(buffer.idOf(metric), step, NaN, value);
    const log = new PointLog(this.names, "");
    log.append(buffer.take());
    return log;
  }

  build(streams: readonly Stream[], evaluations: readonly PointLog[] = []): MetricTable {
    return buildMetricTable({ names: this.names, streams, evaluations });
  }
}

/** The table of one log. */
function tableOf(...rows: readonly Row[]): MetricTable {
  const tables = new Tables();
  return tables.build([{ logs: [tables.log(...rows)], restarts: false }]);
}

function pairs(table: MetricTable, metric: string): [number, number][] {
  const series = table.series(metric);
  return series ? [...series.step].map((step, i) => [step, series.value[i] ?? NaN]) : [];
}

describe("MetricTable", () => {
  it("has one value per step, steps ascending, whatever the order of writing", () => {
    const table = tableOf(["a", 1, 10], ["b", 1, 5], ["a", 2, 20], ["b", 3, 7], ["a", 3, 30]);
    assert.deepEqual(pairs(table, "a"), [
      [1, 10],
      [2, 20],
      [3, 30],
    ]);
    assert.deepEqual(table.metricNames(), ["a", "b"]);
    assert.equal(table.series("c"), null);
  });

  it("keeps NaN and infinities, and leaves out what was not recorded but counts it", () => {
    const table = tableOf(["a", 1, NaN], ["a", 2, null], ["a", 3, Infinity]);
    assert.deepEqual(pairs(table, "a"), [
      [1, NaN],
      [3, Infinity],
    ]);
    assert.equal(table.series("a")?.notRecorded, 1);
    assert.equal(table.summaries()[0]?.points, 2);
  });

  it("does not list a metric of which nothing was ever recorded", () => {
    assert.deepEqual(tableOf(["a", 1, null], ["b", 1, 1]).metricNames(), ["b"]);
  });

  describe("attempts", () => {
    const resumed: readonly Row[] = [
      ["a", 10, 1],
      ["a", 20, 2],
      ["a", 30, 3],
      // Stopped behind 30, resumed from 20.
      ["a", 20, 22],
      ["a", 30, 33],
      ["a", 40, 44],
    ];

    it("take the later one from its first step on, and keep the earlier one's points", () => {
      const table = tableOf(...resumed);
      assert.deepEqual(pairs(table, "a"), [
        [10, 1],
        [20, 22],
        [30, 33],
        [40, 44],
      ]);
      assert.deepEqual(table.attempts, [
        { first: 10, last: 30, superseded: true },
        { first: 20, last: 40, superseded: false },
      ]);
      assert.deepEqual([...(table.points("a")?.attempt ?? [])], [0, 0, 0, 1, 1, 1]);
    });

    it("drop steps of the earlier one that the later one has not reached", () => {
      const table = tableOf(["a", 10, 1], ["a", 20, 2], ["a", 30, 3], ["a", 15, 9]);
      assert.deepEqual(pairs(table, "a"), [
        [10, 1],
        [15, 9],
      ]);
    });

    it("drop what the earlier one measured at the later one's first step, which does not measure it", () => {
      const table = tableOf(
        ["loss", 10, 1],
        ["acc", 10, 0.1],
        ["loss", 20, 2],
        ["acc", 20, 0.2],
        ["loss", 30, 3],
        ["loss", 20, 4],
        ["loss", 30, 5],
      );
      assert.deepEqual(pairs(table, "acc"), [[10, 0.1]]);
    });

    it("begin anew where steps go backwards to 0", () => {
      const table = tableOf(["a", 0, 1], ["a", 10, 2], ["a", 0, 5], ["a", 10, 6]);
      assert.deepEqual(pairs(table, "a"), [
        [0, 5],
        [10, 6],
      ]);
    });

    it("are not made by an evaluation that is logged late", () => {
      const table = tableOf(["loss", 10, 1], ["loss", 20, 2], ["eval", 10, 5], ["loss", 30, 3]);
      assert.equal(table.attempts.length, 1);
      assert.equal(pairs(table, "loss").length, 3);
    });

    it("are made by a second file that starts where the first one ended", () => {
      const tables = new Tables();
      const logs = [tables.log(["a", 1, 1], ["a", 2, 2]), tables.log(["a", 2, 22], ["a", 3, 33])];
      const table = tables.build([{ logs, restarts: false }]);
      assert.deepEqual(pairs(table, "a"), [
        [1, 1],
        [2, 22],
        [3, 33],
      ]);
      assert.equal(table.attempts.length, 2);
    });

    it("are not made by a second file that goes on", () => {
      const tables = new Tables();
      const logs = [tables.log(["a", 1, 1], ["a", 2, 2]), tables.log(["a", 3, 3])];
      assert.equal(tables.build([{ logs, restarts: false }]).attempts.length, 1);
    });

    it("begin where a writer says that it goes on from an earlier step, though nothing repeats it", () => {
      const tables = new Tables();
      const log = tables.log(["a", 10, 1], ["a", 20, 2], ["b", 25, 3], ["a", 30, 4], ["a", 40, 5]);
      log.restarts = [
        { at: 0, step: 0 },
        { at: 3, step: 15 },
        { at: 4, step: 35 },
      ];
      const table = tables.build([{ logs: [log], restarts: false }]);
      assert.deepEqual(
        table.attempts.map(({ first, last, superseded }) => [first, last, superseded]),
        [
          [10, 25, true],
          [15, 40, false],
        ],
      );
      assert.deepEqual(pairs(table, "a"), [
        [10, 1],
        [30, 4],
        [40, 5],
      ]);
      assert.deepEqual([...(table.points("b")?.superseded ?? [])], [1]);
    });

    it("begin with the next file's first point where a file ends with what its writer says", () => {
      const tables = new Tables();
      const first = tables.log(["a", 10, 1], ["a", 20, 2]);
      first.restarts = [{ at: 2, step: 11 }];
      const logs = [first, tables.log(["a", 30, 3])];
      const table = tables.build([{ logs, restarts: false }]);
      assert.deepEqual(pairs(table, "a"), [
        [10, 1],
        [30, 3],
      ]);
    });

    it("are not given up where writers announce them", () => {
      const tables = new Tables();
      const rows = Array.from({ length: 20 }, (_, i): Row => ["a", 10 + i, i]);
      const log = tables.log(...rows);
      log.restarts = rows.map(([, step], at) => ({ at, step: step - 1 }));
      const table = tables.build([{ logs: [log], restarts: false }]);
      assert.deepEqual([table.attempts.length, table.unordered], [20, []]);
      assert.deepEqual(pairs(table, "a"), [[29, 19]]);
    });

    it("are given up where steps go backwards again and again", () => {
      const rows = Array.from({ length: 100 }, (_, i): Row => ["a", (i * 37) % 100, i]);
      const table = tableOf(...rows);
      assert.deepEqual(table.unordered, [0]);
      assert.equal(table.attempts.length, 1);
      assert.equal(pairs(table, "a").length, 100);
    });
  });

  describe("attempts of several logs", () => {
    const every = (
      metric: string,
      by: number,
      from: number,
      to: number,
      attempt: number,
    ): readonly Row[] =>
      Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, i): Row => [
        metric,
        from + i * by,
        attempt,
      ]);
    const attemptsOf = (
      table: MetricTable,
      metric: string,
      steps: readonly number[],
    ): unknown[] => {
      const values = new Map(pairs(table, metric));
      return steps.map((step) => values.get(step));
    };
    const logsOf = (...logs: readonly (readonly Row[])[]): MetricTable => {
      const tables = new Tables();
      return tables.build(logs.map((rows) => ({ logs: [tables.log(...rows)], restarts: false })));
    };

    it("are matched by the steps that they repeat, not by their number", () => {
      const table = logsOf(
        [
          ...every("train", 50, 0, 950, 1),
          ...every("train", 50, 500, 1950, 2),
          ...every("train", 50, 1900, 3000, 3),
        ],
        // The second restart repeats no step of it.
        [...every("eval", 100, 0, 900, 1), ...every("eval", 100, 500, 3000, 2)],
      );
      assert.equal(table.attempts.length, 3);
      assert.deepEqual(
        attemptsOf(table, "train", [0, 450, 500, 1850, 1900, 3000]),
        [1, 1, 2, 2, 3, 3],
      );
      assert.equal(pairs(table, "train").length, 61);
      assert.deepEqual(attemptsOf(table, "eval", [0, 400, 500, 3000]), [1, 1, 2, 2]);
      assert.equal(pairs(table, "eval").length, 31);
    });

    it("keep what was trained before a checkpoint that is evaluated late, behind the restart", () => {
      const table = tableOf(
        ...every("train", 10, 0, 600, 1),
        ["eval", 500, 1],
        ["train", 510, 2],
        ["eval", 400, 2],
        ...every("train", 10, 520, 700, 2),
      );
      assert.equal(pairs(table, "train").length, 71);
      assert.deepEqual(attemptsOf(table, "train", [400, 500, 510, 600]), [1, 1, 2, 2]);
      assert.deepEqual(pairs(table, "eval"), [
        [400, 2],
        [500, 1],
      ]);
    });

    it("leave a log alone that another log's second pass over its steps says nothing of", () => {
      const table = logsOf(
        [...every("train", 10, 0, 600, 1), ...every("train", 10, 510, 1000, 2)],
        [...every("eval", 100, 100, 1000, 1), ...every("eval", 100, 100, 1000, 2)],
      );
      assert.deepEqual(attemptsOf(table, "train", [100, 500, 510, 1000]), [1, 1, 2, 2]);
      assert.equal(pairs(table, "train").length, 101);
      assert.deepEqual(attemptsOf(table, "eval", [100, 1000]), [2, 2]);
    });

    it("give what another log measured beyond the resumed one's end to the attempt that got there", () => {
      const table = logsOf(
        [...every("train", 10, 0, 950, 1), ...every("train", 10, 510, 590, 2)],
        every("eval", 100, 100, 900, 1),
      );
      assert.deepEqual(
        pairs(table, "eval").map(([step]) => step),
        [100, 200, 300, 400, 500],
      );
    });
  });

  it("takes the later of two values of one step", () => {
    const table = tableOf(["a", 1, 1], ["a", 1, 2], ["a", 2, 3], ["a", 3, 4]);
    assert.deepEqual(pairs(table, "a")[0], [1, 2]);
    assert.equal(table.series("a")?.reduced, false);
  });

  it("reduces several values at most steps to their mean, and says so", () => {
    const rows = [1, 2, 3].flatMap((step): Row[] => [
      ["a", step, step],
      ["a", step, step + 1],
    ]);
    const table = tableOf(...rows);
    assert.deepEqual(pairs(table, "a"), [
      [1, 1.5],
      [2, 2.5],
      [3, 3.5],
    ]);
    assert.equal(table.series("a")?.reduced, true);
  });

  it("merges a point that two sources have, float32 or not, and reports what differs", () => {
    const tables = new Tables();
    const events = tables.log(["a", 1, Math.fround(0.1)], ["a", 2, 5]);
    const log = tables.log(["a", 1, 0.1], ["a", 2, 6]);
    const table = tables.build([
      { logs: [events], restarts: false },
      { logs: [log], restarts: false },
    ]);
    assert.deepEqual(pairs(table, "a"), [
      [1, 0.1],
      [2, 6],
    ]);
    assert.equal(table.contradictionCount, 1);
    assert.deepEqual(table.contradictions[0], { metric: "a", step: 2, used: 6, other: 5 });
  });

  it("merges several values of a step with the equal ones of another source, in their order", () => {
    const tables = new Tables();
    const first = tables.log(["a", 1, 1], ["a", 1, 2], ["a", 1, 3], ["b", 1, 1], ["b", 1, 2]);
    const second = tables.log(["a", 1, 1], ["a", 1, 2], ["a", 1, 3], ["b", 1, 2]);
    const table = tables.build([
      { logs: [first], restarts: false },
      { logs: [second], restarts: false },
    ]);
    assert.deepEqual([...(table.points("a")?.value ?? [])], [1, 2, 3]);
    assert.deepEqual([...(table.points("b")?.value ?? [])], [1, 2]);
    assert.deepEqual([pairs(table, "a"), table.series("a")?.reduced], [[[1, 2]], true]);
    assert.deepEqual(
      [table.contradictionCount, table.rowsFrom(first), table.rowsFrom(second)],
      [0, 1, 4],
    );
  });

  it("keeps the digits of the finer source, whichever comes first, and times that only one has", () => {
    const tables = new Tables();
    const fine = tables.log(["a", 1, 0.1], ["a", 2, 0.5]);
    const coarse = tables.log(["a", 1, Math.fround(0.1)], ["a", 2, 0.5]);
    coarse.wallTime.fill(1_700_000_000);
    for (const logs of [
      [fine, coarse],
      [coarse, fine],
    ]) {
      const table = tables.build(logs.map((log) => ({ logs: [log], restarts: false })));
      assert.deepEqual(pairs(table, "a"), [
        [1, 0.1],
        [2, 0.5],
      ]);
      assert.deepEqual([...(table.points("a")?.wallTime ?? [])], [1_700_000_000, 1_700_000_000]);
    }
  });

  it("does not take the mean of values that contradict each other", () => {
    const tables = new Tables();
    const logs = [1, 2].map((value) =>
      tables.log(["a", 1, value], ["a", 2, value], ["a", 3, value]),
    );
    const table = tables.build(logs.map((log) => ({ logs: [log], restarts: false })));
    assert.deepEqual([table.series("a")?.reduced, table.contradictionCount], [false, 3]);
    assert.deepEqual(pairs(table, "a"), [
      [1, 2],
      [2, 2],
      [3, 2],
    ]);
  });

  it("splits a log whose steps count something else by itself", () => {
    const tables = new Tables();
    const log = tables.log(
      ["loss", 100, 3],
      ["loss", 200, 2],
      ["loss", 150, 2.5],
      ["loss", 300, 1],
    );
    const epochs = tables.log(["acc", 1, 0.1], ["acc", 2, 0.2], ["acc", 2, 0.3], ["acc", 1, 0.4]);
    const table = tables.build([
      { logs: [log], restarts: false },
      { logs: [epochs], restarts: false, apart: "epoch" },
    ]);
    assert.deepEqual(
      table.attempts.map(({ first, last }) => [first, last]),
      [
        [100, 200],
        [150, 300],
      ],
    );
    assert.deepEqual(pairs(table, "acc"), [[1, 0.4]]);
    assert.deepEqual([table.axisOf("acc"), table.axisOf("loss")], ["epoch", null]);
  });

  it("calls metrics of evaluation files evaluations", () => {
    const tables = new Tables();
    const log = tables.log(["loss", 1, 1], ["eval_loss", 1, 2]);
    const evaluation = tables.log(["piqa/acc", 5, 0.5]);
    const table = tables.build([{ logs: [log], restarts: false }], [evaluation]);
    assert.deepEqual(
      table.summaries().map(({ name, kind }) => [name, kind]),
      [
        ["eval_loss", "evaluation"],
        ["loss", "training"],
        ["piqa/acc", "evaluation"],
      ],
    );
  });

  it("is an Arrow table in long form, sorted by metric, attempt and step", () => {
    const table = tableOf(["b", 1, null], ["b", 2, 7], ["a", 2, NaN], ["a", 1, 5]);
    const arrow = tableFromIPC(table.toIpc(null));
    const columns = ["metric", "attempt", "step", "value"].map((name) => {
      const column = arrow.getChild(name);
      return Array.from({ length: arrow.numRows }, (_, i): unknown => column?.get(i));
    });
    assert.deepEqual(columns, [
      ["a", "a", "b", "b"],
      [0, 1, 0, 0],
      [2, 1, 1, 2],
      [NaN, 5, null, 7],
    ]);
    const types = arrow.schema.fields.map(({ name, type }) => `${name}: ${String(type)}`);
    assert.ok(types.includes("step: Float64"), types.join(", "));
  });

  it("hands out the rows of the metrics asked for", () => {
    const table = tableOf(["a", 1, 1], ["b", 1, 2], ["c", 1, 3]);
    assert.equal(tableFromIPC(table.toIpc(["c", "a"])).numRows, 2);
    assert.equal(tableFromIPC(table.toIpc([])).numRows, 0);
  });

  it("has an empty table for no points", () => {
    const table = new Tables().build([]);
    assert.deepEqual([table.length, table.metricNames(), table.summaries()], [0, [], []]);
    assert.equal(tableFromIPC(table.toIpc(null)).numRows, 0);
  });

  it("survives with the last attempt's points exactly, for random restarts", () => {
    forSeeds(100, (random) => {
      const rows: Row[] = [];
      const truth = new Map<number, number>();
      let step = 0;
      let value = 0;
      for (let i = 0; i < 60; i++) {
        if (step > 3 && random() < 0.05) step -= wholeNumber(random, 1, 3);
        for (const later of [...truth.keys()]) if (later >= step) truth.delete(later);
        truth.set(step, ++value);
        rows.push(["a", step, value]);
        step += 1;
      }
      const table = tableOf(...rows);
      assert.deepEqual(
        pairs(table, "a"),
        [...truth].sort(([a], [b]) => a - b),
      );
      assert.equal(table.points("a")?.step.length, rows.length, "every point is kept");
    });
  });
});
