/** JSON of answers: numbers that JSON does not have are the texts `NaN`, `Infinity` and `-Infinity`. */

export function toJson(answer: unknown, indent?: number): string {
  return JSON.stringify(
    answer,
    (_key, value: unknown) =>
      typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    indent,
  );
}
