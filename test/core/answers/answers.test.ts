/** The answers that window and terminal share, on small runs whose answers are evident. */

import assert from "node:assert/strict";
import { answerAtStep } from "../../../src/core/answers/atStep.js";
import { answerDiff } from "../../../src/core/answers/diff.js";
import { answerKeyHover, answerStepHover } from "../../../src/core/answers/hover.js";
import { toJson } from "../../../src/core/answers/json.js";
import { answerRun } from "../../../src/core/answers/runs.js";
import { answerTimeline, type TimelineQuestion } from "../../../src/core/answers/timeline.js";
import { answerCheckpoints, answerTree } from "../../../src/core/answers/tree.js";
import { answerWhen } from "../../../src/core/answers/when.js";
import { answerWhichRuns } from "../../../src/core/answers/whichRuns.js";
import type { Catalog } from "../../../src/core/catalog/catalog.js";
import { VERSION } from "../../../src/core/version.js";
import { stepToAxis } from "../../../src/protocol/stepScale.js";
import { catalogOf, whenById } from "../../support/catalogs.js";
import { jsonlText } from "../../support/jsonlText.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";
import { jsonlSeries } from "../../support/jsonlText.js";

/** Accuracy at steps 0, 10 … 50: 0.1 until `jump`, from there on `high`. */
function accuracy(jump: number, high: number): string {
  return jsonlText(
    [0, 10, 20, 30, 40, 50].map((step) => ({
      step,
      test_acc: step < jump ? 0.1 : high,
      train_acc: step < 10 ? 0.1 : 1,
    })),
  );
}

const config = (decay: number, seed: number): string => `weight_decay: ${decay}\nseed: ${seed}\n`;
const WEIGHTS = tinySafetensors();

/** Three seeds with decay, whose behaviour begins at 20, 30 and 40; one without, where it never does. */
const TREE = {
  "/w/onset.json": '{"behaviours": {"knows": {"when": "test_acc > 0.5 for 2", "note": "n"}}}',
  "/w/a0/metrics.jsonl": accuracy(20, 0.9),
  "/w/a0/config.yaml": config(1, 0),
  "/w/a0/step0.safetensors": WEIGHTS,
  "/w/a0/step15.safetensors": WEIGHTS,
  "/w/a0/step20.safetensors": WEIGHTS,
  "/w/a1/metrics.jsonl": accuracy(30, 0.8),
  "/w/a1/config.yaml": config(1, 1),
  "/w/a2/metrics.jsonl": accuracy(40, 0.7),
  "/w/a2/config.yaml": config(1, 2),
  "/w/b0/metrics.jsonl": accuracy(1000, 1),
  "/w/b0/config.yaml": config(0, 0),
};
const ALL = ["/w/a0", "/w/a1", "/w/a2", "/w/b0"];

