/** Turns rows of a table into points, run by run. What the columns mean is settled by the first row that has a step. */

import { isPlainObject, type Config, type ConfigValue } from "../../model/config.js";
import { stderrOf } from "../../model/metric.js";
import type { Place } from "../../model/problem.js";
import { emptyColumns, PointBuffer } from "../../model/series.js";
import { axisOf, partName, STEP_COLUMNS, TOKEN_COLUMNS } from "../columns.js";
import { numberOf } from "../json.js";
import type { ProblemList } from "../problems.js";
import type { Chunk } from "../reader.js";
import { isEmpty, stepNamedBy, textOf, timeOf, valueOf, valueOfTyped, type Cell } from "./cells.js";
import { layoutOf, type TableLayout } from "./layout.js";
import { nestedMetrics } from "./nested.js";
import { RunNames } from "./runNames.js";

/** Points that are kept before they are handed on. */
export const CHUNK_POINTS = 65_536;

/** A table with more runs than this is none: a column that is different in every row was taken for a run's name. */
const MAX_PARTS = 10_000;

export interface RowPlace {
  readonly place: Place;
  /** The row as a problem names it: `line 12`, `row 12`. */
  readonly name: string;
}

export interface RowsOptions {
  /** Format of the file, the first half of its problems' codes. */
  readonly format: string;
  /** True for a table whose columns have types: its text is text, even where it looks like a number. */
  readonly typed: boolean;
}

interface Part {
  readonly points: PointBuffer;
  /** What tells this run from the others, until it is handed on. */
  config: Config | null;
  /** Step and unknown texts of the last row, by task. */
  readonly last: Map<string, { step: number; texts: string }>;
  /** Steps whose tokens, epochs and the like are known, in a table that repeats them for each task. */
  readonly axisSteps: Set<number>;
}

const MAX_NESTING = 8;

/** Columns that say how far the training was, whatever was measured then. */
const AXES = /^(epochs?|compute|flops|total_flops|n?_?tokens(_seen)?)$/i;

export class TableRows {
  private readonly parts = new Map<string, Part>();
  /** Columns that have held a number: text in them is damage, text elsewhere is a column of text. */
  private readonly numeric = new Set<string>();
  /** Names that tables with an id and a name of each run give them. */
  readonly names = new RunNames();
  private readonly valueOf: (cell: Cell) => number | null | undefined;
  points = 0;

  constructor(
    public layout: TableLayout | null,
    private readonly problems: ProblemList,
    private readonly options: RowsOptions,
  ) {
    this.valueOf = options.typed ? valueOfTyped : valueOf;
  }

  isNumeric(column: string): boolean {
    return this.numeric.has(column);
  }

  /** Adds the first `usable` cells of a row, which has as many cells as the header. */
  add(
    header: readonly string[],
    cells: readonly Cell[],
    at: RowPlace,
    usable: number = cells.length,
  ): void {
    const layout = (this.layout ??= layoutOf(header, cells));
    const step = layout === null ? null : stepNamedBy(cells[layout.step]);
    if (layout === null || step === null) {
      this.report("no-step", noStepMessage(at.name, layout, cells), at);
      return;
    }
    const wallTime = layout.wallTime < 0 ? NaN : timeOf(cells[layout.wallTime]);
    const run = this.runOf(layout, header, cells);
    const prefix = prefixOf(layout, cells);
    const part = this.partOf(run, layout, header, cells, at);
    if (part === null) return;
    if (layout.unknown.length > 0) this.watch(part, prefix, layout, cells, step, at);
    if (layout.metric >= 0) {
      const name = textOf(cells[layout.metric]);
      if (layout.value < usable && name !== "") {
        const stderr = this.stderrIn(cells, layout.stderr);
        const cell = cells[layout.value];
        if (this.options.typed && isEmpty(cell)) return;
        this.addCell(part, prefix + name, step, wallTime, cell, at, stderr);
      }
      return;
    }
    const axes: [string, Cell][] = [];
    for (let i = 0; i < usable; i++) {
      const column = layout.columns[i];
      const cell = cells[i];
      if (column === undefined || isEmpty(cell)) continue;
      if (column.role === "nested") this.addNested(part, prefix, step, wallTime, cell, at);
      if (column.role !== "value") continue;
      const own = column.part === "" ? part : this.partNamed(column.part, at);
      if (layout.tasks.length > 0 && isAxis(column.name)) {
        if (!part.axisSteps.has(step)) axes.push([column.name, cell]);
        continue;
      }
      const stderr = this.stderrIn(cells, column.stderr);
      if (own) this.addCell(own, prefix + column.name, step, wallTime, cell, at, stderr);
    }
    for (const [name, cell] of axes) this.addCell(part, name, step, wallTime, cell, at, NaN);
    if (axes.length > 0) part.axisSteps.add(step);
  }

