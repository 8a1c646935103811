/** Tables whose columns have types: how Parquet, Arrow and SQLite tables become points, whatever they are stored as. */

import type { ProblemList } from "../problems.js";
import { NO, YES, type Chunk, type Examined } from "../reader.js";
import type { Cell } from "./cells.js";
import { valueOfTyped } from "./cells.js";
import { holdsSeveral, layoutFromRows } from "./layout.js";
import { CHUNK_POINTS, TableRows } from "./rows.js";

/** Columns by name, all of the same length. */
export type ColumnCells = ReadonlyMap<string, ArrayLike<Cell>>;

/** Whether a table is a log, and what its columns tell, by a row that has a cell of each column's type. */
export function examineTyped(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): Examined {
  const layout = layoutFromRows(header, rows, valueOfTyped);
  if (layout === null) return { claim: NO, facts: null };
  return {
    claim: YES,
    facts: { isRun: false, config: null, columns: header, severalRuns: holdsSeveral(layout) },
  };
}

/** Adds columns to a table's points, and hands these on whenever there are enough. */
export class TypedTable {
  readonly rows: TableRows;
  private row = 0;

  constructor(format: string, problems: ProblemList) {
    this.rows = new TableRows(null, problems, { format, typed: true });
  }

  /** Adds one row, and says whether there are enough points to be handed on. */
  addRow(header: readonly string[], cells: readonly Cell[]): boolean {
    this.row += 1;
    const at = { place: {}, name: `row ${this.row}` };
    if (!this.rows.add(header, cells, at)) this.rows.reportMissingStep(at);
    return this.rows.points >= CHUNK_POINTS;
  }

  *add(
    header: readonly string[],
    columns: readonly ArrayLike<Cell>[],
    count: number,
  ): Generator<Chunk> {
    for (let i = 0; i < count; i++) {
      const cells = columns.map((column) => column[i]);
      if (this.addRow(header, cells)) yield* this.rows.take(false);
    }
  }

  /** What is left, and the counts of problems that were left out. */
  finish(): Chunk[] {
    return [...this.rows.take(true)];
  }
}
