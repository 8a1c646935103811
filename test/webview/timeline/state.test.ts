import assert from "node:assert/strict";
import type { TimelineAnswer } from "../../../src/core/index.js";
import type { TimelineIntent } from "../../../src/protocol/panelProtocol.js";
import { STEP_SCALES, type StepScale } from "../../../src/protocol/stepScale.js";
import {
  needsLogValues,
  nearestPoint,
  rangeOf,
  viewOf,
  withoutShared,
  zoomed,
} from "../../../webview/timeline/state.js";
import {
  chartAnswer,
  lineAnswer,
  runAnswer,
  timelineAnswer,
} from "../../support/timelineAnswers.js";
import { forSeeds } from "../../support/random.js";

const none = { baseline: null };
const shown = (
  scale: StepScale,
  range: TimelineIntent["range"] = null,
): Pick<TimelineIntent, "scale" | "range" | "values"> => ({ scale, range, values: null });

describe("viewOf", () => {
  const answer: TimelineAnswer = timelineAnswer({
    runs: ["a", "b", "a", "c"].map((group, index) => runAnswer(`run${index}`, { group })),
    extent: { first: 0, last: 9999 },
  });

  it("gives each seed group one colour and its runs, in the order of the runs", () => {
    const { groups, runs } = viewOf(answer, shown("linear"), none);
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
    const { groups } = viewOf(timelineAnswer({ runs }), shown("linear"), none);
    const looks = groups.map(({ color, dash }) => `${color} ${dash.join()}`);
    assert.equal(new Set(looks).size, 12);
  });

  it("knows the baseline by its key", () => {
    const { runs } = viewOf(answer, shown("linear"), { baseline: "key of run1" });
    assert.deepEqual(
      runs.map(({ isBaseline }) => isBaseline),
      [false, true, false, false],
    );
  });

  it("leaves room behind the last step, in the axis' own unit", () => {
    const linear = viewOf(answer, shown("linear"), none).axis;
    assert.equal(linear.min, 0);
    assert.ok(linear.max > 9999 && linear.max < 9999 * 1.1);
    const log = viewOf(answer, shown("symlog"), none).axis;
    assert.equal(log.min, 0);
    assert.ok(log.max > 4 && log.max < 4.4);
  });

  it("has an axis with a length where there is one step, or none", () => {
    for (const extent of [{ first: 50, last: 50 }, null]) {
      for (const scale of STEP_SCALES) {
        const { axis } = viewOf({ ...answer, extent }, shown(scale), none);
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

describe("rangeOf", () => {
  const whole = { min: 0, max: 4 };

  it("is the part of the axis that is shown, in values of the axis", () => {
    assert.deepEqual(rangeOf({ min: 1, max: 2 }, { min: 0, max: 10 }, "linear"), [1, 2]);
    const range = rangeOf({ min: 1, max: 2 }, whole, "symlog");
    assert.deepEqual(range, [9, 99]);
    const answer = timelineAnswer({ extent: { first: 0, last: 9999 } });
    const { axis } = viewOf(answer, shown("symlog", range), none);
    assert.deepEqual([axis.min.toFixed(9), axis.max.toFixed(9)], ["1.000000000", "2.000000000"]);
  });

  it("is nothing where all is shown, and stays within the axis", () => {
    assert.equal(rangeOf({ min: -1, max: 5 }, whole, "linear"), null);
    assert.deepEqual(rangeOf({ min: -1, max: 1 }, whole, "linear"), [0, 2]);
    assert.deepEqual(rangeOf({ min: 3, max: 5 }, whole, "linear"), [2, 4]);
  });

  it("never becomes so short that nothing can be told apart", () => {
    const range = rangeOf({ min: 2, max: 2 }, whole, "linear");
    assert.ok(range && range[1] > range[0]);
  });

  it("keeps the place under the pointer where it is when zooming", () => {
    forSeeds(50, (random) => {
      const ends = { min: random(), max: 1 + random() };
      const around = ends.min + random() * (ends.max - ends.min);
      const now = zoomed(ends, around, 0.1 + 3 * random());
      const share = (of: typeof ends): number => (around - of.min) / (of.max - of.min);
      assert.ok(Math.abs(share(now) - share(ends)) < 1e-9);
    });
  });
});

describe("nearestPoint", () => {
  it("is the drawn point closest on the axis, over all charts; none without any", () => {
    const charts = [
      chartAnswer("a", { lines: [lineAnswer(0, [0, 10, 100], [1, 1, 1])] }),
      chartAnswer("b", { lines: [lineAnswer(0, [40], [1])] }),
    ];
    const view = viewOf(timelineAnswer({ runs: [runAnswer("r")], charts }), shown("linear"), none);
    assert.deepEqual(nearestPoint(view, 30), { x: 40, step: 40 });
    assert.deepEqual(nearestPoint(view, -5), { x: 0, step: 0 });
    assert.equal(nearestPoint(viewOf(timelineAnswer({}), shown("linear"), none), 3), null);
  });
});
