/** *Runs*: workspace folder → experiment → seed group → run → checkpoints. Checkboxes put runs in the comparison. */

import * as vscode from "vscode";
import type { CheckpointRow, TreeRun, Violation } from "../../core/index.js";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { groupBy } from "../groupBy.js";
import { foldersOfRuns } from "../services/settings.js";
import { commonPart, counted, shortPaths, without } from "./labels.js";

interface BaselineNode {
  readonly kind: "baseline";
}
interface GroupNode {
  readonly kind: "folder" | "experiment" | "seedGroup";
  readonly id: string;
  readonly label: string;
  /** Where it lies, where that is more than its label. */
  readonly above: string;
  /** Keys of all runs below. */
  readonly runs: readonly string[];
  readonly children: readonly RunsNode[];
}
interface RunNode {
  readonly kind: "run";
  readonly key: string;
  /** The label without what the group says already. */
  readonly label: string;
}
interface CheckpointNode extends CheckpointRow {
  readonly kind: "checkpoint";
  readonly key: string;
}
export type RunsNode = BaselineNode | GroupNode | RunNode | CheckpointNode;

const DRAGGED = "application/vnd.code.tree.onset.runs";

export class RunsView
  implements vscode.TreeDataProvider<RunsNode>, vscode.TreeDragAndDropController<RunsNode>
{
  readonly dragMimeTypes = [DRAGGED];
  readonly dropMimeTypes = [DRAGGED];
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<RunsNode | undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly nodes = new Map<string, RunNode>();
  private readonly view: vscode.TreeView<RunsNode>;

  constructor(private readonly onset: Pick<OnsetWindow, "store" | "comparison" | "expectations">) {
    const { store, comparison, expectations } = onset;
    this.view = this.own.add(
      vscode.window.createTreeView("onset.runs", {
        treeDataProvider: this,
        dragAndDropController: this,
        showCollapseAll: true,
        canSelectMany: true,
        manageCheckboxStateManually: true,
      }),
    );
    this.own.add(
      store.onDidChange(() => {
        this.refresh();
      }),
    );
    this.own.add(
      comparison.onDidChange(() => {
        this.refresh();
      }),
    );
    this.own.add(
      expectations.onDidChange(() => {
        this.refresh();
      }),
    );
    const showAgain = (runs: readonly TreeRun[]): void => {
      for (const { key } of runs) {
        const node = this.nodes.get(key);
        if (node) this.changed.fire(node);
      }
    };
    this.own.add(store.onDidGrow(showAgain));
    this.own.add(store.onDidRest(showAgain));
    this.own.add(
      this.view.onDidChangeCheckboxState(async ({ items }) => {
        const changes = new Map<string, boolean>();
        for (const [node, state] of items) {
          const isIn = state === vscode.TreeItemCheckboxState.Checked;
          for (const key of keysOf(node)) changes.set(key, isIn);
        }
        await comparison.toggle(changes);
      }),
    );
  }

  get isVisible(): boolean {
    return this.view.visible;
  }

  get onDidChangeVisibility(): vscode.Event<vscode.TreeViewVisibilityChangeEvent> {
    return this.view.onDidChangeVisibility;
  }

  dispose(): void {
    this.own.dispose();
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (!node) return this.roots();
    switch (node.kind) {
      case "run":
        return (await this.onset.store.ask("checkpoints", { key: node.key })).map((row) => ({
          ...row,
          kind: "checkpoint",
          key: node.key,
        }));
      case "checkpoint":
      case "baseline":
        return [];
      default:
        return [...node.children];
    }
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    switch (node.kind) {
      case "baseline":
        return this.baselineItem();
      case "run":
        return this.runItem(node);
      case "checkpoint":
        return checkpointItem(node);
      default:
        return this.groupItem(node);
    }
  }

  handleDrag(nodes: RunsNode[], data: vscode.DataTransfer): void {
    const [node] = nodes;
    if (node?.kind === "run") data.set(DRAGGED, new vscode.DataTransferItem(node.key));
  }

  /** A run that is dropped on the baseline becomes it. */
  async handleDrop(target: RunsNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const key: unknown = data.get(DRAGGED)?.value;
    if (target?.kind === "baseline" && typeof key === "string") {
      await this.onset.comparison.setBaseline(key);
    }
  }

  private refresh(): void {
    this.changed.fire(undefined);
    const { runs, isComplete } = this.onset.store.snapshot;
    this.view.description = runs.length === 0 ? "" : String(runs.length);
    this.view.message = isComplete || runs.length === 0 ? "" : "Looking for more runs …";
  }

  private roots(): RunsNode[] {
    void this.onset.store.start();
    const { runs } = this.onset.store.snapshot;
    if (runs.length === 0) return [];
    this.nodes.clear();
    return [{ kind: "baseline" }, ...this.folders(runs)];
  }

  private folders(runs: readonly TreeRun[]): RunsNode[] {
    const byFolder = groupBy(runs, ({ root }) => root);
    if (byFolder.size === 1) return this.experiments(runs);
    const order = foldersOfRuns().map(({ path }) => path);
    const inOrder = [...byFolder].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
    return inOrder.map(([root, members]) => ({
      kind: "folder",
      id: root,
      label: root.slice(root.lastIndexOf("/") + 1),
      above: "",
      runs: members.map(({ key }) => key),
      children: this.experiments(members),
    }));
  }

  private experiments(runs: readonly TreeRun[]): RunsNode[] {
    const byExperiment = groupBy(runs, ({ experiment }) => experiment);
    if (byExperiment.size === 1) return this.seedGroups(runs);
    const names = shortPaths([...byExperiment.keys()]);
    return [...byExperiment].map(([experiment, members], index) => ({
      kind: "experiment",
      id: `${members[0]?.root ?? ""} ${experiment}`,
      label: names[index]?.name || "(folder itself)",
      above: names[index]?.above ?? "",
      runs: members.map(({ key }) => key),
      children: this.seedGroups(members),
    }));
  }

  /** Groups of several seeds get a node; a run without brothers stands by itself. */
  private seedGroups(runs: readonly TreeRun[]): RunsNode[] {
    const groups = groupBy(runs, ({ seedGroup, key }) => seedGroup ?? key);
    return [...groups].flatMap(([group, members]): RunsNode[] => {
      if (members.length === 1) return members.map((run) => this.node(run, run.label));
      const common = commonPart(members.map(({ label }) => label));
      return [
        {
          kind: "seedGroup",
          id: `${members[0]?.root ?? ""} ${members[0]?.experiment ?? ""} ${group}`,
          label: common || withoutExperiment(group, members[0]),
          above: "",
          runs: members.map(({ key }) => key),
          children: members.map((run) => this.node(run, without(run.label, common))),
        },
      ];
    });
  }

  private node({ key }: TreeRun, label: string): RunNode {
    const node: RunNode = { kind: "run", key, label };
    this.nodes.set(key, node);
    return node;
  }

  private baselineItem(): vscode.TreeItem {
    const { baseline } = this.onset.comparison;
    const run = baseline === null ? undefined : this.onset.store.run(baseline);
    const item = new vscode.TreeItem("Baseline");
    item.id = "baseline";
    item.description = run?.label ?? "none: check a run";
    item.iconPath = new vscode.ThemeIcon("pinned");
    item.tooltip =
      "Differences are taken against this run. Click to choose another, or drop one here.";
    item.command = { command: "onset.setBaseline", title: "Set the baseline" };
    item.contextValue = "baseline";
    return item;
  }

  private groupItem(node: GroupNode): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `${node.kind} ${node.id}`;
    const count = counted(node.runs.length, node.kind === "seedGroup" ? "seed" : "run");
    item.description = [count, node.above].filter(Boolean).join(" · ");
    item.iconPath = new vscode.ThemeIcon(ICONS[node.kind]);
    item.contextValue = node.kind;
    item.checkboxState = checkbox(node.runs.every((key) => this.onset.comparison.has(key)));
    return item;
  }

  private runItem({ key, label }: RunNode): vscode.TreeItem {
    const { store, comparison, expectations } = this.onset;
    const run = store.run(key);
    const item = new vscode.TreeItem(
      label,
      run && run.checkpoints > 0
        ? vscode.TreeItemCollapsibleState.Collapsed
        : vscode.TreeItemCollapsibleState.None,
    );
    item.id = `run ${key}`;
    item.contextValue = "run";
    item.checkboxState = checkbox(comparison.has(key));
    if (!run) return item;
    const isLive = store.isLive(key);
    const violations = expectations.of(key);
    item.description = [
      isLive ? "live" : "",
      violations.length === 0 ? "" : `unexpected: ${namesOf(violations)}`,
      label === run.name ? "" : run.name,
      run.parent ? branchText(run.parent, store) : "",
    ]
      .filter(Boolean)
      .join(" · ");
    item.iconPath =
      violations.length > 0
        ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
        : new vscode.ThemeIcon(
            run.parent ? "git-branch" : "graph-line",
            isLive ? new vscode.ThemeColor("charts.green") : undefined,
          );
    item.tooltip = tooltipOf(run, violations);
    return item;
  }
}

