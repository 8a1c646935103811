/**
 * Examples × checkpoints of one task, filter and metric, column by column: a byte per outcome while all of them are 0 or
 * 1, else a score in single precision. 100,000 examples at 154 checkpoints take 16 MB. Built as files are read, in any
 * order; a file that is read again replaces what it gave before.
 */

import { UNKNOWN, type Cut, type Outcomes } from "../model/outcomes.js";

/** What the outcomes are of. */
export interface ExampleMetric {
  readonly task: string;
  /** How the answer was taken out of the model's text, where that was done in several ways. */
  readonly filter: string | null;
  readonly metric: string;
}

/** Outcomes at one checkpoint: bytes with `UNKNOWN`, or single precision with NaN for unknown. */
export type Scores = Uint8Array | Float32Array;

/** Outcomes that were given twice for one example and checkpoint: of one file the later line counts, of two the later file. */
export interface Repeated {
  readonly count: number;
  /** Those of them that are not equal. */
  readonly differing: number;
  readonly first: { readonly step: number; readonly id: string } | null;
}

/** Ids that are another question at another checkpoint, by their hash: such are examples by themselves. */
export interface Changed {
  readonly count: number;
  readonly first: string | null;
}

export class ExampleTable implements ExampleMetric {
  constructor(
    readonly task: string,
    readonly filter: string | null,
    readonly metric: string,
    /** Steps of the checkpoints, ascending. */
    readonly step: Float64Array,
    /** Ids of the examples: whole numbers ascending, then texts. The same id occurs once per hash. */
    readonly ids: readonly string[],
    readonly hashes: readonly (string | null)[],
    /** By checkpoint; a column may end early, what lies behind is unknown. */
    readonly scores: readonly Scores[],
    /** By checkpoint, the files that its outcomes are from; a later one counts before an earlier one. */
    readonly files: readonly (readonly string[])[],
    /** True when some score is neither 0 nor 1: then what counts as right has to be said. */
    readonly isGraded: boolean,
    readonly repeated: Repeated,
    readonly changed: Changed,
  ) {}

  /** Number of examples. */
  get length(): number {
    return this.ids.length;
  }

  /** Rows of all examples of an id. */
  rowsOf(id: string): number[] {
    return this.ids.flatMap((other, row) => (other === id ? [row] : []));
  }

  scoreAt(checkpoint: number, row: number): number {
    const column = this.scores[checkpoint];
    const score = column?.[row];
    if (score === undefined) return NaN;
    return column instanceof Uint8Array && score === UNKNOWN ? NaN : score;
  }

  /**
   * Right or wrong by `cut`, or as the files say it where there is none; null for graded scores without a cut. Shares the
   * table's columns where it can. O(examples · checkpoints).
   */
  outcomes(cut: Cut | null): Outcomes | null {
    const { step, scores, length: examples } = this;
    if (cut === null) {
      const columns = scores.filter((column) => column instanceof Uint8Array);
      return this.isGraded ? null : { step, columns, examples };
    }
    const value = Math.fround(cut.value);
    const isRight = (score: number): boolean =>
      cut.operator === ">=" ? score >= value : score <= value;
    const columns = scores.map((column) => {
      const outcomes = new Uint8Array(column.length);
      for (let row = 0; row < column.length; row++) {
        const score = column[row] as number;
        const isUnknown = column instanceof Uint8Array ? score === UNKNOWN : Number.isNaN(score);
        outcomes[row] = isUnknown ? UNKNOWN : isRight(score) ? 1 : 0;
      }
      return outcomes;
    });
    return { step, columns, examples };
  }
}

/** Bytes that a run's tables may still take: what a damaged or hostile file says is no reason to run out of memory. */
export class Budget {
  constructor(public left: number) {}

  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }
}

/** What one file gives at one checkpoint. Not changed any more once the file is read. */
interface Part {
  scores: Scores;
  length: number;
  repeated: number;
  differing: number;
  /** Row of the first outcome that was given twice, or -1. */
  firstRepeated: number;
}

const FIRST_CAPACITY = 64;
/** What an example takes beside its texts, and a part beside its scores. */
const ROW_BYTES = 48;
const PART_BYTES = 256;

export class ExampleTableBuilder {
  private readonly ids: string[] = [];
  private readonly hashes: (string | null)[] = [];
  /** Row by id, and by hash where an id has several. */
  private readonly rows = new Map<string, number | Map<string | null, number>>();
  /** By file and step. */
  private readonly parts = new Map<string, Map<number, Part>>();
  /** Files mostly list their examples in the same order: the next row is looked at first. */
  private lastRow = -1;
  /** Bytes of the budget. */
  private taken = 0;

