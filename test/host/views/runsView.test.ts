import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { RunsView, type RunsNode } from "../../../src/extension/views/runsView.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { OwnWindow, workspacePath } from "../editor.js";

const { Checked, Unchecked } = vscode.TreeItemCheckboxState;

/** A tree with labels, to be compared by eye. */
interface Shown {
  readonly label: string;
  readonly below: readonly Shown[];
}

describe("the Runs view", () => {
  let onset: OwnWindow;
  let view: RunsView;

  before(async () => {
    await writeFiles(workspacePath(), {
      ...sweepFiles("tree", [0, 1], [0, 1]),
      "tree/wd1-s0/checkpoints/step100.safetensors": tinySafetensors(),
      "tree/wd1-s0/checkpoints/step200.safetensors": tinySafetensors().subarray(0, 40),
    });
    onset = new OwnWindow();
    await onset.store.start();
    view = new RunsView(onset);
  });
  after(() => {
    view.dispose();
    onset.dispose();
    rmSync(workspacePath("tree"), { recursive: true });
  });

  function item(node: RunsNode): vscode.TreeItem {
    return view.getTreeItem(node);
  }

  function labelOf(node: RunsNode): string {
    const { label } = item(node);
    return typeof label === "string" ? label : (label?.label ?? "");
  }

  async function shown(node?: RunsNode): Promise<Shown[]> {
    const children = await view.getChildren(node);
    return Promise.all(
      children.map(async (child) => ({ label: labelOf(child), below: await shown(child) })),
    );
  }

  async function all(node?: RunsNode): Promise<RunsNode[]> {
    const children = await view.getChildren(node);
    const below = await Promise.all(children.map((child) => all(child)));
    return children.flatMap((child, index) => [child, ...(below[index] ?? [])]);
  }

  async function find(label: string, under: string): Promise<RunsNode> {
    const groups = (await all()).filter((node) => labelOf(node) === under);
    const found = (await Promise.all(groups.map((group) => all(group))))
      .flat()
      .find((node) => labelOf(node) === label);
    assert.ok(found, `${label} under ${under}`);
    return found;
  }

  it("groups runs by experiment and by seed, and labels them by what differs", async () => {
    const tree = (await shown()).find(({ label }) => label === "tree");
    assert.deepEqual(
      tree?.below.map(({ label, below }) => [label, below.map((run) => run.label)]),
      [
        ["weight_decay=0", ["seed=0", "seed=1"]],
        ["weight_decay=1", ["seed=0", "seed=1"]],
      ],
    );
  });

  it("says of groups how many runs they have, and where experiments lie", async () => {
    const groups = (await all()).filter((node) => "runs" in node).map(item);
    const said = new Map(groups.map(({ label, description }) => [label, description]));
    assert.equal(said.get("tree"), "4 runs");
    assert.equal(said.get("weight_decay=1"), "2 seeds");
    assert.match(String(said.get("pythia-v1")), /^\d+ runs? · pythia\/evals$/);
  });

  it("begins with the baseline", async () => {
    const [first] = await view.getChildren();
    assert.ok(first);
    assert.equal(labelOf(first), "Baseline");
  });

  it("shows checkpoints with their steps, and what is wrong with them", async () => {
    const run = await find("seed=0", "weight_decay=1");
    assert.equal(item(run).collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
    const checkpoints = (await view.getChildren(run)).map(item);
    assert.deepEqual(
      checkpoints.map(({ label, contextValue }) => [label, contextValue]),
      [
        ["step 100", "checkpoint"],
        ["step 200", "checkpoint"],
      ],
    );
    assert.doesNotMatch(String(checkpoints[0]?.description), /partial/);
    assert.match(String(checkpoints[1]?.description), /^partial · 40 B$/);
  });

  it("has checkboxes that say what is compared, groups only where all of them are", async () => {
    const runs = [onset.key("tree/wd1-s0"), onset.key("tree/wd1-s1"), onset.key("tree/wd0-s0")];
    await onset.comparison.set(runs);
    const state = async (label: string, under: string): Promise<unknown> =>
      item(await find(label, under)).checkboxState;
    assert.equal(await state("seed=1", "weight_decay=1"), Checked);
    assert.equal(await state("seed=1", "weight_decay=0"), Unchecked);
    assert.equal(await state("weight_decay=1", "tree"), Checked);
    assert.equal(await state("weight_decay=0", "tree"), Unchecked);
  });

  it("makes a run the baseline that is dropped on it, and nothing else", async () => {
    const run = await find("seed=1", "weight_decay=0");
    const [baseline] = await view.getChildren();
    const before = onset.comparison.baseline;
    for (const [target, expected] of [
      [run, before],
      [baseline, onset.key("tree/wd0-s1")],
    ] as const) {
      const data = new vscode.DataTransfer();
      view.handleDrag([run], data);
      await view.handleDrop(target, data);
      assert.equal(onset.comparison.baseline, expected);
    }
    assert.ok(baseline);
    assert.match(String(item(baseline).description), /weight_decay=0 seed=1/);
  });

  it("keeps ids when it is asked again, and has none twice", async () => {
    const ids = async (): Promise<unknown[]> => (await all()).map((node) => item(node).id);
    const first = await ids();
    await onset.store.refresh();
    assert.deepEqual(await ids(), first);
    assert.equal(new Set(first).size, first.length);
    assert.ok(first.every((id) => typeof id === "string"));
  });
});
