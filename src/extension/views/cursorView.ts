/** *At the cursor*: metric → what each compared run has at the step cursor, and how that differs from the baseline. */

import * as vscode from "vscode";
import type { AtStepAnswer } from "../../core/index.js";
import { formatSigned, formatValue } from "../../protocol/formatValue.js";
import { isAborted } from "../../protocol/rpc.js";
import { groupBy } from "../groupBy.js";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";

type Row = AtStepAnswer["rows"][number];

interface MetricNode {
  readonly kind: "metric";
  readonly metric: string;
  readonly values: readonly ValueNode[];
}
interface ValueNode {
  readonly kind: "value";
  readonly row: Row;
  readonly step: number;
  readonly baseline: string | null;
}
export type CursorNode = MetricNode | ValueNode;

/** The cursor is held down more often than it is moved once. */
const REST_MS = 150;

export class CursorView implements vscode.TreeDataProvider<CursorNode> {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<CursorNode>;
  private resting: NodeJS.Timeout | undefined;
  private asking = new AbortController();

  constructor(
    private readonly onset: Pick<OnsetWindow, "store" | "comparison" | "log"> & {
      readonly timeline: Pick<OnsetWindow["timeline"], "intent" | "onDidChangeIntent">;
    },
  ) {
    const { store, comparison, timeline } = onset;
    this.view = this.own.add(
      vscode.window.createTreeView("onset.cursor", { treeDataProvider: this }),
    );
    const changed = (): void => {
      clearTimeout(this.resting);
      this.resting = setTimeout(() => {
        this.changed.fire(undefined);
      }, REST_MS);
    };
    this.own.add(
      comparison.onDidMoveCursor((step) => {
        this.view.description = `step ${step.toLocaleString("en-US")}`;
        // The view is there from when there is a cursor.
        void vscode.commands.executeCommand("setContext", "onset.hasCursor", true);
        changed();
      }),
    );
    this.own.add(comparison.onDidChange(changed));
    this.own.add(store.onDidChange(changed));
    this.own.add(store.onDidGrow(changed));
    this.own.add(timeline.onDidChangeIntent(changed));
  }

  dispose(): void {
    clearTimeout(this.resting);
    this.asking.abort();
    this.own.dispose();
  }

  async getChildren(node?: CursorNode): Promise<CursorNode[]> {
    if (node) return node.kind === "metric" ? [...node.values] : [];
    const { runs, baseline, step } = this.onset.comparison.state;
    if (step === null) return [];
    this.asking.abort();
    const { signal } = (this.asking = new AbortController());
    try {
      const { metrics } = this.onset.timeline.intent;
      const question = { runs, baseline, metrics, step };
      const { rows } = await this.onset.store.ask("atStep", question, signal);
      return [...groupBy(rows, ({ metric }) => metric)].map(([metric, own]) => ({
        kind: "metric",
        metric,
        values: own.map((row) => ({ kind: "value", row, step, baseline })),
      }));
    } catch (error) {
      if (!isAborted(error)) this.onset.log.error(String(error));
      return [];
    }
  }

  getTreeItem(node: CursorNode): vscode.TreeItem {
    return node.kind === "metric" ? metricItem(node) : valueItem(node);
  }
}

function metricItem({ metric }: MetricNode): vscode.TreeItem {
  const item = new vscode.TreeItem(metric, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `metric ${metric}`;
  item.iconPath = new vscode.ThemeIcon("pulse");
  item.contextValue = "metric";
  return item;
}

/** The value first, which a long label must not push out; in which direction it differs, the icon says too. */
function valueItem({ row, step, baseline }: ValueNode): vscode.TreeItem {
  const { value, interpolated, difference, isBaseline, label, metric, run } = row;
  const shown = value === null ? "—" : `${interpolated ? "≈ " : ""}${formatValue(value)}`;
  const item = new vscode.TreeItem(shown);
  item.id = `value ${metric} ${run}`;
  const delta = difference?.delta ?? null;
  item.description = [label, isBaseline ? "baseline" : deltaText(difference)]
    .filter(Boolean)
    .join(" · ");
  item.iconPath = iconOf(row);
  const lines = [
    label,
    `${metric} at step ${step.toLocaleString("en-US")}: ${shown}`,
    interpolated ? "Not evaluated at this step: on the line between its neighbours." : "",
    delta === null
      ? ""
      : `${deltaText(difference)} against the baseline: ${difference?.verdict ?? ""}`,
  ];
  item.tooltip = lines.filter(Boolean).join("\n");
  item.accessibilityInformation = { label: `${metric}: ${shown}, ${String(item.description)}` };
  item.contextValue = "value";
  if (baseline !== null && !isBaseline) {
    item.command = {
      command: "onset.diffCheckpoints",
      title: "Diff against the baseline",
      arguments: [
        { key: baseline, step },
        { key: run, step },
      ],
    };
  }
  return item;
}

function deltaText(difference: Row["difference"]): string {
  if (!difference || difference.delta === null) return "";
  const { delta, better, ratio } = difference;
  const word = better === null || delta === 0 ? "" : better ? " better" : " worse";
  return `${formatSigned(delta)}${word}${ratio === null ? "" : ` ${ratio.toFixed(1)}×`}`;
}

/** The arrow is the direction of the difference, the colour whether that is better. */
function iconOf({ isBaseline, difference }: Row): vscode.ThemeIcon {
  if (isBaseline) return new vscode.ThemeIcon("pinned");
  const { delta = null, better = null } = difference ?? {};
  if (delta === null || delta === 0) return new vscode.ThemeIcon("dash");
  const color = better === null ? undefined : better ? "charts.green" : "charts.red";
  return new vscode.ThemeIcon(
    delta > 0 ? "arrow-up" : "arrow-down",
    color === undefined ? undefined : new vscode.ThemeColor(color),
  );
}