  /** The run that a row names, `""` where no column does: `seed_3`, or `60M/C4/seed_3` where several tell it. */
  private runOf(layout: TableLayout, header: readonly string[], cells: readonly Cell[]): string {
    const [only] = layout.runs;
    if (only === undefined) return "";
    const column = header[only] ?? "";
    if (this.options.typed && column === "run_id" && header.includes("run_name")) {
      return this.names.nameOf(textOf(cells[only]), textOf(cells[header.indexOf("run_name")]));
    }
    if (layout.runs.length === 1) return partName(column, textOf(cells[only]));
    return layout.runs
      .map((i) => partName(header[i] ?? "", textOf(cells[i]).trim()))
      .filter((text) => text !== "")
      .join("/");
  }

  private stderrIn(cells: readonly Cell[], column: number): number {
    return column < 0 || isEmpty(cells[column]) ? NaN : (this.valueOf(cells[column]) ?? NaN);
  }

  private addCell(
    part: Part,
    metric: string,
    step: number,
    wallTime: number,
    cell: Cell,
    at: RowPlace,
    stderr: number,
  ): void {
    const value = this.valueOf(cell);
    if (value === undefined) {
      this.textCell(metric, cell, at);
      return;
    }
    this.numeric.add(metric);
    part.points.add(part.points.idOf(metric), step, wallTime, value, stderr);
    this.points += 1;
  }

  private addNested(
    part: Part,
    prefix: string,
    step: number,
    wallTime: number,
    cell: Cell,
    at: RowPlace,
  ): void {
    const metrics = nestedMetrics(cell);
    if (metrics === null) {
      this.report(
        "not-metrics",
        `${at.name}: "metrics" is no table of names and numbers; not read`,
        at,
      );
      return;
    }
    this.addFields(part, prefix, step, wallTime, metrics, typeof cell === "string", 0);
  }

  /** Metrics by name, with `/` between the names of those that are nested. */
  private addFields(
    part: Part,
    prefix: string,
    step: number,
    wallTime: number,
    fields: Readonly<Record<string, unknown>>,
    isText: boolean,
    depth: number,
  ): void {
    for (const [name, entry] of Object.entries(fields)) {
      if (isPlainObject(entry)) {
        if (depth >= MAX_NESTING || Object.hasOwn(entry, "_type")) continue;
        this.addFields(part, `${prefix}${name}/`, step, wallTime, entry, isText, depth + 1);
        continue;
      }
      const base = stderrOf(name);
      const value = typeof entry === "bigint" ? Number(entry) : numberOf(entry);
      if (value === undefined || (base !== null && Object.hasOwn(fields, base))) continue;
      // A nested column has a place for every name that any row holds: null is no value of this row.
      if (value === null && !isText) continue;
      const stderr = numberOf(fields[`${name}_stderr`]) ?? NaN;
      part.points.add(part.points.idOf(prefix + name), step, wallTime, value, stderr);
      this.points += 1;
    }
  }

  private textCell(metric: string, cell: Cell, at: RowPlace): void {
    const text = textOf(cell);
    if (text.trim() === "" || !this.numeric.has(metric)) return;
    const message = `${at.name}: ${metric} is "${text.slice(0, 40)}", not a number; not read`;
    this.report("not-a-number", message, at);
  }

