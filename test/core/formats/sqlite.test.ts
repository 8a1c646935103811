import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mlflowDatabase } from "../../../src/core/formats/mlflowDatabase.js";
import { START } from "../../../src/core/formats/reader.js";
import { columnsOf } from "../../../src/core/formats/sqlite/schema.js";
import { trackio } from "../../../src/core/formats/trackio.js";
import type { ByteSource } from "../../../src/core/io/files.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { fixture } from "../../support/root.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(fixture("sqlite"), name)));

interface Found {
  readonly points: Map<string, number>;
  readonly values: Map<string, number[]>;
  readonly configs: Map<string, unknown>;
  readonly codes: string[];
}

async function read(database: Uint8Array, beside: Record<string, Uint8Array>): Promise<Found> {
  const found: Found = { points: new Map(), values: new Map(), configs: new Map(), codes: [] };
  const sources = new Map<string, ByteSource>();
  for (const [name, bytes] of Object.entries(beside)) sources.set(name, sourceOf(bytes));
  const input = { source: sourceOf(database), file: "/w/project.db", from: START, beside: sources };
  for await (const { part = "", points, config, problems } of trackio.read(input)) {
    if (points.step.length > 0) {
      found.points.set(part, (found.points.get(part) ?? 0) + points.step.length);
      found.values.set(part, [...(found.values.get(part) ?? []), ...points.value]);
    }
    if (config) found.configs.set(part, Object.fromEntries(config));
    found.codes.push(...problems.map(({ code }) => code));
  }
  return found;
}

describe("databases of SQLite", () => {
  const database = bytesOf("project.db");
  const wal = bytesOf("project.db-wal");

  it("are read with the committed frames of their write-ahead log, and without the others", async () => {
    const alone = await read(database, {});
    assert.deepEqual([...alone.points], [["run", 20]]);
    const both = await read(database, { "project.db-wal": wal });
    assert.deepEqual(
      [...both.points],
      [
        ["run", 30],
        ["run (bbbbbbbb)", 12],
      ],
    );
    assert.deepEqual(
      both.values.get("run"),
      Array.from({ length: 30 }, (_, i) => 1 / (i + 1)),
    );
    assert.deepEqual([...both.configs], [["run", { seed: 5 }]]);
    assert.deepEqual(both.codes, []);
  });

  it("give no wrong number, whatever happens to the log: a frame counts with its checksum only", async () => {
    const cases: Uint8Array[] = [];
    forSeeds(60, (random) => {
      const damaged = wal.slice(
        0,
        random() < 0.4 ? wholeNumber(random, 0, wal.length) : wal.length,
      );
      for (let i = 0; i < 3 && damaged.length > 0; i++) {
        const at = wholeNumber(random, 0, damaged.length - 1);
        damaged[at] = (damaged[at] ?? 0) ^ wholeNumber(random, 1, 255);
      }
      cases.push(damaged);
    });
    for (const damaged of cases) {
      const { values } = await read(database, { "project.db-wal": damaged });
      const run = values.get("run") ?? [];
      assert.ok(run.length === 20 || run.length === 30, `${run.length} points`);
      for (const [i, value] of run.entries()) assert.equal(value, 1 / (i + 1));
    }
  });

  it("are not read in the middle of a transaction that a rollback journal tells of", async () => {
    const journal = Uint8Array.of(0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0, 0, 1);
    const hot = await read(database, { "project.db-journal": journal });
    assert.deepEqual([hot.points.size, hot.codes], [0, ["sqlite/unreadable"]]);
    const cold = await read(database, { "project.db-journal": new Uint8Array(512) });
    assert.deepEqual([cold.points.size, cold.codes], [1, []]);
  });

  it("give problems and never an exception when they are damaged", async () => {
    const cases: Uint8Array[] = [];
    forSeeds(120, (random) => {
      const damaged = database.slice(
        0,
        random() < 0.3 ? wholeNumber(random, 0, database.length) : database.length,
      );
      for (let i = 0; i < 12 && damaged.length > 0; i++) {
        damaged[wholeNumber(random, 0, damaged.length - 1)] = wholeNumber(random, 0, 255);
      }
      cases.push(damaged);
    });
    for (const damaged of cases) {
      const { codes } = await read(damaged, {});
      for (const code of codes) assert.match(code, /^(sqlite|trackio)\/[a-z-]+$/);
    }
  });

  it("belong to the system whose tables they hold", async () => {
    const input = { source: sourceOf(database), file: "/w/project.db" };
    assert.equal((await trackio.examine?.(input))?.claim.kind, "yes");
    assert.equal((await mlflowDatabase.examine?.(input))?.claim.kind, "no");
    assert.equal(trackio.claims("x.db", database.subarray(0, 100)).kind, "examine");
    assert.equal(trackio.claims("x.db", new TextEncoder().encode("text")).kind, "no");
    assert.equal(trackio.claims("x.txt", null).kind, "no");
  });
});

describe("columnsOf", () => {
  const cases: readonly (readonly [sql: string, stored: string[] | null, rowId: string | null])[] =
    [
      ["CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL)", ["id", "a"], "id"],
      [
        'CREATE TABLE "t" ("key" VARCHAR(250), v DECIMAL(3, 1), PRIMARY KEY (v))',
        ["key", "v"],
        null,
      ],
      ["CREATE TABLE t (a INTEGER, PRIMARY KEY (a))", ["a"], "a"],
      ["CREATE TABLE t (a INT PRIMARY KEY, [b c] REAL, CHECK (a IN (1, ')')))", ["a", "b c"], null],
      ["CREATE TABLE t (a, -- one, two\n b /* , c */)", ["a", "b"], null],
      ["CREATE TABLE t (a, b AS (a + 1), c AS (a) STORED)", ["a", "c"], null],
      ["CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID", null, null],
      ["CREATE VIRTUAL TABLE t USING fts5(a)", null, null],
    ];
  for (const [sql, stored, rowId] of cases) {
    it(`of ${sql.replace("\n", " ")}`, () => {
      const columns = columnsOf(sql);
      assert.deepEqual(columns?.stored ?? null, stored);
      assert.equal(columns?.rowId ?? null, rowId);
    });
  }
});
