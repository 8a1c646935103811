/** *Behaviours*: behaviour → run → interval, over the compared runs. Asked of the worker when it is unfolded. */

import * as vscode from "vscode";
import type { BehaviourEntry, WhenRow } from "../../protocol/workerProtocol.js";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";

interface BehaviourNode extends BehaviourEntry {
  readonly kind: "behaviour";
  /** Shown unfolded: a person's own first behaviour. */
  readonly isUnfolded: boolean;
}
interface IntervalNode extends WhenRow {
  readonly kind: "interval";
  /** Set where one behaviour is about several metrics. */
  readonly shownMetric: string | null;
}
interface TextNode {
  readonly kind: "text";
  readonly text: string;
}
export type BehavioursNode = BehaviourNode | IntervalNode | TextNode;

export class BehavioursView implements vscode.TreeDataProvider<BehavioursNode> {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<BehavioursNode>;

  constructor(private readonly onset: Pick<OnsetWindow, "store" | "comparison">) {
    this.view = this.own.add(
      vscode.window.createTreeView("onset.behaviours", { treeDataProvider: this }),
    );
    const refresh = (): void => {
      this.changed.fire(undefined);
    };
    this.own.add(onset.store.onDidChange(refresh));
    this.own.add(onset.store.onDidGrow(refresh));
    this.own.add(onset.comparison.onDidChange(refresh));
  }

  get isVisible(): boolean {
    return this.view.visible;
  }

  dispose(): void {
    this.own.dispose();
  }

  async getChildren(node?: BehavioursNode): Promise<BehavioursNode[]> {
    if (!node) {
      void this.onset.store.start();
      const { behaviours, runs } = this.onset.store.snapshot;
      if (runs.length === 0) return [];
      return behaviours.map((entry, index) => ({
        ...entry,
        kind: "behaviour",
        isUnfolded: index === 0 && entry.isSaved,
      }));
    }
    return node.kind === "behaviour" ? this.intervals(node) : [];
  }

  getTreeItem(node: BehavioursNode): vscode.TreeItem {
    switch (node.kind) {
      case "behaviour":
        return behaviourItem(node);
      case "interval":
        return intervalItem(node);
      case "text":
        return new vscode.TreeItem(node.text);
    }
  }

  private async intervals({ name }: BehaviourNode): Promise<BehavioursNode[]> {
    const runs = this.onset.comparison.runs();
    if (runs.length === 0)
      return [{ kind: "text", text: "No runs are compared: check some above." }];
    const rows = await this.onset.store.ask("when", { text: name, runs });
    const known = rows.filter(({ status }) => status !== "no-data");
    const without = new Set(runs);
    for (const { key } of known) without.delete(key);
    const isOfSeveral = new Set(known.map(({ metric }) => metric)).size > 1;
    const intervals = known
      .sort((a, b) => order(a) - order(b))
      .map((row): IntervalNode => ({
        ...row,
        kind: "interval",
        shownMetric: isOfSeveral ? row.metric : null,
      }));
    if (without.size === 0) return intervals;
    const count = without.size === 1 ? "1 run has" : `${without.size} runs have`;
    const reason = rows.find(({ status, note }) => status === "no-data" && note !== null)?.note;
    const text = `${count} no data for it${reason ? `: ${reason}` : ""}`;
    return [...intervals, { kind: "text", text }];
  }
}

/** By onset; runs in which it never came last. */
function order({ by, after }: WhenRow): number {
  return by ?? Number.MAX_SAFE_INTEGER - 1 / (1 + (after ?? 0));
}

function behaviourItem(node: BehaviourNode): vscode.TreeItem {
  const state = node.isUnfolded
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(node.name, state);
  item.id = `behaviour ${node.name}`;
  item.description = node.isSaved ? node.question : "built in";
  item.tooltip = [node.question, node.note].filter(Boolean).join("\n");
  item.iconPath = new vscode.ThemeIcon(node.isSaved ? "bookmark" : "symbol-event");
  item.contextValue = node.isSaved ? "savedBehaviour" : "builtInBehaviour";
  return item;
}

function intervalItem(node: IntervalNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.text);
  item.description = [node.run.label, node.shownMetric, unconfirmed(node)]
    .filter(Boolean)
    .join(" · ");
  item.tooltip = [
    `${node.behaviour}: ${node.text}`,
    node.run.label,
    `${node.evaluations} evaluations of ${node.metric ?? ""}`,
    node.note,
  ]
    .filter(Boolean)
    .join("\n");
  item.iconPath = new vscode.ThemeIcon(node.by === null ? "circle-outline" : "circle-filled");
  const step = node.by ?? node.after;
  item.command = {
    command: "onset.openTimeline",
    title: "Open Timeline",
    arguments: [{ behaviour: node.behaviour, ...(step !== null && { step }) }],
  };
  item.accessibilityInformation = {
    label: `${node.behaviour} in ${node.run.label}: ${node.text}`,
  };
  return item;
}

function unconfirmed({ by, confirmed }: WhenRow): string {
  return by !== null && !confirmed ? "unconfirmed" : "";
}