  private partOf(
    name: string,
    layout: TableLayout,
    header: readonly string[],
    cells: readonly Cell[],
    at: RowPlace,
  ): Part | null {
    const isNew = !this.parts.has(name);
    const part = this.partNamed(name, at);
    if (part && isNew && layout.runs.length > 1) {
      part.config = new Map(
        layout.runs.map((i): [string, ConfigValue] => [header[i] ?? "", configValue(cells[i])]),
      );
    }
    return part;
  }

  private partNamed(name: string, at: RowPlace): Part | null {
    let part = this.parts.get(name);
    if (part) return part;
    if (this.parts.size >= MAX_PARTS) {
      const message = `more than ${MAX_PARTS} runs in one table; ${at.name} of another one is not read`;
      this.report("too-many-runs", message, at);
      return null;
    }
    part = { points: new PointBuffer(), config: null, last: new Map(), axisSteps: new Set() };
    this.parts.set(name, part);
    return part;
  }

  /** Says so where rows of one run, task and step differ in a column of text that this reader does not know. */
  private watch(
    part: Part,
    task: string,
    layout: TableLayout,
    cells: readonly Cell[],
    step: number,
    at: RowPlace,
  ): void {
    const metric = layout.metric < 0 ? "" : textOf(cells[layout.metric]);
    const key = `${task}${metric}`;
    const texts = layout.unknown.map((i) => textOf(cells[i])).join("\n");
    const last = part.last.get(key);
    if (last && step <= last.step && last.texts !== texts) {
      const names = layout.unknown.map((i) => `"${layout.columns[i]?.name ?? ""}"`).join(", ");
      const message =
        `${at.name}: step ${step} comes again with another text in ${names}, ` +
        "which may tell runs or tasks apart; read as one";
      this.report("unknown-column", message, at);
    }
    part.last.set(key, { step, texts });
  }

  private report(code: string, message: string, at: RowPlace): void {
    this.problems.add(`${this.options.format}/${code}`, message, at.place);
  }

  /** Hands on what was gathered, run by run. */
  *take(atEnd: boolean): Generator<Chunk> {
    const axis = this.layout ? axisOf(this.layout.stepColumn) : undefined;
    let found = this.problems.take(atEnd);
    for (const [name, part] of this.parts) {
      if (part.points.length === 0 && found.length === 0) continue;
      yield {
        points: part.points.take(),
        problems: found,
        ...(name === "" ? {} : { part: name }),
        ...(axis === undefined ? {} : { axis }),
        ...(part.config === null ? {} : { config: part.config }),
      };
      part.config = null;
      found = [];
    }
    if (found.length > 0) yield { points: emptyColumns(), problems: found };
    this.points = 0;
  }
}

function isAxis(column: string): boolean {
  return AXES.test(column) || TOKEN_COLUMNS.includes(column);
}

/** `task/`, `task@5/` or `task/part/`; `""` where no column tells a task. */
function prefixOf(layout: TableLayout, cells: readonly Cell[]): string {
  if (layout.tasks.length === 0) return "";
  const names = layout.tasks.map((i) => textOf(cells[i]).trim());
  const shots = layout.shots < 0 ? NaN : (valueOf(cells[layout.shots]) ?? NaN);
  if (shots > 0) names[0] = `${names[0] ?? ""}@${shots}`;
  return names
    .filter((name) => name !== "")
    .map((name) => `${name}/`)
    .join("");
}

function configValue(cell: Cell): ConfigValue {
  if (typeof cell === "bigint") return Number(cell);
  if (typeof cell === "number" || typeof cell === "boolean") return cell;
  const text = textOf(cell).trim();
  return /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}

function noStepMessage(row: string, layout: TableLayout | null, cells: readonly Cell[]): string {
  return layout === null
    ? `${row}: no column is a step (${STEP_COLUMNS.slice(0, 4).join(", ")}, …) with a number; not read`
    : `${row}: ${layout.stepColumn} is "${textOf(cells[layout.step]).slice(0, 40)}", not a number; not read`;
}
