/** *Problems found*: file → what could not be read there, with the line or byte; a click opens it. */

import * as vscode from "vscode";
import type { Problem } from "../../core/index.js";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { groupBy } from "../groupBy.js";
import { foldersOfRuns } from "../services/settings.js";

interface FileNode {
  readonly kind: "file";
  readonly file: string;
  readonly problems: readonly Problem[];
}
interface ProblemNode {
  readonly kind: "problem";
  readonly problem: Problem;
}
type ProblemsNode = FileNode | ProblemNode;

export class ProblemsView implements vscode.TreeDataProvider<ProblemsNode> {
  private readonly own = new Disposables();
  private readonly changed = this.own.add(new vscode.EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<ProblemsNode>;

  constructor(private readonly onset: Pick<OnsetWindow, "store">) {
    this.view = this.own.add(
      vscode.window.createTreeView("onset.problems", { treeDataProvider: this }),
    );
    const refresh = (): void => {
      this.changed.fire(undefined);
      const { length } = onset.store.snapshot.problems;
      this.view.description = length === 0 ? "" : String(length);
      this.view.badge =
        length === 0
          ? undefined
          : { value: length, tooltip: `${length} ${length === 1 ? "problem" : "problems"} found` };
    };
    this.own.add(onset.store.onDidChange(refresh));
    this.own.add(onset.store.onDidGrow(refresh));
  }

  dispose(): void {
    this.own.dispose();
  }

  getChildren(node?: ProblemsNode): ProblemsNode[] {
    if (!node) {
      void this.onset.store.start();
      const byFile = groupBy(this.onset.store.snapshot.problems, ({ file }) => file);
      return [...byFile].map(([file, problems]) => ({ kind: "file", file, problems }));
    }
    return node.kind === "file"
      ? node.problems.map((problem) => ({ kind: "problem", problem }))
      : [];
  }

  getTreeItem(node: ProblemsNode): vscode.TreeItem {
    return node.kind === "file" ? fileItem(node) : problemItem(node.problem);
  }
}

function fileItem({ file, problems }: FileNode): vscode.TreeItem {
  const slash = file.lastIndexOf("/");
  const item = new vscode.TreeItem(file.slice(slash + 1), vscode.TreeItemCollapsibleState.Expanded);
  item.id = file;
  const root = foldersOfRuns().find(({ path }) => file.startsWith(`${path}/`));
  item.description = root ? file.slice(root.path.length + 1, Math.max(slash, 0)) : file;
  item.tooltip = `${file}\n${problems.length} found`;
  item.iconPath = vscode.ThemeIcon.File;
  item.resourceUri = vscode.Uri.file(file);
  return item;
}

function problemItem({ file, line, offset, message, code }: Problem): vscode.TreeItem {
  const item = new vscode.TreeItem(message);
  item.tooltip = [message, offset === undefined ? "" : `byte ${offset}`, code]
    .filter(Boolean)
    .join("\n");
  item.iconPath = new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  item.command = {
    command: "vscode.open",
    title: "Open",
    arguments: [vscode.Uri.file(file), { selection: new vscode.Range(at, at) }],
  };
  return item;
}
