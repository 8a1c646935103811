import assert from "node:assert/strict";
import { recipesOf } from "../../../src/core/answers/recipes.js";
import { Catalog } from "../../../src/core/catalog/catalog.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { jsonlSeries } from "../../support/jsonlText.js";

/** A run per path with its decay and seed. */
async function catalogOf(
  runs: Readonly<Record<string, readonly [number, number]>>,
  folders = ["/w"],
) {
  const tree: Record<string, string> = {};
  for (const [path, [decay, seed]] of Object.entries(runs)) {
    tree[`${path}/metrics.jsonl`] = jsonlSeries("acc", [[0, 0]]);
    tree[`${path}/config.yaml`] = `decay: ${decay}\nseed: ${seed}\n`;
  }
  const catalog = new Catalog(new MemoryFiles(tree), { isExcluded: () => false });
  await catalog.discover(folders.map((path) => ({ path, name: path })));
  return catalog;
}

async function namesOf(catalog: Catalog, isGiven = (_id: string) => true): Promise<string[]> {
  const runs = catalog.runs().filter(({ key }) => isGiven(catalog.idOf(key)));
  return recipesOf(catalog, runs);
}

describe("recipesOf", () => {
  it("calls seeds of one recipe the same, and a run that is alone by its label", async () => {
    const catalog = await catalogOf({
      "/w/x/a": [1, 0],
      "/w/x/b": [1, 1],
      "/w/x/c": [0, 0],
    });
    assert.deepEqual(await namesOf(catalog), ["decay=1", "decay=1", "decay=0 seed=0"]);
    const without = await namesOf(catalog, (id) => id !== "x/b");
    assert.deepEqual(without, ["decay=1 seed=0", "decay=0 seed=0"]);
  });

  it("names the experiment where there are several", async () => {
    const catalog = await catalogOf({
      "/w/x/a": [1, 0],
      "/w/x/b": [1, 1],
      "/w/y/a": [1, 0],
      "/w/y/b": [1, 1],
    });
    const names = await namesOf(catalog);
    assert.equal(new Set(names).size, 2);
    assert.equal(names[0], names[1]);
    assert.match(names[0] ?? "", /^x/);
  });

  it("keeps groups of several folders apart, and runs of one label", async () => {
    const runs: Record<string, readonly [number, number]> = {};
    for (const folder of ["/v", "/w"]) {
      for (const seed of [0, 1]) runs[`${folder}/x/a${seed}`] = [1, seed];
      runs[`${folder}/x/b`] = [0, 0];
    }
    const catalog = await catalogOf(runs, ["/v", "/w"]);
    const names = await namesOf(catalog);
    assert.deepEqual(names.map((name) => name.replace(/^\//, "")).sort(), [
      "v/decay=1",
      "v/decay=1",
      "v/x/b",
      "w/decay=1",
      "w/decay=1",
      "w/x/b",
    ]);
  });
});
