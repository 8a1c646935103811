/** Evaluations that lie in another tree than their run: joined where the model names one run, and visibly. */

import assert from "node:assert/strict";
import { answerFiles } from "../../../src/core/answers/files.js";
import { answerRun } from "../../../src/core/answers/runs.js";
import type { Catalog } from "../../../src/core/catalog/catalog.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { catalogOf, discovered, idsOf, problemCodes } from "../../support/catalogs.js";
import { jsonlSeries } from "../../support/jsonlText.js";

const LOG = jsonlSeries("train/loss", [
  [500, 3],
  [1000, 2],
]);

/** Results of one checkpoint; the value is the step, so that a wrong one shows. */
function results(args: unknown, value: number, task = "piqa"): string {
  return JSON.stringify({
    results: { [task]: { "acc,none": value, "acc_stderr,none": 0.01 } },
    config: { model: "hf", model_args: args },
  });
}

const TIME = "2025-06-09T18-36-4";

/** By run: the points of `piqa/acc` and how each evaluation came to it. */
async function joined(
  tree: Readonly<Record<string, string>> | Catalog,
): Promise<Record<string, unknown>> {
  const catalog = "discover" in tree ? (tree as Catalog) : await catalogOf(tree);
  const found: Record<string, unknown> = {};
  for (const { key } of catalog.runs()) {
    const answer = await answerRun(catalog, key, false);
    const series = (await catalog.load(key)).view.series("piqa/acc");
    const by = new Set(answer.evaluations.map(({ joinedBy }) => joinedBy));
    found[catalog.idOf(key)] = [[...(series?.step ?? [])], [...by].join(" and ")];
  }
  return found;
}

/** Two checkpoints of a run as lm-eval writes them, each into a directory named after its path. */
function twoCheckpoints(run: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const [i, step] of [500, 1000].entries()) {
    const model = `${run}/checkpoint-${step}`;
    tree[`/w/evals/lm-eval/${model.replaceAll("/", "__")}/results_${TIME}${i}.000000.json`] =
      results(`pretrained=${model}`, step);
  }
  return tree;
}

