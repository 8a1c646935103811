import assert from "node:assert/strict";
import { answerByConfigKey, answerConfigKeys } from "../../../src/core/answers/configKeys.js";
import { catalogOf } from "../../support/catalogs.js";

const configs = {
  a: "lr: 0.1\nwd: 10\n__proto__: x\n",
  b: "lr: 0.1\nwd: 9\n__proto__: y\n",
  c: "lr: 0.1\nwd: 9\n__proto__: y\nextra: '<img src=x>'\n",
};

describe("config keys", () => {
  const made = catalogOf(
    Object.fromEntries(
      Object.entries(configs).flatMap(([name, text]) => [
        [`/w/${name}/config.yaml`, text],
        [`/w/${name}/metrics.jsonl`, '{"step": 0, "loss": 1}\n{"step": 1, "loss": 1}\n'],
      ]),
    ),
  );
  const keys = async (): Promise<string[]> => (await made).runs().map(({ key }) => key);

  it("are those that differ, with their values in order", async () => {
    assert.deepEqual(await answerConfigKeys(await made, await keys()), [
      { key: "__proto__", values: ["x", "y"], count: 2 },
      { key: "extra", values: ["<img src=x>", "not set"], count: 2 },
      { key: "wd", values: ["9", "10"], count: 2 },
    ]);
  });

  it("divide runs by their values", async () => {
    const groups = async (key: string): Promise<unknown> =>
      (await answerByConfigKey(await made, [...(await keys()), "/gone"], key)).map(
        ({ value, runs }) => [value, runs.map((run) => run.slice(-1)).join("")],
      );
    assert.deepEqual(await groups("wd"), [
      ["9", "bc"],
      ["10", "a"],
    ]);
    assert.deepEqual(await groups("extra"), [
      ["<img src=x>", "c"],
      ["not set", "ab"],
    ]);
    assert.deepEqual(await groups("toString"), [["not set", "abc"]]);
  });
});
