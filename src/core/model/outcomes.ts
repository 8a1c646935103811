/** Outcomes of examples at checkpoints, one byte each: what analyses of examples take, and what pages draw. */

export const WRONG = 0;
export const CORRECT = 1;
/** Not evaluated, or evaluated without an outcome: neither right nor wrong (rule 0). */
export const UNKNOWN = 255;

/** Examples × checkpoints, column by column. */
export interface Outcomes {
  /** Steps of the checkpoints, strictly ascending. */
  readonly step: Float64Array;
  /** By checkpoint, a byte per example. A column may end early: the examples behind its end are unknown. */
  readonly columns: readonly Uint8Array[];
  readonly examples: number;
}

/** At which score an example counts as right. Compared in single precision, in which scores are kept. */
export interface Cut {
  readonly operator: ">=" | "<=";
  readonly value: number;
}

/** The outcomes of one example at all checkpoints, written into `into`. */
export function copyRow({ columns }: Outcomes, row: number, into: Uint8Array): void {
  for (let c = 0; c < columns.length; c++) into[c] = columns[c]?.[row] ?? UNKNOWN;
}

/** Index of a checkpoint by its step, or -1. */
export function checkpointAt({ step }: Outcomes, at: number): number {
  return step.indexOf(at);
}

/**
 * Rows for drawing: two bits per outcome (0 wrong, 1 right, 3 unknown), the first checkpoint lowest; each row begins at a
 * byte of its own, `stride` bytes behind the one before.
 */
export interface Raster {
  readonly stride: number;
  readonly bytes: Uint8Array;
}

const PACKED_UNKNOWN = 3;

export function packRows({ columns }: Outcomes, rows: ArrayLike<number>): Raster {
  const stride = Math.ceil(columns.length / 4);
  const bytes = new Uint8Array(rows.length * stride);
  for (let c = 0; c < columns.length; c++) {
    const column = columns[c];
    for (let r = 0; r < rows.length; r++) {
      const outcome = column?.[rows[r] as number] ?? UNKNOWN;
      const bits = outcome === UNKNOWN ? PACKED_UNKNOWN : outcome;
      const at = r * stride + (c >> 2);
      bytes[at] = (bytes[at] as number) | (bits << (2 * (c & 3)));
    }
  }
  return { stride, bytes };
}

export function outcomeIn({ stride, bytes }: Raster, row: number, checkpoint: number): number {
  const byte = bytes[row * stride + (checkpoint >> 2)] as number;
  const bits = (byte >> (2 * (checkpoint & 3))) & 3;
  return bits === PACKED_UNKNOWN ? UNKNOWN : bits;
}