const ICONS = { folder: "root-folder", experiment: "beaker", seedGroup: "layers" } as const;

/** `from wd0-seed0 at 2,000`, the parent by its name where it is known. */
function branchText(
  { key, text, step }: NonNullable<TreeRun["parent"]>,
  store: OnsetWindow["store"],
): string {
  const parent = (key === null ? undefined : store.run(key)?.name) ?? text;
  return step === null ? `from ${parent}` : `from ${parent} at ${step.toLocaleString("en-US")}`;
}

/** A seed group's name, which the experiment above it need not say again. */
function withoutExperiment(group: string, run: TreeRun | undefined): string {
  const prefix = `${run?.experiment ?? ""}/`;
  return group.startsWith(prefix) ? group.slice(prefix.length) : group;
}

const JOINED_BY = {
  directory: "they lie in the run's folder",
  path: "their model's path ends as the run's",
  name: "their model has the run's name",
  config: "the run's config names their model",
  "onset.json": "onset.json says so",
} as const;

function namesOf(violations: readonly Violation[]): string {
  return [...new Set(violations.map(({ behaviour }) => behaviour))].join(", ");
}

function tooltipOf(run: TreeRun, violations: readonly Violation[]): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(run.label);
  tooltip.appendMarkdown("\n\n");
  tooltip.appendText(run.file ?? run.directory);
  tooltip.appendMarkdown("\n\n");
  tooltip.appendText([...run.systems, counted(run.checkpoints, "checkpoint")].join(" · "));
  for (const { behaviour, text } of violations) {
    tooltip.appendMarkdown("\n\n");
    tooltip.appendText(`${behaviour}: ${text}`);
  }
  for (const { by, directory, files } of run.joined) {
    tooltip.appendMarkdown("\n\n");
    tooltip.appendText(
      `Evaluations from ${directory} (${counted(files, "file")}): ${JOINED_BY[by]}`,
    );
  }
  return tooltip;
}

function checkpointItem(node: CheckpointNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`step ${node.label}`);
  item.id = `checkpoint ${node.key} ${node.path}`;
  item.contextValue = "checkpoint";
  const size = node.bytes === null ? "" : formatBytes(node.bytes);
  item.description = [node.state === "complete" ? "" : node.state, size]
    .filter(Boolean)
    .join(" · ");
  item.iconPath =
    node.state === "partial"
      ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
      : new vscode.ThemeIcon(node.state === "remote" ? "cloud" : "save");
  item.tooltip = [node.path, node.reason].filter(Boolean).join("\n");
  return item;
}

function keysOf(node: RunsNode): readonly string[] {
  if (node.kind === "run") return [node.key];
  return "runs" in node ? node.runs : [];
}

function checkbox(isChecked: boolean): vscode.TreeItemCheckboxState {
  return isChecked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
}

function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes === 0 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 10 ** (3 * power);
  return `${value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[power] ?? ""}`;
}
