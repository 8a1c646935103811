import assert from "node:assert/strict";
import { Arrangement } from "../../../src/extension/services/arrangement.js";
import { Memory } from "../editor.js";

describe("Arrangement", () => {
  it("comes back with the next window", async () => {
    const memory = new Memory();
    const first = new Arrangement(memory);
    await first.set({ grouping: "optimizer.lr", text: "wd1", states: ["failed", "live"] });
    first.dispose();
    const second = new Arrangement(memory);
    assert.deepEqual(second.value, {
      ...{ grouping: "optimizer.lr", text: "wd1", states: ["failed", "live"] },
    });
    await second.clearFilter();
    assert.deepEqual(second.value, { grouping: "optimizer.lr", text: "", states: [] });
    assert.equal(second.isFiltered, false);
    second.dispose();
  });

  it("is the usual one where what was kept makes no sense", async () => {
    for (const kept of [null, 3, [], { grouping: 1, text: {}, states: ["no such state"] }]) {
      const memory = new Memory();
      await memory.update("onset.arrangement", kept);
      const arrangement = new Arrangement(memory);
      assert.deepEqual(arrangement.value, { grouping: null, text: "", states: [] });
      arrangement.dispose();
    }
  });

  it("tells that it changed", async () => {
    const arrangement = new Arrangement(new Memory());
    let told = 0;
    arrangement.onDidChange(() => told++);
    await arrangement.set({ text: "a" });
    await arrangement.clearFilter();
    assert.equal(told, 2);
    arrangement.dispose();
  });
});
