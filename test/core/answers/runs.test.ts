import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { answerRun, type RunAnswer } from "../../../src/core/answers/runs.js";
import { catalogOf } from "../../support/catalogs.js";
import { fixture } from "../../support/root.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";

const weights = tinySafetensors();
/** Of step 1200. */
const CKPT = readFileSync(fixture("checkpoints", "torch", "last.ckpt"));

async function answerOf(tree: Readonly<Record<string, string | Uint8Array>>): Promise<RunAnswer> {
  const catalog = await catalogOf(tree);
  const [run, ...others] = catalog.runs();
  assert.ok(run);
  assert.deepEqual(others, []);
  return answerRun(catalog, run.key, false);
}

describe("answerRun", () => {
  const duplicates: readonly [what: string, names: readonly string[], first: string][] = [
    [
      "a copy without a step in its name",
      ["last.ckpt", "epoch=1-step=1200.ckpt"],
      "epoch=1-step=1200.ckpt",
    ],
    ["a name that was taken", ["step_1200-v1.ckpt", "step_1200.ckpt"], "step_1200.ckpt"],
  ];
  for (const [what, names, first] of duplicates) {
    it(`says of which checkpoint ${what} is the duplicate`, async () => {
      const tree = Object.fromEntries(names.map((name) => [`/w/run/${name}`, CKPT]));
      const { checkpoints } = await answerOf(tree);
      assert.deepEqual(
        Object.fromEntries(checkpoints.map(({ path, duplicateOf }) => [path, duplicateOf])),
        Object.fromEntries(
          names.map((name) => [`/w/run/${name}`, name === first ? undefined : `/w/run/${first}`]),
        ),
      );
    });
  }

  it("takes weights alone for a duplicate of a whole checkpoint, and for the first where that was cut off", async () => {
    const hf = { "hf/step10/config.json": "{}", "hf/step10/model.safetensors": weights };
    const tree = (latest: string): Record<string, string | Uint8Array> => ({
      "/w/run/latest": latest,
      "/w/run/global_step10/mp_rank_00_model_states.pt": "x",
      ...Object.fromEntries(Object.entries(hf).map(([name, file]) => [`/w/run/${name}`, file])),
    });
    const duplicateOf = async (latest: string): Promise<(string | undefined)[]> =>
      (await answerOf(tree(latest))).checkpoints.map((checkpoint) => checkpoint.duplicateOf);
    assert.deepEqual(await duplicateOf("global_step10"), [undefined, "/w/run/global_step10"]);
    assert.deepEqual(await duplicateOf("global_step5"), ["/w/run/hf/step10", undefined]);
  });
});
