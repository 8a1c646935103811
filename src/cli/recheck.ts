/** `onset recheck`: asks the questions of a file of records again, of nothing but what the records hold. */

import { readFile } from "node:fs/promises";
import { formatInterval, recheckRecord, toJson } from "../core/index.js";
import { UsageError, type Call } from "./call.js";
import { formatTable } from "./table.js";

interface Checked {
  readonly run: string;
  readonly question: string | null;
  readonly verdict: "same" | "differs" | "not a record";
  readonly text: string;
}

export async function recheck({ words, json }: Pick<Call, "words" | "json">): Promise<number> {
  const checked: Checked[] = [];
  for (const result of await resultsIn(words[0] ?? "")) checked.push(await check(result));
  if (json) process.stdout.write(`${toJson({ records: checked }, 1)}\n`);
  else {
    const rows = checked.map(({ run, question, verdict, text }) => [
      run,
      question ?? "",
      verdict,
      text,
    ]);
    process.stdout.write(formatTable([["run", "question", "", ""], ...rows]));
  }
  return checked.length > 0 && checked.every(({ verdict }) => verdict === "same") ? 0 : 1;
}

/** Results as `onset when --json` and `--record` write them. */
async function resultsIn(file: string): Promise<readonly unknown[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const results = (value as { results?: unknown } | null)?.results;
  if (!isList(results)) throw new UsageError(`${file} has no "results" of onset when`);
  return results;
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

async function check(result: unknown): Promise<Checked> {
  const { run, after, by, record } = (result ?? {}) as Readonly<Record<string, unknown>>;
  const named = (run as { id?: unknown } | undefined)?.id;
  const id = typeof named === "string" ? named : "";
  const found = await recheckRecord(record);
  if (typeof found === "string") {
    return { run: id, question: null, verdict: "not a record", text: found };
  }
  const { answer, question, isUnchanged } = found;
  const isSame = isUnchanged && answer.after === (after ?? null) && answer.by === (by ?? null);
  const text = formatInterval(answer);
  return {
    run: id,
    question,
    verdict: isSame ? "same" : "differs",
    text: isUnchanged ? text : `${text}, of other points or parameters than its hash`,
  };
}
