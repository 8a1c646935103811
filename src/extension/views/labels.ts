/** What is left to say of several things, where they stand together. */

import { groupBy } from "../groupBy.js";

/** Words that all labels share: what a group of them is called. */
export function commonPart(labels: readonly string[]): string {
  const [first = [], ...rest] = labels.map((label) => label.split(" "));
  return first.filter((word) => rest.every((words) => words.includes(word))).join(" ");
}

/** The label without what the group says already; the label itself where nothing would be left. */
export function without(label: string, common: string): string {
  const words = new Set(common.split(" "));
  const rest = label.split(" ").filter((word) => !words.has(word));
  return rest.join(" ") || label;
}

/**
 * Of each path its end and what is above that, without the directories that all of them are in. The end is its last part,
 * or as many as it takes to tell it from the others.
 */
export function shortPaths(
  paths: readonly string[],
): { readonly name: string; readonly above: string }[] {
  const split = paths.map((path) => path.split("/"));
  let common = 0;
  while (
    split.every((parts) => parts.length > common + 1 && parts[common] === split[0]?.[common])
  ) {
    common += 1;
  }
  const end = (parts: readonly string[], length: number): string => parts.slice(-length).join("/");
  return split.map((parts) => {
    const isUnique = (length: number): boolean =>
      split.every((other) => other === parts || end(other, length) !== end(parts, length));
    let length = 1;
    while (length < parts.length && !isUnique(length)) length += 1;
    return { name: end(parts, length), above: parts.slice(common, -length).join("/") };
  });
}

/** `1 run`, `2 runs`. */
export function counted(count: number, word: string): string {
  return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}

/** What names have to share at their beginning, before it is left out: shorter ones fit into a narrow panel. */
const LONG_START = 12;

/** Each name without the long beginning, up to a separator, that it shares with others: `…lr3e-4` says what tells them apart. */
export function withoutStart(names: readonly string[]): string[] {
  const alike = groupBy(names, (name) => name.slice(0, LONG_START));
  const cuts = new Map([...alike].map(([start, members]) => [start, sharedStart(members)]));
  return names.map((name) => {
    const cut = cuts.get(name.slice(0, LONG_START)) ?? 0;
    return cut >= LONG_START ? `…${name.slice(cut)}` : name;
  });
}

/** How long the beginning is that several names share, up to a separator; 0 where nothing would be left of one. */
function sharedStart([first = "", ...rest]: readonly string[]): number {
  if (rest.length === 0) return 0;
  let shared = 0;
  while (shared < first.length && rest.every((name) => name[shared] === first[shared])) shared += 1;
  const cut =
    Math.max(...["-", "_", "/", " "].map((mark) => first.lastIndexOf(mark, shared - 1))) + 1;
  return [first, ...rest].every((name) => name.length > cut) ? cut : 0;
}
