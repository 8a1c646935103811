import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import * as vscode from "vscode";
import { eventually } from "../../support/eventually.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { command, keyOf, workspacePath } from "../editor.js";

const EVIL = '<img src=x onerror="alert(1)"> $(trash) [a](command:x)';

describe("what the editor says in a run's config", () => {
  let document: vscode.TextDocument;

  before(async () => {
    const files = sweepFiles("lenses", [0, 1], [0]);
    const config = "lenses/wd1-s0/config.yaml";
    files[config] = `${files[config] ?? ""}init: checkpoints/step100\n`;
    await writeFiles(workspacePath(), {
      ...files,
      "lenses/wd1-s0/train.log":
        "saving model to lenses/wd1-s0/checkpoints/step100/model.safetensors.\n",
      "lenses/evil/config.json": JSON.stringify({
        weight_decay: EVIL,
        optimizer: "adamw",
        seed: 0,
      }),
      "lenses/evil/metrics.jsonl": files["lenses/wd0-s0/metrics.jsonl"] ?? "",
    });
    mkdirSync(workspacePath("lenses/wd1-s0/checkpoints/step100"), { recursive: true });
    await writeFiles(workspacePath(), {
      "lenses/wd1-s0/checkpoints/step100/pytorch_model.bin": "x",
    });
    await command("onset.refresh");
    const baseline = await keyOf("lenses/wd0-s0");
    await command("onset.setBaseline", { key: baseline });
    document = await vscode.workspace.openTextDocument(workspacePath(config));
    await vscode.window.showTextDocument(document);
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    rmSync(workspacePath("lenses"), { recursive: true });
    await command("onset.refresh");
  });

  async function lensesOf(uri: vscode.Uri): Promise<readonly vscode.Command[]> {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      uri,
    );
    return lenses.flatMap(({ command: one }) =>
      one?.command.startsWith("onset.") === true ? [one] : [],
    );
  }

  async function hintsOf(one: vscode.TextDocument): Promise<[string, string][]> {
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      "vscode.executeInlayHintProvider",
      one.uri,
      new vscode.Range(0, 0, one.lineCount, 0),
    );
    return hints.map(({ position, label }) => {
      assert.equal(typeof label, "string");
      return [one.lineAt(position.line).text.slice(0, position.character), label as string];
    });
  }

  async function setting(name: string, value: boolean | undefined): Promise<void> {
    await vscode.workspace
      .getConfiguration("onset")
      .update(name, value, vscode.ConfigurationTarget.Workspace);
  }

  it("is of which run it is, when behaviours began, and how much differs", async () => {
    const lenses = await lensesOf(document.uri);
    assert.match(lenses[0]?.title ?? "", /^Onset: .*weight_decay=1.* · step 200$/);
    assert.ok(lenses.some(({ title }) => /\d+ keys? differs? from the baseline$/.test(title)));
    const [{ runs }] = lenses[0]?.arguments as [{ runs: string[] }];
    assert.deepEqual(runs, [await keyOf("lenses/wd1-s0")]);
  });

  it("is what the baseline has, beside each value that differs", async () => {
    assert.deepEqual(await hintsOf(document), [
      ["weight_decay: 1", "baseline: 0"],
      ["init: checkpoints/step100", "not in the baseline"],
    ]);
  });

  it("is nothing where the settings say so, and in files of no run", async () => {
    await setting("codeLens", false);
    await setting("inlayHints", false);
    try {
      assert.deepEqual(await lensesOf(document.uri), []);
      assert.deepEqual(await hintsOf(document), []);
    } finally {
      await setting("codeLens", undefined);
      await setting("inlayHints", undefined);
    }
    await writeFiles(workspacePath(), { "lenses/plain.yaml": "weight_decay: 1\n" });
    const plain = await vscode.workspace.openTextDocument(workspacePath("lenses/plain.yaml"));
    assert.deepEqual(await lensesOf(plain.uri), []);
    assert.deepEqual(await hintsOf(plain), []);
  });

  it("shows what a config says as text, without icons or links", async () => {
    const uri = vscode.Uri.file(workspacePath("lenses/evil/config.json"));
    await vscode.workspace.openTextDocument(uri);
    const titles = (await lensesOf(uri)).map(({ title }) => title);
    assert.ok(titles.length > 0);
    for (const title of titles) assert.doesNotMatch(title, /\$\(/);
  });

  it("leads from a checkpoint's path in a config and a log to the checkpoint", async () => {
    const targets = async (uri: vscode.Uri): Promise<string[]> =>
      eventually(async () => {
        const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
          "vscode.executeLinkProvider",
          uri,
        );
        const found = links.flatMap(({ target }) =>
          target?.scheme === "command" ? [target.toString(true)] : [],
        );
        assert.equal(found.length, 1);
        return found;
      });
    const log = vscode.Uri.file(workspacePath("lenses/wd1-s0/train.log"));
    await vscode.workspace.openTextDocument(log);
    for (const uri of [document.uri, log]) {
      const [target] = await targets(uri);
      assert.ok(target?.startsWith("command:onset.revealRun?") === true, target);
      assert.ok(decodeURIComponent(target).includes("/lenses/wd1-s0/checkpoints/step100"), target);
    }
  });
});
