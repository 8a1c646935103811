/** `onset when`. */

import { writeFile } from "node:fs/promises";
import {
  answerOverRuns,
  answerWhen,
  formatInterval,
  formatStep,
  toJson,
  understand,
  type WhenResult,
} from "../core/index.js";
import { hintMetric, showProgress, UsageError, type Call } from "./call.js";
import { csvLine, formatNumber, formatTable } from "./table.js";

type SetQuestion = Extract<ReturnType<typeof understand>, { readonly kind: "set" }>;

export async function when(call: Call): Promise<number> {
  const { catalog, words } = call;
  const text = words[0] ?? "";
  const question = understand(catalog, text, catalog.runs()[0]?.root);
  if (!question.ok) {
    const { message, offset } = question.error;
    throw new UsageError(`${message}\n  ${text}\n  ${" ".repeat(offset)}^`);
  }
  if (question.kind === "set") return askSet(call, question);
  const results: WhenResult[] = [];
  const keys = catalog.runs().map(({ key }) => key);
  for (const [index, key] of keys.entries()) {
    for await (const result of answerWhen(catalog, text, [key])) results.push(result);
    showProgress(index + 1, keys.length, "runs");
  }
  const document = (): string => `${toJson({ query: text, results }, 1)}\n`;
  if (call.record !== null) await writeFile(call.record, document());
  if (call.json) process.stdout.write(document());
  else if (call.csv) process.stdout.write(asCsv(results));
  else {
    process.stdout.write(describe(question.behaviour.name, results));
    if (results.length > 0 && results.every(({ status }) => status === "no-data")) {
      const asked = results[0]?.metric;
      if (asked !== null && asked !== undefined) await hintMetric(catalog, asked);
    }
  }
  return results.some(({ status }) => status !== "no-data") ? 0 : 1;
}

/** A question over all runs found. */
async function askSet({ catalog, json, record }: Call, { query }: SetQuestion): Promise<number> {
  const keys = catalog.runs().map(({ key }) => key);
  const answer = await answerOverRuns(catalog, query, keys);
  const document = `${toJson({ query: answer.question, results: [], answer }, 1)}\n`;
  if (record !== null) await writeFile(record, document);
  process.stdout.write(json ? document : answer.lines.map((line) => `${line}\n`).join(""));
  return keys.length > 0 ? 0 : 1;
}

function asCsv(results: readonly WhenResult[]): string {
  const header =
    "run behaviour metric status after by confirmed value evaluations unknown robust".split(" ");
  return [
    header,
    ...results.map(({ run, behaviour, metric, status, after, by, confirmed, value, ...rest }) => [
      ...[run.id, behaviour, metric ?? "", status, after ?? "", by ?? "", confirmed, value ?? ""],
      ...[rest.evaluations, rest.unknown, rest.robust ?? ""],
    ]),
  ]
    .map(csvLine)
    .join("");
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

function remarks(result: WhenResult): string {
  const { metric, axis, onAxis, expectation, note, confirmed, by, robust } = result;
  const { presence, advice } = result;
  const parts: string[] = [];
  if (onAxis !== null) parts.push(`${formatInterval(onAxis)} ${onAxis.axis}`);
  if (expectation?.verdict === "violated") parts.push(expectation.text);
  if (note !== null) parts.push(note);
  else if (metric !== null) parts.push(metric);
  if (axis !== null) parts.push(`by ${axis}`);
  if (by !== null && !confirmed) parts.push("unconfirmed: at the last evaluations");
  if (robust === true) parts.push("robust");
  if (robust === false) parts.push("moves with the threshold");
  const lost = presence.find(({ offset }) => offset !== null)?.offset;
  if (advice !== null) parts.push(`next to evaluate: ${formatStep(advice.step)}`);
  if (lost) parts.push(`lost in ${formatInterval(lost)}`);
  return parts.join("; ");
}
