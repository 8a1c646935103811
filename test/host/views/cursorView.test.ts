import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { FIRST_TIMELINE } from "../../../src/protocol/panelProtocol.js";
import { CursorView } from "../../../src/extension/views/cursorView.js";
import { eventually } from "../../support/eventually.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { OwnWindow, workspacePath } from "../editor.js";

describe("the view of what is at the cursor", () => {
  let onset: OwnWindow;
  let view: CursorView;
  const intended = new vscode.EventEmitter<void>();
  const timeline = {
    intent: { ...FIRST_TIMELINE, metrics: ["test_acc"] },
    onDidChangeIntent: intended.event,
  };

  before(async () => {
    await writeFiles(workspacePath(), sweepFiles("cursor", [0, 1], [0]));
    onset = new OwnWindow();
    await onset.store.start();
    view = new CursorView({ ...pick(onset), timeline });
    await onset.comparison.set([onset.key("cursor/wd0-s0"), onset.key("cursor/wd1-s0")]);
    await onset.comparison.setBaseline(onset.key("cursor/wd0-s0"));
  });
  after(() => {
    view.dispose();
    intended.dispose();
    onset.dispose();
    rmSync(workspacePath("cursor"), { recursive: true });
  });

  async function shown(): Promise<(readonly [unknown, unknown])[]> {
    const nodes = await view.getChildren();
    const below = await Promise.all(nodes.map((node) => view.getChildren(node)));
    return nodes
      .flatMap((node, index) => [node, ...(below[index] ?? [])])
      .map((node) => view.getTreeItem(node))
      .map(({ label, description }) => [label, description] as const);
  }

  it("is empty before there is a cursor", async () => {
    assert.deepEqual(await shown(), []);
  });

  it("has the value of each compared run, and what differs from the baseline", async () => {
    onset.comparison.moveCursor(150);
    assert.deepEqual(await shown(), [
      ["test_acc", undefined],
      ["0.01", "weight_decay=0 · baseline"],
      ["1", "weight_decay=1 · +0.99 better"],
    ]);
  });

  it("says what was not measured at the step itself", async () => {
    onset.comparison.moveCursor(95);
    const [, , [label] = []] = await shown();
    assert.match(String(label), /^≈ 0\.\d+$/);
  });

  it("follows the cursor and what the Timeline shows", async () => {
    let told = 0;
    const listening = view.onDidChangeTreeData(() => told++);
    for (const step of [10, 20, 30]) onset.comparison.moveCursor(step);
    await eventually(() => {
      assert.equal(told, 1);
    });
    timeline.intent = { ...timeline.intent, metrics: ["train_acc"] };
    intended.fire();
    await eventually(() => {
      assert.equal(told, 2);
    });
    listening.dispose();
    assert.equal((await shown())[0]?.[0], "train_acc");
    timeline.intent = { ...timeline.intent, metrics: [] };
    assert.ok((await shown()).length > 2, "the metrics that the runs suggest");
  });

  it("leads from a value to the Diff with the baseline there", async () => {
    onset.comparison.moveCursor(150);
    const [metric] = await view.getChildren();
    assert.ok(metric);
    const [baseline, other] = (await view.getChildren(metric)).map((node) =>
      view.getTreeItem(node),
    );
    assert.equal(baseline?.command, undefined);
    assert.deepEqual(other?.command?.arguments, [
      { key: onset.key("cursor/wd0-s0"), step: 150 },
      { key: onset.key("cursor/wd1-s0"), step: 150 },
    ]);
  });
});

function pick({
  store,
  comparison,
  log,
}: OwnWindow): Pick<OwnWindow, "store" | "comparison" | "log"> {
  return { store, comparison, log };
}