  constructor(
    private readonly of: ExampleMetric,
    private readonly budget: Budget,
  ) {}

  /** To be called before a file is read again. */
  drop(file: string): void {
    for (const { scores } of this.parts.get(file)?.values() ?? []) {
      this.take(-PART_BYTES - scores.byteLength);
    }
    this.parts.delete(file);
  }

  /** Gives its room back. Not to be added to any more. */
  release(): void {
    this.take(-this.taken);
  }

  /** Adds an outcome; NaN is one that is not known. False when there is no room left for it. */
  add(file: string, step: number, id: string, hash: string | null, score: number): boolean {
    const row = this.rowOf(id, hash);
    const part = this.partOf(file, step);
    if (row < 0 || !part) return false;
    if (row >= part.scores.length && !this.grow(part, row + 1)) return false;
    part.length = Math.max(part.length, row + 1);
    if (Number.isNaN(score)) return true;
    if (score !== 0 && score !== 1 && part.scores instanceof Uint8Array) {
      if (!this.take(part.scores.length * 3)) return false;
      part.scores = graded(part.scores);
    }
    place(part, row, score);
    return true;
  }

  /** To be called when a file is read to its end. */
  finish(file: string): void {
    for (const part of this.parts.get(file)?.values() ?? []) {
      if (part.length === part.scores.length) continue;
      const scores = part.scores.slice(0, part.length);
      this.take(scores.byteLength - part.scores.byteLength);
      part.scores = scores;
    }
  }

  /**
   * The table of those files, all of them finished; it does not change with what is read later. Of two files about one
   * checkpoint the one that comes later in `files` counts.
   */
  build(files: readonly string[]): ExampleTable {
    const found = new Map<number, { readonly files: string[]; readonly parts: Part[] }>();
    for (const file of files) {
      for (const [step, part] of this.parts.get(file) ?? NO_PARTS) {
        let here = found.get(step);
        if (!here) found.set(step, (here = { files: [], parts: [] }));
        here.files.push(file);
        here.parts.push(part);
      }
    }
    const checkpoints = [...found].sort(([a], [b]) => a - b);
    const steps = checkpoints.map(([step]) => step);
    const isGraded = checkpoints.some(([, { parts }]) =>
      parts.some(({ scores }) => scores instanceof Float32Array),
    );
    const columns = checkpoints.map(([, { parts }]) => mergeParts(parts, isGraded));
    const order = this.order();
    const inOrder = <T>(list: readonly T[]): T[] =>
      order === null ? list.slice() : Array.from(order, (row) => list[row] as T);
    const ids = inOrder(this.ids);
    const { task, filter, metric } = this.of;
    return new ExampleTable(
      task,
      filter,
      metric,
      Float64Array.from(steps),
      ids,
      inOrder(this.hashes),
      columns.map(({ scores }) => (order === null ? scores : reorder(scores, order))),
      checkpoints.map(([, own]) => own.files),
      isGraded,
      this.repeated(steps, columns),
      this.changed(ids),
    );
  }

  private take(bytes: number): boolean {
    if (!this.budget.take(bytes)) return false;
    this.taken += bytes;
    return true;
  }

  private rowOf(id: string, hash: string | null): number {
    const guess = this.lastRow + 1;
    if (this.ids[guess] === id && this.hashes[guess] === hash) return (this.lastRow = guess);
    const known = this.rows.get(id);
    const row = typeof known === "object" ? known.get(hash) : known;
    if (row !== undefined && this.hashes[row] === hash) return (this.lastRow = row);
    if (!this.take(ROW_BYTES + id.length + (hash?.length ?? 0))) return -1;
    const added = this.ids.length;
    this.ids.push(id);
    this.hashes.push(hash);
    if (known === undefined) this.rows.set(id, added);
    else if (typeof known === "object") known.set(hash, added);
    else {
      const before = this.hashes[known] ?? null;
      this.rows.set(id, new Map<string | null, number>().set(before, known).set(hash, added));
    }
    return (this.lastRow = added);
  }

  /** Null when there is no room left for a new one. */
  private partOf(file: string, step: number): Part | null {
    let parts = this.parts.get(file);
    if (!parts) this.parts.set(file, (parts = new Map<number, Part>()));
    let part = parts.get(step);
    if (!part) {
      if (!this.take(PART_BYTES)) return null;
      part = { scores: new Uint8Array(0), length: 0, ...NOTHING_REPEATED };
      parts.set(step, part);
    }
    return part;
  }

