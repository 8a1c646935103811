/** Where runs are looked for, and where they are not. */

import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { excludedGlobs, foldersOfRuns } from "../../../src/extension/services/settings.js";
import { eventually } from "../../support/eventually.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { allRuns, command, workspacePath } from "../editor.js";

async function set(section: string, name: string, value: unknown): Promise<void> {
  const target = vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration(section).update(name, value, target);
}

describe("folders of runs", () => {
  afterEach(() => set("onset", "folders", undefined));

  it("are the workspace's, then the added ones, each once", async () => {
    const home = homedir().replace(/\\/g, "/");
    await set("onset", "folders", ["~/runs/", "${workspaceFolder}/inner", "beside", "/scratch"]);
    assert.deepEqual(
      foldersOfRuns().map(({ path }) => path.replace(/\\/g, "/")),
      [
        workspacePath(),
        join(home, "runs").replace(/\\/g, "/"),
        workspacePath("inner"),
        workspacePath("beside"),
        "/scratch",
      ],
    );
    await set("onset", "folders", [workspacePath()]);
    assert.deepEqual(
      foldersOfRuns().map(({ path }) => path),
      [workspacePath()],
    );
  });
});

describe("what is not looked into", () => {
  const seen = async (): Promise<string[]> =>
    (await allRuns()).map(({ id }) => id).filter((id) => id.startsWith("hidden/"));

  before(async () => {
    await writeFiles(workspacePath(), sweepFiles("hidden", [0, 1], [0]));
    await command("onset.refresh");
    assert.equal((await seen()).length, 2);
  });
  afterEach(async () => {
    await set("files", "exclude", undefined);
    await set("onset", "exclude", undefined);
  });
  after(async () => {
    rmSync(workspacePath("hidden"), { recursive: true });
    await command("onset.refresh");
  });

  for (const [section, value] of [
    ["files", { "**/wd0-*": true, "**/wd1-*": false }],
    ["onset", ["hidden/wd0-s0"]],
  ] as const) {
    it(`is what ${section}.exclude says, from when it says so`, async () => {
      await set(section, "exclude", value);
      assert.ok(excludedGlobs().some((glob) => glob.includes("wd0-")));
      assert.ok(!excludedGlobs().some((glob) => glob.includes("wd1-")));
      await eventually(async () => {
        assert.deepEqual(await seen(), ["hidden/wd1-s0"]);
      });
      await set(section, "exclude", undefined);
      await eventually(async () => {
        assert.equal((await seen()).length, 2);
      });
    });
  }
});
