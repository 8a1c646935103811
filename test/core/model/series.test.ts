import assert from "node:assert/strict";
import { emptyColumns, PointBuffer } from "../../../src/core/model/series.js";

describe("PointBuffer", () => {
  it("keeps points in order, however many there are", () => {
    const buffer = new PointBuffer();
    for (let i = 0; i < 1000; i++)
      buffer.add(buffer.idOf(i % 2 === 0 ? "a" : "b"), i, i / 2, 2 * i);
    const points = buffer.take();
    assert.deepEqual(
      [points.metrics, points.step.length, points.value[999]],
      [["a", "b"], 1000, 1998],
    );
    assert.deepEqual([points.recorded, points.stderr], [null, null]);
  });

  it("marks what was not recorded, and standard errors, from the first one on", () => {
    const buffer = new PointBuffer();
    for (let i = 0; i < 600; i++)
      buffer.add(0, i, NaN, i === 400 ? null : i, i === 500 ? 0.5 : NaN);
    const { recorded, stderr, value } = buffer.take();
    assert.deepEqual([recorded?.[399], recorded?.[400], recorded?.[401]], [1, 0, 1]);
    assert.ok(Number.isNaN(value[400]));
    assert.deepEqual([stderr?.[499], stderr?.[500]], [NaN, 0.5]);
  });

  it("starts anew behind what was taken, with the same names", () => {
    const buffer = new PointBuffer();
    buffer.add(buffer.idOf("a"), 1, NaN, null);
    const first = buffer.take();
    buffer.add(buffer.idOf("a"), 2, NaN, 5);
    const second = buffer.take();
    assert.deepEqual([first.step.length, second.step[0], second.recorded], [1, 2, null]);
    assert.deepEqual(second.metrics, ["a"]);
    assert.equal(emptyColumns().step.length, 0);
  });
});
