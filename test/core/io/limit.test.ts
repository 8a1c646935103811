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
});
