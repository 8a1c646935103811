/** From the host's answer to the matrix: pure, so that tests can hold it in their hands. */

import type { OnsetCell, OnsetRow, OnsetsAnswer } from "../../src/core/index.js";
import type { Extent } from "./cell.js";

export interface MatrixColumn {
  readonly run: number;
  readonly key: string;
  /** The label without what the recipe says already. */
  readonly label: string;
  readonly title: string;
  readonly recipe: string;
  /** Whether the recipe begins with this column. */
  readonly beginsRecipe: boolean;
}

export interface Matrix {
  readonly rows: readonly OnsetRow[];
  /** Runs by recipe, in the order of its names. */
  readonly columns: readonly MatrixColumn[];
  readonly extent: Extent;
  cell(row: number, column: number): OnsetCell | null;
}

export function matrixOf({ runs, rows }: OnsetsAnswer, filter: string): Matrix {
  const wanted = filter.trim().toLowerCase();
  const shown = rows.filter(({ label }) => label.toLowerCase().includes(wanted));
  const recipes = [...new Set(runs.map(({ recipe }) => recipe))].sort(NAMES.compare);
  const columns = recipes.flatMap((recipe) =>
    runs.flatMap(({ key, run, recipe: own }, index): MatrixColumn[] => {
      if (own !== recipe) return [];
      const label = without(run.label, recipe);
      return [{ run: index, key, label, title: run.label, recipe, beginsRecipe: false }];
    }),
  );
  const cells = shown.map(({ cells: own }) => new Map(own.map((cell) => [cell.run, cell])));
  return {
    rows: shown,
    columns: columns.map((column, i) => ({
      ...column,
      beginsRecipe: column.recipe !== columns[i - 1]?.recipe,
    })),
    extent: extentOf(rows),
    cell: (row, column) => cells[row]?.get(columns[column]?.run ?? -1) ?? null,
  };
}

/** Numbers within names compare as numbers. */
const NAMES = new Intl.Collator("en", { numeric: true });

function without(label: string, recipe: string): string {
  const said = new Set(recipe.split(" "));
  const rest = label.split(" ").filter((word) => !said.has(word));
  return rest.join(" ") || label;
}

/** First and last step that any cell names. */
function extentOf(rows: readonly OnsetRow[]): Extent {
  let first = Infinity;
  let last = -Infinity;
  for (const { cells } of rows) {
    for (const { after, by } of cells) {
      for (const step of [after, by]) {
        if (step === null) continue;
        first = Math.min(first, step);
        last = Math.max(last, step);
      }
    }
  }
  return first > last ? { first: 0, last: 1 } : { first, last };
}
