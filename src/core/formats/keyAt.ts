/** Finds which key of a configuration text a position is on: for hovers. */

import { getLocation, parseTree, findNodeAtLocation } from "jsonc-parser";
import { isMap, isPair, isScalar, isSeq, type Pair } from "yaml";
import type { ConfigValue } from "../model/config.js";
import { parseOverrides } from "./assignments.js";
import { parseConfig, parseYaml } from "./configFile.js";
import { nestsTooDeeply } from "./nesting.js";

export interface KeyAt {
  /** Dotted, as in a flat config. */
  readonly key: string;
  readonly value: ConfigValue | undefined;
  /** Where the key's text begins and ends. */
  readonly start: number;
  readonly end: number;
}

export type ConfigLanguage = "yaml" | "json" | "toml";

/** The key at `offset`, or null. The position may be on the key or on its value. */
export function keyAt(text: string, language: ConfigLanguage, offset: number): KeyAt | null {
  if (nestsTooDeeply(text)) return null;
  switch (language) {
    case "yaml":
      return keyInYaml(text, offset);
    case "json":
      return keyInJson(text, offset);
    case "toml":
      return keyInToml(text, offset);
  }
}

function keyInYaml(text: string, offset: number): KeyAt | null {
  const root = parseYaml(text).find(
    ({ range }) => range && range[0] <= offset && offset <= range[2],
  )?.contents;
  if (isSeq(root)) return keyInOverrides(root.items, text, offset);
  // W&B writes each key's value one level deeper.
  const isOfWandb = isMap(root) && (root.has("_wandb") || root.has("wandb_version"));
  const path: string[] = [];
  let node: unknown = root;
  let found: KeyAt | null = null;
  while (isMap(node)) {
    const pair: Pair | undefined = node.items.find((item) => isPair(item) && holds(item, offset));
    if (!pair || !isScalar(pair.key)) break;
    let value: unknown = pair.value;
    if (isOfWandb && node === root && isMap(value) && value.has("value")) {
      value = value.get("value", true);
    }
    path.push(String(pair.key.value));
    const [start, end] = pair.key.range ?? [0, 0];
    found = {
      key: path.join("."),
      value: scalar(isScalar(value) ? value.value : undefined),
      start,
      end,
    };
    node = value;
  }
  return found;
}

/** Hydra's overrides, each with its key at its beginning. */
function keyInOverrides(items: readonly unknown[], text: string, offset: number): KeyAt | null {
  for (const item of items) {
    if (!isScalar(item) || !item.range || typeof item.value !== "string") continue;
    const [from, to] = item.range;
    if (offset < from || offset > to) continue;
    const [[key, value] = []] = parseOverrides([item.value]);
    if (key === undefined) return null;
    const start = text.indexOf(key, from);
    return { key, value, start, end: start + key.length };
  }
  return null;
}

function holds(pair: Pair, offset: number): boolean {
  const from = isScalar(pair.key) ? pair.key.range?.[0] : undefined;
  const value = pair.value as { range?: readonly [number, number, number] | null } | null;
  const to = value?.range?.[1] ?? (isScalar(pair.key) ? pair.key.range?.[1] : undefined);
  return from !== undefined && to !== undefined && offset >= from && offset <= to;
}

function keyInJson(text: string, offset: number): KeyAt | null {
  const { path } = getLocation(text, offset);
  const names = path.filter((part): part is string => typeof part === "string" && part !== "");
  if (names.length === 0) return null;
  const root = parseTree(text);
  const node = root && findNodeAtLocation(root, names);
  const property = node?.parent?.children?.[0];
  if (!node || !property) return null;
  return {
    key: names.join("."),
    value: scalar(node.value),
    start: property.offset,
    end: property.offset + property.length,
  };
}

/** A line's key under the last table header: enough for configs, where keys have a line each. */
function keyInToml(text: string, offset: number): KeyAt | null {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const lineEnd = text.indexOf("\n", offset);
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd);
  const match = /^(\s*)([\w.-]+|"[^"]+"|'[^']+')\s*=/.exec(line);
  if (!match) return null;
  const headers = [...text.slice(0, lineStart).matchAll(/^\s*(\[\[?)([^\]]+)\]/gm)];
  const header = headers.at(-1);
  // A table within a list is a part of the list's value.
  if (header?.[1] === "[[") return null;
  const table = header?.[2]?.trim();
  const name = (match[2] ?? "").replace(/^["']|["']$/g, "");
  const key = table === undefined ? name : `${table}.${name}`;
  const start = lineStart + (match[1]?.length ?? 0);
  const { config } = parseConfig(text, "config.toml");
  return { key, value: config.get(key), start, end: start + (match[2]?.length ?? 0) };
}

function scalar(value: unknown): ConfigValue | undefined {
  return value === null ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean"
    ? value
    : undefined;
}
