/**
 * Turns rows of a table into points, run by run. What the columns mean is settled by the first row of each header that has
 * a step.
 */

import { isPlainObject, type Config, type ConfigValue } from "../../model/config.js";
import { stderrOf } from "../../model/metric.js";
import type { Place as FilePlace } from "../../model/problem.js";
import { emptyColumns, PointBuffer } from "../../model/series.js";
import { axisOf, isEpoch, partName } from "../columns.js";
import { numberOf } from "../json.js";
import type { ProblemList } from "../problems.js";
import type { Chunk } from "../reader.js";
import {
  isEmpty,
  stepNamedBy,
  stepOf,
  textOf,
  timeOf,
  valueOf,
  valueOfTyped,
  type Cell,
} from "./cells.js";
import { isAxis, layoutOf, prefixOf, type LayoutOptions, type TableLayout } from "./layout.js";
import { nestedMetrics } from "./nested.js";
import { RunNames } from "./runNames.js";
import { namingPlaces, templateOf, watchedTexts, type RowTemplate } from "./template.js";

/** Points that are kept before they are handed on. */
export const CHUNK_POINTS = 65_536;

/** A table with more runs than this is none: a column that is different in every row was taken for a run's name. */
const MAX_PARTS = 10_000;

export interface RowPlace {
  readonly place: FilePlace;
  /** The row as a problem names it: `line 12`, `row 12`. */
  readonly name: string;
}

export interface RowsOptions {
  /** Format of the file, the first half of its problems' codes. */
  readonly format: string;
  /** True for a table whose columns have types: its text is text, even where it looks like a number. */
  readonly typed: boolean;
  /** True where null says that nothing was recorded; elsewhere it is no value of the row. */
  readonly nullIsRecorded?: boolean;
  readonly layout?: LayoutOptions;
}

/** What is kept of the rows so far: plain data, for the cursor of a file that grows. */
export interface RowsMemory {
  /** By header. */
  readonly layouts: ReadonlyMap<string, TableLayout>;
  /** Columns whose steps begin anew with each epoch: they place no row. */
  readonly withinEpoch: readonly string[];
}

/** A run within the table. */
export interface Part {
  /** By the column that the steps were taken from, where they are not plainly optimiser steps. */
  readonly points: Map<string | undefined, PointBuffer>;
  /** Where the last row with an epoch stood, to see steps that begin anew with each epoch. */
  before: { readonly column: string; readonly step: number; readonly epoch: number } | null;
  /** What tells this run from the others, until it is handed on. */
  config: Config | null;
  /** Step and unknown texts of the last row, by task. */
  readonly last: Map<string, { step: number; texts: string }>;
  /** Steps whose tokens, epochs and the like are known, in a table that repeats them for each task. */
  readonly axisSteps: Set<number>;
}

const MAX_NESTING = 8;

/** Layouts that are kept: rows of JSON have as many headers as there are kinds of rows. */
const MAX_LAYOUTS = 256;

export class TableRows {
  private readonly parts = new Map<string, Part>();
  private readonly layouts: Map<string, TableLayout>;
  private header: readonly string[] | null = null;
  /** Columns that have held a number: text in them is damage, text elsewhere is a column of text. */
  readonly numeric = new Set<string>();
  private readonly withinEpoch: Set<string>;
  /** Names that tables with an id and a name of each run give them. */
  readonly names = new RunNames();
  private readonly valueOf: (cell: Cell) => number | null | undefined;
  /** Of the header that was met last. */
  layout: TableLayout | null = null;
  points = 0;
  /** True once steps turned out to begin anew with each epoch: the file is to be read anew, with `memory()`. */
  isVoid = false;

  constructor(
    memory: RowsMemory | null,
    private readonly problems: ProblemList,
    private readonly options: RowsOptions,
  ) {
    this.layouts = new Map(memory?.layouts);
    this.withinEpoch = new Set(memory?.withinEpoch);
    this.valueOf = options.typed ? valueOfTyped : valueOf;
  }

  memory(): RowsMemory {
    return { layouts: this.layouts, withinEpoch: [...this.withinEpoch] };
  }

  /**
   * What rows like the last one that was added give, which has places in `cells` where it has numbers. Null where that
   * depends on more than the numbers.
   */
  templateOf(header: readonly string[], cells: readonly Cell[]): RowTemplate | null {
    const { layout } = this;
    if (layout === null || !isSameHeader(header, this.header)) return null;
    // A layout that is not kept may be another one for the next row.
    if (this.layouts.get(JSON.stringify(header)) !== layout) return null;
    return templateOf(
      {
        layout,
        header,
        withinEpoch: this.withinEpoch,
        numeric: this.numeric,
        nullIsRecorded: this.options.nullIsRecorded === true,
        valueOf: this.valueOf,
        runOf: (own) => this.runOf(layout, header, own),
      },
      cells,
    );
  }