  private grow(part: Part, length: number): boolean {
    const { scores } = part;
    const capacity = Math.max(length, FIRST_CAPACITY, scores.length * 2);
    if (!this.take((capacity - scores.length) * scores.BYTES_PER_ELEMENT)) return false;
    part.scores =
      scores instanceof Uint8Array
        ? filled(new Uint8Array(capacity), UNKNOWN, scores)
        : filled(new Float32Array(capacity), NaN, scores);
    return true;
  }

  /** Rows by id, null where they are in that order already. O(n log n). */
  private order(): Uint32Array | null {
    const { ids, hashes } = this;
    const number = Float64Array.from(ids, (id) => (/^\d{1,15}$/.test(id) ? Number(id) : Infinity));
    const compare = (a: number, b: number): number => {
      const [x, y] = [number[a] as number, number[b] as number];
      if (x !== y) return x - y;
      return compareTexts(ids[a], ids[b]) || compareTexts(hashes[a], hashes[b]);
    };
    let isSorted = true;
    for (let row = 1; isSorted && row < ids.length; row++) isSorted = compare(row - 1, row) < 0;
    return isSorted ? null : Uint32Array.from(ids, (_, row) => row).sort(compare);
  }

  private repeated(steps: readonly number[], columns: readonly Part[]): Repeated {
    const at = columns.findIndex(({ repeated }) => repeated > 0);
    const [step, row] = [steps[at], columns[at]?.firstRepeated ?? -1];
    return {
      count: columns.reduce((sum, { repeated }) => sum + repeated, 0),
      differing: columns.reduce((sum, { differing }) => sum + differing, 0),
      first: step === undefined ? null : { step, id: this.ids[row] ?? "" },
    };
  }

  private changed(ids: readonly string[]): Changed {
    const changed = new Set<string>();
    for (const [id, known] of this.rows) if (typeof known === "object") changed.add(id);
    return { count: changed.size, first: ids.find((id) => changed.has(id)) ?? null };
  }
}

function compareTexts(a: string | null | undefined, b: string | null | undefined): number {
  const [x, y] = [a ?? "", b ?? ""];
  return x < y ? -1 : x > y ? 1 : 0;
}

function filled<T extends Scores>(into: T, unknown: number, from: T): T {
  into.fill(unknown, from.length);
  into.set(from);
  return into;
}

function graded(scores: Scores): Float32Array {
  if (scores instanceof Float32Array) return scores;
  return Float32Array.from(scores, (score) => (score === UNKNOWN ? NaN : score));
}

function reorder(scores: Scores, order: Uint32Array): Scores {
  if (scores instanceof Uint8Array) {
    return Uint8Array.from(order, (row) => scores[row] ?? UNKNOWN);
  }
  return Float32Array.from(order, (row) => scores[row] ?? NaN);
}

const NO_PARTS: ReadonlyMap<number, Part> = new Map();
const NOTHING_REPEATED = { repeated: 0, differing: 0, firstRepeated: -1 };

/** The later outcome of an example counts. */
function place(part: Part, row: number, score: number): void {
  const { scores } = part;
  const before = scores[row] as number;
  scores[row] = score;
  if (scores instanceof Uint8Array ? before === UNKNOWN : Number.isNaN(before)) return;
  if (part.repeated === 0) part.firstRepeated = row;
  part.repeated += 1;
  if (before !== scores[row]) part.differing += 1;
}

/** All parts of a checkpoint, the later ones over the earlier ones; one part alone shares its scores. */
function mergeParts(parts: readonly Part[], isGraded: boolean): Part {
  const [only] = parts;
  if (only && parts.length === 1) {
    return isGraded ? { ...only, scores: graded(only.scores) } : only;
  }
  const length = parts.reduce((longest, part) => Math.max(longest, part.length), 0);
  const scores = isGraded
    ? new Float32Array(length).fill(NaN)
    : new Uint8Array(length).fill(UNKNOWN);
  const merged: Part = { scores, length, ...NOTHING_REPEATED };
  for (const part of parts) {
    const own = isGraded ? graded(part.scores) : part.scores;
    for (let row = 0; row < part.length; row++) {
      const score = own[row] as number;
      if (isGraded ? !Number.isNaN(score) : score !== UNKNOWN) place(merged, row, score);
    }
    merged.repeated += part.repeated;
    merged.differing += part.differing;
    if (merged.firstRepeated < 0) merged.firstRepeated = part.firstRepeated;
  }
  return merged;
}
