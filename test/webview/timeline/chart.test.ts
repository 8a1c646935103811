import assert from "node:assert/strict";
import type { ChartDataset } from "chart.js";
import type { TimelineChart } from "../../../src/core/index.js";
import { stepToAxis, type StepScale } from "../../../src/protocol/stepScale.js";
import { configurationOf, VALUE_AXIS_WIDTH } from "../../../webview/timeline/chart.js";
import { rugConfiguration, rugHeight, wordsOf } from "../../../webview/timeline/rug.js";
import { valueAxisOf, viewOf, type TimelineView } from "../../../webview/timeline/state.js";
import type { Theme } from "../../../webview/shared/theme.js";
import {
  chartAnswer,
  drawn,
  lineAnswer,
  runAnswer,
  timelineAnswer,
  trackOf,
} from "../../support/timelineAnswers.js";

const theme: Theme = {
  foreground: "#111111",
  muted: "#222222",
  grid: "#333333",
  background: "#444444",
  error: "#555555",
  hover: { background: "#666666", foreground: "#777777", border: "#888888" },
  font: "serif",
  series: ["#aa0000", "#00aa00", "#0000aa", "#aaaa00", "#00aaaa", "#aa00aa"],
};

const runs = [
  runAnswer("a0", { group: "a", checkpoints: trackOf([0, 9, 99], [1, 0, 1], [0, 0, 1]) }),
  runAnswer("a1", { group: "a" }),
  runAnswer("b0", { group: "b", checkpoints: trackOf([9], [1]) }),
];

const isPartial = (run: string, step: number): boolean => run === "key of b0" && step === 9;
const none = { range: null, values: null };

function view(chart: TimelineChart, scale: StepScale = "linear"): TimelineView {
  const answer = timelineAnswer({ runs, charts: [chart], extent: { first: 0, last: 99 } });
  return viewOf(answer, { scale, ...none }, { baseline: "key of a1" });
}

function datasets(chart: TimelineChart, scale: StepScale = "linear"): ChartDataset<"line">[] {
  const context = { view: view(chart, scale), chart, theme };
  return configurationOf({ ...context, onPainted: () => undefined }).data.datasets;
}