  /** Places of free texts of that row that say where it belongs. */
  namingPlaces(header: readonly string[], cells: readonly Cell[]): number[] {
    return this.layout === null || !isSameHeader(header, this.header)
      ? []
      : namingPlaces(this.layout, header, cells);
  }

  /** A run that rows were added of. */
  part(name: string): Part | undefined {
    return this.parts.get(name);
  }

  /** Says that rows were read by a template. */
  onOthers(): void {
    // Layouts that are not kept hold only as long as no row of another header comes between.
    if (this.layouts.size >= MAX_LAYOUTS) this.header = null;
  }

  /** Gives away the points of a log that were gathered, and forgets them. */
  drain(points: PointBuffer, to: Parameters<PointBuffer["drain"]>[0]): void {
    this.points -= points.length;
    points.drain(to);
  }

  /**
   * Adds the first `usable` cells of a row, which has as many cells as the header. False, and nothing added or said, for a
   * row that has no step.
   */
  add(
    header: readonly string[],
    cells: readonly Cell[],
    at: RowPlace,
    usable: number = cells.length,
  ): boolean {
    const layout = this.layoutFor(header, cells);
    const column = layout?.steps.find(
      (i) => !isEmpty(cells[i]) && !this.withinEpoch.has(header[i] as string),
    );
    if (layout === null || column === undefined) return false;
    const step = stepNamedBy(cells[column]);
    if (step !== null) this.addRow(layout, header, cells, column, step, at, usable);
    else {
      const text = textOf(cells[column]).slice(0, 40);
      const message = `${at.name}: ${header[column] ?? ""} is "${text}", not a number; not read`;
      this.report("no-step", message, at);
    }
    return true;
  }

  /** Says that a row has no step. */
  reportMissingStep(at: RowPlace): void {
    const names = "step, global_step, iteration, …";
    this.report(
      "no-step",
      `${at.name}: no column is a step (${names}) with a number; not read`,
      at,
    );
  }

  private addRow(
    layout: TableLayout,
    header: readonly string[],
    cells: readonly Cell[],
    column: number,
    step: number,
    at: RowPlace,
    usable: number,
  ): void {
    const wallTime = layout.wallTime < 0 ? NaN : timeOf(cells[layout.wallTime]);
    const run = this.runOf(layout, header, cells);
    const part = this.partOf(run, layout, header, cells, at);
    if (part === null || this.beginsAnew(part, layout, header, cells, column, step)) return;
    const prefix = prefixOf(layout, cells);
    if (layout.unknown.length > 0) this.watch(part, prefix, layout, cells, step, at);
    const place: Place = { axis: axisOf(header[column] as string), step, wallTime, at };
    if (layout.metric >= 0) {
      const name = textOf(cells[layout.metric]);
      if (layout.value < usable && name !== "") {
        const stderr = this.stderrIn(cells, layout.stderr);
        const cell = cells[layout.value];
        if (this.options.typed && !this.isGiven(cell)) return;
        this.addCell(part, prefix + name, place, cell, stderr);
      }
      return;
    }
    const axes: [string, Cell][] = [];
    for (let i = 0; i < usable; i++) {
      const own = layout.columns[i];
      const cell = cells[i];
      if (own === undefined || i === column || !this.isGiven(cell)) continue;
      if (own.role === "nested") this.addNested(part, prefix, place, cell);
      if (own.role !== "value" || this.withinEpoch.has(own.name)) continue;
      const owner = own.part === "" ? part : this.partNamed(own.part, at);
      if (layout.tasks.length > 0 && isAxis(own.name)) {
        if (!part.axisSteps.has(step)) axes.push([own.name, cell]);
        continue;
      }
      const stderr = this.stderrIn(cells, own.stderr);
      if (owner) this.addCell(owner, prefix + own.name, place, cell, stderr);
    }
    for (const [name, cell] of axes) this.addCell(part, name, place, cell, NaN);
    if (axes.length > 0) part.axisSteps.add(step);
  }

  /** What the columns of a header mean: the same for all of its rows. */
  private layoutFor(header: readonly string[], cells: readonly Cell[]): TableLayout | null {
    const isSame = header === this.header || isSameHeader(header, this.header);
    this.header = header;
    if (isSame && this.layout !== null) return this.layout;
    const key = JSON.stringify(header);
    this.layout = this.layouts.get(key) ?? layoutOf(header, cells, this.options.layout);
    if (this.layout && this.layouts.size < MAX_LAYOUTS) this.layouts.set(key, this.layout);
    return this.layout;
  }

