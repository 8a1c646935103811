/** What the editor shows of `onset.json`: marks, mends, completions, hovers, and runs that are not as expected. */

import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { RunsView } from "../../src/extension/views/runsView.js";
import { eventually } from "../support/eventually.js";
import { jsonlSeries } from "../support/jsonlText.js";
import { writeFiles } from "../support/temporaryFolder.js";
import { command, OwnWindow, workspacePath } from "./editor.js";

const POINTS = [0, 10, 20, 30, 40, 50].map((step) => [step, step < 40 ? 0 : 1] as const);

const TEXT = `{
  // what we hope for
  "behaviours": {
    "hoped": { "when": "hoped_acc > 0.9", "expect": "by 20" },
    "feared": { "when": "hoped_acc > 0.9", "expect": "never" },
    "typo": "hoped_ac > 0.9",
    "wrong": "hoped_acc >",
  },
}
`;

describe("onset.json in the editor", () => {
  let uri: vscode.Uri;
  let document: vscode.TextDocument;

  before(async () => {
    await writeFiles(workspacePath(), {
      "hopes/onset.json": TEXT,
      "hopes/late/metrics.jsonl": jsonlSeries("hoped_acc", POINTS),
    });
    uri = vscode.Uri.file(workspacePath("hopes/onset.json"));
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await command("onset.refresh");
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    rmSync(workspacePath("hopes"), { recursive: true });
  });

  function own(): vscode.Diagnostic[] {
    return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "Onset");
  }

  it("marks a question that is none and a metric that no run has, each where it stands", async () => {
    const marks = await eventually(() => {
      const found = own().map(({ range, message }) => [document.getText(range), message] as const);
      assert.equal(found.length, 2);
      return found;
    });
    assert.equal(marks[0]![0], "hoped_ac");
    assert.match(marks[0]![1], /the nearest is "hoped_acc"/);
    assert.match(marks[1]![1], /expected a metric at the end/);
  });

  it("offers to replace an unknown metric by the nearest", async () => {
    const [mark] = await eventually(() => {
      assert.ok(own().length > 0);
      return own();
    });
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      uri,
      mark?.range,
    );
    const mend = actions.find(({ title }) => title === 'Replace by "hoped_acc"');
    assert.equal(mend?.edit?.get(uri)[0]?.newText, "hoped_acc");
  });

  it("completes metrics, behaviours and words within a question", async () => {
    const at = document.positionAt(TEXT.indexOf("hoped_ac >") + "hoped_ac".length);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      uri,
      at,
    );
    const labels = items.map(({ label }) => (typeof label === "string" ? label : label.label));
    assert.ok(labels.includes("hoped_acc"), labels.slice(0, 20).join(" "));
  });

  it("says what a word of the language means", async () => {
    const text = '{"behaviours": {"a": "acc reaches 50% of range"}}';
    const untitled = vscode.Uri.file(workspacePath("hopes/other/onset.json"));
    await writeFiles(workspacePath(), { "hopes/other/onset.json": text });
    await vscode.workspace.openTextDocument(untitled);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      untitled,
      new vscode.Position(0, text.indexOf("reaches") + 2),
    );
    const texts = hovers.flatMap(({ contents }) =>
      contents.map((content) => (content as vscode.MarkdownString).value),
    );
    assert.ok(
      texts.some((one) => one.includes("first value to the best one")),
      texts.join("\n"),
    );
  });
});

describe("what is expected of behaviours", () => {
  let onset: OwnWindow;
  let view: RunsView;
  const file = workspacePath("onset.json");

  before(async () => {
    await writeFiles(workspacePath(), {
      "hopes/late/metrics.jsonl": jsonlSeries("hoped_acc", POINTS),
    });
    onset = new OwnWindow();
    await onset.store.start();
    view = new RunsView(onset);
  });
  after(() => {
    view.dispose();
    onset.dispose();
    rmSync(workspacePath("hopes"), { recursive: true });
  });

  it("marks the run and the behaviour where a run does not hold to it", async () => {
    const { worker } = onset;
    const key = onset.key("hopes/late");
    const text = new TextDecoder().decode(
      await vscode.workspace.fs.readFile(vscode.Uri.file(file)),
    );
    const changed = text.replace(
      /"behaviours"\s*:\s*\{/,
      '"behaviours": { "hoped": { "when": "hoped_acc > 0.9", "expect": "by 20" },',
    );
    assert.notEqual(changed, text);
    await vscode.workspace.fs.writeFile(vscode.Uri.file(file), new TextEncoder().encode(changed));
    try {
      onset.store.accept(await worker.ask("reloadBehaviours", null));
      const violations = await eventually(() => {
        assert.equal(onset.expectations.of(key).length, 1);
        return onset.expectations.of(key);
      });
      assert.match(violations[0]?.text ?? "", /expected by 20: \(30, 40\]/);
      const roots = await view.getChildren();
      const labels = [];
      for (const node of roots) {
        for (const below of [node, ...(await view.getChildren(node))]) {
          labels.push(view.getTreeItem(below).description);
        }
      }
      assert.ok(
        labels.some((label) => String(label).includes("unexpected: hoped")),
        labels.join("; "),
      );
      const marks = await worker.ask("checkOnsetFile", { text: changed, runs: [key], violations });
      assert.ok(
        marks.some(({ start, end, message }) => {
          return changed.slice(start, end) === '"hoped"' && message.includes("in 1 run");
        }),
      );
    } finally {
      await vscode.workspace.fs.writeFile(vscode.Uri.file(file), new TextEncoder().encode(text));
    }
  });
});
