import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import type { RunsNode } from "../../../src/extension/views/runsTree.js";
import { RunsView } from "../../../src/extension/views/runsView.js";
import { eventually } from "../../support/eventually.js";
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

  it("asks which one where several runs are dropped on the baseline", async () => {
    const runs = [await find("seed=1", "weight_decay=0"), await find("seed=1", "weight_decay=1")];
    const [baseline] = await view.getChildren();
    const before = onset.comparison.baseline;
    const data = new vscode.DataTransfer();
    view.handleDrag(runs, data);
    const dropped = view.handleDrop(baseline, data);
    // Compared ones come first, in the order of the tree.
    await sleep(1000);
    assert.equal(onset.comparison.baseline, before);
    await vscode.commands.executeCommand("workbench.action.quickOpenSelectNext");
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    await dropped;
    const keys = [onset.key("tree/wd0-s1"), onset.key("tree/wd1-s1")];
    assert.ok(keys.includes(onset.comparison.baseline ?? ""));
  });

  it("shows again, once nobody clicks, only what says something else of the comparison", async () => {
    const runs = ["tree/wd1-s0", "tree/wd1-s1", "tree/wd0-s0"].map((id) => onset.key(id));
    await onset.comparison.set(runs);
    await sleep(600);
    for (const node of await all()) item(node);
    const shown: unknown[] = [];
    const listening = view.onDidChangeTreeData((nodes) => shown.push(nodes));
    try {
      for (const run of runs) await onset.comparison.toggle(new Map([[run, false]]));
      await onset.comparison.toggle(new Map([[runs[0] ?? "", true]]));
      await eventually(() => {
        assert.equal(shown.length, 1);
      });
      const names = (shown[0] as RunsNode[]).map((node) => item(node).id);
      assert.ok(names.includes(`run ${runs[1] ?? ""}`) && names.includes(`run ${runs[2] ?? ""}`));
      assert.ok(!names.includes(`run ${onset.key("tree/wd0-s1")}`));
    } finally {
      listening.dispose();
    }
  });

  it("keeps ids when it is asked again, and has none twice", async () => {
    const ids = async (): Promise<unknown[]> => (await all()).map((node) => item(node).id);
    const first = await ids();
    await onset.store.refresh();
    assert.deepEqual(await ids(), first);
    assert.equal(new Set(first).size, first.length);
    assert.ok(first.every((id) => typeof id === "string"));
  });

  it("shows what the filter leaves, and says how much that is", async () => {
    const { arrangement } = onset;
    const runsShown = async (): Promise<string[]> =>
      (await all())
        .flatMap((node) => (node.kind === "run" ? [onset.store.run(node.key)?.id ?? ""] : []))
        .sort();
    const everything = await runsShown();
    assert.ok(everything.length > 4);
    assert.equal(view.message(everything.length), "");
    onset.store.tellReading({ bytes: 3 * 2 ** 20, of: 2 ** 30 });
    assert.equal(view.message(everything.length), "Reading 3 of 1024 MB");
    onset.store.tellReading({ bytes: 0, of: 0 });
    await arrangement.set({ text: "TREE decay=1" });
    assert.deepEqual(await runsShown(), ["tree/wd1-s0", "tree/wd1-s1"]);
    assert.equal(view.message(2), `"TREE decay=1": 2 of ${onset.store.snapshot.runs.length} runs`);
    await arrangement.set({ text: "no such run" });
    const [baseline, ...others] = await all();
    assert.equal(baseline?.kind, "baseline");
    assert.deepEqual(others, []);
    await arrangement.clearFilter();
    assert.deepEqual(await runsShown(), everything);
  });

  it("groups by a config key instead, values in order, and back", async () => {
    await onset.arrangement.set({ grouping: "weight_decay", text: "tree/" });
    assert.deepEqual(
      (await shown()).map(({ label, below }) => [label, below.map((one) => one.label)]),
      [
        ["Baseline", []],
        ["weight_decay=0", ["seed=0", "seed=1"]],
        ["weight_decay=1", ["seed=0", "seed=1"]],
      ],
    );
    await onset.arrangement.set({ grouping: "no.such.key" });
    assert.deepEqual(
      (await shown()).map(({ label, below }) => [label, below.length]),
      [
        ["Baseline", 0],
        ["key=not set", 2],
      ],
    );
    await onset.arrangement.set({ grouping: null, text: "" });
    assert.ok((await shown()).some(({ label }) => label === "tree"));
  });

  it("is quiet with many runs: one refresh for what comes at once, and only compared runs are read", async () => {
    const { snapshot } = onset.store;
    const [first] = snapshot.runs;
    assert.ok(first);
    const many = Array.from({ length: 500 }, (_, i) => ({
      ...first,
      ...{ key: `/many/r${i}`, id: `many/r${i}`, label: `lr=${i} seed=0`, experiment: "many" },
      ...{ name: `r${i}`, seedGroup: null },
    }));
    let refreshes = 0;
    const listening = view.onDidChangeTreeData(() => refreshes++);
    try {
      for (const count of [100, 300, 500]) {
        onset.store.accept({ ...snapshot, runs: many.slice(0, count) });
      }
      await eventually(() => {
        assert.equal(refreshes, 1);
      });
      const runs = (await all()).filter(({ kind }) => kind === "run");
      assert.equal(runs.length, 500);
      assert.equal(new Set(runs.map((node) => item(node).id)).size, 500);
      assert.ok(many.every(({ key }) => onset.states.of(key).ending === null));
    } finally {
      listening.dispose();
      onset.store.accept(snapshot);
    }
  });
});