describe("evaluations in another tree", () => {
  it("belong to the run whose checkpoints' paths they name, on this machine or another one", async () => {
    for (const run of ["/w/runs/a", "/elsewhere/proj/runs/a", "runs/a", "./runs/a"]) {
      const found = await joined({
        "/w/runs/a/metrics.jsonl": LOG,
        "/w/runs/b/metrics.jsonl": LOG,
        ...twoCheckpoints(run),
      });
      assert.deepEqual(found, { "runs/a": [[500, 1000], "path"], "runs/b": [[], ""] }, run);
    }
  });

  it("belong to the run that the model is named after, by its revisions", async () => {
    const tree: Record<string, string> = { "/w/runs/pythia-160m/metrics.jsonl": LOG };
    for (const [i, step] of [3000, 4000].entries()) {
      tree[`/w/evals/EleutherAI__pythia-160m/results_${TIME}${i}.json`] = results(
        `pretrained=EleutherAI/pythia-160m,revision=step${step}`,
        step,
      );
    }
    assert.deepEqual(await joined(tree), { "runs/pythia-160m": [[3000, 4000], "name"] });
  });

  it("belong to the run whose config names the model", async () => {
    const found = await joined({
      "/w/runs/2024-05-01/metrics.jsonl": LOG,
      "/w/runs/2024-05-01/config.yaml": "output_dir: /scratch/me/out/wide-1\nlr: 0.1\n",
      "/w/runs/2024-05-02/metrics.jsonl": LOG,
      "/w/runs/2024-05-02/config.yaml": "run_name: narrow-1\nlr: 0.2\n",
      "/w/evals/one_step500.json": results("pretrained=/scratch/me/out/wide-1/checkpoint-500", 500),
      "/w/evals/two_step500.json": results("pretrained=me/narrow-1,revision=step500", 500),
    });
    assert.deepEqual(found, {
      "runs/2024-05-01": [[500], "config"],
      "runs/2024-05-02": [[500], "config"],
    });
  });

  it("that name no model belong to the run that their folder or their files are called after", async () => {
    const plain = (value: number): string => `{"results": {"piqa": {"acc": ${value}}}}`;
    const found = await joined({
      "/w/runs/wide/metrics.jsonl": LOG,
      "/w/runs/narrow/metrics.jsonl": LOG,
      "/w/evals/wide/step500.json": plain(500),
      "/w/results/narrow_step500.json": plain(500),
      "/w/results/other_step500.json": plain(500),
    });
    assert.deepEqual(found, {
      "results#other": [[500], "directory"],
      "runs/narrow": [[500], "name"],
      "runs/wide": [[500], "name"],
    });
  });

  it("belong to the clone or the cached copy of a hub repository", async () => {
    const found = await joined({
      "/w/hub/models--EleutherAI--pythia-70m/refs/step3000":
        "0123456789012345678901234567890123456789",
      "/w/evals/EleutherAI__pythia-70m/results_2025-06-09T18-36-41.json": results(
        { pretrained: "EleutherAI/pythia-70m", revision: "step3000" },
        3000,
      ),
    });
    assert.deepEqual(found, { "hub/models--EleutherAI--pythia-70m": [[3000], "name"] });
  });

  it("belong to nobody where two runs could be meant, and a problem names both", async () => {
    const tree = {
      "/w/x/a/metrics.jsonl": LOG,
      "/w/y/a/metrics.jsonl": LOG,
      "/w/evals/me__a/results_2025-06-09T18-36-41.json": results(
        "pretrained=me/a,revision=step500",
        500,
      ),
    };
    const catalog = await catalogOf(tree);
    assert.deepEqual(await joined(catalog), {
      "evals/me__a": [[500], "directory"],
      "x/a": [[], ""],
      "y/a": [[], ""],
    });
    const [problem] = catalog.problems();
    assert.equal(problem?.code, "evaluations/ambiguous");
    assert.match(problem.message, /me\/a.*x\/a.*y\/a.*onset\.json/);
  });

  it("belong to the nearer of two runs where the path is relative and only one lies along it", async () => {
    const found = await joined({
      "/w/x/runs/a/metrics.jsonl": LOG,
      "/w/y/runs/a/metrics.jsonl": LOG,
      "/w/x/evals/r_1.json": results("pretrained=runs/a/checkpoint-500", 500),
    });
    assert.deepEqual(found, { "x/runs/a": [[500], "path"], "y/runs/a": [[], ""] });
  });

  it("stay by themselves where the model is only what a run started from, or has a common name", async () => {
    const found = await joined({
      "/w/runs/pythia-160m/metrics.jsonl": LOG,
      "/w/runs/pythia-160m/config.yaml": "model_name_or_path: EleutherAI/pythia-160m\n",
      "/w/runs/1/metrics.jsonl": LOG,
      "/w/runs/output/metrics.jsonl": LOG,
      "/w/evals/EleutherAI__pythia-160m/results_2025-06-09T18-36-41.json": results(
        "pretrained=EleutherAI/pythia-160m,revision=step500",
        500,
      ),
      "/w/evals/other/1_step7.json": results("pretrained=/far/away/1", 7),
      "/w/evals/third/o_step7.json": results("pretrained=/far/away/output", 7),
    });
    assert.deepEqual(Object.keys(found).sort(), [
      "evals/EleutherAI__pythia-160m",
      "evals/other",
      "evals/third",
      "runs/1",
      "runs/output",
      "runs/pythia-160m",
    ]);
  });

  it("are told apart by their models where one folder holds several", async () => {
    const found = await joined({
      "/w/runs/a/metrics.jsonl": LOG,
      "/w/runs/b/metrics.jsonl": LOG,
      [`/w/out/results_${TIME}1.json`]: results("pretrained=runs/a/checkpoint-500", 500),
      [`/w/out/results_${TIME}2.json`]: results("pretrained=runs/a/checkpoint-1000", 1000),
      [`/w/out/results_${TIME}3.json`]: results("pretrained=runs/b/checkpoint-500", 500),
      [`/w/out/results_${TIME}4.json`]: results("pretrained=x/stranger,revision=step9", 9),
    });
    assert.deepEqual(found, {
      "out#x/stranger": [[9], "directory"],
      "runs/a": [[500, 1000], "path"],
      "runs/b": [[500], "path"],
    });
  });

  it("make a run for each model where no run was trained here", async () => {
    const found = await joined({
      [`/w/out/results_${TIME}1.json`]: results("pretrained=o/m,revision=step1", 1),
      [`/w/out/results_${TIME}2.json`]: results("pretrained=o/n,revision=step2", 2),
      [`/w/out/results_${TIME}3.json`]: results("pretrained=o/n,revision=step3", 3),
    });
    assert.deepEqual(found, { "out#o/m": [[1], "directory"], "out#o/n": [[2, 3], "directory"] });
  });

  it("in a folder inside the run belong to it, whatever the folders below are called", async () => {
    const found = await joined({
      "/w/runs/a/metrics.jsonl": LOG,
      "/w/runs/a/evals/lm-eval/me__model/results_2025-06-09T18-36-41.json": results(
        "pretrained=me/model,revision=step500",
        500,
      ),
      "/w/runs/b/metrics.jsonl": LOG,
    });
    assert.deepEqual(found, { "runs/a": [[500], "directory"], "runs/b": [[], ""] });
  });

  it("of several models in a folder inside the run are not all the run's", async () => {
    const found = await joined({
      "/w/runs/a/metrics.jsonl": LOG,
      "/w/runs/a/evals/x__base/results_2025-06-09T18-36-41.json": results(
        "pretrained=x/base,revision=step7",
        7,
      ),
      "/w/runs/a/evals/runs__a__checkpoint-500/results_2025-06-09T18-36-42.json": results(
        "pretrained=runs/a/checkpoint-500",
        500,
      ),
    });
    assert.deepEqual(found["runs/a"], [[500], "directory"]);
    assert.deepEqual(found["runs/a/evals/x__base"], [[7], "directory"]);
  });

  it("of other models beside the run's own logs are no part of it", async () => {
    const found = await joined({
      "/w/metrics.jsonl": LOG,
      "/w/config.yaml": "run_name: mine\n",
      "/w/runs/b/metrics.jsonl": LOG,
      "/w/evals/mine_step500.json": results("pretrained=me/mine,revision=step500", 500),
      "/w/evals/b_step500.json": results("pretrained=runs/b/checkpoint-500", 500),
      "/w/evals/x_step7.json": results("pretrained=o/x,revision=step7", 7),
      "/w/evals/x-5shot_step8.json": results("pretrained=o/x,revision=step8", 8),
    });
    assert.deepEqual(found, {
      ".": [[500], "directory"],
      ".#o/x": [[7, 8], "directory"],
      "runs/b": [[500], "path"],
    });
  });

  it("count once where another harness has the same metric, and keep both where they differ", async () => {
    const catalog = await catalogOf({
      "/w/runs/a/metrics.jsonl": jsonlSeries("piqa/acc", [
        [500, 0.5],
        [1000, 0.6],
      ]),
      "/w/evals/1_step500.json": results("pretrained=runs/a/checkpoint-500", 0.5),
      "/w/evals/2_step1000.json": results("pretrained=runs/a/checkpoint-1000", 0.7),
    });
    const { table } = await catalog.load("/w/runs/a");
    const points = table.points("piqa/acc");
    assert.deepEqual([...(points?.step ?? [])], [500, 1000, 1000]);
    assert.deepEqual(problemCodes(catalog), ["run/contradicting-values"]);
  });

  it("bring their examples along, and every file is accounted for", async () => {
    const files = new MemoryFiles({
      "/w/runs/a/metrics.jsonl": LOG,
      [`/w/evals/m/results_${TIME}1.json`]: results("pretrained=runs/a/checkpoint-500", 500),
      [`/w/evals/m/samples_piqa_${TIME}1.jsonl`]: '{"doc_id": 0, "acc": 1}\n',
    });
    const catalog = await discovered(files);
    assert.deepEqual(
      catalog.run("/w/runs/a")?.examples?.map(({ file }) => file),
      [`/w/evals/m/samples_piqa_${TIME}1.jsonl`],
    );
    assert.deepEqual(
      (await answerFiles(catalog, files)).map(({ role, runs, reason }) => [role, runs, reason]),
      [
        ["evaluation", ["runs/a"], null],
        ["examples", ["runs/a"], null],
        ["log", ["runs/a"], null],
      ],
    );
  });

  it("stay joined when the run is followed, and new ones come to it", async () => {
    const files = new MemoryFiles({
      "/w/runs/a/metrics.jsonl": LOG,
      "/w/evals/a/m_step500.json": results("pretrained=runs/a/checkpoint-500", 500),
    });
    const catalog = await discovered(files);
    await catalog.load("/w/runs/a");
    assert.equal(await catalog.refresh("/w/runs/a"), false);
    files.write("/w/evals/a/m_step1000.json", results("pretrained=runs/a/checkpoint-1000", 1000));
    assert.equal(await catalog.refresh("/w/runs/a"), true);
    assert.deepEqual(await joined(catalog), { "runs/a": [[500, 1000], "path"] });
    await catalog.discover([{ path: "/w", name: "/w" }]);
    assert.deepEqual(await joined(catalog), { "runs/a": [[500, 1000], "path"] });
  });
});

