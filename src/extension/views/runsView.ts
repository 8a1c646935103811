/**
 * *Runs*: workspace folder → experiment → seed group → run → checkpoints, or grouped by a config key. Checkboxes put runs
 * in the comparison.
 */

import * as vscode from "vscode";
import type { TreeRun } from "../../core/index.js";
import { askRun } from "../commands/ask.js";
import { Dialogue } from "../commands/dialogue.js";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { foldersOfRuns } from "../services/settings.js";
import {
  baselineItem,
  badgeUri,
  checkpointItem,
  groupItem,
  RunBadges,
  runItem,
} from "./runItems.js";
import { arrangeRuns, runNodesIn, type Grouping, type RunNode, type RunsNode } from "./runsTree.js";

const DRAGGED = "application/vnd.code.tree.onset.runs";
/** Changes within this time are one. */
const COALESCE_MS = 100;
/** While nodes are shown again, the editor forgets what is clicked on them: they wait until nobody clicks. */
const REST_MS = 300;

export class RunsView
  implements vscode.TreeDataProvider<RunsNode>, vscode.TreeDragAndDropController<RunsNode>
{
  readonly dragMimeTypes = [DRAGGED];
  readonly dropMimeTypes = [DRAGGED];
  readonly badges: RunBadges;
  private readonly own = new Disposables();
  private readonly changed = this.own.add(
    new vscode.EventEmitter<RunsNode | RunsNode[] | undefined>(),
  );
  readonly onDidChangeTreeData = this.changed.event;
  /** Runs in the tree. */
  private shown = 0;
  private nodes: ReadonlyMap<string, RunNode> = new Map();
  private readonly view: vscode.TreeView<RunsNode>;
  private refreshSoon: NodeJS.Timeout | undefined;
  private resting: NodeJS.Timeout | undefined;
  /** What nodes said of the comparison when they were last shown. */
  private readonly said = new Map<RunsNode, string>();

  constructor(
    private readonly onset: Pick<OnsetWindow, "store" | "comparison" | "states" | "arrangement">,
  ) {
    const { store, comparison, states, arrangement } = onset;
    this.view = this.own.add(
      vscode.window.createTreeView("onset.runs", {
        treeDataProvider: this,
        dragAndDropController: this,
        showCollapseAll: true,
        canSelectMany: true,
        manageCheckboxStateManually: true,
      }),
    );
    const badgesChanged = this.own.add(new vscode.EventEmitter<vscode.Uri[] | undefined>());
    this.badges = new RunBadges(onset);
    this.own.add(
      vscode.window.registerFileDecorationProvider({
        onDidChangeFileDecorations: badgesChanged.event,
        provideFileDecoration: (uri) => this.badges.provideFileDecoration(uri),
      }),
    );
    const refresh = (): void => {
      this.refresh();
    };
    this.own.add(store.onDidChange(refresh));
    this.own.add(
      store.onDidRead(() => {
        this.view.message = this.message(this.shown);
      }),
    );
    this.own.add(arrangement.onDidChange(refresh));
    this.own.add(
      comparison.onDidChange(() => {
        clearTimeout(this.resting);
        this.resting = setTimeout(() => {
          this.showCompared();
        }, REST_MS);
        badgesChanged.fire(undefined);
      }),
    );
    this.own.add(
      states.onDidChange((keys) => {
        badgesChanged.fire(keys.map(badgeUri));
        // With a filter a run may come or go.
        if (arrangement.value.states.length > 0) this.refresh();
        else this.showAgain(keys);
      }),
    );
    this.own.add(
      this.view.onDidChangeCheckboxState(async ({ items }) => {
        const changes = new Map<string, boolean>();
        for (const [node, state] of items) {
          const isIn = state === vscode.TreeItemCheckboxState.Checked;
          for (const key of "runs" in node ? node.runs : []) changes.set(key, isIn);
        }
        await comparison.toggle(changes);
      }),
    );
  }

  get isVisible(): boolean {
    return this.view.visible;
  }

  dispose(): void {
    clearTimeout(this.refreshSoon);
    clearTimeout(this.resting);
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
    this.said.set(node, this.saying(node));
    switch (node.kind) {
      case "baseline":
        return baselineItem(this.onset);
      case "run":
        return runItem(node, this.onset);
      case "checkpoint":
        return checkpointItem(node);
      default:
        return groupItem(node, this.onset);
    }
  }

  handleDrag(nodes: RunsNode[], data: vscode.DataTransfer): void {
    const keys = nodes.flatMap((node) => (node.kind === "run" ? [node.key] : []));
    if (keys.length > 0) data.set(DRAGGED, new vscode.DataTransferItem(keys));
  }

  /** A run that is dropped on the baseline becomes it; of several one is chosen. */
  async handleDrop(target: RunsNode | undefined, data: vscode.DataTransfer): Promise<void> {
    const dragged: unknown = data.get(DRAGGED)?.value;
    if (target?.kind !== "baseline" || !Array.isArray(dragged)) return;
    const keys = dragged.filter((key) => typeof key === "string");
    const key =
      keys.length > 1
        ? await Dialogue.run((dialogue) => askRun(dialogue, this.onset, "Set the baseline", keys))
        : keys[0];
    if (key !== undefined) await this.onset.comparison.setBaseline(key);
  }

  /** What the view says above its tree: how it is filtered, that it is not whole yet, what is being read. */
  message(shown: number): string {
    const { store, arrangement } = this.onset;
    const { runs, isComplete } = store.snapshot;
    const { text, states } = arrangement.value;
    if (runs.length === 0) return "";
    const looking = isComplete ? readingText(store.reading) : "Looking for more runs …";
    if (!arrangement.isFiltered) return looking;
    const filters = [text === "" ? "" : `"${text}"`, states.join(" or ")].filter(Boolean);
    return [`${filters.join(", ")}: ${shown} of ${runs.length} runs`, looking]
      .filter(Boolean)
      .join(" · ");
  }

  private refresh(): void {
    this.refreshSoon ??= setTimeout(() => {
      this.refreshSoon = undefined;
      this.changed.fire(undefined);
    }, COALESCE_MS);
  }

  /** Shows those nodes again that say something else of the comparison now. */
  private showCompared(): void {
    const changed = [...this.said].flatMap(([node, said]) =>
      this.saying(node) === said ? [] : [node],
    );
    if (changed.length > 0) this.changed.fire(changed);
  }

  private saying(node: RunsNode): string {
    const { comparison } = this.onset;
    const { baseline } = comparison;
    if (node.kind === "baseline") return baseline ?? "";
    if (node.kind === "checkpoint") return "";
    const isBaseline = node.kind === "run" && node.key === baseline;
    return `${node.runs.every((key) => comparison.has(key))} ${isBaseline}`;
  }

  private showAgain(keys: readonly string[]): void {
    for (const key of keys) {
      const node = this.nodes.get(key);
      if (node) this.changed.fire(node);
    }
  }

  private async roots(): Promise<RunsNode[]> {
    const { store, comparison, states, arrangement } = this.onset;
    void store.start();
    const { runs } = store.snapshot;
    this.view.description = runs.length === 0 ? "" : String(runs.length);
    if (runs.length === 0) {
      this.view.message = "";
      return [];
    }
    // The states of the others are asked for only where somebody wants to see them.
    const isByState = arrangement.value.states.length > 0;
    void states.look(isByState ? runs.map(({ key }) => key) : comparison.runs());
    const shown = arrangement.filter(runs, (key) => states.of(key).states);
    this.shown = shown.length;
    this.view.message = this.message(this.shown);
    const folders = foldersOfRuns().map(({ path }) => path);
    const tree = shown.length === 0 ? [] : arrangeRuns(shown, folders, await this.grouping(shown));
    this.said.clear();
    this.nodes = new Map(runNodesIn(tree).map((node) => [node.key, node]));
    return [{ kind: "baseline" }, ...tree];
  }

  private async grouping(runs: readonly TreeRun[]): Promise<Grouping | null> {
    const { store, arrangement } = this.onset;
    const { grouping: key } = arrangement.value;
    if (key === null) return null;
    return {
      key,
      values: await store.ask("byConfigKey", { runs: runs.map((run) => run.key), key }),
    };
  }
}

function readingText({ bytes, of }: { readonly bytes: number; readonly of: number }): string {
  const megabytes = (count: number): string => (count / 2 ** 20).toFixed(0);
  return of === 0 ? "" : `Reading ${megabytes(bytes)} of ${megabytes(of)} MB`;
}