describe("configurationOf", () => {
  it("has a line per run in the colour and dash pattern of its group", () => {
    const chart = chartAnswer("acc", {
      lines: [0, 1, 2].map((run) => lineAnswer(run, [0, 1], [0, run])),
    });
    const looks = datasets(chart).map(({ label, borderColor, borderDash }) => ({
      label,
      borderColor,
      borderDash,
    }));
    assert.deepEqual(looks, [
      { label: "a0", borderColor: "#aa0000", borderDash: [] },
      { label: "a1", borderColor: "#aa0000", borderDash: [] },
      { label: "b0", borderColor: "#00aa00", borderDash: [7, 3] },
    ]);
  });

  it("draws the baseline stronger", () => {
    const chart = chartAnswer("acc", {
      lines: [0, 1].map((run) => lineAnswer(run, [0, 1], [0, 1])),
    });
    const [other, baseline] = datasets(chart).map(({ borderWidth }) => Number(borderWidth));
    assert.ok((baseline ?? 0) > (other ?? 0));
  });

  it("places points on the axis, and leaves a gap where a value is no finite number", () => {
    const chart = chartAnswer("acc", {
      lines: [lineAnswer(0, [0, 9, 99, 100], [1, Infinity, NaN, 2])],
    });
    const [line] = datasets(chart, "symlog");
    assert.deepEqual(line?.data, [
      { x: 0, y: 1 },
      { x: 1, y: NaN },
      { x: 2, y: NaN },
      { x: stepToAxis(100, "symlog"), y: 2 },
    ]);
    assert.equal(line.spanGaps, false);
  });

  it("draws what a restart has superseded thin and dashed, after the line itself", () => {
    const superseded = [drawn([5, 6], [0.5, 0.6])];
    const chart = chartAnswer("acc", { lines: [lineAnswer(2, [0, 5], [0, 1], superseded)] });
    const [line, old] = datasets(chart);
    assert.ok(line && old);
    assert.equal(old.label, "b0, superseded");
    assert.deepEqual(old.borderDash, [3, 3]);
    assert.ok(Number(old.borderWidth) < Number(line.borderWidth));
    assert.notEqual(old.borderColor, line.borderColor);
    assert.deepEqual(old.data, [
      { x: 5, y: 0.5 },
      { x: 6, y: 0.6 },
    ]);
  });

  it("shows single points only where they are few", () => {
    const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
    const radius = (count: number): unknown =>
      datasets(chartAnswer("acc", { lines: [lineAnswer(0, steps(count), steps(count))] }))[0]
        ?.pointRadius;
    assert.ok(Number(radius(6)) > 0);
    assert.equal(radius(600), 0);
  });

  it("draws a band with its mean, and fills between its ends alone", () => {
    const x = Float64Array.of(0, 9);
    const band = { x, mean: Float64Array.of(1, 2), low: Float64Array.of(0, 1) };
    const chart = chartAnswer("acc", {
      groups: [
        { group: "a", spread: "sd", ...band, high: Float64Array.of(2, 3), n: Uint32Array.of(3, 3) },
      ],
    });
    const [low, high, mean] = datasets(chart, "symlog");
    const ys = (set: ChartDataset<"line"> | undefined): unknown =>
      set?.data.map((point) => (point as { y: number }).y);
    assert.deepEqual(
      [ys(low), ys(high), ys(mean)],
      [
        [0, 1],
        [2, 3],
        [1, 2],
      ],
    );
    assert.deepEqual([low?.fill, high?.fill, mean?.fill], [false, "-1", false]);
    assert.equal(mean?.label, "a, mean of 3 seeds");
  });

  it("draws a smoothed line over the raw one, which stays and is fainter", () => {
    const line = { ...lineAnswer(0, [0, 1], [0, 1]), smooth: drawn([0, 1], [0.4, 0.6]) };
    const [raw, smooth] = datasets(chartAnswer("acc", { lines: [line] }));
    assert.ok(raw && smooth);
    assert.deepEqual(
      raw.data.map((point) => (point as { y: number }).y),
      [0, 1],
    );
    assert.deepEqual(
      smooth.data.map((point) => (point as { y: number }).y),
      [0.4, 0.6],
    );
    assert.ok(Number(raw.borderWidth) < Number(smooth.borderWidth));
    assert.notEqual(raw.borderColor, smooth.borderColor);
  });

  it("draws the two seeds of a group as dots", () => {
    const line = { ...lineAnswer(0, [0, 1], [0, 1]), drawAs: "dots" as const };
    const [dots] = datasets(chartAnswer("acc", { lines: [line] }));
    assert.ok(Number(dots?.pointRadius) >= 2 && Number(dots?.borderWidth) < 1);
  });

  it("leaves a gap for what has no place on a logarithmic value axis", () => {
    const chart = chartAnswer("acc", { lines: [lineAnswer(0, [0, 1, 2], [-1, 0, 1])] });
    const shown = { ...view(chart), values: "log" as const };
    const context = { view: shown, chart, theme, onPainted: () => undefined };
    const [line] = configurationOf(context).data.datasets;
    assert.deepEqual(
      line?.data.map((point) => (point as { y: number }).y),
      [NaN, NaN, 1],
    );
    assert.deepEqual(valueAxisOf(chart, "log"), { isLog: true, withoutPlace: 2 });
    assert.deepEqual(valueAxisOf(chart, null), { isLog: false, withoutPlace: 0 });
  });

  it("thins nothing out and moves nothing: that is done where the data is", () => {
    const chart = chartAnswer("acc", { lines: [lineAnswer(0, [0, 1], [0, 1])] });
    const context = { view: view(chart), chart, theme };
    const { options } = configurationOf({ ...context, onPainted: () => undefined });
    assert.equal(options?.animation, false);
    assert.equal(options.parsing, false);
  });

  it("has a logarithmic value axis for a loss that falls far", () => {
    const typeOf = (values: readonly number[]): unknown => {
      const lines = [lineAnswer(0, [0, 1], values)];
      const chart = chartAnswer("loss", { direction: "lower", lines });
      const context = { view: view(chart), chart, theme };
      return configurationOf({ ...context, onPainted: () => undefined }).options?.scales?.["y"]
        ?.type;
    };
    assert.equal(typeOf([5, 0.001]), "logarithmic");
    assert.equal(typeOf([5, 1]), "linear");
  });

  it("gives all charts and the rug the same step axis and the same room for values", () => {
    const chart = chartAnswer("acc", { lines: [lineAnswer(0, [0, 1], [0, 1])] });
    const shown = view(chart, "symlog");
    const context = { view: shown, chart, theme };
    const both = [
      configurationOf({ ...context, onPainted: () => undefined }),
      rugConfiguration(shown, theme, isPartial),
    ];
    for (const { options } of both) {
      const { x, y } = options?.scales ?? {};
      assert.deepEqual([x?.min, x?.max], [shown.axis.min, shown.axis.max]);
      const axis = { width: 0 };
      (y?.afterFit as ((of: { width: number }) => void) | undefined)?.(axis);
      assert.equal(axis.width, VALUE_AXIS_WIDTH);
    }
  });
});

