/** A point of training in a unit: `3000`, `10k tokens`, `2 epochs`. */

import { AXES, type AxisName, type AxisValue } from "./query.js";
import { numberIn } from "./words.js";

/** The axis that a word names, in the singular or plural; null where it names none. */
export function axisNamed(word: string): AxisName | null {
  const singular = (text: string): string => text.replace(/s$/, "");
  return AXES.find((axis) => singular(axis) === singular(word)) ?? null;
}

/** Null where the text is no point. */
export function parseAxisValue(text: string): AxisValue | null {
  const [first = "", second, ...rest] = text.trim().split(/\s+/);
  if (rest.length > 0) return null;
  const isStep = first === "step" && second !== undefined;
  const number = numberIn(isStep ? second : first);
  const axis = isStep || second === undefined ? "step" : axisNamed(second);
  if (!number || number.isPercent || axis === null || !(number.value >= 0)) return null;
  return { value: number.value, axis };
}

export function formatAxisValue({ value, axis }: AxisValue): string {
  const text = value === Infinity ? "inf" : value < 1e15 ? String(value) : shortExponent(value);
  return axis === "step" ? text : `${text} ${axis}`;
}

function shortExponent(value: number): string {
  return value.toExponential().replace("+", "");
}
