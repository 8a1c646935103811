import assert from "node:assert/strict";
import { answerRunEndings, type RunEnding } from "../../../src/core/answers/runEndings.js";
import { catalogOf } from "../../support/catalogs.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";

async function endingOf(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Omit<RunEnding, "run"> | undefined> {
  const catalog = await catalogOf(
    Object.fromEntries(Object.entries(files).map(([name, file]) => [`/w/r/${name}`, file])),
  );
  const [answer] = await answerRunEndings(
    catalog,
    catalog.runs().map(({ key }) => key),
  );
  if (!answer) return undefined;
  const { run: _run, ...ending } = answer;
  return ending;
}

const log = (...rows: readonly string[]): string => rows.map((row) => `{${row}}\n`).join("");

describe("answerRunEndings", () => {
  const every10 = [0, 10, 20, 30].map((step) => `"step": ${step}, "loss": 1`);

  const plans: readonly [planned: number, steps: readonly number[], ending: string][] = [
    [30, [0, 10, 20, 30], "finished"],
    [31, [0, 10, 20, 30], "finished"],
    [40, [0, 10, 20, 30], "partial"],
    [1000, [0, 10, 980, 990], "finished"],
    [1000, [0, 10, 970, 980], "partial"],
    [1000, [0, 500], "partial"],
    [1000, [2000], "finished"],
  ];
  for (const [planned, steps, ending] of plans) {
    it(`is ${ending} at the last of ${steps.join(", ")} where ${planned} were planned`, async () => {
      const answer = await endingOf({
        "config.yaml": `max_steps: ${planned}\n`,
        "metrics.jsonl": log(...steps.map((step) => `"step": ${step}, "loss": 1`)),
      });
      assert.equal(answer?.ending, ending);
      assert.match(answer.reason ?? "", /^at [\d,]+ of [\d,]+ steps \(max_steps\)$/);
    });
  }

  it("is failed where the training loss ends as NaN, and only there", async () => {
    const nan = `"step": 40, "loss": NaN`;
    const failed = await endingOf({
      "metrics.jsonl": log(...every10, nan, `"step": 50, "loss": NaN`),
    });
    assert.deepEqual(failed, {
      ...{ lastStep: 50, ending: "failed", reason: "loss is NaN since step 40" },
    });
    const saved = await endingOf({
      "metrics.jsonl": log(...every10, nan, `"step": 50, "loss": 2`),
    });
    assert.equal(saved?.ending, null);
    const gradients = log(...every10, `"step": 40, "grad_norm": NaN`);
    assert.equal((await endingOf({ "metrics.jsonl": gradients }))?.ending, null);
  });

  it("says nothing where no plan is known, and counts checkpoints as steps", async () => {
    const files = {
      "metrics.jsonl": log(...every10),
      "checkpoints/step200.safetensors": tinySafetensors(),
    };
    assert.deepEqual(await endingOf(files), { lastStep: 200, ending: null, reason: null });
    assert.equal(
      (await endingOf({ ...files, "config.yaml": "max_steps: 200\n" }))?.ending,
      "finished",
    );
  });

  it("says nothing of a run that is not there", async () => {
    assert.deepEqual(await answerRunEndings(await catalogOf({}), ["/gone"]), []);
  });
});
