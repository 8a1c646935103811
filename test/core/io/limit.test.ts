import assert from "node:assert/strict";
import { createLimit } from "../../../src/core/io/limit.js";
import { mulberry32, wholeNumber } from "../../support/random.js";

describe("createLimit", () => {
  it("runs every task, never more at once than it may, also when some fail", async () => {
    const random = mulberry32(1);
    const limit = createLimit(3);
    let now = 0;
    let most = 0;
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) =>
        limit(async () => {
          most = Math.max(most, ++now);
          for (let wait = wholeNumber(random, 0, 3); wait > 0; wait--) await Promise.resolve();
          now--;
          if (i % 5 === 0) throw new Error("failed");
          return i;
        }),
      ),
    );
    assert.equal(most, 3);
    assert.equal(results.filter(({ status }) => status === "rejected").length, 12);
    assert.deepEqual(results[7], { status: "fulfilled", value: 7 });
  });

  it("starts the task that came last first, so that a walk goes deep before it goes wide", async () => {
    const limit = createLimit(1);
    const order: string[] = [];
    const task = (name: string, then: () => unknown = () => null) =>
      limit(async () => {
        order.push(name);
        await Promise.resolve();
        then();
      });
    const below: Promise<void>[] = [];
    await Promise.all([
      task("a", () => below.push(task("a/1"), task("a/2"))),
      task("b", () => below.push(task("b/1"))),
    ]);
    await Promise.all(below);
    assert.deepEqual(order, ["a", "a/2", "a/1", "b", "b/1"]);
  });
});
