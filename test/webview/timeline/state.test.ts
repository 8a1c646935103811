import assert from "node:assert/strict";
import type { TimelineAnswer } from "../../../src/core/index.js";
import {
  needsLogValues,
  nearestStep,
  nextStep,
  viewOf,
  withoutShared,
} from "../../../webview/timeline/state.js";
import {
  chartAnswer,
  lineAnswer,
  runAnswer,
  timelineAnswer,
} from "../../support/timelineAnswers.js";

const none = { baseline: null };

describe("viewOf", () => {
  const answer: TimelineAnswer = timelineAnswer({
    runs: ["a", "b", "a", "c"].map((group, index) => runAnswer(`run${index}`, { group })),
    extent: { first: 0, last: 9999 },
  });

  it("gives each seed group one colour and its runs, in the order of the runs", () => {
    const { groups, runs } = viewOf(answer, "linear", none);
    assert.deepEqual(
      groups.map(({ name, color, runs: members }) => ({ name, color, members })),
      [
        { name: "a", color: 0, members: [0, 2] },
        { name: "b", color: 1, members: [1] },
        { name: "c", color: 2, members: [3] },
      ],
    );
    assert.deepEqual(
      runs.map(({ group }) => group),
      [0, 1, 0, 2],
    );
  });

  it("tells groups apart by dash patterns where colours come again", () => {
    const runs = Array.from({ length: 12 }, (_, i) => runAnswer(`run${i}`, { group: `g${i}` }));
    const { groups } = viewOf(timelineAnswer({ runs }), "linear", none);
    const looks = groups.map(({ color, dash }) => `${color} ${dash.join()}`);
    assert.equal(new Set(looks).size, 12);
  });

  it("knows the baseline by its key", () => {
    const { runs } = viewOf(answer, "linear", { baseline: "key of run1" });
    assert.deepEqual(
      runs.map(({ isBaseline }) => isBaseline),
      [false, true, false, false],
    );
  });

  it("leaves room behind the last step, in the axis' own unit", () => {
    const linear = viewOf(answer, "linear", none).axis;
    assert.equal(linear.min, 0);
    assert.ok(linear.max > 9999 && linear.max < 9999 * 1.1);
    const log = viewOf(answer, "log", none).axis;
    assert.equal(log.min, 0);
    assert.ok(log.max > 4 && log.max < 4.4);
  });

  it("has an axis with a length where there is one step, or none", () => {
    for (const extent of [{ first: 50, last: 50 }, null]) {
      for (const scale of ["linear", "log"] as const) {
        const { axis } = viewOf({ ...answer, extent }, scale, none);
        assert.ok(axis.max > axis.min, JSON.stringify({ extent, scale, axis }));
      }
    }
  });
});

describe("withoutShared", () => {
  it("leaves out the words that all names have, unless that leaves one without any", () => {
    const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
      [[], []],
      [["a=1"], ["a=1"]],
      [
        ["o=adam d=1", "o=adam d=2"],
        ["d=1", "d=2"],
      ],
      [
        ["o=adam", "o=adam d=2"],
        ["o=adam", "o=adam d=2"],
      ],
      [
        ["wd0-s0", "wd1-s0"],
        ["wd0-s0", "wd1-s0"],
      ],
    ];
    for (const [names, expected] of cases) assert.deepEqual(withoutShared(names), expected);
  });
});

describe("needsLogValues", () => {
  const loss = (...values: number[]): boolean =>
    needsLogValues(
      chartAnswer("train/loss", { direction: "lower", lines: [lineAnswer(0, [], values)] }),
    );

  it("is true of a loss that falls over orders of magnitude", () => {
    assert.equal(loss(4, 1, 0.001), true);
  });

  it("is false of one that does not, or that reaches zero or less", () => {
    assert.equal(loss(4, 1, 0.1), false);
    assert.equal(loss(4, 1, 0), false);
    assert.equal(loss(4, 1, -3), false);
  });

  it("takes no notice of values that are no finite numbers", () => {
    assert.equal(loss(4, NaN, Infinity, 0.001), true);
    assert.equal(loss(4, Infinity, 1), false);
    assert.equal(loss(), false);
  });

  it("is false of what is no loss, and of what is better when it is high", () => {
    const lines = [lineAnswer(0, [], [1, 0.0001])];
    assert.equal(needsLogValues(chartAnswer("lr", { direction: "lower", lines })), false);
    assert.equal(needsLogValues(chartAnswer("loss_gain", { direction: "higher", lines })), false);
  });
});

describe("nextStep", () => {
  const steps = Float64Array.of(0, 10, 20);

  it("is the next one in the direction, from on or between the steps", () => {
    assert.equal(nextStep(steps, 10, 1), 20);
    assert.equal(nextStep(steps, 10, -1), 0);
    assert.equal(nextStep(steps, 15, 1), 20);
    assert.equal(nextStep(steps, 15, -1), 10);
  });

  it("stays at the ends", () => {
    assert.equal(nextStep(steps, 20, 1), 20);
    assert.equal(nextStep(steps, 99, 1), 20);
    assert.equal(nextStep(steps, 0, -1), 0);
  });

  it("begins at an end without a cursor, and is nowhere without steps", () => {
    assert.equal(nextStep(steps, null, 1), 0);
    assert.equal(nextStep(steps, null, -1), 20);
    assert.equal(nextStep(Float64Array.of(), 5, 1), null);
  });
});

describe("nearestStep", () => {
  it("is the closest one, the earlier of two that are as close", () => {
    const steps = Float64Array.of(0, 10, 20);
    assert.equal(nearestStep(steps, 14), 10);
    assert.equal(nearestStep(steps, 15), 10);
    assert.equal(nearestStep(steps, 16), 20);
    assert.equal(nearestStep(steps, -7), 0);
    assert.equal(nearestStep(Float64Array.of(), 3), null);
  });
});
