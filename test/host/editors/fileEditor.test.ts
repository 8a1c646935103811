/** The read-only editors in the real editor: which files open in them, and what becomes of their pages. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { appendFile, copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { FileContents } from "../../../src/core/index.js";
import { FILE_EDITORS, FileEditor } from "../../../src/extension/editors/fileEditor.js";
import type { WorkerClient } from "../../../src/node/workerClient.js";
import { eventFile, eventRecord } from "../../support/eventFile.js";
import { eventually } from "../../support/eventually.js";
import { fixture } from "../../support/root.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";
import { workerOn } from "../../support/workerOn.js";
import { onsetExtension } from "../editor.js";

interface Contributed {
  readonly viewType: string;
  readonly priority: string;
  readonly selector: readonly { readonly filenamePattern: string }[];
}

describe("read-only editors of files", () => {
  let folder: string;

  before(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });
  after(() => removeFolder(folder));

  function openedIn(): { viewType: string; path: string }[] {
    return vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .flatMap(({ input }) =>
        input instanceof vscode.TabInputCustom
          ? [{ viewType: input.viewType, path: input.uri.path }]
          : [],
      );
  }

  it("are those that the manifest names; tables stay with their other editors", () => {
    const manifest = JSON.parse(
      readFileSync(join(onsetExtension().extensionPath, "package.json"), "utf8"),
    ) as { contributes: { customEditors: readonly Contributed[] } };
    const { customEditors } = manifest.contributes;
    assert.deepEqual(
      customEditors.map(({ viewType }) => viewType),
      FILE_EDITORS,
    );
    assert.deepEqual(
      customEditors.map(({ priority }) => priority),
      ["default", "default", "option"],
    );
  });

  it("open tensors and events when these are clicked", async () => {
    const events = "events.out.tfevents.1700000000.host";
    await writeFile(join(folder, "model.safetensors"), tinySafetensors());
    await writeFile(join(folder, events), eventFile([]));
    for (const [name, viewType] of [
      ["model.safetensors", "onset.tensors"],
      [events, "onset.events"],
    ] as const) {
      await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(join(folder, name)));
      await eventually(() => {
        const tab = openedIn().find(({ path }) => path.endsWith(name));
        assert.equal(tab?.viewType, viewType);
      }, 10_000);
    }
  });

  it("open tables when that is chosen", async () => {
    const file = join(folder, "log.parquet");
    await copyFile(fixture("formats", "parquet", "recipes.parquet"), file);
    await vscode.commands.executeCommand("vscode.openWith", vscode.Uri.file(file), "onset.table");
    await eventually(() => {
      assert.deepEqual(
        openedIn().map(({ viewType }) => viewType),
        ["onset.table"],
      );
    }, 10_000);
  });

  it("show the file's contents in their page, and again when it has grown", async () => {
    const file = join(folder, "events.out.tfevents.1700000001.host");
    await writeFile(file, eventFile([]));
    const worker = await workerOn(folder);
    const answers: FileContents[] = [];
    const ask: WorkerClient["ask"] = (kind, params, signal) => {
      const answer = worker.client.ask(kind, params, signal);
      if (kind === "fileContents") void answer.then((one) => answers.push(one as FileContents));
      return answer;
    };
    const editor = new FileEditor(onsetExtension().extensionUri, { ask });
    const panel = vscode.window.createWebviewPanel(
      "onset.testOfFiles",
      "Test",
      vscode.ViewColumn.One,
      {},
    );
    try {
      const document = editor.openCustomDocument(vscode.Uri.file(file));
      editor.resolveCustomEditor(document, panel);
      await eventually(() => {
        assert.deepEqual(
          answers.map(({ kind }) => kind),
          ["events"],
        );
      }, 15_000);
      const scalars = [{ tag: "loss", value: 1 }];
      await appendFile(file, eventRecord({ step: 1, wallTime: 1, scalars }));
      await eventually(() => {
        const last = answers.at(-1);
        assert.equal(last?.kind === "events" && last.points, 1);
      }, 15_000);
    } finally {
      panel.dispose();
      worker.client.dispose();
    }
  });
});
