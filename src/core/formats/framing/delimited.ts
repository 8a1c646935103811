/** Rows of delimited text: quotes as in RFC 4180, a quote within a cell that does not begin with one is a character. */

/** Stands for any number of blanks and tabs between cells. */
export const BLANKS = " ";

/** Cells of a row, `limit` of them at most. */
export function splitRow(row: string, delimiter: string, limit = Infinity): string[] {
  if (delimiter === BLANKS) return row.trim().split(/[ \t]+/, Math.min(limit, 2 ** 31));
  if (!row.includes('"')) return row.split(delimiter, Math.min(limit, 2 ** 31));
  const cells: string[] = [];
  let start = 0;
  for (let at = 0; cells.length < limit; at = start) {
    let cell = "";
    if (row[at] === '"') {
      let from = at + 1;
      for (;;) {
        const end = row.indexOf('"', from);
        if (end < 0) {
          cell += row.slice(from);
          at = row.length;
          break;
        }
        cell += row.slice(from, end);
        at = end + 1;
        if (row[at] !== '"') break;
        cell += '"';
        from = at + 1;
      }
    }
    const end = row.indexOf(delimiter, at);
    cells.push(cell + row.slice(at, end < 0 ? row.length : end));
    if (end < 0) break;
    start = end + 1;
  }
  return cells;
}

/** Whether a line ends within a quoted cell, given whether it began in one. O(length). */
export function endsInQuotes(line: string, delimiter: string, begins: boolean): boolean {
  if (delimiter === BLANKS) return false;
  let quoted = begins;
  for (let at = 0; ;) {
    if (!quoted) {
      if (line[at] === '"') {
        quoted = true;
        at += 1;
        continue;
      }
      const next = line.indexOf(delimiter, at);
      if (next < 0) return false;
      at = next + 1;
      continue;
    }
    const quote = line.indexOf('"', at);
    if (quote < 0) return true;
    at = quote + 1;
    if (line[at] === '"') at += 1;
    else {
      quoted = false;
      // What stands between the end of the quotes and the next delimiter belongs to the cell.
      const next = line.indexOf(delimiter, at);
      if (next < 0) return false;
      at = next + 1;
    }
  }
}
