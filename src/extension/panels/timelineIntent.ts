/** What a page has kept may be of another version, or of nobody: each part that is not understood is the usual one. */

import { FIRST_TIMELINE, type TimelineIntent } from "../../protocol/panelProtocol.js";
import { STEP_SCALES } from "../../protocol/stepScale.js";

/** Null where it is no intent of a Timeline at all. */
export function timelineIntentOf(value: unknown): TimelineIntent | null {
  if (typeof value !== "object" || value === null) return null;
  const { metrics, behaviour, scale, axis, range, values, smooth, spread, apart, pins, cursor } =
    value as Partial<Record<keyof TimelineIntent, unknown>>;
  if (!isTexts(metrics) || !(behaviour === null || typeof behaviour === "string")) return null;
  const first = FIRST_TIMELINE;
  return {
    metrics,
    behaviour,
    scale: STEP_SCALES.find((one) => one === scale) ?? first.scale,
    axis: typeof axis === "string" ? axis : first.axis,
    range: isRange(range) ? range : null,
    values: values === "linear" || values === "log" ? values : null,
    smooth: isSmoothing(smooth) ? smooth : null,
    spread: spread === null ? null : (SPREADS.find((one) => one === spread) ?? first.spread),
    apart: isTexts(apart) ? apart : [],
    pins: Array.isArray(pins) ? pins.filter((pin) => isNumber(pin)).slice(0, 2) : [],
    cursor: isNumber(cursor) ? cursor : null,
  };
}

const SPREADS = ["sd", "se", "ci", "min-max"] as const;

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isRange(value: unknown): value is [number, number] {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [first, last] = value as unknown[];
  return isNumber(first) && isNumber(last) && first < last;
}

function isSmoothing(value: unknown): value is NonNullable<TimelineIntent["smooth"]> {
  if (typeof value !== "object" || value === null) return false;
  const { kind, share, points } = value as Record<string, unknown>;
  if (kind === "ema") return isNumber(share) && share > 0 && share <= 1;
  return kind === "median" && isNumber(points) && points >= 1 && points <= 1001;
}
