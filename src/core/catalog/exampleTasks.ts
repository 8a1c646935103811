/**
 * Collects a run's examples into tables, by task and filter: of each task the usual metric and, where it has it, the one
 * that was asked for. Which metric is usual may be known only when all files are read; `lacks` then says which to read
 * again.
 */

import type { Example } from "../formats/examples.js";
import { compareNames } from "../io/path.js";
import { isAccuracy } from "../model/metric.js";
import { Budget, ExampleTableBuilder, type ExampleTable } from "../tables/exampleTable.js";

/** The examples of one task, with their answers taken out by one filter. */
export interface TaskExamples {
  readonly task: string;
  readonly filter: string | null;
  /** Metrics that its examples have, sorted. */
  readonly metrics: readonly string[];
  /** The metric that is meant when none is named: an accuracy where there is one, of several the shortest name. */
  readonly usual: string;
  /** Tables by metric: of the usual one, and of the one that was asked for where the task has it. */
  readonly tables: ReadonlyMap<string, ExampleTable>;
}

interface Task {
  readonly task: string;
  readonly filter: string | null;
  readonly metrics: Set<string>;
  /** Those that are being collected. */
  readonly builders: Map<string, ExampleTableBuilder>;
}

/** What the tables of one run may take: 100,000 examples at 154 checkpoints are 16 MB, or 62 MB with scores. */
const MAX_BYTES = 256 * 1024 * 1024;

export class ExampleTasks {
  private readonly tasks = new Map<string, Task>();
  /** By file and task: the metrics that the file has, and whether they were collected from it. */
  private readonly files = new Map<string, Map<Task, Map<string, boolean>>>();
  private readonly budget = new Budget(MAX_BYTES);
  private lastTask: Task | null = null;

  /** `wanted` is collected beside the usual metrics. */
  constructor(public wanted: string | null) {}

  /** Bytes that the tables take. */
  size(): number {
    return MAX_BYTES - this.budget.left;
  }

  /** To be called before a file is read again. */
  drop(file: string): void {
    for (const task of this.files.get(file)?.keys() ?? []) {
      for (const builder of task.builders.values()) builder.drop(file);
    }
    this.files.delete(file);
  }

  /** Adds an example of a file, whose step is known. False when there is no room left for it. */
  take(file: string, example: Example): boolean {
    const { id, hash, outcomes } = example;
    const step = example.step as number;
    const task = this.taskOf(example.task, example.filter);
    const metrics = this.metricsOf(file, task);
    let hasRoom = true;
    for (const [metric, score] of outcomes) {
      if (!metrics.has(metric)) {
        task.metrics.add(metric);
        if (this.needed(task).includes(metric)) this.collect(task, metric);
        metrics.set(metric, task.builders.has(metric));
      }
      const builder = task.builders.get(metric);
      if (builder && !builder.add(file, step, id, hash, score)) hasRoom = false;
    }
    return hasRoom;
  }

  /** To be called when a file is read to its end. */
  finish(file: string): void {
    for (const task of this.files.get(file)?.keys() ?? []) {
      for (const builder of task.builders.values()) builder.finish(file);
    }
  }

  /** True where a file has a metric that is needed now and was not collected from it. */
  lacks(file: string): boolean {
    return [...(this.files.get(file) ?? [])].some(([task, metrics]) =>
      this.needed(task).some((metric) => metrics.get(metric) === false),
    );
  }

  /** The tables of those files, all of them finished. Where two are about one checkpoint the later one counts. */
  build(files: readonly string[]): TaskExamples[] {
    this.forgetUnneeded();
    return [...this.tasks.values()]
      .sort((a, b) => compareNames(a.task, b.task) || compareNames(a.filter ?? "", b.filter ?? ""))
      .map((one) => ({
        task: one.task,
        filter: one.filter,
        metrics: [...one.metrics].sort(compareNames),
        usual: usualAmong(one.metrics),
        tables: new Map(
          [...one.builders].map(([metric, builder]) => [metric, builder.build(files)]),
        ),
      }));
  }

  private taskOf(task: string, filter: string | null): Task {
    if (this.lastTask?.task === task && this.lastTask.filter === filter) return this.lastTask;
    const key = JSON.stringify([task, filter]);
    let known = this.tasks.get(key);
    if (!known) {
      known = { task, filter, metrics: new Set(), builders: new Map() };
      this.tasks.set(key, known);
    }
    return (this.lastTask = known);
  }

  private metricsOf(file: string, task: Task): Map<string, boolean> {
    let tasks = this.files.get(file);
    if (!tasks) this.files.set(file, (tasks = new Map<Task, Map<string, boolean>>()));
    let metrics = tasks.get(task);
    if (!metrics) tasks.set(task, (metrics = new Map<string, boolean>()));
    return metrics;
  }

  private needed({ metrics }: Task): string[] {
    const { wanted } = this;
    const usual = usualAmong(metrics);
    return wanted !== null && wanted !== usual && metrics.has(wanted) ? [usual, wanted] : [usual];
  }

  private collect(task: Task, metric: string): void {
    if (task.builders.has(metric)) return;
    const { task: name, filter } = task;
    task.builders.set(metric, new ExampleTableBuilder({ task: name, filter, metric }, this.budget));
  }

  private forgetUnneeded(): void {
    for (const task of this.tasks.values()) {
      const needed = this.needed(task);
      for (const [metric, builder] of task.builders) {
        if (needed.includes(metric)) continue;
        builder.release();
        task.builders.delete(metric);
        for (const tasks of this.files.values()) {
          const metrics = tasks.get(task);
          if (metrics?.has(metric)) metrics.set(metric, false);
        }
      }
    }
  }
}

function usualAmong(metrics: ReadonlySet<string>): string {
  const rank = (name: string): number => (isAccuracy(name) ? 0 : 1);
  const [usual = ""] = [...metrics].sort(
    (a, b) => rank(a) - rank(b) || a.length - b.length || compareNames(a, b),
  );
  return usual;
}
