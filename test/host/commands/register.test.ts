import assert from "node:assert/strict";
import { guarded } from "../../../src/extension/commands/register.js";
import type { OnsetWindow } from "../../../src/extension/onsetWindow.js";
import { RemoteError } from "../../../src/protocol/rpc.js";

describe("a command that fails", () => {
  const logged: string[] = [];
  const onset = {
    log: { error: (text: string) => logged.push(text), show: () => undefined },
  } as unknown as OnsetWindow;
  const failing = guarded(
    "onset.revealRun",
    () => Promise.reject(new Error("there is no such run")),
    onset,
  );

  beforeEach(() => {
    logged.length = 0;
  });

  it("is told by us alone when a person called it, since the palette would tell it again", async () => {
    assert.equal(await failing(), undefined);
    assert.equal(await failing(undefined), undefined);
    assert.equal(logged.length, 2);
    assert.match(logged[0] ?? "", /^onset\.revealRun: .*there is no such run/);
  });

  it("fails for a caller that gave arguments", async () => {
    await assert.rejects(failing({ key: "a" }), /there is no such run/);
    assert.equal(logged.length, 1);
  });

  it("is silent when it was aborted", async () => {
    const reason = new RemoteError("aborted", "was given up");
    const aborted = guarded("onset.revealRun", () => Promise.reject(reason), onset);
    assert.equal(await aborted({ key: "a" }), undefined);
    assert.deepEqual(logged, []);
  });
});
