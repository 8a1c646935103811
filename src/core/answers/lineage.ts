/** Which run started from which checkpoint of which other, and with what changes: the Lineage panel. */

import type { Catalog } from "../catalog/catalog.js";
import { isLineageKey } from "../discovery/lineage.js";
import { comparable } from "../discovery/recipes.js";
import { compareNames } from "../io/path.js";
import type { Config } from "../model/config.js";
import type { Lineage } from "../model/run.js";
import { diffConfigs, type ConfigDifference } from "./diff.js";
import { stepsOf } from "./runs.js";

/** A run of a family, or the parent that configs name and that is not among the runs found. */
export interface LineageRow {
  /** Null for a parent that was not found. */
  readonly key: string | null;
  readonly label: string;
  /** Path of the run, or the words of the config that names it. */
  readonly id: string;
  /** 0 for one that started from no other. */
  readonly depth: number;
  /** Index of the row of its parent, which comes before it. */
  readonly parent: number | null;
  /** The parent's step that it started from; null where that is not known. */
  readonly from: number | null;
  /** Of its own metrics, else of its checkpoints; null without any. */
  readonly first: number | null;
  readonly last: number | null;
  /** What its steps count, where they are not plainly optimiser steps. */
  readonly axis: string | null;
  /** Keys of the config that differ from the parent's; null where one of the two is not known. */
  readonly changes: readonly ConfigDifference[] | null;
}

export interface LineageAnswer {
  /** Families one after the other, each run behind its parent, branches by the step they started from. */
  readonly rows: readonly LineageRow[];
  /** Runs that started from no other, and that no other started from. */
  readonly alone: number;
}

interface Node {
  readonly key: string | null;
  readonly id: string;
  readonly label: string;
  readonly lineage: Lineage | null;
  readonly children: Node[];
}

/** Reads each run of a family. What a config says of itself in a circle is cut where the circle is met again. */
export async function answerLineage(
  catalog: Catalog,
  signal?: AbortSignal,
  progress: (done: number, of: number) => void = () => undefined,
): Promise<LineageAnswer> {
  const nodes = await nodesOf(catalog, signal);
  const families = [...nodes.values()].filter(
    ({ lineage, children }) => lineage !== null || children.length > 0,
  );
  const rows: LineageRow[] = [];
  const configs = new Map<Node, Config>();
  const seen = new Set<Node>();
  const add = async (node: Node, depth: number, parent: number | null, above: Node | null) => {
    seen.add(node);
    signal?.throwIfAborted();
    const loaded = node.key === null ? null : await catalog.load(node.key, signal);
    if (loaded) configs.set(node, loaded.config);
    const before = above && configs.get(above);
    rows.push({
      ...{ key: node.key, label: node.label, id: node.id, depth, parent },
      from: above ? (node.lineage?.step ?? null) : null,
      ...(loaded ? stepsOf(loaded) : { first: null, last: null }),
      axis: loaded?.axis ?? null,
      changes: loaded && before ? changesOf(before, loaded.config) : null,
    });
    progress(rows.length, families.length);
    const index = rows.length - 1;
    for (const child of node.children) {
      if (!seen.has(child)) await add(child, depth + 1, index, node);
    }
  };
  const roots = families.filter(({ lineage }) => lineage === null);
  for (const node of [...roots, ...families]) if (!seen.has(node)) await add(node, 0, null, null);
  return { rows, alone: nodes.size - families.length };
}

/** All runs, and the parents that are only named, with their branches. */
async function nodesOf(catalog: Catalog, signal?: AbortSignal): Promise<Map<string, Node>> {
  const identities = await catalog.identify(signal);
  const nodes = new Map<string, Node>();
  const keys = catalog
    .runs()
    .map(({ key }) => key)
    .sort((a, b) => compareNames(catalog.idOf(a), catalog.idOf(b)));
  for (const key of keys) {
    const identity = identities.get(key);
    const id = catalog.idOf(key);
    const lineage = identity?.parent ?? null;
    nodes.set(key, { key, id, label: identity?.label ?? id, lineage, children: [] });
  }
  for (const node of [...nodes.values()]) {
    if (!node.lineage) continue;
    const { key, text } = node.lineage;
    // A path to a checkpoint is another one for each step; a named parent is told by its words.
    const place = key ?? `\0${text}`;
    let parent = nodes.get(place);
    if (!parent) {
      parent = { key: null, id: text, label: text, lineage: null, children: [] };
      nodes.set(place, parent);
    }
    parent.children.push(node);
  }
  for (const { children } of nodes.values()) {
    children.sort(
      (a, b) =>
        (a.lineage?.step ?? Infinity) - (b.lineage?.step ?? Infinity) || compareNames(a.id, b.id),
    );
  }
  return nodes;
}

/** Without the keys that name the parent, and those that tell nothing of how a run was trained. */
function changesOf(parent: Config, own: Config): ConfigDifference[] {
  return diffConfigs(parent, own).filter(({ key, a, b }) => {
    const value = b ?? a;
    return !isLineageKey(key) && value !== undefined && comparable(key, value) !== undefined;
  });
}
