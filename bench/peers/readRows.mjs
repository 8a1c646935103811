/**
 * Reads rows of numbers into columns of 64-bit floats by another library, once, and prints how long it took as JSON.
 *
 *     node readRows.mjs polars|duckdb jsonl|csv PEERS_FOLDER [FILE…]
 *
 * `PEERS_FOLDER` is where npm has put the libraries.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [, , library = "", format = "", folder = "", ...files] = process.argv;
const required = createRequire(path.join(folder, "package.json"));

/**
 * @typedef {{ readonly points: number, readonly sum: () => number }} Table the first column, the step, left out
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

/** Each loads its library, and gives what reads. @type {Record<string, () => Promise<(file: string) => Promise<Table>>>} */
const libraries = {
  polars: () => {
    /** @type {Polars} */
    const polars = required("nodejs-polars");
    const frame = (/** @type {string} */ file) =>
      format === "csv"
        ? polars.readCSV(file)
        : polars.readJSON(readFileSync(file), { format: "lines" });
    const columns = (/** @type {string} */ file) =>
      frame(file)
        .getColumns()
        .map((column) => column.cast(polars.Float64).toTypedArray());
    return Promise.resolve((file) => Promise.resolve(tableOf(columns(file))));
  },
  duckdb: async () => {
    /** @type {{ DuckDBInstance: DuckInstances }} */
    const { DuckDBInstance } = required("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    return async (file) => {
      const source =
        format === "csv"
          ? `read_csv('${file}')`
          : `read_json('${file}', format = 'newline_delimited')`;
      // Into columns of its own, which is where its users go on from; out of them come only their sums.
      await connection.run(`create or replace table t as select columns(*)::double from ${source}`);
      const answer = await connection.runAndReadAll("select count(*), sum(columns(*)) from t");
      const [rows = NaN, , ...sums] = answer.getColumns().map(([only]) => Number(only));
      return { points: rows * sums.length, sum: () => sums.reduce((all, one) => all + one, 0) };
    };
  },
};

/** @param {readonly Float64Array[]} all @returns {Table} */
function tableOf([steps, ...columns]) {
  const sum = () => columns.reduce((all, column) => column.reduce((to, one) => to + one, all), 0);
  return { points: (steps?.length ?? 0) * columns.length, sum };
}

async function main() {
  const read = await libraries[library]?.();
  if (!read) throw new Error(`there is no library ${library}`);
  let [points, sum, ms, cpuMs] = [0, 0, 0, 0];
  for (const file of files) {
    const start = performance.now();
    const before = process.cpuUsage();
    const table = await read(file);
    ms += performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    cpuMs += (user + system) / 1000;
    points += table.points;
    sum += table.sum();
  }
  return { points, sum, ms, cpuMs, megabytes: process.resourceUsage().maxRSS / 1024 };
}

/** @param {unknown} error */
function absence(error) {
  return { absent: (error instanceof Error ? error.message : String(error)).split("\n")[0] };
}

process.stdout.write(JSON.stringify(await main().catch(absence)));
