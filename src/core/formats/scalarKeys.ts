/** All keys of a configuration text that have a plain value, with where they stand: for hints beside them. */

import { parseTree, type Node } from "jsonc-parser";
import { isMap, isPair, isScalar } from "yaml";
import type { ConfigValue } from "../model/config.js";
import { parseConfig, parseYaml } from "./configFile.js";
import type { ConfigLanguage } from "./keyAt.js";
import { nestsTooDeeply } from "./nesting.js";

export interface ScalarKey {
  /** Dotted, as in a flat config. */
  readonly key: string;
  readonly value: ConfigValue;
  /** Where the value's text ends. */
  readonly end: number;
}

/** In the order of the text; none where it does not parse. Values within lists are parts of the list's. O(text). */
export function scalarKeys(text: string, language: ConfigLanguage): ScalarKey[] {
  if (nestsTooDeeply(text)) return [];
  switch (language) {
    case "yaml":
      return parseYaml(text).flatMap(({ contents }) => inYaml(contents));
    case "json":
      return inJson(parseTree(text), "");
    case "toml":
      return inToml(text);
  }
}

function inYaml(root: unknown): ScalarKey[] {
  // W&B writes each key's value one level deeper.
  const isOfWandb = isMap(root) && (root.has("_wandb") || root.has("wandb_version"));
  const visit = (node: unknown, prefix: string): ScalarKey[] => {
    if (!isMap(node)) return [];
    return node.items.flatMap((pair): ScalarKey[] => {
      if (!isPair(pair) || !isScalar(pair.key)) return [];
      const key = `${prefix}${String(pair.key.value)}`;
      const isWrapped = isOfWandb && node === root && isMap(pair.value) && pair.value.has("value");
      const value: unknown =
        isWrapped && isMap(pair.value) ? pair.value.get("value", true) : pair.value;
      if (!isScalar(value)) return visit(value, `${key}.`);
      const found = plain(value.value);
      return found === undefined || !value.range
        ? []
        : [{ key, value: found, end: value.range[1] }];
    });
  };
  return visit(root, "");
}

function inJson(node: Node | undefined, prefix: string): ScalarKey[] {
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap((property): ScalarKey[] => {
    const [name, value] = property.children ?? [];
    if (!name || !value) return [];
    const key = `${prefix}${String(name.value)}`;
    if (value.type === "object") return inJson(value, `${key}.`);
    const found = value.type === "array" ? undefined : plain(value.value);
    return found === undefined ? [] : [{ key, value: found, end: value.offset + value.length }];
  });
}

/** Keys that have a line each, under the last table header; tables within lists are parts of the list. */
function inToml(text: string): ScalarKey[] {
  const { config } = parseConfig(text, "config.toml");
  const found: ScalarKey[] = [];
  let table: string | null = "";
  let start = 0;
  for (const line of text.split("\n")) {
    const header = /^\s*(\[\[?)([^\]]+)\]/.exec(line);
    const name = /^\s*([\w.-]+|"[^"]+"|'[^']+')\s*=/.exec(line)?.[1]?.replace(/^["']|["']$/g, "");
    if (header) table = header[1] === "[[" ? null : `${header[2]?.trim() ?? ""}.`;
    else if (name !== undefined && table !== null) {
      const value = config.get(`${table}${name}`);
      const end = start + line.trimEnd().length;
      if (value !== undefined) found.push({ key: `${table}${name}`, value, end });
    }
    start += line.length + 1;
  }
  return found;
}

function plain(value: unknown): ConfigValue | undefined {
  if (value === null) return null;
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : undefined;
}
