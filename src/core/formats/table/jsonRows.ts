/**
 * Rows of JSON as rows of a table: names and values, nested objects with `/` between the names, a wrapping `metrics` left
 * out. Media and lists are no values. A configuration within a row is the run's.
 */

import { flattenConfig, isPlainObject, type Config } from "../../model/config.js";
import { emptyColumns } from "../../model/series.js";
import { numberOf } from "../json.js";
import type { ProblemList } from "../problems.js";
import type { Chunk, HeadFacts } from "../reader.js";
import { textOf, type Cell } from "./cells.js";
import { holdsSeveral, layoutOf, type LayoutOptions, type TableLayout } from "./layout.js";
import { TableRows, type RowPlace, type RowsMemory } from "./rows.js";
import type { RowTemplate } from "./template.js";

/** Keys whose object holds the run's configuration; in rows with a step only those that can be nothing else. */
const CONFIG_KEYS = ["_meta", "config", "_config", "hparams", "hyperparameters", "args", "params"];
const SURE_CONFIG_KEYS = CONFIG_KEYS.slice(0, CONFIG_KEYS.indexOf("args"));
const MAX_DEPTH = 8;
/** Rows of a file's beginning that tell whether it holds several runs. */
const ROWS_TO_LOOK_AT = 64;

type Row = Readonly<Record<string, unknown>>;

interface Flat {
  readonly header: string[];
  readonly cells: Cell[];
}

function flatten(row: Row): Flat {
  const flat: Flat = { header: [], cells: [] };
  addFields(row, "", flat, 0);
  return flat;
}

function addFields(fields: Row, prefix: string, flat: Flat, depth: number): void {
  for (const key of Object.keys(fields)) {
    const field = fields[key];
    if (isPlainObject(field)) {
      if (depth >= MAX_DEPTH || Object.hasOwn(field, "_type")) continue;
      if (depth === 0 && SURE_CONFIG_KEYS.includes(key)) continue;
      const inner = depth === 0 && key === "metrics" ? "" : `${prefix}${key}/`;
      addFields(field, inner, flat, depth + 1);
    } else if (!Array.isArray(field) && field !== undefined) {
      flat.header.push(prefix + key);
      flat.cells.push(field);
    }
  }
}

function configIn(row: Row, keys = CONFIG_KEYS): Config | null {
  const key = keys.find((name) => isPlainObject(row[name]));
  return key === undefined ? null : flattenConfig(row[key]);
}

/** What a row says of the columns; null where it has no step, or nothing else. */
export function layoutOfRow(row: Row, options: LayoutOptions = {}): TableLayout | null {
  const { header, cells } = flatten(row);
  const layout = layoutOf(header, cells, { hasIndex: false, ...options });
  const hasValue = layout?.columns.some(
    ({ role }, i) => role === "value" && numberOf(cells[i]) !== undefined,
  );
  return hasValue ? layout : null;
}

/** Whether columns such as `model` tell the rows of a file apart, as far as its first rows tell. */
export function isToldByIdentity(rows: Iterable<Row>): boolean {
  const names = new Set<string>();
  let count = 0;
  for (const row of rows) {
    const { header, cells } = flatten(row);
    const layout = layoutOf(header, cells);
    if (layout) names.add(layout.runs.map((i) => textOf(cells[i])).join("\n"));
    if (++count === ROWS_TO_LOOK_AT) break;
  }
  return names.size > 1;
}

/** What the first rows tell of a file. */
export function factsOfRows(rows: readonly Row[]): HeadFacts {
  const options = { byIdentity: isToldByIdentity(rows) };
  const columns = new Set<string>();
  let config: Config | null = null;
  let isRun = false;
  let severalRuns = false;
  for (const row of rows) {
    const layout = layoutOfRow(row, options);
    if (layout) {
      for (const { name } of layout.columns) columns.add(name);
      severalRuns ||= holdsSeveral(layout);
    } else isRun ||= isPlainObject(row["_meta"]);
    const found = configIn(row, layout ? SURE_CONFIG_KEYS : CONFIG_KEYS);
    if (found && (!layout || config === null)) config = new Map([...(config ?? []), ...found]);
  }
  return { isRun, config, columns: [...columns], severalRuns };
}

/** Turns rows into points. Those without a step describe the run, or are counted. */
export class JsonRows {
  readonly table: TableRows;
  private config: Config | null = null;
  private hasRowConfig = false;
  private withoutStep = 0;
  private withoutStepKeys: readonly string[] = [];

  constructor(
    memory: RowsMemory | null,
    byIdentity: boolean,
    private readonly problems: ProblemList,
    private readonly format: string,
  ) {
    this.table = new TableRows(memory, problems, {
      format,
      typed: true,
      nullIsRecorded: true,
      layout: { byIdentity, hasIndex: false },
    });
  }

  get points(): number {
    return this.table.points;
  }

  get isVoid(): boolean {
    return this.table.isVoid;
  }

  memory(): RowsMemory {
    return this.table.memory();
  }

  add(row: Row, at: RowPlace): void {
    const { header, cells } = flatten(row);
    if (this.table.add(header, cells, at)) {
      // Some loggers repeat the configuration in every row.
      if (!this.hasRowConfig) this.addConfig(configIn(row, SURE_CONFIG_KEYS));
      return;
    }
    const found = configIn(row);
    if (found) this.config = new Map([...(this.config ?? []), ...found]);
    else if (!isAside(row)) {
      this.withoutStep += 1;
      if (this.withoutStep === 1) this.withoutStepKeys = Object.keys(row);
    }
  }

  /** What rows like the last one that was added give, which has places where that has numbers. */
  templateOf(row: Row): RowTemplate | null {
    const { header, cells } = flatten(row);
    return this.table.templateOf(header, cells);
  }

  /** Places of free texts of that row that say where it belongs. */
  namingPlaces(row: Row): number[] {
    const { header, cells } = flatten(row);
    return this.table.namingPlaces(header, cells);
  }

  private addConfig(found: Config | null): void {
    if (!found) return;
    this.hasRowConfig = true;
    this.config = new Map([...(this.config ?? []), ...found]);
  }

  /** Says how many rows were not read for want of a step. */
  reportMissingStep(offset?: number): void {
    if (this.withoutStep === 0) return;
    const keys = this.withoutStepKeys.slice(0, 6).join(", ");
    const rows = `${this.withoutStep} ${this.withoutStep === 1 ? "row has" : "rows have"}`;
    this.problems.add(
      `${this.format}/no-step`,
      `${rows} no step (the first holds ${keys}); not read, since a line number is not a step`,
      offset === undefined ? {} : { offset },
    );
  }

  *take(atEnd: boolean): Generator<Chunk> {
    yield* this.table.take(atEnd);
    if (this.config) yield { points: emptyColumns(), problems: [], config: this.config };
    this.config = null;
  }
}

/** The run's description, its last values again, or what Levanter's tracker says of its end and files: no measurement. */
function isAside(row: Row): boolean {
  return (
    CONFIG_KEYS.some((key) => Object.hasOwn(row, key)) ||
    isPlainObject(row["_summary"]) ||
    isPlainObject(row["summary"]) ||
    (typeof row["tracker"] === "string" && typeof row["event"] === "string")
  );
}
