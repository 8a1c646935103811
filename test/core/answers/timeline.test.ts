/** The Timeline's axes, bands, marks and exports, on small runs whose answers are evident. */

import assert from "node:assert/strict";
import { tableFromIPC } from "apache-arrow";
import { answerAtStep, type AtStepQuestion } from "../../../src/core/answers/atStep.js";
import { answerTimeline, type TimelineQuestion } from "../../../src/core/answers/timeline.js";
import {
  exportPoints,
  partialCheckpoints,
  timelineRecord,
} from "../../../src/core/answers/timelineExport.js";
import type { Catalog } from "../../../src/core/catalog/catalog.js";
import { stepToAxis, type StepScale } from "../../../src/protocol/stepScale.js";
import { catalogOf } from "../../support/catalogs.js";
import { jsonlText } from "../../support/jsonlText.js";

/** Runs that log a point every ten steps; b sees twice as many tokens in a step as a. */
const TWO = {
  "/w/a/metrics.jsonl": jsonlText(
    [0, 10, 20, 30].map((step) => ({ step, loss: 4 - step / 10, num_tokens: step * 100 })),
  ),
  "/w/b/metrics.jsonl": jsonlText(
    [0, 10, 20, 30].map((step) => ({ step, loss: 8 - step / 10, num_tokens: step * 200 })),
  ),
  "/w/c/metrics.jsonl": jsonlText([0, 10].map((step) => ({ step, loss: 1 }))),
};

const BASE: TimelineQuestion = {
  ...{ runs: ["/w/a", "/w/b", "/w/c"], metrics: ["loss"], range: null, width: 500 },
  ...{ behaviour: "", axis: "step", smooth: null, spread: null, apart: [] },
};

function ask(catalog: Catalog, question: Partial<TimelineQuestion>, scale: StepScale = "linear") {
  return answerTimeline(catalog, { ...BASE, ...question }, (x) => stepToAxis(x, scale), []);
}

