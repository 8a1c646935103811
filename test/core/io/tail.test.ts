import assert from "node:assert/strict";
import { endsWith, sameStamp, tailBefore } from "../../../src/core/io/tail.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytes = Uint8Array.from({ length: 200 }, (_, i) => i);

describe("endsWith", () => {
  it("knows a file that has grown by what lay before its old end", async () => {
    const tail = await tailBefore(sourceOf(bytes), 100);
    assert.deepEqual([...tail], [...bytes.subarray(36, 100)]);
    assert.equal(await endsWith(sourceOf(bytes), 100, tail), true);
    assert.equal(await endsWith(sourceOf(bytes.subarray(0, 90)), 100, tail), false);
    assert.equal(await endsWith(sourceOf(bytes.map((byte) => byte + 1)), 100, tail), false);
  });

  it("takes any file for a longer one than an empty one", async () => {
    assert.equal(await endsWith(sourceOf(bytes), 0, await tailBefore(sourceOf(bytes), 0)), true);
  });
});

describe("sameStamp", () => {
  it("compares size, time and identity", () => {
    const stamp = { size: 1, modifiedMs: 2, inode: 3 };
    assert.equal(sameStamp(stamp, { ...stamp }), true);
    for (const other of [{ size: 2 }, { modifiedMs: 3 }, { inode: 4 }]) {
      assert.equal(sameStamp(stamp, { ...stamp, ...other }), false);
    }
  });
});
