/**
 * Reads rows of numbers into columns of 64-bit floats by another library, once, and prints how long it took as JSON.
 *
 *     node readRows.mjs JSON.parse|polars|duckdb jsonl|csv FILE PEERS_FOLDER
 *
 * `PEERS_FOLDER` is where npm has put the libraries.
 */

import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const [, , library = "", format = "", file = "", folder = ""] = process.argv;
const required = createRequire(path.join(folder, "package.json"));

/**
 * @typedef {{ readonly rows: number, readonly sum: () => number }} Table
 *
 * What is used of the libraries, which are not there where types are checked.
 * @typedef {{ cast(type: unknown): { toTypedArray(): Float64Array } }} PolarsColumn
 * @typedef {{ getColumns(): PolarsColumn[] }} PolarsFrame
 * @typedef {object} Polars
 * @property {unknown} Float64
 * @property {(file: string) => PolarsFrame} readCSV
 * @property {(bytes: Buffer, options: { format: "lines" }) => PolarsFrame} readJSON
 * @typedef {object} DuckConnection
 * @property {(query: string) => Promise<unknown>} run
 * @property {(query: string) => Promise<{ getColumns(): unknown[][] }>} runAndReadAll
 * @typedef {{ create(path: string): Promise<{ connect(): Promise<DuckConnection> }> }} DuckInstances
 */

/** Each loads its library, and gives what reads. @type {Record<string, () => Promise<() => Promise<Table>>>} */
const libraries = {
  "JSON.parse": () => {
    if (format !== "jsonl") throw new Error("JSON.parse reads JSON lines only");
    return Promise.resolve(async () => {
      /** @type {Map<string, number[]>} */
      const columns = new Map();
      for await (const line of createInterface({ input: createReadStream(file) })) {
        /** @type {Record<string, number>} */
        const row = JSON.parse(line);
        for (const [name, value] of Object.entries(row)) {
          const column = columns.get(name);
          if (column) column.push(value);
          else columns.set(name, [value]);
        }
      }
      return tableOf([...columns.values()].map((column) => Float64Array.from(column)));
    });
  },
  polars: () => {
    /** @type {Polars} */
    const polars = required("nodejs-polars");
    const frame = () =>
      format === "csv"
        ? polars.readCSV(file)
        : polars.readJSON(readFileSync(file), { format: "lines" });
    const columns = () =>
      frame()
        .getColumns()
        .map((column) => column.cast(polars.Float64).toTypedArray());
    return Promise.resolve(() => Promise.resolve(tableOf(columns())));
  },
  duckdb: async () => {
    /** @type {{ DuckDBInstance: DuckInstances }} */
    const { DuckDBInstance } = required("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const source =
      format === "csv"
        ? `read_csv('${file}')`
        : `read_json('${file}', format = 'newline_delimited')`;
    return async () => {
      // Into columns of its own, which is where its users go on from; out of them come only their sums.
      await connection.run(`create table t as select columns(*)::double from ${source}`);
      const answer = await connection.runAndReadAll("select count(*), sum(columns(*)) from t");
      const [rows = NaN, ...sums] = answer.getColumns().map(([only]) => Number(only));
      return { rows, sum: () => sums.reduce((all, one) => all + one, 0) };
    };
  },
};

/** @param {readonly Float64Array[]} columns @returns {Table} */
function tableOf(columns) {
  const sum = () => columns.reduce((all, column) => column.reduce((to, one) => to + one, all), 0);
  return { rows: columns[0]?.length ?? 0, sum };
}

async function main() {
  const read = await libraries[library]?.();
  if (!read) throw new Error(`there is no library ${library}`);
  const start = performance.now();
  const before = process.cpuUsage();
  const { rows, sum } = await read();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const megabytes = process.resourceUsage().maxRSS / 1024;
  return { rows, sum: sum(), ms, cpuMs: (user + system) / 1000, megabytes };
}

/** @param {unknown} error */
function absence(error) {
  return { absent: (error instanceof Error ? error.message : String(error)).split("\n")[0] };
}

process.stdout.write(JSON.stringify(await main().catch(absence)));
