/** The table behind the charts: the drawn points of one metric, a row per value of the axis and a column per line. */

import type { TimelineChart } from "../../src/core/index.js";
import { picker } from "../shared/controls.js";
import { element } from "../shared/dom.js";
import { formatStep, formatValue } from "../shared/format.js";
import { VirtualGrid } from "../shared/virtualGrid.js";
import { axisName } from "./chart.js";
import type { TimelineView } from "./state.js";

interface Column {
  readonly name: string;
  readonly values: ReadonlyMap<number, number>;
}

export class ValueTable {
  readonly element: HTMLElement;
  private readonly choice = picker("metric", (metric) => {
    this.metric = metric;
    this.fill();
  });
  private readonly said = element("span", { class: "muted" });
  private readonly grid: VirtualGrid;
  private metric = "";
  private view: TimelineView | null = null;
  private x: readonly number[] = [];
  private columns: readonly Column[] = [];

  constructor(moveTo: (x: number) => void) {
    this.grid = new VirtualGrid({
      label: "Values of the charts",
      corner: "",
      rowHeight: 22,
      columnWidth: 150,
      headWidth: 110,
      headerHeight: 26,
      cell: (row, column) => {
        const value = this.columns[column]?.values.get(this.x[row] ?? NaN);
        return value === undefined ? null : element("span", {}, formatValue(value));
      },
      rowHead: (row) => element("span", {}, formatStep(this.x[row] ?? NaN)),
      columnHead: (column) => {
        const name = this.columns[column]?.name ?? "";
        return element("span", { title: name }, name);
      },
      activate: (row) => {
        moveTo(this.x[row] ?? NaN);
      },
    });
    this.element = element(
      "div",
      { class: "value-table" },
      element("div", { class: "table-tools" }, this.choice.element, this.said),
      this.grid.element,
    );
  }

  show(view: TimelineView): void {
    this.view = view;
    const metrics = view.answer.charts.map(({ metric }) => metric);
    if (!metrics.includes(this.metric)) this.metric = metrics[0] ?? "";
    this.choice.set(
      metrics.map((metric) => ({ value: metric, label: metric })),
      this.metric,
    );
    this.fill();
  }

  private fill(): void {
    const chart = this.view?.answer.charts.find(({ metric }) => metric === this.metric);
    if (!this.view || !chart) return;
    this.columns = columnsOf(this.view, chart);
    const all = this.columns.flatMap(({ values }) => [...values.keys()]);
    this.x = [...new Set(all)].sort((a, b) => a - b);
    const longest = chart.lines.reduce((most, line) => Math.max(most, line.x.length), 0);
    const thinned = chart.lines.length > 0 && chart.points > longest;
    this.said.textContent = `by ${axisName(this.view)}${thinned ? `, as drawn: ${formatStep(chart.points)} points were thinned out` : ""}`;
    this.grid.show(this.x.length, this.columns.length);
  }
}

function columnsOf(view: TimelineView, { lines, groups }: TimelineChart): Column[] {
  const column = (name: string, x: Float64Array, value: Float64Array): Column => ({
    name,
    values: new Map([...x].map((at, i) => [at, value[i] ?? NaN])),
  });
  const label = (group: string): string =>
    view.groups.find(({ name }) => name === group)?.label ?? group;
  return [
    ...groups.flatMap(({ group, x, mean, low, high }) => [
      column(`${label(group)} mean`, x, mean),
      column(`${label(group)} from`, x, low),
      column(`${label(group)} to`, x, high),
    ]),
    ...lines.flatMap(({ run, x, value, smooth }) => {
      const name = view.runs[run]?.label ?? "";
      const own = column(name, x, value);
      return smooth ? [own, column(`${name}, smoothed`, smooth.x, smooth.value)] : [own];
    }),
  ];
}
