import assert from "node:assert/strict";
import { suggestMetrics } from "../../../src/core/answers/suggestMetrics.js";
import { parseOnsetFile, behavioursOf } from "../../../src/core/query/onsetFile.js";
import { catalogOf } from "../../support/catalogs.js";
import { jsonlText } from "../../support/jsonlText.js";

type Rows = readonly Readonly<Record<string, number>>[];

/** What is suggested of runs with these rows. */
async function suggested(runs: readonly Rows[], onsetJson = "{}"): Promise<string[]> {
  const catalog = await catalogOf(
    Object.fromEntries(runs.map((rows, i) => [`/w/r${i}/metrics.jsonl`, jsonlText([...rows])])),
  );
  const loaded = await Promise.all(catalog.runs().map(({ key }) => catalog.load(key)));
  const names = [...new Set(loaded.flatMap(({ table }) => table.metricNames()))];
  const behaviours = behavioursOf(parseOnsetFile(onsetJson, "/w/onset.json"));
  return suggestMetrics(names, behaviours, loaded);
}

/** Two rows, from the first values to the last. */
const change = (values: Readonly<Record<string, readonly [number, number]>>): Rows =>
  [0, 1].map((i) => ({
    step: 10 * i,
    ...Object.fromEntries(Object.entries(values).map(([name, pair]) => [name, pair[i] as number])),
  }));

describe("suggestMetrics", () => {
  it("begins with what saved behaviours are about", async () => {
    const rows = change({ loss: [2, 1], acc: [0, 1], grad_norm: [1, 1] });
    const onsetJson = '{"behaviours": {"calm": {"when": "grad_norm < 0.5"}}}';
    assert.deepEqual(await suggested([rows], onsetJson), ["grad_norm", "acc", "loss"]);
  });

  it("shows accuracies that changed before those that did not, and losses behind", async () => {
    const rows = change({
      "arc/acc": [0.25, 0.26],
      "piqa/acc": [0.5, 0.52],
      "sciq/acc": [0.25, 0.8],
      "zeta/acc": [0.1, 0.7],
      loss: [3, 2],
    });
    assert.deepEqual(await suggested([rows]), ["sciq/acc", "zeta/acc", "arc/acc", "piqa/acc"]);
  });

  it("shows one of a family of tasks, that which changed", async () => {
    const rows = change({
      "mmlu-a/acc": [0.25, 0.25],
      "mmlu-b/acc": [0.25, 0.6],
      "mmlu-c/acc": [0.25, 0.7],
    });
    assert.equal((await suggested([rows]))[0], "mmlu-b/acc");
    assert.equal((await suggested([rows])).filter((name) => name.startsWith("mmlu-")).length, 3);
  });

  it("shows no bookkeeping as long as there is anything that can be better or worse", async () => {
    const bookkeeping = { epoch: [0, 1], lr: [1, 0], "system/cpu": [3, 4] } as const;
    assert.deepEqual(await suggested([change({ ...bookkeeping, rmse: [2, 1] })]), ["rmse"]);
    assert.deepEqual(await suggested([change(bookkeeping)]), ["epoch", "lr", "system/cpu"]);
  });

  it("prefers what was measured again, and what most runs have", async () => {
    const once = [{ step: 0, train_score: 0.7 }];
    const again = change({ loss: [2, 1], error: [2, 1] });
    assert.deepEqual(await suggested([once, again]), ["loss", "error"]);
    assert.deepEqual(await suggested([once]), ["train_score"]);
    const [few, most] = [change({ a_loss: [2, 1] }), change({ b_loss: [2, 1] })];
    assert.deepEqual(await suggested([few, most, most]), ["b_loss", "a_loss"]);
  });

  it("has nothing to suggest of nothing", async () => {
    assert.deepEqual(await suggested([]), []);
  });
});
