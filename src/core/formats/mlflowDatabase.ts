/**
 * MLflow's tracking store in one SQLite file: every value in `metrics`, parameters in `params`, the runs in `runs`. NaN is
 * a mark beside the value. Runs that were deleted are left out.
 */

import { FileError } from "../io/files.js";
import type { ConfigValue } from "../model/config.js";
import { reasonOf } from "../model/problem.js";
import { emptyColumns } from "../model/series.js";
import { ProblemList } from "./problems.js";
import { START, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";
import { filesBeside } from "./sqlite/database.js";
import { claimsDatabase, examineDatabase, openDatabase, type Tables } from "./sqlite/sqliteLog.js";
import { textOf, type Cell } from "./table/cells.js";
import { TypedTable } from "./table/typed.js";

const METRICS = ["run_uuid", "key", "value", "timestamp", "step", "is_nan"];
const HEADER = ["run_id", "run_name", "key", "value", "timestamp", "step"];
/** Parameters that are kept of one database. */
const MAX_PARAMETERS = 1_000_000;

function isMlflow(tables: Tables): boolean {
  const columns = tables.get("metrics")?.stored ?? [];
  return tables.has("runs") && METRICS.every((name) => columns.includes(name));
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const problems = new ProblemList(input.file);
  const table = new TypedTable("mlflow", problems);
  const opened = await openDatabase(input, problems, signal);
  if (opened) {
    try {
      const { database, tables, onDamage } = opened;
      const rowsOf = async function* (name: string, columns: readonly string[]) {
        const own = tables.get(name);
        if (!own) return;
        for await (const row of database.rows(own, columns, onDamage)) {
          signal?.throwIfAborted();
          yield row;
        }
      };
      /** Runs that are not deleted, with their names. */
      const runs = new Map<string, string>();
      for await (const [id, name, stage] of rowsOf("runs", [
        "run_uuid",
        "name",
        "lifecycle_stage",
      ])) {
        if (typeof id === "string" && stage !== "deleted") {
          runs.set(id, typeof name === "string" ? name : "");
        }
      }
      const logged = new Set<string>();
      for await (const [id, key, value, time, step, isNan] of rowsOf("metrics", METRICS)) {
        const name = typeof id === "string" ? runs.get(id) : undefined;
        if (name === undefined) continue;
        logged.add(id as string);
        const number: Cell = isNan === 1 ? NaN : value;
        const isFull = table.addRow(HEADER, [id, name, key, number, time, step]);
        if (isFull) yield* table.rows.take(false);
      }
      const parameters = new Map<string, Map<string, ConfigValue>>();
      let count = 0;
      for await (const [id, key, value] of rowsOf("params", ["run_uuid", "key", "value"])) {
        if (typeof id !== "string" || !logged.has(id) || ++count > MAX_PARAMETERS) continue;
        const own = parameters.get(id) ?? new Map<string, ConfigValue>();
        parameters.set(id, own.set(textOf(key), parameterOf(textOf(value))));
      }
      for (const [id, config] of parameters) {
        const part = table.rows.names.nameOf(id, runs.get(id) ?? "");
        yield { points: emptyColumns(), part, config, problems: [] };
      }
    } catch (error) {
      if (error instanceof FileError || signal?.aborted === true) throw error;
      problems.add("sqlite/unreadable", `the rest of the database is not read: ${reasonOf(error)}`);
    }
  }
  yield* table.finish();
  return START;
}

/** Parameters are stored as text: numbers and truth values among them are told again. */
function parameterOf(text: string): ConfigValue {
  if (/^-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    const number = Number(text);
    if (!Number.isInteger(number) || Number.isSafeInteger(number)) return number;
  }
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  return text === "None" ? null : text;
}

export const mlflowDatabase: Reader = {
  format: "mlflow-database",
  system: "MLflow",
  kind: "log",
  isRewritten: true,
  claims: claimsDatabase,
  beside: filesBeside,
  examine: (input, signal) => examineDatabase(input, isMlflow, signal),
  read,
};
