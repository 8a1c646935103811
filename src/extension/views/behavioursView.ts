/** *Behaviours*: behaviour → seed group → run and interval, over the compared runs. Asked of the worker when it is unfolded. */

import * as vscode from "vscode";
import type { BehaviourEntry, WhenRow } from "../../protocol/workerProtocol.js";
import { Disposables } from "../lifecycle.js";
import { groupBy } from "../groupBy.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { commonPart, counted, without } from "./labels.js";

interface BehaviourNode extends BehaviourEntry {
  readonly kind: "behaviour";
  /** Shown unfolded: a person's own first behaviour. */
  readonly isUnfolded: boolean;
}
interface GroupNode {
  readonly kind: "group";
  readonly behaviour: string;
  readonly id: string;
  readonly label: string;
  readonly intervals: readonly IntervalNode[];
}
interface IntervalNode extends WhenRow {
  readonly kind: "interval";
  /** The run's label without what the group says already. */
  readonly label: string;
  /** Set where one behaviour is about several metrics. */
  readonly shownMetric: string | null;
}
interface TextNode {
  readonly kind: "text";
  readonly text: string;
}
export type BehavioursNode = BehaviourNode | GroupNode | IntervalNode | TextNode;

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
    if (node.kind === "group") return [...node.intervals];
    return node.kind === "behaviour" ? this.intervals(node) : [];
  }

  getTreeItem(node: BehavioursNode): vscode.TreeItem {
    switch (node.kind) {
      case "behaviour":
        return behaviourItem(node);
      case "group":
        return groupItem(node);
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
    const asked = new Set(runs);
    for (const { key } of known) asked.delete(key);
    const isOfSeveral = new Set(known.map(({ metric }) => metric)).size > 1;
    const intervals = known.sort(byOnset).map((row): IntervalNode => ({
      ...row,
      kind: "interval",
      label: row.run.label,
      shownMetric: isOfSeveral ? row.metric : null,
    }));
    const shown = this.grouped(name, intervals);
    if (asked.size === 0) return shown;
    const reason = rows.find(({ status, note }) => status === "no-data" && note !== null)?.note;
    const text = `${counted(asked.size, "run")} without data for it${reason ? `: ${reason}` : ""}`;
    return [...shown, { kind: "text", text }];
  }

  /** Several seeds of one recipe under a node of their own, where their first one is. */
  private grouped(behaviour: string, intervals: readonly IntervalNode[]): BehavioursNode[] {
    const groups = groupBy(intervals, ({ key }) => {
      const run = this.onset.store.run(key);
      return run?.seedGroup ? `${run.root} ${run.seedGroup}` : key;
    });
    return [...groups].flatMap(([id, members]): BehavioursNode[] => {
      if (new Set(members.map(({ key }) => key)).size === 1) return members;
      const common = commonPart(members.map(({ label }) => label));
      const group = this.onset.store.run(members[0]?.key ?? "")?.seedGroup ?? "";
      return [
        {
          ...{ kind: "group", behaviour, id },
          label: common || baseName(group),
          intervals: members.map((node) => ({ ...node, label: without(node.label, common) })),
        },
      ];
    });
  }
}

/** By onset; runs in which it never came last, those that were watched longest at the end. */
function byOnset(a: WhenRow, b: WhenRow): number {
  const difference = (a.by ?? Infinity) - (b.by ?? Infinity);
  return difference || (a.after ?? -Infinity) - (b.after ?? -Infinity) || 0;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
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

/** How many of the seeds show it, in as many metrics as it is about. */
function groupItem({ behaviour, id, label, intervals }: GroupNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `group ${behaviour} ${id}`;
  const present = intervals.filter(({ by }) => by !== null).length;
  item.description = `${present} of ${intervals.length}`;
  item.iconPath = new vscode.ThemeIcon("layers");
  item.contextValue = "group";
  return item;
}

function intervalItem(node: IntervalNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.text);
  item.description = [node.label, node.shownMetric, unconfirmed(node)].filter(Boolean).join(" · ");
  item.tooltip = [
    `${node.behaviour}: ${node.text}`,
    node.run.label,
    `${counted(node.evaluations, "evaluation")} of ${node.metric ?? ""}`,
    node.robust === false ? "The interval moves with the threshold." : "",
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
