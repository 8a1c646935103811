import assert from "node:assert/strict";
import { RunReading } from "../../../src/core/catalog/runReading.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { contentsOf, runOf } from "../../support/readings.js";

describe("RunReading", () => {
  it("says the same whichever file was read first", async () => {
    const tree = {
      "/w/a.jsonl": '{"_step": 1, "loss": 0.5}\n{"_step": 2, "loss": 0.25}\n',
      "/w/b.jsonl": '{"train/global_step": 1, "acc": 0.5}\n{"train/global_step": 2, "acc": 1}\n',
    };
    const sources = Object.keys(tree).flatMap((file) => runOf(file, "jsonl").sources);
    const run = { ...runOf("/w/a.jsonl", "jsonl"), sources };
    const said: unknown[] = [];
    for (const late of [null, "/w/a.jsonl", "/w/b.jsonl"]) {
      const files = new MemoryFiles(tree);
      const open = files.open.bind(files);
      files.open = async (path) => {
        if (path === late) await new Promise((resolve) => setTimeout(resolve, 20));
        return open(path);
      };
      const reading = new RunReading(files);
      await reading.update(run);
      assert.equal(reading.axis(""), "_step");
      said.push(contentsOf(reading));
    }
    assert.deepEqual(said[1], said[0]);
    assert.deepEqual(said[2], said[0]);
  });
});