describe("rugConfiguration", () => {
  const shown = view(chartAnswer("acc"));
  const rows = rugConfiguration(shown, theme, isPartial).data.datasets;

  it("has a row per run with a sign per checkpoint", () => {
    assert.deepEqual(
      rows.map(({ label, data }) => [label, data]),
      [
        ["a0", [0, 9, 99].map((x) => ({ x, y: -0 }))],
        ["a1", []],
        ["b0", [{ x: 9, y: -2 }]],
      ],
    );
  });

  it("fills what was evaluated, and gives each group its own sign where it is whole and here", () => {
    assert.deepEqual(rows[0]?.pointBackgroundColor, ["#aa0000", "transparent", "#aa0000"]);
  });

  it("tells remote and partial checkpoints by their signs", () => {
    const styles = rows.map(({ pointStyle }) => pointStyle);
    assert.deepEqual(styles, [["circle", "circle", "line"], [], ["crossRot"]]);
    const [first] = runs;
    assert.ok(first);
    assert.equal(wordsOf(first, 2, isPartial), "evaluated, remote");
    assert.equal(wordsOf(first, 1, isPartial), "not evaluated");
  });

  it("leaves the charts their room when the runs are many", () => {
    const many = (count: number): TimelineView => {
      const checkpoints = trackOf([1], [1]);
      const members = Array.from({ length: count }, (_, i) =>
        runAnswer(`r${i}`, { group: "a", checkpoints }),
      );
      return viewOf(
        timelineAnswer({ runs: members }),
        { scale: "linear", ...none },
        { baseline: null },
      );
    };
    assert.ok(rugHeight(many(10)) > rugHeight(many(2)));
    assert.equal(rugHeight(many(500)), rugHeight(many(20)));
    const radius = ({ pointRadius }: ChartDataset<"line">): number => Number(pointRadius);
    const [few, lots] = [many(2), many(500)].map((one) =>
      rugConfiguration(one, theme, isPartial).data.datasets.map(radius),
    );
    assert.deepEqual(few, [3, 3]);
    assert.ok(lots?.every((size) => size >= 1 && size < 3));
  });

  it("takes no more room than the axis where there are no checkpoints", () => {
    const bare = viewOf(
      timelineAnswer({ runs: runs.slice(1, 2) }),
      { scale: "linear", ...none },
      { baseline: null },
    );
    assert.ok(rugHeight(bare) < rugHeight(shown));
  });
});
