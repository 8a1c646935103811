import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { Dialogue } from "../../../src/extension/commands/dialogue.js";
import { command } from "../editor.js";

/** Presses Enter until the answer is there. */
async function accept<T>(answer: Promise<T>): Promise<T> {
  const pressing = new AbortController();
  void answer.finally(() => {
    pressing.abort();
  });
  for (let i = 0; i < 100 && !pressing.signal.aborted; i++) {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    await sleep(50);
  }
  return answer;
}

describe("Dialogue", () => {
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("keeps the focus from one input to the next, also over a webview", async () => {
    await command("onset.openTimeline");
    await sleep(1000);
    for (let round = 0; round < 5; round++) {
      const given = await Dialogue.run(async (dialogue) => {
        const first = await accept(dialogue.choose("first", [{ label: "a" }, { label: "b" }]));
        // As long as a quick answer of the worker takes.
        await sleep(round * 10);
        const second = dialogue.type("second", { value: "typed" });
        // What would take the focus does so a moment later.
        await sleep(300);
        return [first?.label, await accept(second)];
      });
      assert.deepEqual(given, ["a", "typed"]);
    }
  });

  it("is not taken for left by a person where it loses the focus at once", async () => {
    const given = await Dialogue.run(async (dialogue) => {
      const answer = dialogue.choose("first", [{ label: "a" }]);
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      return accept(answer);
    });
    assert.equal(given?.label, "a");
  });

  it("gives nothing where the person goes away", async () => {
    const given = await Dialogue.run(async (dialogue) => {
      const answer = dialogue.choose("first", [{ label: "a" }]);
      await sleep(700);
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      return answer;
    });
    assert.equal(given, undefined);
  });

  it("picks several, at first those that are picked", async () => {
    const items = ["a", "b", "c"].map((label) => ({ label, picked: label !== "b" }));
    const given = await Dialogue.run((dialogue) =>
      accept(dialogue.chooseSeveral("several", items)),
    );
    assert.deepEqual(given?.map(({ label }) => label).sort(), ["a", "c"]);
  });

  it("takes no text that is objected to, and one that is only warned of", async () => {
    const severity = vscode.InputBoxValidationSeverity.Warning;
    const warned = await Dialogue.run((dialogue) =>
      accept(dialogue.type("warned", { value: "x", check: (message) => ({ message, severity }) })),
    );
    assert.equal(warned, "x");
    await Dialogue.run(async (dialogue) => {
      let isGiven = false;
      const refused = dialogue.type("refused", { value: "x", check: () => "no" });
      void refused.finally(() => (isGiven = true));
      for (let i = 0; i < 5; i++) {
        await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
        await sleep(150);
      }
      assert.equal(isGiven, false);
      await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
      assert.equal(await refused, undefined);
    });
  });
});
