/** What a reading gives, however it is cut into chunks: for two readings of one file that must give the same. */

import assert from "node:assert/strict";
import type { Chunk, Cursor } from "../../src/core/formats/reader.js";
import type { ConfigValue } from "../../src/core/model/config.js";
import type { Problem } from "../../src/core/model/problem.js";
import type { RestartMark } from "../../src/core/model/run.js";

type Point = [metric: string, step: number, wallTime: number, value: number | null];

export interface Collected {
  /** In the order in which a log numbers them. */
  readonly metrics: string[];
  readonly points: Point[];
  /** How many of them are provisional. */
  readonly provisional: number;
  readonly restarts: RestartMark[];
  readonly config: Map<string, ConfigValue>;
  readonly problems: Problem[];
  readonly startsAnew: boolean;
  /** Of the last points, and of the last chunk. */
  readonly axes: (string | undefined)[];
  readonly cursor: Cursor;
}

export async function collect(reading: AsyncGenerator<Chunk, Cursor>): Promise<Collected> {
  const metrics = new Set<string>();
  const points: Point[] = [];
  const restarts: RestartMark[] = [];
  const config = new Map<string, ConfigValue>();
  const problems: Problem[] = [];
  let provisional = 0;
  let startsAnew = false;
  let axis: string | undefined;
  let lastAxis: string | undefined;
  for (;;) {
    const next = await reading.next();
    if (next.done === true) {
      const axes = [axis, lastAxis];
      const all = { metrics: [...metrics], points, provisional, restarts, config, problems };
      return { ...all, startsAnew, axes, cursor: next.value };
    }
    const { points: own, restarts: marks = [] } = next.value;
    assert.equal(own.stderr, null);
    if (next.value.startsAnew === true) {
      startsAnew = true;
      axis = undefined;
      metrics.clear();
      for (const list of [points, restarts, problems]) list.length = 0;
    }
    restarts.push(...marks.map(({ at, step }) => ({ at: points.length + at, step })));
    for (const name of own.metrics) metrics.add(name);
    for (const [i, metric] of own.metric.entries()) {
      const [step = -1, wallTime = -1, value = -1] = [own.step[i], own.wallTime[i], own.value[i]];
      const isRecorded = own.recorded?.[i] !== 0;
      points.push([own.metrics[metric] ?? "no name", step, wallTime, isRecorded ? value : null]);
    }
    lastAxis = next.value.axis;
    if (own.step.length > 0) axis = lastAxis;
    if (next.value.provisional === true) provisional += own.step.length;
    for (const [key, value] of next.value.config ?? []) config.set(key, value);
    problems.push(...next.value.problems);
  }
}
