import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import {
  BehavioursView,
  type BehavioursNode,
} from "../../../src/extension/views/behavioursView.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { OwnWindow, workspacePath } from "../editor.js";

describe("the Behaviours view", () => {
  let onset: OwnWindow;
  let view: BehavioursView;

  before(async () => {
    await writeFiles(workspacePath(), sweepFiles("behaving", [0, 1, 2], [0, 1]));
    onset = new OwnWindow();
    await onset.store.start();
    view = new BehavioursView(onset);
  });
  after(() => {
    view.dispose();
    onset.dispose();
    rmSync(workspacePath("behaving"), { recursive: true });
  });

  async function behaviour(name: string): Promise<BehavioursNode> {
    const found = (await view.getChildren()).find((node) => view.getTreeItem(node).label === name);
    assert.ok(found, name);
    return found;
  }

  it("lists saved behaviours before built-in ones, the first of them unfolded", async () => {
    const items = (await view.getChildren()).map((node) => view.getTreeItem(node));
    assert.equal(items[0]?.label, "answers LAMBADA");
    assert.equal(items[0].contextValue, "savedBehaviour");
    assert.equal(
      items[0].tooltip,
      "lambada_openai/acc > 0.3 for 2\nThree in ten last words are right.",
    );
    const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
    const rest = items.slice(1);
    assert.ok(rest.length > 0);
    assert.equal(items[0].collapsibleState, Expanded);
    assert.ok(rest.every(({ contextValue }) => contextValue === "builtInBehaviour"));
    assert.ok(rest.every(({ collapsibleState }) => collapsibleState === Collapsed));
  });

  it("shows under a behaviour the interval of each compared run, by onset, never last", async () => {
    const names = ["wd1-s1", "wd0-s0", "wd1-s0", "wd2-s1"];
    await onset.comparison.set(names.map((name) => onset.key(`behaving/${name}`)));
    const nodes = await view.getChildren(await behaviour("grokking"));
    const [group, ...alone] = nodes;
    assert.ok(group);
    const said = ({ label, description }: vscode.TreeItem): unknown[] => [label, description];
    assert.deepEqual(
      nodes.map((node) => said(view.getTreeItem(node))),
      [
        ["weight_decay=1", "2 of 2"],
        ["(100, 110]", "weight_decay=2 seed=1"],
        ["not by 200", "weight_decay=0 seed=0"],
      ],
    );
    const items = [...(await view.getChildren(group)), ...alone.slice(1)].map((node) =>
      view.getTreeItem(node),
    );
    assert.deepEqual(items.slice(0, 2).map(said), [
      ["(90, 100]", "seed=0"],
      ["(100, 110]", "seed=1"],
    ]);
    assert.deepEqual(items[0]?.command?.arguments, [{ behaviour: "grokking", step: 100 }]);
    assert.equal(
      items[2]?.accessibilityInformation?.label,
      "grokking in weight_decay=0 seed=0: not by 200",
    );
  });

  it("says how many runs have nothing to ask it of", async () => {
    const names = ["behaving/wd1-s0", "roberta"];
    await onset.comparison.set(names.map((name) => onset.key(name)));
    const [interval, rest] = await view.getChildren(await behaviour("grokking"));
    assert.ok(interval && rest?.kind === "text");
    assert.equal(view.getTreeItem(interval).label, "(90, 100]");
    assert.match(rest.text, /^1 run without data for it/);
  });

  it("says that no runs are compared", async () => {
    await onset.comparison.set([]);
    const items = (await view.getChildren(await behaviour("grokking"))).map((node) =>
      view.getTreeItem(node),
    );
    assert.deepEqual(
      items.map(({ label }) => label),
      ["No runs are compared: check some above."],
    );
  });
});
