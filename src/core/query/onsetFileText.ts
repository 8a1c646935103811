/** Where one is in the text of `onset.json`, however unfinished it is. */

import { getLocation } from "jsonc-parser";
import { jsonStringAt, type JsonString } from "./jsonString.js";

/** The string of a question, or of a metric's name, that `offset` is in; null elsewhere. */
export function stringInOnsetFile(
  text: string,
  offset: number,
): { string: JsonString; role: "question" | "metric" } | null {
  const { path, previousNode: node, isAtPropertyKey } = getLocation(text, offset);
  if (node?.type !== "string" && node?.type !== "property") return null;
  if (offset <= node.offset || offset >= node.offset + node.length + 1) return null;
  if (typeof node.value !== "string") return null;
  const [section, , field] = path;
  const isMetric = section === "metrics" && path.length === 2 && isAtPropertyKey;
  const isQuestion =
    section === "behaviours" &&
    !isAtPropertyKey &&
    (path.length === 2 || (path.length === 3 && field === "when"));
  if (!isMetric && !isQuestion) return null;
  return { string: jsonStringAt(text, node), role: isMetric ? "metric" : "question" };
}