describe("a run's line in the Runs view", () => {
  const HOSTILE = '<img src=x onerror="alert(1)"> [a](command:onset.refresh)';
  const LINK = "__proto__ [a](command)";
  let onset: OwnWindow;
  let view: RunsView;

  before(async () => {
    const steps = (loss: string): string =>
      [0, 10, 20].map((step) => `{"step": ${step}, "loss": ${step < 20 ? 1 : loss}}\n`).join("");
    const run = (config: string, log: string): Record<string, string> => ({ config, log });
    const runs = {
      done: run("max_steps: 20\nname_of_data: plain\n", steps("1")),
      short: run("max_steps: 5000\n", steps("1")),
      broken: run("max_steps: 20\n", steps("NaN")),
      [LINK]: run(`max_steps: 20\nkind: ${JSON.stringify(HOSTILE)}\n`, steps("1")),
    };
    await writeFiles(
      workspacePath(),
      Object.fromEntries(
        Object.entries(runs).flatMap(([name, { config = "", log = "" }]) => [
          [`lines/${name}/config.yaml`, config],
          [`lines/${name}/metrics.jsonl`, log],
        ]),
      ),
    );
    onset = new OwnWindow();
    await onset.store.start();
    view = new RunsView(onset);
    await onset.comparison.set(
      onset.store.snapshot.runs.filter(({ id }) => id.startsWith("lines/")).map(({ key }) => key),
    );
    await onset.arrangement.set({ text: "lines/" });
  });
  after(() => {
    view.dispose();
    onset.dispose();
    rmSync(workspacePath("lines"), { recursive: true, force: true });
  });

  function itemOf(name: string): vscode.TreeItem {
    const key = onset.key(`lines/${name}`);
    return view.getTreeItem({ kind: "run", key, label: name, runs: [key] });
  }

  async function read(): Promise<void> {
    await view.getChildren();
    await onset.states.look(onset.comparison.runs());
    await eventually(() => {
      assert.ok(onset.comparison.runs().every((key) => onset.states.of(key).ending !== null));
    });
  }

  it("has a badge and a word for how the run ended, once it is read", async () => {
    await read();
    await onset.comparison.setBaseline(onset.key("lines/short"));
    const said = (name: string): unknown[] => {
      const item = itemOf(name);
      assert.ok(item.resourceUri);
      const badge = view.badges.provideFileDecoration(item.resourceUri);
      return [badge?.badge, String(item.description).split(" · ")[0]];
    };
    assert.deepEqual(said("broken"), ["✗", "failed"]);
    assert.deepEqual(said("short"), ["◐B", "partial"]);
    assert.equal(said("done")[0], undefined);
    const tooltip = itemOf("short").tooltip as vscode.MarkdownString;
    assert.match(plain(tooltip.value), /partial · at 20 of 5,000 steps \(max_steps\)/);
  });

  it("can be filtered by state", async () => {
    await read();
    const shownRuns = async (): Promise<number> => {
      const [, ...nodes] = await view.getChildren();
      return nodes.length;
    };
    for (const [state, count] of [
      ["failed", 1],
      ["partial", 1],
      ["finished", 2],
      ["live", 0],
    ] as const) {
      await onset.arrangement.set({ states: [state] });
      assert.equal(await shownRuns(), count, state);
    }
    await onset.arrangement.set({ states: [] });
  });

  it("shows names of files as text, never as markup or links", async () => {
    await onset.arrangement.set({ grouping: "kind" });
    const groups = (await view.getChildren()).map((node) => view.getTreeItem(node));
    await onset.arrangement.set({ grouping: null });
    assert.ok(
      groups.some(({ label }) => label === `kind=${HOSTILE}`),
      JSON.stringify(groups),
    );
    const tooltip = itemOf(LINK).tooltip as vscode.MarkdownString;
    assert.ok(!tooltip.isTrusted && tooltip.supportHtml !== true);
    assert.doesNotMatch(tooltip.value, /(?<!\\)\]\(/);
    assert.ok(plain(tooltip.value).includes(`lines/${LINK}`));
  });

  it("goes with its run: what is still shown of it is harmless", async () => {
    const key = onset.key("lines/done");
    const node = { kind: "run", key, label: "done", runs: [key] } as const;
    rmSync(workspacePath("lines/done"), { recursive: true });
    await onset.store.refresh();
    assert.equal(onset.store.run(key), undefined);
    assert.deepEqual(await view.getChildren(node), []);
    assert.equal(view.getTreeItem(node).label, "done");
    assert.deepEqual(onset.states.of(key), { states: [], ending: null, violations: [] });
    assert.ok(!onset.comparison.has(key));
  });
});

/** Markdown without its escapes. */
function plain(markdown: string): string {
  return markdown.replace(/&nbsp;/g, " ").replace(/\\(.)/g, "$1");
}
