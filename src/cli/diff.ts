/** `onset diff`. */

import {
  answerDiff,
  answerWeightDiff,
  formatStep,
  toJson,
  type DiffAnswer,
  type TensorShape,
  type WeightDiffAnswer,
} from "../core/index.js";
import { resolveRunAtStep, type Call } from "./call.js";
import { formatNumber, formatTable } from "./table.js";

export async function diff({ catalog, words, json }: Call): Promise<number> {
  const a = await resolveRunAtStep(catalog, words[0] ?? "");
  const b = await resolveRunAtStep(catalog, words[1] ?? "");
  const answer = await answerDiff(catalog, a, b);
  const weights = await answerWeightDiff(catalog, a, b);
  process.stdout.write(
    json ? `${toJson({ ...answer, weights }, 1)}\n` : describe(answer) + describeWeights(weights),
  );
  return answer.metrics.length > 0 || answer.config.length > 0 ? 0 : 1;
}

function describe({ a, b, metrics, config }: DiffAnswer): string {
  const head = `a  ${a.run.label} @ ${formatStep(a.step)}\nb  ${b.run.label} @ ${formatStep(b.step)}\n\n`;
  const rows = metrics.map((row) => [
    row.metric,
    mark(row.a, row.interpolated.a),
    mark(row.b, row.interpolated.b),
    formatNumber(row.delta),
    row.better === null ? "" : row.better ? "better" : "worse",
    row.ratio === null || row.delta === 0
      ? row.verdict
      : `${row.ratio.toFixed(1)} × noise${row.noiseFrom === "seeds" ? "" : " of the last checkpoints"}, ${row.verdict}`,
  ]);
  const keys = config.map((row) => [
    row.key,
    "a" in row ? String(row.a) : "not set",
    "b" in row ? String(row.b) : "not set",
  ]);
  const table = formatTable([["metric", "a", "b", "b − a", "", "noise"], ...rows], [1, 2, 3]);
  if (keys.length === 0) return `${head}${table}\nThe configs do not differ.\n`;
  return `${head}${table}\n${formatTable([["config", "a", "b"], ...keys])}`;
}

/** Nothing where neither side has weights that are understood. */
function describeWeights({ a, b, differences }: WeightDiffAnswer): string {
  if (!differences) {
    const reasons = [a, b].flatMap(({ reason }, i) =>
      reason ? [`${"ab"[i] ?? ""}: ${reason}`] : [],
    );
    return a.path === null && b.path === null
      ? ""
      : `\nThe weights are not compared: ${reasons.join("; ")}.\n`;
  }
  const { same, changed, added, removed, tensors } = differences;
  if (changed + added + removed === 0)
    return `\nThe ${same} tensors have the same names and shapes.\n`;
  const rows = tensors.slice(0, SHOWN).map((row) => [row.name, shapeText(row.a), shapeText(row.b)]);
  const rest = changed + added + removed - rows.length;
  const more = rest > 0 ? `and ${rest} more\n` : "";
  return `\n${same} tensors alike, ${changed} changed, ${added} only in b, ${removed} only in a\n${formatTable([["tensor", "a", "b"], ...rows])}${more}`;
}

/** Tensors that people are shown. */
const SHOWN = 40;

function shapeText(tensor: TensorShape | null): string {
  return tensor === null ? "" : `${tensor.dtype} [${tensor.shape.join(", ")}]`;
}

/** Interpolated values are marked: nobody measured them. */
function mark(value: number | null, interpolated: boolean): string {
  return `${interpolated ? "≈" : ""}${formatNumber(value)}`;
}
