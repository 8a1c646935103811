/**
 * Tables of checkpoints, as OLMo publishes them: a step and an address in each row, with stage, ingredient and tokens where
 * there are any. Steps restart with every stage and ingredient.
 */

import { baseName, extensionOf } from "../../io/path.js";
import { problem, type Problem } from "../../model/problem.js";
import { headerIn, isManifest, tableIn } from "../csv.js";
import { splitRow } from "../framing/delimited.js";
import { revisionOf } from "../revisionNames.js";
import { ManifestParts, type Manifest, type ManifestFormat } from "./manifest.js";

interface Columns {
  readonly address: number;
  readonly step: number;
  readonly tokens: number;
  readonly stage: number;
  readonly ingredient: number;
}

function columnsOf(header: readonly string[]): Columns {
  const at = (pattern: RegExp): number => header.findIndex((column) => pattern.test(column));
  return {
    address: at(/^checkpoint([ _-](dir|directory|path))?$/i),
    step: at(/^steps?$/i),
    tokens: at(/^tokens?([ _-]seen)?$/i),
    stage: at(/^stage$/i),
    ingredient: at(/^ingredient$/i),
  };
}

function read(text: string, file: string): Manifest {
  const parts = new ManifestParts();
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => line.trim() !== "" && !line.startsWith("#"));
  const { names: header, delimiter } = headerIn(lines[first] ?? "");
  const columns = columnsOf(header);
  const unread: number[] = [];
  const contradicting: number[] = [];
  for (let i = first + 1; i < lines.length; i++) {
    if (lines[i]?.trim() === "") continue;
    const cells = splitRow(lines[i] ?? "", delimiter).map((cell) => cell.trim());
    const address = cells[columns.address] ?? "";
    const named = revisionOf(baseName(address.replace(/\/+$/, "")))?.step ?? null;
    const given = countOf(cells[columns.step]);
    const step = columns.step < 0 ? named : given;
    if (step === null || address === "") {
      unread.push(i + 1);
      continue;
    }
    if (named !== null && named !== step) contradicting.push(i + 1);
    const tokens = countOf(cells[columns.tokens]);
    const tokensFrom = tokens === null ? null : `${baseName(file)}, ${header[columns.tokens]}`;
    parts.add(partOf(cells, columns), { step, address, tokens, tokensFrom });
  }
  return { parts: parts.take(), problems: problemsOf(file, unread, contradicting) };
}

function partOf(cells: readonly string[], { stage, ingredient }: Columns): string {
  const own = cells[ingredient] ?? "";
  return [cells[stage] ?? "", /^\d+$/.test(own) ? `ingredient${own}` : own]
    .filter((text) => text !== "")
    .join("-");
}

function countOf(cell: string | undefined): number | null {
  const count = cell !== undefined && /^\d+$/.test(cell) ? Number(cell) : NaN;
  return Number.isSafeInteger(count) ? count : null;
}

function problemsOf(
  file: string,
  unread: readonly number[],
  contradicting: readonly number[],
): Problem[] {
  const problems: Problem[] = [];
  const [noStep] = unread;
  if (noStep !== undefined) {
    const message = `line ${noStep} names no step or no checkpoint; ${unread.length} of such lines are not read`;
    problems.push(problem("manifest/no-checkpoint", file, message, { line: noStep }));
  }
  const [other] = contradicting;
  if (other !== undefined) {
    const message = `line ${other} gives another step than the address in it; ${contradicting.length} of such lines are read as they say`;
    problems.push(problem("manifest/contradiction", file, message, { line: other }));
  }
  return problems;
}

export const checkpointTable: ManifestFormat = {
  claims(name, head) {
    if (![".csv", ".tsv"].includes(extensionOf(name))) return false;
    const table = tableIn(head);
    return table !== null && isManifest(table.header.names, table.rows[0] ?? []);
  },
  read,
};
