/**
 * Trackio's database of a project: a row of `metrics` per step and run, with the metrics as JSON, and a row of `configs`
 * per run. Old files know runs by their names, newer ones by an id too.
 */

import { FileError } from "../io/files.js";
import { flattenConfig } from "../model/config.js";
import { reasonOf } from "../model/problem.js";
import { emptyColumns } from "../model/series.js";
import { decodeText, parseJson } from "./json.js";
import { ProblemList } from "./problems.js";
import { START, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";
import { filesBeside } from "./sqlite/database.js";
import type { SqlValue } from "./sqlite/record.js";
import { claimsDatabase, examineDatabase, openDatabase, type Tables } from "./sqlite/sqliteLog.js";
import { textOf, type Cell } from "./table/cells.js";
import { TypedTable } from "./table/typed.js";

const HEADER = ["run_id", "run_name", "step", "timestamp", "metrics"];

export function isTrackio(tables: Tables): boolean {
  const columns = tables.get("metrics")?.stored ?? [];
  return ["run_name", "step", "timestamp", "metrics"].every((name) => columns.includes(name));
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(input.file);
  const table = new TypedTable("trackio", problems);
  const opened = await openDatabase(input, problems, signal);
  const metrics = opened?.tables.get("metrics");
  if (opened && metrics) {
    const { database, tables, onDamage } = opened;
    const runs = new Map<string, readonly [string, string]>();
    try {
      for await (const row of database.rows(metrics, HEADER, onDamage)) {
        signal?.throwIfAborted();
        const cells = row.map(cellOf);
        const [id, name] = [textOf(cells[0]), textOf(cells[1])];
        runs.set(id === "" ? name : id, [id, name]);
        if (table.addRow(HEADER, cells)) yield* table.rows.take(false);
      }
      const configs = tables.get("configs");
      if (configs) {
        for await (const row of database.rows(configs, CONFIG_COLUMNS, onDamage)) {
          const [id, name, text] = row.map((value) => textOf(cellOf(value)));
          const run = runs.get(id ?? "") ?? runs.get(name ?? "") ?? findByName(runs, id, name);
          const parsed = parseJson(text ?? "");
          if (!run || !parsed.ok) continue;
          const config = flattenConfig(parsed.value);
          yield {
            points: emptyColumns(),
            part: table.rows.names.nameOf(...run),
            config,
            problems: [],
          };
        }
      }
    } catch (error) {
      if (error instanceof FileError || signal?.aborted === true) throw error;
      problems.add("sqlite/unreadable", `the rest of the database is not read: ${reasonOf(error)}`);
    }
  }
  yield* table.finish();
  return START;
}

const CONFIG_COLUMNS = ["run_id", "run_name", "config"];

/** The only run of a name, for a configuration that was written before runs had ids. */
function findByName(
  runs: ReadonlyMap<string, readonly [string, string]>,
  id: string | undefined,
  name: string | undefined,
): readonly [string, string] | undefined {
  const found = [...runs.values()].filter(([, own]) => own === name);
  return id === "" && found.length === 1 ? found[0] : undefined;
}

/** JSON may be stored as bytes. */
function cellOf(value: SqlValue): Cell {
  return value instanceof Uint8Array ? decodeText(value) : value;
}

export const trackio: Reader = {
  format: "trackio",
  system: "Trackio",
  kind: "log",
  isRewritten: true,
  claims: claimsDatabase,
  beside: filesBeside,
  examine: (input, signal) => examineDatabase(input, isTrackio, signal),
  read,
};
