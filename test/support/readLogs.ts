/** What a reading of a file with several runs and step columns gives, however it is cut into chunks. */

import type { Chunk, Cursor } from "../../src/core/formats/reader.js";
import type { ConfigValue } from "../../src/core/model/config.js";
import type { Problem } from "../../src/core/model/problem.js";

type Point = [metric: string, step: number, wallTime: number, value: number | null, stderr: number];

/** Points of one run and one column of steps. */
interface Log {
  /** In the order in which a log numbers them. */
  readonly metrics: string[];
  readonly points: Point[];
  /** Those that are read again with the next piece, from here on. */
  provisionalFrom: number;
}

export interface Logs {
  readonly logs: Map<string, Log>;
  readonly config: Map<string, Map<string, ConfigValue>>;
  readonly problems: Problem[];
  readonly startsAnew: number;
  readonly cursor: Cursor;
}

export async function readLogs(reading: AsyncGenerator<Chunk, Cursor>): Promise<Logs> {
  const logs = new Map<string, Log>();
  const config: Logs["config"] = new Map();
  const problems: Problem[] = [];
  let startsAnew = 0;
  for (;;) {
    const next = await reading.next();
    if (next.done === true) {
      const sorted = new Map([...logs].sort(([a], [b]) => (a < b ? -1 : 1)));
      return { logs: sorted, config, problems, startsAnew, cursor: next.value };
    }
    const chunk = next.value;
    if (chunk.startsAnew === true) {
      startsAnew += 1;
      logs.clear();
      problems.length = 0;
    }
    if (chunk.points.step.length > 0) add(chunk, logs);
    if (chunk.config) {
      const own = config.get(chunk.part ?? "") ?? new Map<string, ConfigValue>();
      config.set(chunk.part ?? "", own);
      for (const [key, value] of chunk.config) own.set(key, value);
    }
    problems.push(...chunk.problems);
  }
}

function add({ points, part = "", axis = "", provisional }: Chunk, logs: Map<string, Log>): void {
  const key = `${part}|${axis}`;
  const log = logs.get(key) ?? { metrics: [], points: [], provisionalFrom: -1 };
  logs.set(key, log);
  if (provisional === true) log.provisionalFrom = log.points.length;
  for (const name of points.metrics) if (!log.metrics.includes(name)) log.metrics.push(name);
  for (const [i, metric] of points.metric.entries()) {
    const [step = -1, wallTime = -1, value = -1] = [
      points.step[i],
      points.wallTime[i],
      points.value[i],
    ];
    log.points.push([
      points.metrics[metric] ?? "no name",
      step,
      wallTime,
      points.recorded?.[i] === 0 ? null : value,
      points.stderr?.[i] ?? NaN,
    ]);
  }
}
