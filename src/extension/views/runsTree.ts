/** The tree of the Runs view: which groups there are, and what each node is called. */

import type { CheckpointRow, SameValue, TreeRun } from "../../core/index.js";
import { groupBy } from "../groupBy.js";
import { commonPart, shortPaths, without, withoutStart } from "./labels.js";

export interface BaselineNode {
  readonly kind: "baseline";
}
export interface GroupNode {
  readonly kind: "folder" | "experiment" | "value" | "seedGroup";
  readonly id: string;
  readonly label: string;
  /** Where it lies, where that is more than its label. */
  readonly above: string;
  /** Keys of all runs below. */
  readonly runs: readonly string[];
  readonly children: readonly RunsNode[];
}
export interface RunNode {
  readonly kind: "run";
  readonly key: string;
  /** The label without what the group says already. */
  readonly label: string;
  /** Its own key, as groups have those of their runs. */
  readonly runs: readonly string[];
}
export interface CheckpointNode extends CheckpointRow {
  readonly kind: "checkpoint";
  readonly key: string;
}
export type RunsNode = BaselineNode | GroupNode | RunNode | CheckpointNode;

/** By which config key runs are grouped, and how that divides them. */
export interface Grouping {
  readonly key: string;
  readonly values: readonly SameValue[];
}

/** Folder → experiment → seed group → run, or folder → value → seed group → run. `folders` are paths in their order. */
export function arrangeRuns(
  runs: readonly TreeRun[],
  folders: readonly string[],
  grouping: Grouping | null,
): RunsNode[] {
  const inFolder = (members: readonly TreeRun[]): RunsNode[] =>
    grouping === null ? byExperiment(members) : byValue(members, grouping);
  const byFolder = groupBy(runs, ({ root }) => root);
  if (byFolder.size === 1) return inFolder(runs);
  const inOrder = [...byFolder].sort(([a], [b]) => folders.indexOf(a) - folders.indexOf(b));
  return inOrder.map(([root, members]) => ({
    kind: "folder",
    id: root,
    label: root.slice(root.lastIndexOf("/") + 1),
    above: "",
    runs: members.map(({ key }) => key),
    children: inFolder(members),
  }));
}

/** A value that no run of the folder has is left out. */
function byValue(runs: readonly TreeRun[], { key: configKey, values }: Grouping): RunsNode[] {
  const members = new Map(runs.map((run) => [run.key, run]));
  const name = configKey.slice(configKey.lastIndexOf(".") + 1);
  return values.flatMap(({ value, runs: keys }): RunsNode[] => {
    const own = keys.flatMap((key) => members.get(key) ?? []);
    if (own.length === 0) return [];
    return [
      {
        kind: "value",
        id: `${own[0]?.root ?? ""} ${configKey} ${value}`,
        label: `${name}=${value}`,
        above: "",
        runs: own.map(({ key }) => key),
        children: onlySeeds(bySeedGroup(own, `${name}=${value}`)),
      },
    ];
  });
}

function byExperiment(runs: readonly TreeRun[]): RunsNode[] {
  const experiments = groupBy(runs, ({ experiment }) => experiment);
  if (experiments.size === 1) return bySeedGroup(runs);
  const names = shortPaths([...experiments.keys()]);
  return [...experiments].map(([experiment, members], index) => ({
    kind: "experiment",
    id: `${members[0]?.root ?? ""} ${experiment}`,
    label: names[index]?.name || "(folder itself)",
    above: names[index]?.above ?? "",
    runs: members.map(({ key }) => key),
    children: bySeedGroup(members),
  }));
}

/** The seeds themselves, where all runs are seeds of one recipe. */
function onlySeeds(nodes: readonly RunsNode[]): readonly RunsNode[] {
  const [first] = nodes;
  return nodes.length === 1 && first?.kind === "seedGroup" ? first.children : nodes;
}

/** Groups of several seeds get a node; a run without brothers stands by itself. `said` is what the node above says already. */
function bySeedGroup(runs: readonly TreeRun[], said = ""): RunsNode[] {
  const groups = [
    ...groupBy(runs, ({ root, experiment, seedGroup, key }) =>
      seedGroup === null ? key : `${root} ${experiment} ${seedGroup}`,
    ),
  ];
  const alone = groups.flatMap(([, members]) => (members.length === 1 ? members : []));
  const labels = withoutStart(alone.map(({ label }) => without(label, said)));
  const labelOf = new Map(alone.map(({ key }, index) => [key, labels[index] ?? ""]));
  return groups.map(([id, members]): RunsNode => {
    const [first] = members as [TreeRun, ...TreeRun[]];
    if (members.length === 1) return runNode(first, labelOf.get(first.key) ?? first.label);
    const common = commonPart(members.map(({ label }) => label));
    const own = withoutStart(members.map(({ label }) => without(label, common)));
    return {
      kind: "seedGroup",
      id,
      label: common || withoutExperiment(first),
      above: "",
      runs: members.map(({ key }) => key),
      children: members.map((run, index) => runNode(run, own[index] ?? run.label)),
    };
  });
}

function runNode({ key }: TreeRun, label: string): RunNode {
  return { kind: "run", key, label, runs: [key] };
}

/** A seed group's name, which the experiment above it need not say again. */
function withoutExperiment({ seedGroup, experiment }: TreeRun): string {
  const prefix = `${experiment}/`;
  const group = seedGroup ?? "";
  return group.startsWith(prefix) ? group.slice(prefix.length) : group;
}

/** All runs of some nodes, in the order of the tree. */
export function runNodesIn(nodes: readonly RunsNode[]): RunNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === "run") return [node];
    return "children" in node ? runNodesIn(node.children) : [];
  });
}
