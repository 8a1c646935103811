/**
 * Messages between host and page go through JSON, except for typed arrays: numbers that JSON does not have are wrapped,
 * and views of a larger buffer are copied, since the whole buffer would travel.
 */

interface Wrapped {
  readonly $number: "NaN" | "Infinity" | "-Infinity";
}

export function encodeMessage(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : { $number: String(value) };
  }
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const view = value as Float64Array;
    return view.byteLength === view.buffer.byteLength ? view : view.slice();
  }
  if (Array.isArray(value)) return value.map(encodeMessage);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encodeMessage(item)]));
}

export function decodeMessage(value: unknown): unknown {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(decodeMessage);
  if ("$number" in value) return Number((value as Wrapped).$number);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decodeMessage(item)]));
}
