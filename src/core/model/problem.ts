/** A problem with data: a value that is collected and shown, never an exception. */

export interface Problem {
  /** Stable, `area/what`, for filters and tests. */
  readonly code: string;
  /** Absolute path of the file or directory that has the problem. */
  readonly file: string;
  /** Byte in the file, from 0. */
  readonly offset?: number;
  /** Line in the file, from 1. */
  readonly line?: number;
  /** One line: what is wrong, the offending value, what to do. */
  readonly message: string;
}

export interface Place {
  readonly offset?: number;
  readonly line?: number;
}

export function problem(code: string, file: string, message: string, place: Place = {}): Problem {
  return {
    code,
    file,
    message,
    ...(place.offset === undefined ? {} : { offset: place.offset }),
    ...(place.line === undefined ? {} : { line: place.line }),
  };
}

/** What an unknown thrown value says, in one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}
