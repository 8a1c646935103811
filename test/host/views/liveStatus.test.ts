import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import type * as vscode from "vscode";
import { LiveStatus } from "../../../src/extension/views/liveStatus.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { OwnWindow, workspacePath } from "../editor.js";

describe("live runs in the status bar", () => {
  let onset: OwnWindow;
  let status: LiveStatus;

  before(async () => {
    await writeFiles(workspacePath(), sweepFiles("growing", [0, 1], [0]));
    onset = new OwnWindow();
    await onset.store.start();
    status = new LiveStatus(onset.store);
  });
  after(() => {
    status.dispose();
    onset.dispose();
    rmSync(workspacePath("growing"), { recursive: true });
  });

  it("are told while they grow, and lead to the Timeline", async () => {
    const key = onset.key("growing/wd1-s0");
    await onset.store.ask("when", { text: "grokking", runs: [key] });
    await onset.store.readOn([key]);
    assert.equal(status.item.text, "", "nothing has grown yet");
    appendFileSync(workspacePath("growing/wd1-s0/metrics.jsonl"), '{"step": 210, "test_acc": 1}\n');
    await onset.store.readOn([key]);
    assert.equal(status.item.text, "$(pulse) 1 live");
    const tooltip = status.item.tooltip as vscode.MarkdownString;
    assert.ok(tooltip.value.includes("weight\\_decay=1"), tooltip.value);
    const command = status.item.command as vscode.Command;
    assert.equal(command.command, "onset.showInTimeline");
    assert.deepEqual(command.arguments, [{ runs: [key] }]);
  });
});
