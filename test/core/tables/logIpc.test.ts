import assert from "node:assert/strict";
import { PointBuffer, type PointColumns } from "../../../src/core/model/series.js";
import { buildMetricTable } from "../../../src/core/tables/buildMetricTable.js";
import { logFromIpc, logToIpc } from "../../../src/core/tables/logIpc.js";
import type { MetricTable } from "../../../src/core/tables/metricTable.js";
import { MetricNames, PointLog } from "../../../src/core/tables/pointLog.js";
import { concat } from "../../support/eventFile.js";
import { mulberry32, wholeNumber } from "../../support/random.js";

type Random = () => number;

/** Points of a few metrics: steps that may go back, values that may be missing, odd or too fine for float32. */
function randomColumns(random: Random, from: number, count: number): PointColumns {
  const buffer = new PointBuffer();
  const odd = [NaN, Infinity, -Infinity, -0, 1e300, 2 ** 40 + 0.5];
  let step = from;
  for (let i = 0; i < count; i++) {
    if (random() < 0.4) step += wholeNumber(random, 0, 3);
    if (random() < 0.01) step = wholeNumber(random, 0, from + 1);
    const value = random() < 0.1 ? (odd[wholeNumber(random, 0, 5)] ?? 0) : random();
    const metric = buffer.idOf(`metric ${wholeNumber(random, 0, 4)}`);
    const time = random() < 0.2 ? NaN : 1.7e9 + i / 3;
    buffer.add(metric, step, time, random() < 0.05 ? null : value, random() < 0.1 ? 0.5 : NaN);
  }
  return buffer.take();
}

function tableOf(names: MetricNames, log: PointLog): MetricTable {
  const table = buildMetricTable({
    names,
    streams: [{ logs: [log], restarts: false }],
    evaluations: [],
  });
  // Grows the pyramids, of which some are kept then.
  for (const name of table.metricNames()) table.curve(name)?.extremes(0, 40);
  return table;
}

/** Everything that a table says, whatever numbers its metrics have. */
function contents(names: MetricNames, log: PointLog): unknown {
  const table = tableOf(names, log);
  return {
    attempts: table.attempts,
    unordered: table.unordered,
    length: log.length,
    restarts: log.restarts,
    names: Array.from(log.metric.subarray(0, log.length), (id) => names.names[id]),
    metrics: table.metricNames().map((name) => {
      const curve = table.curve(name);
      return {
        name,
        points: table.points(name),
        series: table.series(name),
        extremes: curve && { ...curve.extremes(0, curve.length) },
      };
    }),
  };
}

async function again(log: PointLog, names: MetricNames): Promise<PointLog> {
  const { state, blocks } = await logToIpc(log.kept());
  return PointLog.restored(
    names,
    "",
    logFromIpc(
      structuredClone(state),
      blocks.map((pieces) => concat([...pieces])),
    ),
  );
}

describe("a log that is kept as Arrow IPC", () => {
  for (let seed = 1; seed <= 40; seed++) {
    it(`says the same again, and grows in the same way (seed ${seed})`, async () => {
      const random = mulberry32(seed);
      const names = new MetricNames();
      const log = new PointLog(names, "");
      for (let i = wholeNumber(random, 0, 4); i > 0; i--) {
        const count = wholeNumber(random, 0, 700);
        const restarts = random() < 0.3 && count > 0 ? [{ at: count >> 1, step: 3 }] : [];
        log.append(randomColumns(random, log.length, count), false, restarts);
        if (random() < 0.5) tableOf(names, log);
      }
      const settled = contents(names, log);
      if (seed % 2 === 0) {
        log.append(randomColumns(random, log.length, 5), true);
        if (seed % 4 === 0) tableOf(names, log);
      }
      const others = new MetricNames();
      if (seed % 3 === 0) for (const name of ["x", "metric 2"]) others.idOf(name);
      const restored = await again(log, others);
      assert.deepEqual(contents(others, restored), settled);

      const more = randomColumns(random, log.length, 300);
      log.append(more);
      restored.append(more);
      assert.deepEqual(contents(others, restored), contents(names, log));
      const twice = await again(restored, new MetricNames());
      assert.equal(twice.length, log.length);
      assert.ok(twice.value.every((value, i) => Object.is(value, log.value[i])));
    });
  }

  it("keeps what was read while the log grows", async () => {
    const names = new MetricNames();
    const log = new PointLog(names, "");
    log.append(randomColumns(mulberry32(7), 0, 1000));
    const before = contents(names, log);
    const kept = log.kept();
    log.append(randomColumns(mulberry32(8), 0, 10), true);
    log.append(randomColumns(mulberry32(9), 2 ** 33, 5000));
    const { state, blocks } = await logToIpc(kept);
    const others = new MetricNames();
    const bytes = blocks.map((pieces) => concat([...pieces]));
    const restored = PointLog.restored(others, "", logFromIpc(state, bytes));
    assert.deepEqual(contents(others, restored), before);
  });

  it("has the arrays of memory, not wider ones", async () => {
    const log = new PointLog(new MetricNames(), "");
    const buffer = new PointBuffer();
    for (let i = 0; i < 1000; i++) buffer.add(buffer.idOf("a"), i, NaN, i / 2);
    log.append(buffer.take());
    const restored = await again(log, new MetricNames());
    assert.ok(restored.metric instanceof Uint8Array);
    assert.ok(restored.step instanceof Int32Array);
    assert.ok(restored.value instanceof Float32Array);
    assert.equal(restored.recorded, null);
  });
});
