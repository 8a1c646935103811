/** What readers of SQLite databases share: whether one is theirs, and how its damage is told. */

import { FileError } from "../../io/files.js";
import { extensionOf } from "../../io/path.js";
import { reasonOf } from "../../model/problem.js";
import type { ProblemList } from "../problems.js";
import { EXAMINE, LOOK, NO, YES, type Claim, type Examined, type FileInput } from "../reader.js";
import { Database, hasMark, type OnDamage, type Table } from "./database.js";

const EXTENSIONS = new Set([".db", ".sqlite", ".sqlite3", ".db3"]);

export type Tables = ReadonlyMap<string, Table>;

export function claimsDatabase(name: string, head: Uint8Array | null): Claim {
  if (!EXTENSIONS.has(extensionOf(name))) return NO;
  if (head === null) return LOOK;
  return hasMark(head) ? EXAMINE : NO;
}

/** Taken when the tables are those of the reader's system. A database that cannot be opened is a problem of its own. */
export async function examineDatabase(
  input: FileInput,
  isOurs: (tables: Tables) => boolean,
  signal: AbortSignal | undefined,
): Promise<Examined> {
  try {
    const database = await Database.open(input, signal);
    const damaged: string[] = [];
    const tables = await database.tables((page, reason) => damaged.push(`page ${page}: ${reason}`));
    if (!isOurs(tables)) {
      const [first] = damaged;
      if (first === undefined) return { claim: NO, facts: null };
      const message = `the schema of this database is damaged (${first}); not read`;
      return { claim: { kind: "problem", code: "sqlite/damaged-schema", message }, facts: null };
    }
  } catch (error) {
    if (error instanceof FileError || signal?.aborted === true) throw error;
    const message = `this database cannot be read: ${reasonOf(error)}`;
    return { claim: { kind: "problem", code: "sqlite/unreadable", message }, facts: null };
  }
  return { claim: YES, facts: { isRun: true, config: null, columns: [], severalRuns: true } };
}

/** Opens the database for reading; a problem and null where it cannot be. */
export async function openDatabase(
  input: FileInput,
  problems: ProblemList,
  signal: AbortSignal | undefined,
): Promise<{ database: Database; tables: Tables; onDamage: OnDamage } | null> {
  const onDamage: OnDamage = (page, reason) => {
    problems.add("sqlite/damaged-page", `page ${page} of the database: ${reason}; not read`);
  };
  try {
    const database = await Database.open(input, signal);
    return { database, tables: await database.tables(onDamage), onDamage };
  } catch (error) {
    if (error instanceof FileError || signal?.aborted === true) throw error;
    problems.add("sqlite/unreadable", `this database cannot be read: ${reasonOf(error)}`);
    return null;
  }
}
