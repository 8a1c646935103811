/** Collects a reader's problems: the first ones in full, the rest as a count, so that a damaged file stays readable. */

import { problem, type Place, type Problem } from "../model/problem.js";

const SHOWN = 20;

/** Of a file's unfinished end: they are found again, or are gone, when it is read on. */
const OF_UNFINISHED_END: ReadonlySet<string> = new Set([
  "csv/no-line-end",
  "csv/open-quote",
  "file/not-downloaded",
  "step-metrics/not-json",
]);

/** True for a problem that stays when the file is read on. */
export function isLasting({ code }: Problem): boolean {
  return !OF_UNFINISHED_END.has(code);
}

export class ProblemList {
  private problems: Problem[] = [];
  private readonly counts = new Map<string, number>();

  constructor(private readonly file: string) {}

  add(code: string, message: string, place: Place = {}): void {
    const count = (this.counts.get(code) ?? 0) + 1;
    this.counts.set(code, count);
    if (count <= SHOWN) this.problems.push(problem(code, this.file, message, place));
  }

  /** The problems since the last call. Call with `atEnd` once, at the end, for the counts of those left out. */
  take(atEnd = false): Problem[] {
    const taken = this.problems;
    this.problems = [];
    if (atEnd) {
      for (const [code, count] of this.counts) {
        if (count > SHOWN) {
          taken.push(problem(code, this.file, `and ${count - SHOWN} more of this kind`));
        }
      }
      this.counts.clear();
    }
    return taken;
  }
}