describe("evaluations in onset.json", () => {
  const tree = {
    "/w/x/a/metrics.jsonl": LOG,
    "/w/y/a/metrics.jsonl": LOG,
    "/w/evals/me__a/results_2025-06-09T18-36-41.json": results(
      "pretrained=me/a,revision=step500",
      500,
    ),
  };
  const withRules = (rules: object): Record<string, string> => ({
    ...tree,
    "/w/onset.json": JSON.stringify({ evaluations: rules }),
  });

  it("say whose they are: by their files, their folder or their model", async () => {
    for (const rule of ["evals/me__a", "evals/*/results_*.json", "me/a", "me/*", "evals/**"]) {
      assert.deepEqual(
        await joined(withRules({ [rule]: "y/a" })),
        { "x/a": [[], ""], "y/a": [[500], "onset.json"] },
        rule,
      );
    }
  });

  it("win over what Onset would do, and the first that fits counts", async () => {
    const found = await joined({
      "/w/runs/a/metrics.jsonl": LOG,
      "/w/runs/b/metrics.jsonl": LOG,
      "/w/runs/b/evals/1_step500.json": results("pretrained=runs/b/checkpoint-500", 500),
      "/w/evals/2_step1000.json": results("pretrained=runs/a/checkpoint-1000", 1000),
      "/w/onset.json": JSON.stringify({
        evaluations: { "evals/2_*": "runs/b", "evals/*": "runs/a", "runs/b/evals": "runs/a" },
      }),
    });
    assert.deepEqual(found, {
      "runs/a": [[500], "onset.json"],
      "runs/b": [[1000], "onset.json"],
    });
  });

  it("keep evaluations by themselves with null", async () => {
    const found = await joined({
      "/w/runs/a/metrics.jsonl": LOG,
      "/w/runs/a/evals/1_step500.json": results("pretrained=x/base", 500),
      "/w/evals/2_step1000.json": results("pretrained=runs/a/checkpoint-1000", 1000),
      "/w/onset.json": JSON.stringify({ evaluations: { "runs/a/evals": null, "evals/*": null } }),
    });
    assert.deepEqual(found, {
      ".": [[1000], "directory"],
      "runs/a": [[], ""],
      "runs/a#x/base": [[500], "directory"],
    });
  });

  it("that name no run are a problem with its line, and change nothing", async () => {
    const catalog = await catalogOf(withRules({ "me/a": "no/such" }));
    assert.deepEqual(idsOf(catalog), ["evals/me__a", "x/a", "y/a"]);
    const found = catalog.problems().find(({ code }) => code === "onset-file/unknown-run");
    assert.deepEqual([found?.file, found?.line], ["/w/onset.json", 1]);
    assert.match(found?.message ?? "", /no\/such/);
  });

  it("are read anew when onset.json is", async () => {
    const files = new MemoryFiles(tree);
    const catalog = await discovered(files);
    files.write("/w/onset.json", JSON.stringify({ evaluations: { "me/a": "x/a" } }));
    await catalog.reloadOnsetFiles();
    assert.deepEqual(await joined(catalog), {
      "x/a": [[500], "onset.json"],
      "y/a": [[], ""],
    });
  });
});
