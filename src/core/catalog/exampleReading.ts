/**
 * Reads the examples of one run and keeps them: files that have not changed are not read again. A file that has grown is
 * read as a whole, since only its format knows where reading could go on. When one was written anew or is gone, all are
 * read again.
 */

import { timeInName } from "../formats/evaluated.js";
import { FileError, type Files, type FileStamp } from "../io/files.js";
import { createLimit } from "../io/limit.js";
import { compareNames } from "../io/path.js";
import { endsWith, sameStamp, tailBefore } from "../io/tail.js";
import { formatStep } from "../model/interval.js";
import { problem, reasonOf, type Problem } from "../model/problem.js";
import type { ExamplesSource, RunDir } from "../model/run.js";
import type { ExampleTable } from "../tables/exampleTable.js";
import { ExampleTasks, type TaskExamples } from "./exampleTasks.js";
import { readExamples, type Results } from "./readExamples.js";

export interface RunExamples {
  /** By task and filter. */
  readonly tasks: readonly TaskExamples[];
  readonly problems: readonly Problem[];
}

interface FileReading {
  /** Null for a file that could not be read. */
  readonly stamp: FileStamp | null;
  /** The last bytes: they tell a file that has grown from one that was written anew. */
  readonly tail: Uint8Array;
  /** Stamp of the results that say its step. */
  readonly results: string;
  readonly problems: readonly Problem[];
}

/** Files of one run that are read at once. */
const CONCURRENCY = 4;

export class ExampleReading {
  private tasks = new ExampleTasks(null);
  private files = new Map<string, FileReading>();
  private made: RunExamples | null = null;
  /** The update that is under way. They follow one another. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly disk: Files) {}

  /**
   * What the files of `run` hold now, the same object while nothing has changed. `metric` is collected wherever a task
   * has it, beside the usual ones.
   */
  update(run: RunDir, metric: string | null, signal?: AbortSignal): Promise<RunExamples> {
    const update = this.last.then(() => this.updateFiles(run, metric, signal));
    this.last = update.catch(() => undefined);
    return update;
  }

  /** Bytes that the tables take. */
  size(): number {
    return this.tasks.size();
  }

  private async updateFiles(
    run: RunDir,
    metric: string | null,
    signal: AbortSignal | undefined,
  ): Promise<RunExamples> {
    if (metric !== null && metric !== this.tasks.wanted) {
      this.tasks.wanted = metric;
      this.made = null;
    }
    const sources = [...(run.examples ?? [])].sort(byTime);
    const limit = createLimit(CONCURRENCY);
    const states = await Promise.all(sources.map((source) => limit(() => this.stateOf(source))));
    const files = new Set(sources.map(({ file }) => file));
    const isGone = [...this.files.keys()].some((file) => !files.has(file));
    if (isGone || states.includes("anew")) this.startAnew();
    const known = new Map<string, Promise<Results>>();
    let stale = sources.filter(({ file }, i) => states[i] === "grown" || !this.files.has(file));
    do {
      if (stale.length > 0) this.made = null;
      // All of them end before anything else happens: none goes on reading behind an update that was aborted.
      const read = stale.map((source) => limit(() => this.read(source, known, signal)));
      for (const result of await Promise.allSettled(read)) {
        if (result.status === "rejected") throw result.reason;
      }
      stale = sources.filter(({ file }) => this.tasks.lacks(file));
    } while (stale.length > 0);
    return (this.made ??= this.make(run, [...files]));
  }

  private startAnew(): void {
    this.tasks = new ExampleTasks(this.tasks.wanted);
    this.files = new Map();
    this.made = null;
  }

