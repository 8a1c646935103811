/** Writes JSON lines as Python does: non-finite numbers as bare words. */

export function jsonlText(rows: readonly Readonly<Record<string, unknown>>[]): string {
  return rows.map((row) => `${jsonText(row)}\n`).join("");
}

/** `{"step": …, [metric]: …}` per pair. */
export function jsonlSeries(
  metric: string,
  points: readonly (readonly [step: number, value: number])[],
): string {
  return jsonlText(points.map(([step, value]) => ({ step, [metric]: value })));
}

function jsonText(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? JSON.stringify(value) : `${value}`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(", ")}]`;
  const fields = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`,
  );
  return `{${fields.join(", ")}}`;
}
