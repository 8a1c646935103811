/** `onset when`. */

import {
  answerWhen,
  formatInterval,
  nearest,
  toJson,
  understand,
  type WhenResult,
} from "../core/index.js";
import { showProgress, UsageError, type Call } from "./call.js";
import { formatNumber, formatTable } from "./table.js";

export async function when({ catalog, words, json }: Call): Promise<number> {
  const text = words[0] ?? "";
  const question = understand(catalog, text, catalog.runs()[0]?.root);
  if (!question.ok) {
    const { message, offset } = question.error;
    throw new UsageError(`${message}\n  ${text}\n  ${" ".repeat(offset)}^`);
  }
  const results: WhenResult[] = [];
  const keys = catalog.runs().map(({ key }) => key);
  for (const [index, key] of keys.entries()) {
    for await (const result of answerWhen(catalog, text, [key])) results.push(result);
    showProgress(index + 1, keys.length, "runs");
  }
  if (json) process.stdout.write(`${toJson({ query: text, results }, 1)}\n`);
  else {
    process.stdout.write(describe(question.name, results));
    if (results.length > 0 && results.every(({ status }) => status === "no-data")) {
      await hint(catalog, results);
    }
  }
  return results.some(({ status }) => status !== "no-data") ? 0 : 1;
}

function describe(name: string, results: readonly WhenResult[]): string {
  if (results.length === 0) return "No runs.\n";
  const rows = results.map((result) => [
    result.run.id,
    result.run.label === result.run.id ? "" : result.run.label,
    formatInterval(result),
    result.by === null ? "" : formatNumber(result.value),
    remarks(result),
  ]);
  return `${name}\n${formatTable([["run", "label", "onset", "value", ""], ...rows])}`;
}

function remarks({ metric, axis, note, confirmed, by, robust, presence }: WhenResult): string {
  const parts: string[] = [];
  if (note !== null) parts.push(note);
  else if (metric !== null) parts.push(metric);
  if (axis !== null) parts.push(`by ${axis}`);
  if (by !== null && !confirmed) parts.push("unconfirmed: at the last evaluations");
  if (robust === true) parts.push("robust");
  if (robust === false) parts.push("moves with the threshold");
  const lost = presence.find(({ offset }) => offset !== null)?.offset;
  if (lost) parts.push(`lost in ${formatInterval(lost)}`);
  return parts.join("; ");
}

async function hint(catalog: Call["catalog"], results: readonly WhenResult[]): Promise<void> {
  const asked = results[0]?.metric;
  if (asked === null || asked === undefined) return;
  const names = new Set<string>();
  for (const { key } of catalog.runs().slice(0, 20)) {
    for (const name of (await catalog.load(key)).view.metricNames()) names.add(name);
  }
  const near = nearest(asked, [...names]);
  if (near !== null)
    process.stderr.write(`onset: no run has "${asked}"; the nearest metric is "${near}"\n`);
}
