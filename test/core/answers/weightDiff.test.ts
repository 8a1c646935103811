import assert from "node:assert/strict";
import { answerWeightDiff, type WeightDiffAnswer } from "../../../src/core/answers/weightDiff.js";
import { catalogOf } from "../../support/catalogs.js";
import { jsonlText } from "../../support/jsonlText.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { safetensorsFile, type WrittenTensor } from "../../support/safetensorsFile.js";

type Shapes = Readonly<Record<string, readonly number[]>>;

function model(shapes: Shapes, dtype = "U8"): Uint8Array {
  const header: Record<string, WrittenTensor> = {};
  let at = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const end = at + shape.reduce((product, size) => product * size, 1) * (dtype === "U8" ? 1 : 2);
    header[name] = { dtype, shape, data_offsets: [at, end] };
    at = end;
  }
  return safetensorsFile(header, at);
}

async function diffOf(
  a: Readonly<Record<string, Uint8Array | string>>,
  b: Readonly<Record<string, Uint8Array | string>>,
): Promise<WeightDiffAnswer> {
  const log = jsonlText([{ step: 1, loss: 1 }]);
  const inRun = (run: string, files: typeof a): Record<string, Uint8Array | string> =>
    Object.fromEntries([
      [`/w/${run}/metrics.jsonl`, log],
      ...Object.entries(files).map(([name, bytes]) => [`/w/${run}/${name}`, bytes]),
    ]) as Record<string, Uint8Array | string>;
  const catalog = await catalogOf({ ...inRun("a", a), ...inRun("b", b) });
  return answerWeightDiff(catalog, { key: "/w/a", step: 1 }, { key: "/w/b", step: 1 });
}

const STEP = "checkpoints/step1.safetensors";

describe("answerWeightDiff", () => {
  it("tells tensors that were added, removed and changed from those that are alike", async () => {
    const { a, b, differences } = await diffOf(
      { [STEP]: model({ same: [2, 3], gone: [4], grown: [2] }) },
      { [STEP]: model({ same: [2, 3], grown: [3], fresh: [] }) },
    );
    assert.deepEqual([a.tensors, a.parameters, a.reason], [3, 12, null]);
    assert.deepEqual([b.tensors, b.parameters, b.reason], [3, 10, null]);
    const u8 = (shape: number[]): unknown => ({ dtype: "U8", shape });
    assert.deepEqual(differences, {
      ...{ same: 1, added: 1, removed: 1, changed: 1 },
      tensors: [
        { name: "gone", a: u8([4]), b: null },
        { name: "grown", a: u8([2]), b: u8([3]) },
        { name: "fresh", a: null, b: u8([]) },
      ],
    });
  });

  it("takes another dtype for a change", async () => {
    const { differences } = await diffOf(
      { [STEP]: model({ w: [2] }) },
      { [STEP]: model({ w: [2] }, "BF16") },
    );
    assert.deepEqual([differences?.same, differences?.changed], [0, 1]);
  });

  it("joins the shards of a checkpoint", async () => {
    const { a, differences } = await diffOf(
      {
        "step1/model-00001-of-00002.safetensors": model({ x: [2] }),
        "step1/model-00002-of-00002.safetensors": model({ y: [2] }),
      },
      { [STEP]: model({ x: [2], y: [2] }) },
    );
    assert.equal(a.tensors, 2);
    assert.equal(differences?.same, 2);
  });

  it("says why nothing is compared", async () => {
    const none = await diffOf({}, { [STEP]: model({ x: [1] }) });
    assert.deepEqual([none.a.reason, none.differences], ["no checkpoint at step 1", null]);
    const cut = await diffOf({ [STEP]: new Uint8Array(64) }, { [STEP]: model({ x: [1] }) });
    assert.match(cut.a.reason ?? "", /0 bytes/);
    assert.equal(cut.differences, null);
  });

  it("is the same from the other side, with added and removed exchanged", async () => {
    const trees: { a: Shapes; b: Shapes }[] = [];
    forSeeds(10, (random) => {
      const some = (): Shapes =>
        Object.fromEntries(
          ["u", "v", "w", "x", "__proto__x"].flatMap((name) =>
            random() < 0.7 ? [[name, [wholeNumber(random, 1, 2)]]] : [],
          ),
        );
      trees.push({ a: some(), b: some() });
    });
    for (const { a, b } of trees) {
      const there = (await diffOf({ [STEP]: model(a) }, { [STEP]: model(b) })).differences;
      const back = (await diffOf({ [STEP]: model(b) }, { [STEP]: model(a) })).differences;
      assert.ok(there && back);
      assert.deepEqual(
        [there.same, there.changed, there.added, there.removed],
        [back.same, back.changed, back.removed, back.added],
      );
      assert.equal(there.same + there.changed + there.removed, Object.keys(a).length);
    }
  });
});