  /** A cell that says something: of an empty one only null may say that nothing was recorded. */
  private isGiven(cell: Cell): boolean {
    return !isEmpty(cell) || (cell === null && this.options.nullIsRecorded === true);
  }

  /**
   * True where steps go back while the epoch goes on: they count within each epoch, and place nothing in the run. All that
   * was read before is void then.
   */
  private beginsAnew(
    part: Part,
    layout: TableLayout,
    header: readonly string[],
    cells: readonly Cell[],
    column: number,
    step: number,
  ): boolean {
    const name = header[column] as string;
    const epochColumn = layout.steps.find((i) => i !== column && isEpoch(header[i] as string));
    const epoch = epochColumn === undefined ? null : stepOf(cells[epochColumn]);
    if (epoch === null || isEpoch(name)) return false;
    const { before } = part;
    part.before = { column: name, step, epoch };
    if (before?.column !== name || step >= before.step || epoch <= before.epoch) return false;
    this.withinEpoch.add(name);
    this.isVoid = true;
    return true;
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

  private addCell(part: Part, metric: string, place: Place, cell: Cell, stderr: number): void {
    const value = cell === null ? null : this.valueOf(cell);
    if (value === undefined) {
      this.textCell(metric, cell, place.at);
      return;
    }
    if (value !== null) this.numeric.add(metric);
    this.addPoint(part, metric, place, value, stderr);
  }

  private addPoint(
    part: Part,
    metric: string,
    { axis, step, wallTime }: Place,
    value: number | null,
    stderr: number,
  ): void {
    let points = part.points.get(axis);
    if (!points) part.points.set(axis, (points = new PointBuffer()));
    points.add(points.idOf(metric), step, wallTime, value, stderr);
    this.points += 1;
  }

  private addNested(part: Part, prefix: string, place: Place, cell: Cell): void {
    const metrics = nestedMetrics(cell);
    const { at } = place;
    if (metrics === null) {
      this.report(
        "not-metrics",
        `${at.name}: "metrics" is no table of names and numbers; not read`,
        at,
      );
      return;
    }
    this.addFields(part, prefix, place, metrics, typeof cell === "string", 0);
  }

  /** Metrics by name, with `/` between the names of those that are nested. */
  private addFields(
    part: Part,
    prefix: string,
    place: Place,
    fields: Readonly<Record<string, unknown>>,
    isText: boolean,
    depth: number,
  ): void {
    for (const [name, entry] of Object.entries(fields)) {
      if (isPlainObject(entry)) {
        if (depth >= MAX_NESTING || Object.hasOwn(entry, "_type")) continue;
        this.addFields(part, `${prefix}${name}/`, place, entry, isText, depth + 1);
        continue;
      }
      const base = stderrOf(name);
      const value = typeof entry === "bigint" ? Number(entry) : numberOf(entry);
      if (value === undefined || (base !== null && Object.hasOwn(fields, base))) continue;
      // A nested column has a place for every name that any row holds: null is no value of this row.
      if (value === null && !isText) continue;
      const stderr = numberOf(fields[`${name}_stderr`]) ?? NaN;
      this.addPoint(part, prefix + name, place, value, stderr);
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
    part = {
      points: new Map(),
      before: null,
      config: null,
      last: new Map(),
      axisSteps: new Set(),
    };
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
    const { key, texts } = watchedTexts(layout, cells, task);
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

  /** Hands on what was gathered, run by run and by the column that steps were taken from. */
  *take(atEnd: boolean): Generator<Chunk> {
    let found = this.problems.take(atEnd);
    for (const [name, part] of this.parts) {
      for (const [axis, points] of part.points) {
        if (points.length === 0) continue;
        yield {
          points: points.take(),
          problems: found,
          ...(name === "" ? {} : { part: name }),
          ...(axis === undefined ? {} : { axis }),
          ...(part.config === null ? {} : { config: part.config }),
        };
        part.config = null;
        found = [];
      }
    }
    if (found.length > 0) yield { points: emptyColumns(), problems: found };
    this.points = 0;
  }
}

/** Where the points of a row lie. */
interface Place {
  readonly axis: string | undefined;
  readonly step: number;
  readonly wallTime: number;
  readonly at: RowPlace;
}

function isSameHeader(a: readonly string[], b: readonly string[] | null): boolean {
  return b !== null && a.length === b.length && a.every((name, i) => name === b[i]);
}

function configValue(cell: Cell): ConfigValue {
  if (typeof cell === "bigint") return Number(cell);
  if (typeof cell === "number" || typeof cell === "boolean") return cell;
  const text = textOf(cell).trim();
  return /^-?(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