  private async stateOf(source: ExamplesSource): Promise<"new" | "same" | "grown" | "anew"> {
    const { file } = source;
    const known = this.files.get(file);
    if (!known) return "new";
    try {
      const stamp = await this.disk.stat(file);
      if (known.stamp === null) return "grown";
      const results = await this.stampOfResults(source);
      if (sameStamp(stamp, known.stamp) && results === known.results) return "same";
      const opened = await this.disk.open(file);
      try {
        const isSame =
          opened.stamp.inode === known.stamp.inode &&
          (await endsWith(opened, known.stamp.size, known.tail));
        return isSame ? "grown" : "anew";
      } finally {
        await opened.close();
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return known.stamp === null ? "same" : "anew";
    }
  }

  private async read(
    source: ExamplesSource,
    known: Map<string, Promise<Results>>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { file } = source;
    this.files.delete(file);
    this.tasks.drop(file);
    const problems: Problem[] = [];
    const results = await this.stampOfResults(source);
    let end: Pick<FileReading, "stamp" | "tail"> = { stamp: null, tail: new Uint8Array() };
    try {
      end = await this.endOf(file);
      for await (const chunk of readExamples(this.disk, source, signal, known)) {
        problems.push(...chunk.problems);
        const placed = chunk.examples.filter(({ step }) => Number.isFinite(step));
        if (placed.length < chunk.examples.length && !problems.some(isBadStep)) {
          problems.push(problem("examples/bad-step", file, "examples at no finite step; not read"));
        }
        if (placed.every((example) => this.tasks.take(file, example))) continue;
        problems.push(problem("examples/too-many", file, TOO_MANY));
        break;
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.tasks.drop(file);
      end = { ...end, stamp: null };
      problems.push(problem("file/unreadable", file, `cannot be read: ${reasonOf(error)}`));
    }
    this.tasks.finish(file);
    this.files.set(file, { ...end, results, problems });
  }

  private async endOf(file: string): Promise<{ stamp: FileStamp; tail: Uint8Array }> {
    const source = await this.disk.open(file);
    try {
      const { stamp } = source;
      return { stamp, tail: await tailBefore(source, stamp.size) };
    } finally {
      await source.close();
    }
  }

  private async stampOfResults({ results }: ExamplesSource): Promise<string> {
    if (results === null) return "";
    try {
      const { size, modifiedMs, inode } = await this.disk.stat(results);
      return [size, modifiedMs, inode].join(" ");
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return "";
    }
  }

  private make(run: RunDir, files: readonly string[]): RunExamples {
    const tasks = this.tasks.build(files);
    const problems = files.flatMap((file) => this.files.get(file)?.problems ?? []);
    const place = run.file ?? run.directory;
    for (const { tables } of tasks) {
      for (const table of tables.values()) problems.push(...problemsOf(table, place));
    }
    return { tasks, problems };
  }
}

const isBadStep = ({ code }: Problem): boolean => code === "examples/bad-step";
const TOO_MANY = "more outcomes than are kept in memory; the rest of them is not read";

function problemsOf({ task, metric, repeated, changed }: ExampleTable, place: string): Problem[] {
  const problems: Problem[] = [];
  const { differing, first } = repeated;
  if (differing > 0 && first) {
    problems.push(
      problem(
        "examples/given-twice",
        place,
        `${task}: ${metric} is given twice and differs for ${differing} outcomes, the first twice given at step ` +
          `${formatStep(first.step)}, example ${first.id}; the later one is used`,
      ),
    );
  }
  if (changed.count > 0) {
    problems.push(
      problem(
        "examples/changed-question",
        place,
        `${task}: ${changed.count} examples, for instance ${changed.first ?? ""}, are another question at another ` +
          "checkpoint, by their hash; each question is an example by itself",
      ),
    );
  }
  return problems;
}

/** By the time in the name, where there is one: of two evaluations of one checkpoint the later one counts. */
function byTime(a: ExamplesSource, b: ExamplesSource): number {
  const time = ({ file, results }: ExamplesSource): number =>
    timeInName(file) ?? timeInName(results ?? "") ?? -Infinity;
  const [x, y] = [time(a), time(b)];
  return x === y ? compareNames(a.file, b.file) : x - y;
}
