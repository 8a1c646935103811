import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { ProblemsView } from "../../../src/extension/views/problemsView.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { OwnWindow, workspacePath } from "../editor.js";

describe("the Problems view", () => {
  let onset: OwnWindow;
  let view: ProblemsView;

  before(async () => {
    const files = sweepFiles("damaged", [1], [0]);
    const log = "damaged/wd1-s0/metrics.jsonl";
    const [first = "", ...rest] = (files[log] ?? "").split("\n");
    const text = [first, "{not json}", ...rest].join("\n");
    await writeFiles(workspacePath(), { ...files, [log]: text });
    onset = new OwnWindow();
    await onset.store.start();
    view = new ProblemsView(onset);
  });
  after(() => {
    view.dispose();
    onset.dispose();
    rmSync(workspacePath("damaged"), { recursive: true });
  });

  it("lists a file that is no text, where it lies", () => {
    const items = view.getChildren().map((node) => view.getTreeItem(node));
    const broken = items.find(({ label }) => label === "broken.jsonl");
    assert.equal(
      broken?.resourceUri?.fsPath,
      vscode.Uri.file(workspacePath("broken.jsonl")).fsPath,
    );
    assert.equal(broken.collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
  });

  it("lists a damaged line once the run is read, opens the file there, and the rest is answered", async () => {
    const key = onset.key("damaged/wd1-s0");
    const [row] = await onset.store.ask("when", { text: "grokking", runs: [key] });
    assert.equal(row?.by, 100);
    await onset.store.reloadBehaviours();
    const file = view.getChildren().find((node) => view.getTreeItem(node).id?.includes("damaged"));
    assert.ok(file);
    const [problem] = view.getChildren(file).map((node) => view.getTreeItem(node));
    assert.equal(problem?.command?.command, "vscode.open");
    const [uri, { selection }] = problem.command.arguments as [
      vscode.Uri,
      { selection: vscode.Range },
    ];
    assert.equal(uri.fsPath, vscode.Uri.file(workspacePath("damaged/wd1-s0/metrics.jsonl")).fsPath);
    assert.equal(selection.start.line, 1);
  });
});