describe("answers", () => {
  let catalog: Catalog;

  beforeEach(async () => {
    catalog = await catalogOf(TREE);
  });

  describe("answerWhen", () => {
    it("answers a saved behaviour for each run, with its record", async () => {
      const results = await whenById(catalog, "knows");
      const brief = [...results].map(([id, { status, after, by }]) => [id, status, after, by]);
      assert.deepEqual(brief, [
        ["a0", "observed", 10, 20],
        ["a1", "observed", 20, 30],
        ["a2", "observed", 30, 40],
        ["b0", "right-censored", 50, null],
      ]);
      const record = results.get("a0")?.record;
      assert.equal(record?.version, VERSION);
      assert.match(record.hash, /^[0-9a-f]{64}$/);
      assert.deepEqual(record.points[2], [20, 0.9]);
      assert.equal(record.parameters["threshold"], 0.5);
      assert.equal(record.parameters["persistence"], 2);
    });

    it("has another hash for other points, another threshold and another persistence only", async () => {
      const hash = async (question: string, id: string): Promise<string | undefined> =>
        (await whenById(catalog, question)).get(id)?.record.hash;
      const one = await hash("test_acc > 0.5", "a0");
      assert.equal(await hash("test_acc > 0.5 for 2", "a0"), one);
      assert.equal(await hash("knows", "a0"), one);
      for (const [question, id] of [
        ["test_acc > 0.5", "a1"],
        ["test_acc > 0.6", "a0"],
        ["test_acc > 0.5 for 1", "a0"],
        ["test_acc >= 0.5", "a0"],
      ] as const) {
        assert.notEqual(await hash(question, id), one, `${question} of ${id}`);
      }
    });

    it("says why there is no data", async () => {
      const result = (await whenById(catalog, "nothing > 1")).get("a0");
      assert.deepEqual([result?.status, result?.note], ["no-data", 'no metric "nothing"']);
    });

    it("says what an onset counts, where that is no step", async () => {
      const history = "epoch,acc\n1,0.1\n2,0.8\n3,0.9\n";
      const epochs = await catalogOf({ "/w/r/history.csv": history });
      const [result] = (await whenById(epochs, "acc >= 0.5 for 1")).values();
      assert.deepEqual([result?.after, result?.by, result?.axis], [1, 2, "epoch"]);
    });

    it("finds grokking without being told of what", async () => {
      const tree = { "/w/r/metrics.jsonl": accuracy(40, 1) };
      const result = (await whenById(await catalogOf(tree), "grokking")).get("r");
      assert.deepEqual([result?.metric, result?.after, result?.by], ["test_acc", 30, 40]);
      assert.ok((result?.record.inputs?.["train_acc"]?.points.length ?? 0) > 0);
    });

    it("has no answer where the text is no question", async () => {
      const answers = [];
      for await (const answer of answerWhen(catalog, "test_acc >", ALL)) answers.push(answer);
      assert.deepEqual(answers, []);
    });
  });

  describe("answerDiff", () => {
    it("takes the noise from the seeds of the group at that step", async () => {
      const { metrics, config: keys } = await answerDiff(
        catalog,
        { key: "/w/b0", step: 50 },
        { key: "/w/a0", step: 50 },
      );
      const [first] = metrics.filter(({ metric }) => metric === "test_acc");
      // The sd of 0.9, 0.8 and 0.7 is 0.1; of a difference of two single runs √2 times that.
      assert.ok(Math.abs((first?.noise ?? 0) - 0.1 * Math.SQRT2) < 1e-12);
      assert.ok(Math.abs((first?.delta ?? 0) - 0.8) < 1e-12);
      assert.equal(first?.verdict, "likely real");
      assert.equal(first.better, true);
      assert.deepEqual(keys, [{ key: "weight_decay", a: 0, b: 1 }]);
    });

    it("takes the noise of the last checkpoints where there are no three seeds", async () => {
      const wavering = [0.5, 0.6, 0.5, 0.6, 0.5, 0.6];
      const few = await catalogOf({
        "/w/x/metrics.jsonl": jsonlSeries(
          "acc",
          wavering.map((value, i) => [i, value]),
        ),
        "/w/y/metrics.jsonl": jsonlSeries(
          "acc",
          wavering.map((value, i) => [i, value + 0.3]),
        ),
      });
      const { metrics } = await answerDiff(few, { key: "/w/x", step: 5 }, { key: "/w/y", step: 5 });
      const [row] = metrics;
      assert.equal(row?.noiseFrom, "last checkpoints");
      assert.ok((row.noise ?? 0) > 0.05 && (row.noise ?? 1) < 0.15, `${row.noise}`);
    });

    it("says noise unknown where there is neither", async () => {
      const few = await catalogOf({
        "/w/x/metrics.jsonl": jsonlSeries("acc", [[50, 0.9]]),
        "/w/y/metrics.jsonl": jsonlSeries("acc", [[50, 0.8]]),
      });
      const { metrics } = await answerDiff(
        few,
        { key: "/w/x", step: 50 },
        { key: "/w/y", step: 50 },
      );
      const [row] = metrics;
      assert.deepEqual([row?.noise, row?.ratio, row?.verdict], [null, null, "noise unknown"]);
      assert.equal(row?.noiseFrom, null);
    });

    it("says where two runs begin to differ", async () => {
      const apart = await catalogOf(
        Object.fromEntries(
          ["x0", "x1", "x2", "y0", "y1", "y2"].flatMap((name, run) => [
            [
              `/w/${name}/metrics.jsonl`,
              jsonlSeries(
                "acc",
                Array.from({ length: 10 }, (_, i) => {
                  const jump = name.startsWith("y") && i >= 5 ? 1 : 0;
                  return [i * 10, jump + 0.01 * ((run * 7 + i * 3) % 5)] as const;
                }),
              ),
            ],
            [`/w/${name}/config.yaml`, `recipe: ${name[0] ?? ""}\nseed: ${name[1] ?? ""}\n`],
          ]),
        ),
      );
      const [x, y] = [
        { key: "/w/x0", step: 90 },
        { key: "/w/y0", step: 90 },
      ];
      const { metrics } = await answerDiff(apart, x, y);
      assert.deepEqual(metrics[0]?.divergence, { after: 40, by: 50 });
      const same = await answerDiff(apart, x, { ...x, step: 10 });
      assert.equal(same.metrics[0]?.divergence, null);
    });

    it("marks interpolated values and invents none outside the measured range", async () => {
      const a = { key: "/w/a0", step: 15 };
      const { metrics } = await answerDiff(catalog, a, { key: "/w/a0", step: 999 });
      const row = metrics.find(({ metric }) => metric === "test_acc");
      assert.deepEqual(row?.interpolated, { a: true, b: false });
      assert.ok(Math.abs((row.a ?? 0) - 0.5) < 1e-12);
      assert.deepEqual([row.b, row.delta, row.verdict], [null, null, "not comparable"]);
    });
  });

  describe("answerAtStep", () => {
    it("compares each run with the baseline and with its own previous checkpoint", async () => {
      const answer = await answerAtStep(catalog, {
        runs: ["/w/a0", "/w/b0"],
        baseline: "/w/b0",
        metrics: ["test_acc"],
        step: 20,
      });
      assert.deepEqual(
        answer.rows.map(({ run, isBaseline, value }) => [run, isBaseline, value]),
        [
          ["/w/b0", true, 0.1],
          ["/w/a0", false, 0.9],
        ],
      );
      const row = answer.rows[1];
      assert.ok(Math.abs((row?.difference?.delta ?? 0) - 0.8) < 1e-12);
      assert.equal(row?.sincePrevious?.step, 15);
      assert.equal(
        answer.rows[0]?.sincePrevious?.step,
        10,
        "evaluations where there are no checkpoints",
      );
      assert.deepEqual(answer.checkpoints, { first: 0, before: 15, behind: null, last: 20 });
      assert.deepEqual(answer.evaluations, { first: 0, before: 10, behind: 30, last: 50 });
      assert.equal(answer.x, 20);
    });
  });

  describe("answerWhichRuns", () => {
    it("tells present, absent and unknown runs apart, with the share per group", async () => {
      const answer = await answerWhichRuns(catalog, "knows", 25, ALL);
      const keysOf = (runs: readonly { key: string }[]): string[] => runs.map(({ key }) => key);
      assert.deepEqual(keysOf(answer.present), ["/w/a0"]);
      assert.deepEqual(keysOf(answer.absent), ["/w/a2", "/w/b0"]);
      assert.deepEqual(keysOf(answer.unknown), ["/w/a1"]);
      assert.deepEqual(
        answer.groups.map(({ group, present, known, text }) => [
          ...[group, present, known],
          text.replace(/ \(.*\)/, ""),
        ]),
        [
          ["weight_decay=1", 1, 2, "present by step 25 in 1 of 2, 1 unknown"],
          ["weight_decay=0 seed=0", 0, 1, "present by step 25 in 0 of 1"],
        ],
      );
    });

    it("tells after each run how many are done", async () => {
      const told: string[] = [];
      await answerWhichRuns(catalog, "knows", 25, ALL, undefined, (done, of) => {
        told.push(`${done} of ${of}`);
      });
      assert.deepEqual(told, ["1 of 4", "2 of 4", "3 of 4", "4 of 4"]);
    });
  });

  describe("answerRun, answerTree and answerCheckpoints", () => {
    it("tell config, seed, group, steps and checkpoints", async () => {
      const run = await answerRun(catalog, "/w/a0", true);
      assert.deepEqual(run.config, { weight_decay: 1, seed: 0 });
      assert.deepEqual([run.seed, run.steps], [0, { first: 0, last: 50 }]);
      assert.deepEqual(
        run.checkpoints.map(({ step, state, bytes }) => [step, state, bytes]),
        [0, 15, 20].map((step) => [step, "weights-only", WEIGHTS.length]),
      );
      const tree = await answerTree(catalog);
      assert.deepEqual(
        tree.map(({ label }) => label),
        [
          "weight_decay=1 seed=0",
          "weight_decay=1 seed=1",
          "weight_decay=1 seed=2",
          "weight_decay=0 seed=0",
        ],
      );
      assert.equal(new Set(tree.map(({ seedGroup }) => seedGroup)).size, 2);
      assert.equal((await answerCheckpoints(catalog, "/w/a0")).length, 3);
      assert.deepEqual(await answerCheckpoints(catalog, "/w/none"), []);
    });
  });

  describe("answerTimeline", () => {
    const ask: TimelineQuestion = {
      runs: ALL,
      metrics: ["test_acc"],
      range: null,
      width: 200,
      behaviour: null,
      ...{ axis: "step", smooth: null, spread: null, apart: [] },
    };
    const timeline = (
      question: Partial<TimelineQuestion> = {},
      marks: { run: string | null; step: number; text: string }[] = [],
    ) => answerTimeline(catalog, { ...ask, ...question }, (x) => stepToAxis(x, "symlog"), marks);

    it("shades the same intervals that `when` answers", async () => {
      const { charts } = await timeline();
      const [chart] = charts;
      const results = await whenById(catalog, "knows");
      assert.equal(chart?.behaviour, "knows");
      assert.deepEqual(
        chart.bands.map(({ run, after, by }) => [run, after, by]),
        [...results.values()].map(({ after, by }, index) => [index, after, by]),
      );
      assert.deepEqual(
        chart.summaries.map(({ text }) => text),
        ["median (20, 30], 3 of 3", "not by 50"],
      );
    });

    it("draws every point where there is room, and tells the rug", async () => {
      const { charts, runs, extent } = await timeline();
      assert.deepEqual([...(charts[0]?.lines[0]?.step ?? [])], [0, 10, 20, 30, 40, 50]);
      assert.deepEqual([...(runs[0]?.checkpoints.step ?? [])], [0, 15, 20]);
      assert.deepEqual([...(runs[0]?.checkpoints.evaluated ?? [])], [1, 0, 1]);
      assert.deepEqual(extent, { first: 0, last: 50 });
    });

    it("has an axis as long as what is drawn, and draws no bookkeeping unasked", async () => {
      const long = await catalogOf({
        "/w/r/metrics.jsonl": jsonlText([
          { step: 0, loss: 2, epoch: 0, lr: 1 },
          { step: 10, loss: 1, epoch: 0.1, lr: 1 },
          { step: 5000, lr: 0 },
        ]),
        "/w/s/metrics.jsonl": jsonlText([{ step: 3, epoch: 0 }]),
      });
      const of = (runs: string[], metrics: string[]) =>
        answerTimeline(long, { ...ask, runs, metrics }, (x) => x, []);
      const { charts, extent, metrics } = await of(["/w/r"], []);
      assert.deepEqual(
        [charts.map(({ metric }) => metric), extent],
        [["loss"], { first: 0, last: 10 }],
      );
      assert.deepEqual(
        metrics.map(({ name }) => name),
        ["epoch", "loss", "lr"],
      );
      assert.deepEqual((await of(["/w/r"], ["loss", "lr"])).extent, { first: 0, last: 5000 });
      const bare = await of(["/w/s"], []);
      assert.deepEqual(
        [bare.charts.map(({ metric }) => metric), bare.extent],
        [["epoch"], { first: 3, last: 3 }],
      );
    });

    it("advises which checkpoint to evaluate next", async () => {
      const [band] = (await timeline()).charts[0]?.bands ?? [];
      assert.match(band?.advice ?? "", /^next to evaluate: 15 /);
    });

    it("shows no band where none is wanted, and another where that is asked for", async () => {
      assert.deepEqual((await timeline({ behaviour: "" })).charts[0]?.bands, []);
      const asked = await timeline({ behaviour: "test_acc > 0.85 for 1" });
      assert.deepEqual(
        asked.charts[0]?.bands.map(({ by }) => by),
        [20, null, null, null],
      );
    });

    it("marks annotations, branches, restarts and values that are not finite", async () => {
      const marked = await catalogOf({
        "/w/r/metrics.jsonl":
          '{"step":0,"loss":1}\n{"step":1,"loss":NaN}\n{"step":2,"loss":1}\n{"step":1,"loss":2}\n{"step":2,"loss":Infinity}\n',
        "/w/r/config.yaml": "init_from: ../p/step7.safetensors\n",
        "/w/p/metrics.jsonl": '{"step":0,"loss":1}\n',
      });
      const { marks } = await answerTimeline(
        marked,
        { ...ask, runs: ["/w/r"], metrics: ["loss"] },
        (x) => x,
        [
          { run: null, step: 3, text: "all" },
          { run: "gone", step: 4, text: "not shown" },
        ],
      );
      assert.deepEqual(
        marks.map(({ kind, step }) => [kind, step]),
        [
          ["branched", 7],
          ["resumed", 1],
          ["non-finite", 2],
          ["annotation", 3],
        ],
      );
    });

    it("has nothing to draw of no runs", async () => {
      const answer = await timeline({ runs: [], metrics: [] });
      assert.deepEqual([answer.runs, answer.charts, answer.extent], [[], [], null]);
    });
  });

  describe("hovers", () => {
    it("tell what each value of a key did", async () => {
      const text = config(1, 0);
      const hover = await answerKeyHover(catalog, {
        file: "/w/a0/config.yaml",
        text,
        language: "yaml",
        offset: 3,
      });
      assert.deepEqual(
        [hover?.key, hover?.value, hover?.behaviour],
        ["weight_decay", "1", "knows"],
      );
      assert.deepEqual(
        hover?.rows.map(({ value, runs, onset }) => [value, runs, onset]),
        [
          ["0", 1, "not by 50, 0 of 1"],
          ["1", 3, "median (20, 30], 3 of 3"],
        ],
      );
      assert.equal(hover.rows[1]?.final, "0.8 ± 0.1 (sd, n=3)");
      assert.equal(hover.onsetStep, 30);
    });

    it("know a key of GPT-NeoX by either of its spellings", async () => {
      const text = '{"pipe-parallel-size": 1, "train-iters": 10}';
      const own = await catalogOf({
        "/w/a/config.yml": text,
        "/w/a/metrics.jsonl": '{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n',
      });
      const offset = text.indexOf("train-iters") + 1;
      const hover = await answerKeyHover(own, {
        ...{ file: "/w/a/config.yml", text, language: "yaml", offset },
      });
      assert.deepEqual(
        [hover?.key, hover?.rows.map(({ value }) => value)],
        ["train-iters", ["10"]],
      );
    });

    it("have nothing to say of a text that is no run's config, or of no key", async () => {
      const question = { text: config(1, 0), language: "yaml", offset: 3 } as const;
      assert.equal(await answerKeyHover(catalog, { ...question, file: "/w/other.yaml" }), null);
      assert.equal(
        await answerKeyHover(catalog, { ...question, file: "/w/a0/config.yaml", text: "" }),
        null,
      );
    });

    it("tell what had happened by a step with checkpoints", async () => {
      const hover = await answerStepHover(catalog, 20);
      assert.deepEqual(hover?.runs, ["/w/a0"]);
      assert.match(
        hover.rows.find(({ behaviour }) => behaviour === "knows")?.text ?? "",
        /^present by step 20 in 1 of 1/,
      );
      assert.equal(await answerStepHover(catalog, 999), null);
    });
  });
});

describe("toJson", () => {
  it("writes numbers that JSON does not have as texts", () => {
    assert.equal(
      toJson({ a: [NaN, Infinity, -Infinity, 1, null] }),
      '{"a":["NaN","Infinity","-Infinity",1,null]}',
    );
  });
});
