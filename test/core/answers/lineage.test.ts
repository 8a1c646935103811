import assert from "node:assert/strict";
import { answerLineage, type LineageRow } from "../../../src/core/answers/lineage.js";
import { catalogOf } from "../../support/catalogs.js";
import { jsonlText } from "../../support/jsonlText.js";

type Configs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Runs by name, each with three steps from `first` on and its config. */
function runsOf(
  configs: Configs,
  first: (run: string) => number = () => 0,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(configs).flatMap(([run, config]) => [
      [`/w/${run}/config.json`, JSON.stringify(config)],
      [
        `/w/${run}/metrics.jsonl`,
        jsonlText([0, 10, 20].map((step) => ({ step: first(run) + step, loss: 1 }))),
      ],
    ]),
  );
}

function tree(rows: readonly LineageRow[]): string[] {
  return rows.map(
    ({ depth, id, from }) => `${"  ".repeat(depth)}${id}${from === null ? "" : `@${from}`}`,
  );
}

describe("answerLineage", () => {
  it("puts each run behind its parent, branches by the step they started from", async () => {
    const catalog = await catalogOf(
      runsOf({
        base: { lr: 1 },
        late: { lr: 1, init_from: "../base/step20" },
        early: { lr: 2, init_from: "../base/step10" },
        grandchild: { lr: 2, init_from: "../early/step15", extra: true },
        other: { lr: 9 },
      }),
    );
    const { rows, alone } = await answerLineage(catalog);
    assert.deepEqual(tree(rows), ["base", "  early@10", "    grandchild@15", "  late@20"]);
    assert.equal(alone, 1);
    assert.deepEqual(
      rows.map(({ parent }) => parent),
      [null, 0, 1, 0],
    );
    assert.deepEqual(
      rows.map(({ first, last }) => [first, last]),
      rows.map(() => [0, 20]),
    );
    assert.deepEqual(
      rows.map(({ changes }) => changes),
      [null, [{ key: "lr", a: 1, b: 2 }], [{ key: "extra", b: true }], []],
    );
  });

  it("names a parent that was not found, once for all its branches", async () => {
    const parent = "/elsewhere/pretrained/step500";
    const catalog = await catalogOf(
      runsOf({ a: { resume_from: parent }, b: { resume_from: parent } }),
    );
    const { rows } = await answerLineage(catalog);
    assert.deepEqual(tree(rows), [parent, "  a@500", "  b@500"]);
    const [root, ...branches] = rows;
    assert.deepEqual([root?.key, root?.first, root?.changes], [null, null, null]);
    assert.ok(branches.every(({ changes }) => changes === null));
  });

  it("cuts a circle where it is met again, and lists each run once", async () => {
    const catalog = await catalogOf(
      runsOf({
        a: { init_from: "../b/step10" },
        b: { init_from: "../c/step10" },
        c: { init_from: "../a/step10" },
      }),
    );
    const { rows } = await answerLineage(catalog);
    assert.deepEqual(rows.map(({ id }) => id).sort(), ["a", "b", "c"]);
    assert.equal(rows.filter(({ parent }) => parent === null).length, 1);
    assert.ok(rows.every(({ parent }, i) => parent === null || parent < i));
  });

  it("has no rows where no run started from another", async () => {
    const catalog = await catalogOf(runsOf({ a: { lr: 1 }, b: { lr: 2 } }));
    assert.deepEqual(await answerLineage(catalog), { rows: [], alone: 2 });
  });

  it("keeps the order of a long chain", async () => {
    const names = Array.from({ length: 60 }, (_, i) => `r${i}`);
    const catalog = await catalogOf(
      runsOf(
        Object.fromEntries(
          names.map((name, i) => [name, i === 0 ? {} : { init_from: `../r${i - 1}/step10` }]),
        ),
      ),
    );
    const { rows } = await answerLineage(catalog);
    assert.deepEqual(
      rows.map(({ id, depth }) => [id, depth]),
      names.map((name, i) => [name, i]),
    );
  });
});
