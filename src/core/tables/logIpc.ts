/** A log as it is kept outside of memory: what is little as plain data, what is much as Arrow IPC. */

import type { RestartMark } from "../model/run.js";
import { columnsFromIpc, columnsToIpc } from "./columnIpc.js";
import type { KeptLog } from "./pointLog.js";

type KeptPlaces = KeptLog["places"];

/** Plain data. */
export interface LogState {
  readonly restarts: readonly RestartMark[];
  readonly changes: number;
  /** `levels` are the lengths of a pyramid's levels, which lie one behind the other in the second block. */
  readonly places: readonly (Omit<KeptPlaces[number], "pyramid"> & {
    readonly levels: readonly number[];
  })[];
}

/** Of each log: its columns with the order of its points, and its pyramids. */
export const BLOCKS_OF_LOG = 2;

export async function logToIpc({
  columns,
  restarts,
  order,
  places,
  changes,
}: KeptLog): Promise<{ state: LogState; blocks: (readonly Uint8Array[])[] }> {
  const { metric, step, wallTime, value, recorded, stderr } = columns;
  const present = Object.entries({ metric, step, wallTime, value, recorded, stderr, order });
  const named = present.flatMap(([name, numbers]) => (numbers ? [[name, numbers] as const] : []));
  const levels = places.flatMap(({ pyramid }) => pyramid);
  const numbers = new Float64Array(levels.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const level of levels) {
    numbers.set(level, at);
    at += level.length;
  }
  return {
    state: {
      restarts,
      changes,
      places: places.map(({ pyramid, ...place }) => ({
        ...place,
        levels: pyramid.map(({ length }) => length),
      })),
    },
    blocks: [await columnsToIpc(Object.fromEntries(named)), await columnsToIpc({ numbers })],
  };
}

/** Takes the blocks that `logToIpc` gave, of which the log then is a view. */
export function logFromIpc(
  { restarts, changes, places }: LogState,
  [columns, pyramids]: readonly Uint8Array[],
): KeptLog {
  const named = columnsFromIpc(columns as Uint8Array);
  const numbers = columnsFromIpc(pyramids as Uint8Array).numbers as Float64Array;
  let at = 0;
  return {
    columns: {
      metric: named.metric ?? null,
      step: named.step ?? null,
      wallTime: named.wallTime ?? null,
      value: named.value ?? null,
      recorded: named.recorded ?? null,
      stderr: named.stderr ?? null,
    },
    restarts,
    changes,
    order: named.order as Uint32Array,
    places: places.map(({ levels, ...place }) => ({
      ...place,
      pyramid: levels.map((length) => numbers.subarray(at, (at += length))),
    })),
  };
}
