/** Files that list checkpoints: each run that they tell apart, with what they say of it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { answerFiles } from "../../../src/core/answers/files.js";
import { answerRun, type RunAnswer } from "../../../src/core/answers/runs.js";
import type { Catalog } from "../../../src/core/catalog/catalog.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { catalogOf, discovered, idsOf, problemCodes } from "../../support/catalogs.js";
import { fixture } from "../../support/root.js";

const published = (name: string): Uint8Array => readFileSync(fixture("manifests", name));

async function answerOf(catalog: Catalog, id: string): Promise<RunAnswer> {
  const run = catalog.runs().find(({ key }) => catalog.idOf(key) === id);
  assert.ok(run, `no run ${id} among ${idsOf(catalog).join(", ")}`);
  return answerRun(catalog, run.key, true);
}

describe("manifests", () => {
  it("of OLMo list an ingredient's checkpoints, and contradict themselves in one row", async () => {
    const name = "OLMo-2-1124-13B-stage2.csv";
    const catalog = await catalogOf({ [`/w/${name}`]: published(name) });
    const found = await Promise.all(
      catalog.runs().map(async ({ key }) => answerRun(catalog, key, true)),
    );
    assert.deepEqual(
      found.map(({ run, checkpoints, steps, axes }) => [
        ...[run.id, run.file, checkpoints.length, steps.first, steps.last, axes.length],
      ]),
      [
        [`${name}#ingredient1`, `/w/${name}`, 12, 1000, 11_931, 0],
        [`${name}#ingredient2`, `/w/${name}`, 12, 1000, 11_931, 0],
        [`${name}#ingredient3`, `/w/${name}`, 12, 1000, 11_931, 0],
        [`${name}#ingredient4`, `/w/${name}`, 36, 1000, 35_773, 0],
      ],
    );
    assert.deepEqual(found[0]?.checkpoints[0], {
      step: 1000,
      path: "https://olmo-checkpoints.org/ai2-llm/peteish13/stage2/olmo-13b-1124_stage2_ingredient1/step1000-unsharded/",
      ...{ format: "manifest", state: "remote", bytes: null, reason: "is not on this disk" },
    });
    const [problem] = catalog.problems();
    assert.deepEqual([problem?.code, problem?.line], ["manifest/contradiction", 37]);
  });

  it("of OLMo 3 tell stages apart, and what a step is worth where it is the same in all rows", async () => {
    const name = "OLMo-3-1025-32B.csv";
    const catalog = await catalogOf({ [`/w/${name}`]: published(name) });
    assert.deepEqual(idsOf(catalog), [
      `${name}#stage1_pretraining`,
      `${name}#stage2_midtraining_ingredient1`,
      `${name}#stage2_midtraining_ingredient2`,
      `${name}#stage2_midtraining_souped`,
      `${name}#stage3_longcontext`,
      `${name}#stage3_longcontext_souped`,
    ]);
    const first = await answerOf(catalog, `${name}#stage1_pretraining`);
    assert.deepEqual(first.axes, [
      {
        axis: "tokens",
        perStep: 8_388_608,
        from: `${name}, Tokens Seen ÷ step, the same in all 4 rows`,
      },
    ]);
    assert.deepEqual(first.checkpoints.at(-1)?.recorded, {
      tokens: 5_695_864_832_000,
      tokensFrom: `${name}, Tokens Seen`,
    });
    // Tokens of later stages go on from the stage before.
    assert.deepEqual((await answerOf(catalog, `${name}#stage3_longcontext`)).axes, []);
    const soup = await answerOf(catalog, `${name}#stage3_longcontext_souped`);
    assert.deepEqual(
      soup.checkpoints.map(({ step }) => step),
      [11_921],
    );
    assert.deepEqual(problemCodes(catalog), []);
  });

  it("take the step from the address where there is no column of it, and say what they cannot read", async () => {
    const catalog = await catalogOf({
      "/w/list.csv": "checkpoint_path\ns3://bucket/run/step10/\ns3://bucket/run/final/\n",
      "/w/table.csv": "Step,Checkpoint Directory\nsoon,https://x/step5/\n7,https://x/step7/\n",
    });
    const steps = async (id: string): Promise<unknown> =>
      (await answerOf(catalog, id)).checkpoints.map(({ step, path }) => [step, path]);
    assert.deepEqual(await steps("list.csv"), [[10, "s3://bucket/run/step10/"]]);
    assert.deepEqual(await steps("table.csv"), [[7, "https://x/step7/"]]);
    assert.deepEqual(
      catalog.problems().map(({ file, code, line }) => [file, code, line]),
      [
        ["/w/list.csv", "manifest/no-checkpoint", 3],
        ["/w/table.csv", "manifest/no-checkpoint", 2],
      ],
    );
  });

  it("can be lists of revisions, by model where they name one", async () => {
    const catalog = await catalogOf({
      "/w/OLMo-7B/revisions.txt": "main\nstep1000-tokens4B\nstage2-ingredient1-step5-tokens1B\n",
      "/w/paths.jsonl":
        '{"model_name": "c4-4M", "checkpoints_location": "weka://a/c4-4M-5xC", "revisions": ["step5735-unsharded-hf"]}\n' +
        '{"model_name": "c4-6M", "checkpoints_location": "weka://a/c4-6M-5xC", "revisions": ["step9-seed-default"]}\n',
      "/w/notes/revisions.txt": "a list of my revisions\n",
    });
    assert.deepEqual(idsOf(catalog), [
      "OLMo-7B/revisions.txt",
      "OLMo-7B/revisions.txt#stage2-ingredient1",
      "paths.jsonl#c4-4M",
      "paths.jsonl#c4-6M-seed-default",
    ]);
    const [checkpoint] = (await answerOf(catalog, "paths.jsonl#c4-4M")).checkpoints;
    assert.equal(checkpoint?.path, "weka://a/c4-4M-5xC/step5735-unsharded-hf");
    const own = (await answerOf(catalog, "OLMo-7B/revisions.txt")).checkpoints[0];
    assert.equal(own?.recorded?.tokens, 4e9);
  });

  it("are accounted for as what they are", async () => {
    const name = "OLMo-3-1025-32B.csv";
    const files = new MemoryFiles({ [`/w/${name}`]: published(name) });
    const catalog = await discovered(files);
    const [answer] = await answerFiles(catalog, files);
    assert.deepEqual([answer?.role, answer?.reason, answer?.runs.length], ["manifest", null, 6]);
  });

  it("are no tables of metrics that name checkpoints", async () => {
    const table = "checkpoint,acc\nstep1,0.5\nstep2,0.6\n";
    const catalog = await catalogOf({ "/w/run/results.csv": table });
    assert.deepEqual(
      catalog.runs().map(({ checkpoints, sources }) => [checkpoints.length, sources.length]),
      [[0, 1]],
    );
  });
});
