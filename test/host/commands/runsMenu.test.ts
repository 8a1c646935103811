/** Commands of the Runs view's menus, with the nodes that the tree would give them. */

import assert from "node:assert/strict";
import * as vscode from "vscode";
import { clickedRuns } from "../../../src/extension/commands/clicked.js";
import { eventually } from "../../support/eventually.js";
import { allRuns, command } from "../editor.js";

describe("what was clicked", () => {
  const [a, b] = [{ runs: ["a"] }, { runs: ["b", "c"] }];
  const cases: readonly (readonly [Parameters<typeof clickedRuns>, readonly string[] | null])[] = [
    [[undefined, undefined], null],
    [[a, undefined], ["a"]],
    [
      [b, [b]],
      ["b", "c"],
    ],
    [
      [a, [a, b]],
      ["a", "b", "c"],
    ],
    [[a, [a, {}, a]], ["a"]],
  ];
  for (const [clicked, expected] of cases) {
    it(`of ${JSON.stringify(clicked)} is ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(clickedRuns(...clicked), expected);
    });
  }
});

describe("menus of the Runs view", () => {
  let keys: readonly string[];

  before(async () => {
    await command("onset.refresh");
    keys = (await allRuns()).map(({ key }) => key);
    assert.ok(keys.length > 3);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  });

  async function compared(): Promise<readonly string[]> {
    const answer = await command("onset.when", { question: "first non-finite" });
    assert.ok(Array.isArray(answer));
    return [...new Set((answer as { key: string }[]).map(({ key }) => key))];
  }

  it("compare only the runs that are selected", async () => {
    const [a, b] = keys.slice(0, 2).map((key) => ({ runs: [key] }));
    const answer = await command("onset.compareOnly", a, [a!, b!]);
    assert.deepEqual([...(answer ?? [])].sort(), keys.slice(0, 2).sort());
  });

  it("let runs join those that are shown in a panel", async () => {
    await command("onset.compareOnly", { runs: keys.slice(0, 1) });
    assert.equal(await command("onset.showInTimeline", { runs: keys.slice(1, 2) }), true);
    assert.deepEqual([...(await compared())].sort(), keys.slice(0, 2).sort());
    assert.equal(await command("onset.showInOnsets", { runs: keys.slice(1, 3) }), true);
    assert.deepEqual([...(await compared())].sort(), keys.slice(0, 3).sort());
    await eventually(() => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      const titles = tabs.map(({ label }) => label);
      assert.ok(titles.includes("Timeline") && titles.includes("Onsets"), titles.join());
    });
  });

  it("copy ids, one a line", async () => {
    const ids = await command("onset.copyRunId", { runs: keys.slice(0, 2) });
    assert.equal(ids?.length, 2);
    assert.equal(await vscode.env.clipboard.readText(), ids.join("\n"));
    assert.equal(await command("onset.copyRunId", { runs: ["/gone"] }), undefined);
  });

  it("arrange the view", async () => {
    assert.equal(await command("onset.groupRuns", { key: "weight_decay" }), "weight_decay");
    assert.equal(await command("onset.filterRuns", { text: " wd1 " }), "wd1");
    assert.deepEqual(await command("onset.filterRunsByState", { states: ["live", "failed"] }), [
      "failed",
      "live",
    ]);
    assert.equal(await command("onset.clearFilter"), true);
    assert.equal(await command("onset.groupRuns", { key: null }), null);
  });
});
