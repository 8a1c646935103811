/** Plain tables for people: columns padded with spaces. */

/** `rightAligned` are indices of columns of numbers. */
export function formatTable(
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows
    .map((row) =>
      row
        .map((cell, i) => {
          const width = widths[i] ?? 0;
          return rightAligned.includes(i) ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** A number as a person reads it: up to six significant digits. */
export function formatNumber(value: number | null): string {
  if (value === null) return "–";
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
}

/** A line of CSV: null is an empty field, texts are quoted where they must be. */
export function csvLine(fields: readonly (string | number | null)[]): string {
  const quoted = fields.map((field) =>
    typeof field === "string" && /[",\n\r]/.test(field)
      ? `"${field.replaceAll('"', '""')}"`
      : (field ?? ""),
  );
  return `${quoted.join(",")}\n`;
}
