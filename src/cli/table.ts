/** Tables in plain text: padded with spaces for people, separated by commas for programs. */

import { shownName } from "../core/index.js";

/** `rightAligned` are indices of columns of numbers. */
export function formatTable(
  texts: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string {
  const rows = texts.map((row) => row.map(shownName));
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

/** A line of comma-separated values: null is an empty field, texts are quoted where they must be (RFC 4180). */
export function csvLine(fields: readonly (string | number | boolean | null)[]): string {
  const quoted = fields.map((field) =>
    typeof field === "string" && /[",\n\r]/.test(field)
      ? `"${field.replaceAll('"', '""')}"`
      : String(field ?? ""),
  );
  return `${quoted.join(",")}\n`;
}
