/** What is left to say of several things, where they stand together. */

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
