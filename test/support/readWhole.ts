/** Reads a file with one reader and collects what it yields, as the catalog does. */

import type { ByteSource } from "../../src/core/io/files.js";
import type { ConfigValue } from "../../src/core/model/config.js";
import type { Problem } from "../../src/core/model/problem.js";
import { isLasting } from "../../src/core/formats/problems.js";
import { START, type Cursor, type Reader } from "../../src/core/formats/reader.js";

export interface ReadPoint {
  readonly metric: string;
  readonly step: number;
  readonly value: number;
  readonly wallTime: number;
  readonly recorded: boolean;
  readonly stderr: number;
}

export interface WholeFile {
  /** Points by the run within the file; `""` where it holds one. */
  readonly parts: Map<string, ReadPoint[]>;
  readonly config: Map<string, ConfigValue>;
  readonly problems: Problem[];
  readonly axis: string | null;
  readonly cursor: Cursor;
}

/** Reads from where `before` ended, if given: its unfinished points are read again and so are dropped first. */
export async function readWhole(
  reader: Reader,
  source: ByteSource,
  file: string,
  before?: WholeFile,
): Promise<WholeFile> {
  const parts = new Map([...(before?.parts ?? [])].map(([part, points]) => [part, [...points]]));
  const config = new Map(before?.config);
  const problems = (before?.problems ?? []).filter(isLasting);
  let axis = before?.axis ?? null;
  for (const [part, points] of parts) {
    const unfinished = provisionalCounts.get(before?.parts.get(part) ?? points) ?? 0;
    points.length -= unfinished;
  }
  const chunks = reader.read({ source, file, from: before?.cursor ?? START });
  for (;;) {
    const next = await chunks.next();
    if (next.done === true) return { parts, config, problems, axis, cursor: next.value };
    const { points, part = "", provisional = false } = next.value;
    if (next.value.startsAnew === true) {
      parts.clear();
      problems.length = 0;
    }
    if (points.step.length > 0) {
      const list = parts.get(part) ?? [];
      parts.set(part, list);
      for (let i = 0; i < points.step.length; i++) {
        list.push({
          metric: points.metrics[points.metric[i] ?? -1] ?? "",
          step: points.step[i] ?? NaN,
          value: points.value[i] ?? NaN,
          wallTime: points.wallTime[i] ?? NaN,
          recorded: points.recorded === null || points.recorded[i] === 1,
          stderr: points.stderr?.[i] ?? NaN,
        });
      }
      if (provisional) provisionalCounts.set(list, points.step.length);
    }
    for (const [key, value] of next.value.config ?? []) config.set(key, value);
    problems.push(...next.value.problems);
    axis = next.value.axis ?? axis;
  }
}

const provisionalCounts = new WeakMap<ReadPoint[], number>();

/** The points of a file that holds one run. */
export function pointsOf(whole: WholeFile): ReadPoint[] {
  return whole.parts.get("") ?? [];
}

/** `[step, value]` of one metric, in the order of the file. */
export function pairsOf(points: readonly ReadPoint[], metric: string): [number, number][] {
  return points.filter((point) => point.metric === metric).map(({ step, value }) => [step, value]);
}
