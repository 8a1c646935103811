import assert from "node:assert/strict";
import { PointBuffer, type PointColumns } from "../../../src/core/model/series.js";
import { MetricNames, PointLog } from "../../../src/core/tables/pointLog.js";

function columns(
  ...points: readonly [metric: string, step: number, value: number | null][]
): PointColumns {
  const buffer = new PointBuffer();
  for (const [metric, step, value] of points) buffer.add(buffer.idOf(metric), step, NaN, value);
  return buffer.take();
}

describe("PointLog", () => {
  it("grows and shares the run's metric names", () => {
    const names = new MetricNames();
    const log = new PointLog(names, "");
    const other = new PointLog(names, "train/");
    log.append(columns(["a", 1, 1], ["b", 1, 2]));
    log.append(columns(["b", 2, 3]));
    other.append(columns(["a", 1, 1]));
    assert.deepEqual(names.names, ["a", "b", "train/a"]);
    assert.deepEqual([...log.metric.subarray(0, log.length)], [0, 1, 1]);
  });

  it("replaces the points of an unfinished line by what is read next", () => {
    const log = new PointLog(new MetricNames(), "");
    log.append(columns(["a", 1, 1]));
    log.append(columns(["a", 2, 4]), true);
    assert.equal(log.length, 2);
    log.append(columns(["a", 2, 42]));
    assert.deepEqual([...log.value.subarray(0, log.length)], [1, 42]);
  });

  it("remembers what was not recorded across many appends", () => {
    const log = new PointLog(new MetricNames(), "");
    for (let i = 0; i < 1000; i++) log.append(columns(["a", i, i % 100 === 7 ? null : i]));
    const missing = [...(log.recorded?.subarray(0, log.length) ?? [])].filter((flag) => flag === 0);
    assert.equal(missing.length, 10);
    assert.equal(log.recorded?.[107], 0);
    assert.equal(log.recorded[108], 1);
  });
});
