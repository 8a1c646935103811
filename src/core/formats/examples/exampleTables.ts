/** The examples in a long table, a row for each at each checkpoint, of one run or of several. */

import { exampleTable } from "../exampleTable.js";
import type {
  Example,
  ExamplesChunk,
  ExamplesInput,
  ExamplesReader,
  ExampleText,
  Place,
} from "../examples.js";
import { ProblemList } from "../problems.js";
import { YES } from "../reader.js";
import { textOf, type Cell } from "../table/cells.js";
import { exampleRow } from "./exampleColumns.js";
import { exampleRowAt, exampleRows } from "./exampleRows.js";
import { proseOf } from "./exampleLines.js";

async function* read(
  { source, file, run = null }: ExamplesInput,
  signal?: AbortSignal,
): AsyncGenerator<ExamplesChunk, void> {
  const problems = new ProblemList(file);
  for await (const { columns, rows } of exampleRows(source, file, problems, signal)) {
    const examples: Example[] = [];
    for (const { cells, place } of rows) {
      const row = exampleRow(columns, cells);
      if (row === null || (run !== null && row.run !== run)) continue;
      const { task, id, step, outcomes } = row;
      examples.push({ task, id, filter: null, hash: null, step, outcomes, place });
    }
    yield { examples, problems: problems.take() };
  }
  yield { examples: [], problems: problems.take(true) };
}

async function textAt({ source, file }: ExamplesInput, place: Place): Promise<ExampleText | null> {
  const found = await exampleRowAt(source, file, place);
  if (!found) return null;
  const { columns, cells } = found;
  const text = (column: number): string | null => (column < 0 ? null : proseOfCell(cells[column]));
  return {
    id: textOf(cells[columns.id]).trim(),
    question: text(columns.question),
    answer: text(columns.answer),
    target: text(columns.target),
  };
}

function proseOfCell(cell: Cell): string | null {
  return typeof cell === "object" ? proseOf(cell) : textOf(cell);
}

export const exampleTables: ExamplesReader = {
  format: "example-tables",
  within: [exampleTable.format],
  saysSteps: true,
  claims: () => YES,
  resultsAmong: () => null,
  read,
  textAt,
};
