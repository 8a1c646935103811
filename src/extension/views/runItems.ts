/** How nodes of the Runs view look: words, icons, badges, tooltips. What they show of files is text, never markup. */

import * as vscode from "vscode";
import type { TreeRun } from "../../core/index.js";
import type { OnsetWindow } from "../onsetWindow.js";
import type { RunState, StateOfRun } from "../services/runStates.js";
import { counted } from "./labels.js";
import type { CheckpointNode, GroupNode, RunNode } from "./runsTree.js";

type Shown = Pick<OnsetWindow, "store" | "comparison" | "states">;

/** Of the addresses by which the editor asks for the badges of runs. */
const SCHEME = "onset-run";

export function badgeUri(key: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: "/", query: key });
}

interface Look {
  readonly badge: string;
  readonly color?: vscode.ThemeColor;
}

/** `finished` is the usual end: it has no badge. */
const LOOKS: Readonly<Record<RunState, Look | null>> = {
  failed: { badge: "✗", color: new vscode.ThemeColor("list.errorForeground") },
  unexpected: { badge: "!", color: new vscode.ThemeColor("list.warningForeground") },
  live: { badge: "●", color: new vscode.ThemeColor("charts.green") },
  partial: { badge: "◐" },
  finished: null,
};

/** At the right end of a run's line, where a narrow panel does not cut it off. */
export class RunBadges implements vscode.FileDecorationProvider {
  constructor(private readonly onset: Shown) {}

  provideFileDecoration({ scheme, query }: vscode.Uri): vscode.FileDecoration | undefined {
    if (scheme !== SCHEME) return undefined;
    const { states } = this.onset.states.of(query);
    const isBaseline = this.onset.comparison.baseline === query;
    const looks = states.flatMap((state) => LOOKS[state] ?? []);
    const badge = `${looks[0]?.badge ?? ""}${isBaseline ? "B" : ""}`;
    if (badge === "") return undefined;
    const words = [...states, ...(isBaseline ? ["baseline"] : [])].join(", ");
    return { badge, tooltip: words, ...(looks[0]?.color && { color: looks[0].color }) };
  }
}

export function baselineItem({ store, comparison }: Shown): vscode.TreeItem {
  const { baseline } = comparison;
  const run = baseline === null ? undefined : store.run(baseline);
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

const GROUP_ICONS = {
  folder: "root-folder",
  experiment: "beaker",
  value: "tag",
  seedGroup: "layers",
} as const;

export function groupItem(node: GroupNode, { comparison }: Shown): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${node.kind} ${node.id}`;
  const count = counted(node.runs.length, node.kind === "seedGroup" ? "seed" : "run");
  item.description = [count, node.above].filter(Boolean).join(" · ");
  item.iconPath = new vscode.ThemeIcon(GROUP_ICONS[node.kind]);
  item.contextValue = node.kind;
  item.checkboxState = checkbox(node.runs.every((key) => comparison.has(key)));
  return item;
}

export function runItem({ key, label }: RunNode, onset: Shown): vscode.TreeItem {
  const { store, comparison, states } = onset;
  const run = store.run(key);
  const item = new vscode.TreeItem(
    label,
    run && run.checkpoints > 0
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `run ${key}`;
  item.contextValue = run?.hasExamples === true ? "run examples" : "run";
  item.checkboxState = checkbox(comparison.has(key));
  if (!run) return item;
  const state = states.of(key);
  const said = sayings(run, state, store);
  item.description = [...said, run.label === run.name ? "" : run.name].filter(Boolean).join(" · ");
  item.resourceUri = badgeUri(key);
  item.iconPath = iconOf(run, state);
  item.tooltip = tooltipOf(run, state, store);
  const words = [...state.states, comparison.baseline === key ? "baseline" : ""].filter(Boolean);
  item.accessibilityInformation = { label: [run.label, run.name, ...words].join(", ") };
  return item;
}

/** What a line says of a run besides its names, the more urgent first. */
function sayings(
  { parent }: TreeRun,
  { states, ending, violations }: StateOfRun,
  store: OnsetWindow["store"],
): string[] {
  const behaviours = [...new Set(violations.map(({ behaviour }) => behaviour))].join(", ");
  const words: Readonly<Record<RunState, string>> = {
    failed: "failed",
    unexpected: `unexpected: ${behaviours}`,
    live: "live",
    partial: "partial",
    finished: "",
  };
  const at = states.includes("live") ? (ending?.lastStep ?? null) : null;
  return [
    ...states.map((state) => words[state]),
    at === null ? "" : `step ${at.toLocaleString("en-US")}`,
    parent ? branchText(parent, store) : "",
  ];
}

function iconOf({ parent }: TreeRun, { states }: StateOfRun): vscode.ThemeIcon {
  const [state] = states;
  if (state === "failed" || state === "unexpected") {
    const icon = state === "failed" ? "error" : "warning";
    return new vscode.ThemeIcon(icon, LOOKS[state]?.color);
  }
  return new vscode.ThemeIcon(parent ? "git-branch" : "graph-line", state && LOOKS[state]?.color);
}

/** `from wd0-seed0 at 2,000`, the parent by its name where it is known. */
function branchText(
  { key, text, step }: NonNullable<TreeRun["parent"]>,
  store: OnsetWindow["store"],
): string {
  const parent = (key === null ? undefined : store.run(key)?.name) ?? text;
  return step === null ? `from ${parent}` : `from ${parent} at ${step.toLocaleString("en-US")}`;
}

const JOINED_BY = {
  directory: "they lie in the run's folder",
  path: "their model's path ends as the run's",
  name: "their model has the run's name",
  config: "the run's config names their model",
  "onset.json": "onset.json says so",
} as const;

function tooltipOf(
  run: TreeRun,
  { states, ending, violations }: StateOfRun,
  store: OnsetWindow["store"],
): vscode.MarkdownString {
  const reached = ending?.lastStep ?? null;
  const lines = [
    [
      ...states,
      ending?.reason ?? "",
      reached === null || ending?.reason?.startsWith("at ") === true
        ? ""
        : `last step ${reached.toLocaleString("en-US")}`,
    ]
      .filter(Boolean)
      .join(" · "),
    run.parent ? branchText(run.parent, store) : "",
    ...violations.map(({ behaviour, text }) => `${behaviour}: ${text}`),
    [...run.systems, counted(run.checkpoints, "checkpoint")].join(" · "),
    ...run.joined.map(
      ({ by, directory, files }) =>
        `Evaluations from ${directory} (${counted(files, "file")}): ${JOINED_BY[by]}`,
    ),
    run.file ?? run.directory,
  ];
  const tooltip = new vscode.MarkdownString();
  tooltip.appendMarkdown("**");
  tooltip.appendText(run.label);
  tooltip.appendMarkdown("**");
  for (const line of lines.filter(Boolean)) {
    tooltip.appendMarkdown("\n\n");
    tooltip.appendText(line);
  }
  return tooltip;
}

export function checkpointItem(node: CheckpointNode): vscode.TreeItem {
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

function checkbox(isChecked: boolean): vscode.TreeItemCheckboxState {
  return isChecked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;
}

function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes === 0 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 10 ** (3 * power);
  return `${value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[power] ?? ""}`;
}
