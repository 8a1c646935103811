/** Runs made of evaluations only, by the directories that their systems write. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readExampleText } from "../../../src/core/catalog/exampleText.js";
import { RunReading } from "../../../src/core/catalog/runReading.js";
import { readExamples } from "../../../src/core/catalog/readExamples.js";
import { discoverAll } from "../../../src/core/discovery/discoverRuns.js";
import type { Example } from "../../../src/core/formats/examples.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import type { RunDir } from "../../../src/core/model/run.js";
import { exampleTable } from "../../../src/core/formats/exampleTable.js";
import { discovered } from "../../support/catalogs.js";
import { fixture } from "../../support/root.js";

type Tree = Record<string, string | Uint8Array>;
const sample = (...parts: string[]): Uint8Array =>
  new Uint8Array(readFileSync(fixture("formats", ...parts)));

async function discover(tree: Tree): Promise<{ files: MemoryFiles; runs: readonly RunDir[] }> {
  const files = new MemoryFiles(tree);
  return { files, runs: (await discoverAll(files, "/w")).runs };
}

async function examplesOf(files: MemoryFiles, run: RunDir | undefined): Promise<Example[]> {
  const all: Example[] = [];
  for (const source of run?.examples ?? []) {
    for await (const { examples, problems } of readExamples(files, source)) {
      all.push(...examples);
      assert.deepEqual(problems, []);
    }
  }
  return all;
}

describe("evaluations by their system's directories", () => {
  it("OLMES: reads each metric once, and predictions with the step of their task", async () => {
    const tree: Tree = {
      "/w/out/metrics.json": "{}",
      "/w/out/task-000-arc_easy-requests.jsonl": "",
    };
    for (const name of ["metrics-all.jsonl", "task-000-arc_easy-metrics.json"]) {
      tree[`/w/out/${name}`] = sample("olmes", name);
    }
    const predictions = "task-000-arc_easy-predictions.jsonl";
    tree[`/w/out/${predictions}`] = sample("olmes", predictions);
    const { files, runs } = await discover(tree);
    const [run] = runs;
    assert.deepEqual(
      [runs.length, run?.id, run?.systems, run?.sources.map(({ file }) => file)],
      [1, "out", ["OLMES"], ["/w/out/metrics-all.jsonl"]],
    );
    const examples = await examplesOf(files, run);
    assert.deepEqual(
      examples.map(({ task, id, hash, step }) => [task, id, hash, step]),
      [0, 1, 2, 3].map((i) => ["arc_easy@5", String(i), `Mercury_${i}`, 1000]),
    );
    assert.deepEqual(
      [...(examples[1]?.outcomes ?? [])],
      [
        ["acc_raw", 1],
        ["predicted_index_raw", 1],
      ],
    );
  });

  it("olmo-eval: predictions belong to the metrics above them", async () => {
    const line =
      '{"doc_id": 7, "native_id": "n7", "model_output": [], "instance_metrics": {"accuracy": {"accuracy": true}, "f1": {"token": 0.5}}, "label": 2}\n';
    const { files, runs } = await discover({
      "/w/out/metrics.json": sample("olmo-eval", "metrics.json"),
      "/w/out/predictions/m/arc_easy_mc_0a1b2c-predictions.jsonl": line,
      "/w/out/requests/m/arc_easy_mc_0a1b2c-requests.jsonl":
        '{"doc_id": 7, "request": {"context": [{"role": "user", "content": "Which?"}]}}\n',
    });
    assert.deepEqual(
      runs.map(({ id, systems }) => [id, systems]),
      [["out", ["olmo-eval"]]],
    );
    const [example] = await examplesOf(files, runs[0]);
    assert.deepEqual([example?.task, example?.id, example?.step], ["arc_easy_mc", "7", 5000]);
    assert.ok(example);
    assert.deepEqual(
      [...example.outcomes],
      [
        ["accuracy", 1],
        ["f1,token", 0.5],
      ],
    );
    const [source] = runs[0]?.examples ?? [];
    assert.ok(source);
    const text = await readExampleText(files, source, example, example.place);
    assert.deepEqual([text?.question, text?.target], ["Which?", "2"]);
  });

  it("HELM: the directories of one model's checkpoints are one run, with shots from the spec", async () => {
    const name = "mmlu-subject=anatomy,model=EleutherAI_pythia-1b-step3000";
    const tree: Tree = {};
    for (const step of [3000, 13000]) {
      for (const file of ["stats.json", "run_spec.json"]) {
        const text = new TextDecoder().decode(sample("helm", name, file));
        tree[`/w/suite/${name.replace("3000", String(step))}/${file}`] = text.replaceAll(
          "step3000",
          `step${step}`,
        );
      }
    }
    const { files, runs } = await discover(tree);
    assert.deepEqual(
      runs.map(({ id, systems }) => [id, systems]),
      [["suite#EleutherAI_pythia-1b", ["HELM"]]],
    );
    const reading = new RunReading(files);
    await reading.update(runs[0] as RunDir);
    const metric = "mmlu:subject=anatomy@5/exact_match";
    const series = reading.table("").series(metric);
    assert.ok(series);
    assert.deepEqual([...series.step], [3000, 13000]);
    assert.equal(series.value[0], 0.2702702702702703);
    assert.deepEqual(
      reading
        .evaluated()
        .map(({ evaluated }) => [evaluated.model, evaluated.step, evaluated.shots]),
      [
        ["EleutherAI/pythia-1b-step3000", 3000, 5],
        ["EleutherAI/pythia-1b-step13000", 13000, 5],
      ],
    );
  });

  it("HELM: instances are examples, perturbed ones are not; texts are in the state beside", async () => {
    const name = "mmlu-subject=anatomy,model=EleutherAI_pythia-1b-step3000";
    const stat = (name: string, mean: number, more: object = {}): object => ({
      name: { name, split: "test", ...more },
      count: 1,
      sum: mean,
      mean,
    });
    const instance = {
      input: { text: "Q1" },
      references: [{ output: { text: "A" }, tags: ["correct"] }],
    };
    const { files, runs } = await discover({
      [`/w/suite/${name}/stats.json`]: sample("helm", name, "stats.json"),
      [`/w/suite/${name}/run_spec.json`]: sample("helm", name, "run_spec.json"),
      [`/w/suite/${name}/per_instance_stats.json`]: JSON.stringify([
        {
          instance_id: "id7",
          train_trial_index: 0,
          stats: [
            stat("exact_match", 1),
            stat("exact_match", 0, { perturbation: { name: "typo" } }),
          ],
        },
        {
          instance_id: "id7",
          perturbation: { name: "typo" },
          train_trial_index: 0,
          stats: [stat("exact_match", 0)],
        },
        { instance_id: "id7", train_trial_index: 1, stats: [stat("exact_match", 0)] },
        { instance_id: "id8", train_trial_index: 0, stats: [stat("x", 0, { split: "train" })] },
      ]),
      [`/w/suite/${name}/scenario_state.json`]: JSON.stringify({
        adapter_spec: {},
        request_states: [
          { instance: { id: "id6", input: { text: "Q0" } }, train_trial_index: 0 },
          {
            instance: { id: "id7", ...instance },
            train_trial_index: 0,
            request: { prompt: "Few shots. Q1" },
            result: { completions: [{ text: " A" }] },
          },
        ],
      }),
    });
    const [run] = runs;
    const examples = await examplesOf(files, run);
    assert.deepEqual(
      examples.map(({ task, id, step, outcomes }) => [task, id, step, [...outcomes]]),
      [
        ["mmlu-subject=anatomy", "id7", 3000, [["exact_match", 1]]],
        ["mmlu-subject=anatomy", "id7 (trial 2)", 3000, [["exact_match", 0]]],
      ],
    );
    const [source] = run?.examples ?? [];
    const [first] = examples;
    assert.ok(source && first);
    assert.deepEqual(await readExampleText(files, source, first, first.place), {
      id: "id7",
      question: "Few shots. Q1",
      answer: " A",
      target: "A",
    });
  });

  it("BIG-bench: the samples of each query are examples of their task and shots", async () => {
    const document = {
      model: { model_name: "m-step20" },
      task: { task_name: "arithmetic" },
      scores: [{ score_dict: { multiple_choice_grade: 0.5 }, number_of_shots: 2 }],
      queries: [
        {
          shots: 2,
          subtask_description: "add",
          samples: [
            { input: "1+1=", target_values: { "2": 1, "3": 0 }, absolute_scores: [-1, -2] },
            { input: "1+2=", target_values: { "2": 0, "3": 1 }, absolute_scores: [-1, -2] },
          ],
        },
        {
          shots: 0,
          samples: [{ input: "x", targets: ["y"], output: "y", metrics: { exact_str_match: 1 } }],
        },
      ],
    };
    const { files, runs } = await discover({ "/w/r/scores_m.json": JSON.stringify(document) });
    const examples = await examplesOf(files, runs[0]);
    assert.deepEqual(
      examples.map(({ task, id, step, outcomes }) => [task, id, step, [...outcomes]]),
      [
        ["arithmetic:add@2", "0", 20, [["multiple_choice_grade", 1]]],
        ["arithmetic:add@2", "1", 20, [["multiple_choice_grade", 0]]],
        ["arithmetic", "0", 20, [["exact_str_match", 1]]],
      ],
    );
    const [source] = runs[0]?.examples ?? [];
    const [, second] = examples;
    assert.ok(source && second);
    const text = await readExampleText(files, source, second, second.place);
    assert.deepEqual([text?.question, text?.target], ["1+2=", "3"]);
  });

  it("Inspect: the logs of one directory are one run for each model", async () => {
    const log = (model: string, task: string): string =>
      JSON.stringify({
        version: 2,
        status: "success",
        eval: { run_id: "r", created: "", task, model },
      });
    const { runs } = await discover({
      "/w/logs/2025-01-01T00-00-00-00-00_a_1.json": log("hf/o/m-step1", "a"),
      "/w/logs/2025-01-01T00-00-01-00-00_b_2.json": log("hf/o/m-step2", "b"),
      "/w/logs/2025-01-01T00-00-02-00-00_b_3.json": log("hf/o/n-step2", "b"),
    });
    assert.deepEqual(
      runs.map(({ part, sources }) => [part, sources.length]),
      [
        ["hf/o/m", 2],
        ["hf/o/n", 1],
      ],
    );
  });

  it("Inspect: a log is an evaluation and holds its samples, marks counted as Inspect does", async () => {
    const log = {
      version: 2,
      status: "success",
      eval: { run_id: "r", created: "", task: "t", model: "hf/o/m-step5" },
      results: {
        scores: [{ name: "match", metrics: { accuracy: { name: "accuracy", value: 0.5 } } }],
      },
      samples: [
        {
          id: 1,
          epoch: 1,
          scores: { match: { value: "C" }, rubric: { value: { a: 0.5, b: true } } },
        },
        { id: "two", epoch: 1, scores: { match: { value: "I" } } },
        { id: "two", epoch: 2, scores: { match: { value: "P" }, other: { value: "prose" } } },
        { id: 3, epoch: 1, scores: null },
      ],
    };
    const { files, runs } = await discover({ "/w/logs/a.json": JSON.stringify(log) });
    const [run] = runs;
    assert.deepEqual([runs.length, run?.sources.length, run?.examples?.length], [1, 1, 1]);
    const examples = await examplesOf(files, run);
    assert.deepEqual(
      examples.map(({ id, step, outcomes }) => [id, step, [...outcomes]]),
      [
        [
          "1",
          5,
          [
            ["match", 1],
            ["rubric.a", 0.5],
            ["rubric.b", 1],
          ],
        ],
        ["two", 5, [["match", 0]]],
        ["two (epoch 2)", 5, [["match", 0.5]]],
        ["3", 5, []],
      ],
    );
  });

  it("lm-eval: several revisions in one folder; samples have the step of the results of their time", async () => {
    const results = (step: number, args: unknown): string =>
      JSON.stringify({ results: { piqa: { "acc,none": step } }, config: { model_args: args } });
    const samples = sample("lm-eval", "samples_humaneval_2025-06-09T18-36-41.285612.jsonl");
    const { files, runs } = await discover({
      "/w/a__b/results_2025-06-09T18-36-41.285612.json": results(
        10,
        "pretrained=a/b,revision=step10",
      ),
      "/w/a__b/results_2025-06-09T19-36-41.285612.json": results(20, { pretrained: "x/step20/hf" }),
      "/w/a__b/samples_humaneval_2025-06-09T18-36-41.285612.jsonl": samples,
    });
    assert.deepEqual(
      runs.map(({ id, sources }) => [id, sources.length]),
      [["a__b", 2]],
    );
    const examples = await examplesOf(files, runs[0]);
    assert.deepEqual(
      [
        examples.length,
        examples[0]?.step,
        examples[0]?.filter,
        examples[0]?.task,
        examples[0]?.hash,
      ],
      [
        6,
        10,
        "create_test",
        "humaneval",
        "51330d8caa0784cc324cc1db95f6b0d73670802e1729865056c2469e212d40a5",
      ],
    );
    assert.deepEqual([...(examples[0]?.outcomes ?? [])], [["pass@1", 0]]);
  });

  it("lm-eval: samples of older versions, as lines or as one list, under other names", async () => {
    const rows = [0, 1].map((doc_id) => ({ doc_id, doc: { q: "?" }, target: "a", acc: doc_id }));
    const { files, runs } = await discover({
      "/w/m/step10/results.json":
        '{"results": {"piqa": {"acc,none": 0.5}}, "config": {"model_args": "pretrained=m,revision=step10"}}',
      "/w/m/step10/samples_piqa.jsonl": rows.map((row) => JSON.stringify(row)).join("\n"),
      "/w/m/step10/arc_easy.jsonl": JSON.stringify(rows, null, 2),
      "/w/m/step10/other.json": '[{"doc_id": 1}]',
    });
    const examples = await examplesOf(files, runs[0]);
    assert.deepEqual(
      examples.map(({ task, id, step, outcomes }) => [task, id, step, outcomes.get("acc")]),
      [
        ["arc_easy", "0", 10, 0],
        ["arc_easy", "1", 10, 1],
        ["piqa", "0", 10, 0],
        ["piqa", "1", 10, 1],
      ],
    );
  });

  it("lighteval: details lie in another tree and have the step of their results", async () => {
    const time = "2025-04-05T06-07-08.250000";
    const model = "HuggingFaceTB/SmolLM3-3B-checkpoints";
    const file = `/w/out/details/${model}/${time}/details_piqa|0_${time}.parquet`;
    const files = new MemoryFiles({
      [`/w/out/results/${model}/results_${time}.json`]: sample("lighteval", `results_${time}.json`),
      [file]: sample("lighteval", "details", `details_piqa-0_${time}.parquet`),
    });
    const catalog = await discovered(files);
    const [run] = catalog.runs();
    assert.deepEqual([catalog.runs().length, run?.id], [1, `out/results/${model}`]);
    const examples = await examplesOf(files, run);
    assert.deepEqual(
      examples.map(({ task, id, step, outcomes }) => [task, id, step, outcomes.get("acc")]),
      [0, 1, 2, 3, 4].map((i) => ["piqa", String(i), 40_000, i % 2 === 0 ? 1 : 0]),
    );
    assert.equal(new Set(examples.map(({ hash }) => hash)).size, 5);
    const [source] = run?.examples ?? [];
    const last = examples[4];
    assert.ok(source && last);
    assert.deepEqual(await readExampleText(files, source, last, last.place), {
      id: "4",
      question: "Q: Question 4?",
      answer: " A: -5\n B: -2",
      target: " A",
    });
  });

  for (const name of ["several.parquet", "quoted.csv"]) {
    it(`long tables of examples: ${name} holds two runs, each with its own examples`, async () => {
      const files = new MemoryFiles({ [`/w/t/${name}`]: sample("example-table", name) });
      const catalog = await discovered(files);
      const found = new Map<string, Example[]>();
      for (const run of catalog.runs()) found.set(run.id, await examplesOf(files, run));
      assert.deepEqual(
        [...found].map(([id, examples]) => [id, examples.length]),
        [
          [`t/${name}#a`, 18],
          [`t/${name}#b`, 18],
        ],
      );
      const [run] = catalog.runs();
      const [source] = run?.examples ?? [];
      const examples = found.get(`t/${name}#a`) ?? [];
      const means = new Map<number, number>();
      for (const { step, outcomes } of examples) {
        means.set(
          step ?? NaN,
          (means.get(step ?? NaN) ?? 0) + (outcomes.get("correct") ?? NaN) / 6,
        );
      }
      const series = (await catalog.load(run?.key ?? "")).view.series("add/correct");
      assert.deepEqual([...(series?.step ?? [])], [100, 200, 400]);
      for (const [i, step] of [100, 200, 400].entries()) {
        assert.ok(Math.abs((series?.value[i] ?? NaN) - (means.get(step) ?? NaN)) < 1e-12);
      }
      for (const [i, one] of examples.entries()) {
        assert.ok(source);
        const text = await readExampleText(files, source, one, one.place);
        assert.ok(text);
        assert.equal(text.id, `q${i % 6}`);
        assert.match(text.question ?? "", new RegExp(`^What .*\\s?.*${i % 6} \\+ 1\\?$`, "s"));
        assert.deepEqual(
          [text.target, text.answer === text.target],
          [String((i % 6) + 1), one.outcomes.get("correct") === 1],
        );
      }
    });
  }

  it("long tables of examples: one beside a run's log, or in a folder of it, is the run's", async () => {
    const table = sample("example-table", "one_run.jsonl");
    const files = new MemoryFiles({
      "/w/a/metrics.jsonl": '{"step": 100, "loss": 2}\n',
      "/w/a/items.jsonl": table,
      "/w/b/metrics.jsonl": '{"step": 100, "loss": 2}\n',
      "/w/b/per_example/deep/outcomes.jsonl": '{"step": 1, "held_out": "0110"}\n',
    });
    const catalog = await discovered(files);
    assert.deepEqual(
      catalog.runs().map(({ id, examples }) => [id, examples?.map(({ format }) => format)]),
      [
        ["a", ["example-tables"]],
        ["b", ["outcome-digits"]],
      ],
    );
    assert.equal((await examplesOf(files, catalog.runs()[0])).length, 18);
    await catalog.refresh("/w/b");
    assert.equal(catalog.run("/w/b")?.examples?.length, 1);
  });

  it("a table with a step and names is no table of examples", () => {
    for (const header of ["step,loss,acc", "step,run_id,acc", "step,id,loss", "step,sample,lr"]) {
      assert.notEqual(
        exampleTable.claims("m.csv", new TextEncoder().encode(`${header}\n1,2,3\n`)).kind,
        "yes",
      );
    }
  });

  it("outcomes as digits are examples of the run, by step; a log of that name is a log", async () => {
    const { files, runs } = await discover({
      "/w/a/metrics.jsonl": '{"step": 1, "loss": 2}\n',
      "/w/a/outcomes.jsonl":
        '{"step": 1, "held_out": "0110"}\n{"step": 5, "held_out": "1111"}\n{"step"',
      "/w/c/val-predictions.jsonl": '{"step": 1, "loss": 2}\n',
      "/w/b/outcomes.jsonl": '{"step": 1, "loss": 2}\n',
    });
    assert.deepEqual(
      runs.map(({ id, sources }) => [id, sources.length]),
      [
        ["a", 1],
        ["b/outcomes.jsonl", 1],
        ["c/val-predictions.jsonl", 1],
      ],
    );
    const examples = await examplesOf(files, runs[0]);
    assert.equal(examples.length, 8);
    const right = examples.filter(
      ({ step, outcomes }) => step === 1 && outcomes.get("correct") === 1,
    );
    assert.deepEqual(
      right.map(({ id }) => id),
      ["1", "2"],
    );
  });
});