describe("the Timeline's axes", () => {
  it("are those that runs know, with how many do", async () => {
    const { axes } = await ask(await catalogOf(TWO), {});
    const counts = Object.fromEntries(axes.map(({ axis, runs }) => [axis, runs]));
    assert.deepEqual(counts, {
      ...{ step: 3, "relative step": 3 },
      ...{ tokens: 2, "metric:num_tokens": 2 },
    });
  });

  it("place points by a metric that only grows, and say of which runs it is not known", async () => {
    const answer = await ask(await catalogOf(TWO), { axis: "metric:num_tokens" });
    const [a, b, ...others] = answer.charts[0]?.lines ?? [];
    assert.deepEqual([...(a?.x ?? [])], [0, 1000, 2000, 3000]);
    assert.deepEqual([...(b?.x ?? [])], [0, 2000, 4000, 6000]);
    assert.deepEqual([...(b?.step ?? [])], [0, 10, 20, 30]);
    assert.equal(others[0]?.x.length, 0);
    assert.equal(answer.leftOut.unknown, 2);
    assert.equal(answer.axis.without.length, 1);
    assert.match(answer.axis.from[0]?.text ?? "", /^logged as num_tokens/);
    assert.deepEqual(answer.extent, { first: 0, last: 6000 });
  });

  it("count tokens by the factors of the config, and name them", async () => {
    const catalog = await catalogOf({
      "/w/a/metrics.jsonl": TWO["/w/a/metrics.jsonl"],
      "/w/a/config.yaml": "global_batch_size: 8\nseq_length: 16\nmicro_batch_size: 2\n",
    });
    const answer = await ask(catalog, { runs: ["/w/a"], axis: "tokens" });
    assert.deepEqual([...(answer.charts[0]?.lines[0]?.x ?? [])], [0, 1280, 2560, 3840]);
    assert.match(answer.axis.from[0]?.text ?? "", /^step × 128 \(.*global_batch_size 8/);
  });

  it("measure the hours since a run began, and the steps", async () => {
    const catalog = await catalogOf({
      "/w/a/metrics.jsonl": jsonlText(
        [100, 110, 120].map((step, i) => ({ step, loss: 1, timestamp: 1.7e9 + i * 1800 })),
      ),
    });
    const of = async (axis: string): Promise<number[]> => {
      const { charts } = await ask(catalog, { runs: ["/w/a"], axis });
      return [...(charts[0]?.lines[0]?.x ?? [])];
    };
    assert.deepEqual(await of("wall time"), [0, 0.5, 1]);
    assert.deepEqual(await of("relative step"), [0, 10, 20]);
  });

  it("say what has no place on a logarithmic one", async () => {
    const answer = await ask(await catalogOf(TWO), {}, "log");
    assert.deepEqual(answer.leftOut, { unknown: 0, notPositive: 3 });
    assert.deepEqual(answer.extent, { first: 10, last: 30 });
    assert.deepEqual([...(answer.charts[0]?.lines[0]?.x ?? [])], [10, 20, 30]);
    assert.deepEqual((await ask(await catalogOf(TWO), {}, "symlog")).leftOut.notPositive, 0);
  });

  it("show a part with the nearest points beyond it, and the whole beside it", async () => {
    const answer = await ask(await catalogOf(TWO), { range: [12, 25] });
    assert.deepEqual([...(answer.charts[0]?.lines[0]?.x ?? [])], [10, 20, 30]);
    assert.deepEqual(answer.extent, { first: 0, last: 30 });
    assert.deepEqual([...(answer.overview[0]?.x ?? [])], [0, 10, 20, 30]);
  });

  it("are none where a metric falls again or a name is made up", async () => {
    const catalog = await catalogOf({
      "/w/a/metrics.jsonl": jsonlText([1, 2, 1].map((up, i) => ({ step: i, loss: 1, up }))),
    });
    for (const axis of ["metric:up", "metric:none", "metric:__proto__", "__proto__", "FLOPs"]) {
      const answer = await ask(catalog, { runs: ["/w/a"], axis });
      assert.deepEqual(answer.axis.without.length, 1, axis);
      assert.equal(answer.charts[0]?.lines[0]?.x.length, 0);
    }
  });
});

describe("at a cursor on another axis", () => {
  const at = async (question: Partial<AtStepQuestion>) =>
    answerAtStep(await catalogOf(TWO), {
      ...{ runs: ["/w/a", "/w/b"], baseline: "/w/a", metrics: ["loss"], step: 20 },
      ...question,
    });

  it("compares runs where they have seen as much, not where they have counted as far", async () => {
    const { rows, x } = await at({ axis: "metric:num_tokens" });
    assert.equal(x, 2000);
    assert.deepEqual(
      rows.map(({ step, value, interpolated }) => [step, value, interpolated]),
      [
        [20, 2, false],
        [10, 7, false],
      ],
    );
    const same = await at({});
    assert.deepEqual(
      same.rows.map(({ value }) => value),
      [2, 6],
    );
  });

  it("finds the baseline's step for a value of the axis", async () => {
    const { step, rows } = await at({ axis: "metric:num_tokens", step: 1500, isOnAxis: true });
    assert.equal(step, 15);
    assert.deepEqual(
      rows.map(({ interpolated }) => interpolated),
      [true, true],
    );
  });

  it("compares with a pin, and gives the value there", async () => {
    const [row] = (await at({ since: 0 })).rows;
    assert.deepEqual(
      [row?.sincePrevious?.step, row?.sincePrevious?.value, row?.sincePrevious?.delta],
      [0, 4, -2],
    );
    assert.equal(row?.sincePrevious?.better, true);
  });
});

/** Three seeds at 1, 2 and 3, two of another recipe at 5 and 7. */
const SEEDS = Object.fromEntries(
  [
    [1, 0, 1],
    [1, 1, 2],
    [1, 2, 3],
    [2, 0, 5],
    [2, 1, 7],
  ].flatMap(([decay, seed, value]) => [
    [
      `/w/${decay}${seed}/metrics.jsonl`,
      jsonlText([0, 10].map((step) => ({ step, score: value }))),
    ],
    [`/w/${decay}${seed}/config.yaml`, `weight_decay: ${decay}\nseed: ${seed}\n`],
  ]),
);
const SEED_RUNS = ["/w/10", "/w/11", "/w/12", "/w/20", "/w/21"];

describe("seed groups", () => {
  const asked = { runs: SEED_RUNS, metrics: ["score"] };

  it("are a band from three seeds on, dots below, and single lines where that is wanted", async () => {
    const catalog = await catalogOf(SEEDS);
    const [chart] = (await ask(catalog, { ...asked, spread: "sd" })).charts;
    assert.deepEqual(
      chart?.groups.map(({ mean, low, high, n }) => [mean[0], low[0], high[0], n[0]]),
      [[2, 1, 3, 3]],
    );
    assert.deepEqual(
      chart.lines.map(({ run, drawAs }) => [run, drawAs]),
      [
        [3, "dots"],
        [4, "dots"],
      ],
    );
    const group = chart.groups[0]?.group ?? "";
    const apart = (await ask(catalog, { ...asked, spread: "sd", apart: [group] })).charts[0];
    assert.deepEqual([apart?.groups.length, apart?.lines.length], [1, 5]);
    const single = (await ask(catalog, asked)).charts[0];
    assert.deepEqual([single?.groups, single?.lines.length], [[], 5]);
  });

  it("are rows with n and sd at the cursor, and their means differ by the noise of means", async () => {
    const { rows } = await answerAtStep(await catalogOf(SEEDS), {
      ...{ runs: SEED_RUNS, baseline: "/w/10", metrics: ["score"], step: 10, byGroup: true },
    });
    assert.deepEqual(
      rows.map(({ isBaseline, value, n, sd }) => [isBaseline, value, n, sd]),
      [
        [true, 2, 3, 1],
        [false, 6, 2, Math.SQRT2],
      ],
    );
    // Only the group of three seeds says what noise is (rule 7).
    assert.equal(rows[1]?.difference?.noise, Math.sqrt(1 / 3 + 1 / 2));
    assert.equal(rows[1].difference.verdict, "likely real");
  });

  it("are smoothed beside their raw lines, and no onset moves by it", async () => {
    const catalog = await catalogOf(TWO);
    const plain = await ask(catalog, { behaviour: "loss < 3 for 1" });
    const smooth = await ask(catalog, {
      behaviour: "loss < 3 for 1",
      smooth: { kind: "ema", share: 0.5 },
    });
    assert.deepEqual(smooth.charts[0]?.lines[0]?.value, plain.charts[0]?.lines[0]?.value);
    assert.notDeepEqual(
      smooth.charts[0]?.lines[0]?.smooth?.value,
      smooth.charts[0]?.lines[0]?.value,
    );
    assert.deepEqual(smooth.charts[0]?.bands, plain.charts[0]?.bands);
  });
});

describe("marks and bands of a Timeline", () => {
  it("tell where a behaviour was lost and came again, and where the rate was cut", async () => {
    const catalog = await catalogOf({
      "/w/a/metrics.jsonl": jsonlText(
        [0, 0, 1, 1, 0, 0, 1, 1].map((acc, i) => ({ step: i * 10, acc, lr: i < 4 ? 1 : 0.1 })),
      ),
    });
    const { charts, marks } = await ask(catalog, {
      ...{ runs: ["/w/a"], metrics: ["acc"], behaviour: "acc > 0.5" },
    });
    assert.deepEqual(
      charts[0]?.bands.map(({ kind, x }) => [kind, x.after, x.by]),
      [
        ["onset", 10, 20],
        ["offset", 30, 40],
        ["onset again", 50, 60],
      ],
    );
    assert.deepEqual(
      marks.map(({ kind, step, x }) => [kind, step, x]),
      [["lr drop", 40, 40]],
    );
  });

  it("draw what a restart superseded apart, on the axis too", async () => {
    const catalog = await catalogOf({
      "/w/a/metrics.jsonl": jsonlText([0, 10, 20, 10, 20, 30].map((step) => ({ step, loss: 1 }))),
    });
    const [line] = (await ask(catalog, { runs: ["/w/a"] })).charts[0]?.lines ?? [];
    assert.deepEqual([...(line?.x ?? [])], [0, 10, 20, 30]);
    assert.deepEqual(
      line?.superseded.map(({ x }) => [...x]),
      [[10, 20]],
    );
  });

  it("tell partial checkpoints of the disk", async () => {
    const catalog = await catalogOf({
      "/w/a/metrics.jsonl": TWO["/w/a/metrics.jsonl"],
      "/w/a/step10.safetensors": new Uint8Array([9, 0, 0]),
    });
    const found = await partialCheckpoints(catalog, ["/w/a", "/w/none"]);
    assert.deepEqual(
      found.map(({ key, step }) => [key, step]),
      [["/w/a", 10]],
    );
  });
});

describe("exports of a Timeline", () => {
  const question = { runs: ["/w/a", "/w/b"], metrics: ["loss"], range: null } as const;

  it("hold every point as CSV, quoted where it must be", async () => {
    const name = 'lo"ss, x';
    const catalog = await catalogOf({
      "/w/a/metrics.jsonl": jsonlText(
        [0, 1].map((step) => ({ step, [name]: step === 0 ? NaN : 2 })),
      ),
    });
    const bytes = await exportPoints(catalog, {
      ...{ ...question, metrics: [name], axis: "step", format: "csv" },
    });
    assert.deepEqual(new TextDecoder().decode(bytes).split("\n"), [
      "run,attempt,metric,step,wallTime,value,superseded",
      'a,0,"lo""ss, x",0,,NaN,false',
      'a,0,"lo""ss, x",1,,2,false',
      "",
    ]);
  });

  it("hold the same points as Arrow, with the axis, within the range", async () => {
    const catalog = await catalogOf(TWO);
    const axis = "metric:num_tokens";
    const bytes = await exportPoints(catalog, {
      ...{ ...question, axis, range: [1500, 4000], format: "arrow" },
    });
    const rows = tableFromIPC(bytes)
      .toArray()
      .map((row: { toJSON(): Record<string, unknown> }) => row.toJSON());
    assert.deepEqual(
      rows.map((row) => [row["run"], row["step"], row["num_tokens"], row["value"]]),
      [
        ["a", 20, 2000, 2],
        ["a", 30, 3000, 1],
        ["b", 10, 2000, 7],
        ["b", 20, 4000, 6],
      ],
    );
  });

  it("tell in a record the intervals, how they were found, and how the picture is drawn", async () => {
    const catalog = await catalogOf(TWO);
    const text = await timelineRecord(
      catalog,
      {
        ...BASE,
        ...{
          behaviour: "loss < 3 for 1",
          spread: "sd",
          scale: "linear",
          picture: "my picture.svg",
        },
      },
      (x) => x,
    );
    assert.ok(text.includes("](my%20picture.svg)"));
    assert.match(text, /\| a \| \(10, 20\\\] \| yes \| 4 \| [0-9a-f]{64} \|/);
    assert.match(text, /M1/);
    assert.match(text, /- smoothing: none; no onset is judged by it/);
  });
});
