/** What a command of the terminal gets, and how it fails. */

import type { Catalog, Folder, RunDir } from "../core/index.js";

export interface Call {
  readonly catalog: Catalog;
  readonly folders: readonly Folder[];
  /** Arguments before the paths. */
  readonly words: readonly string[];
  readonly json: boolean;
  readonly csv: boolean;
  /** File that the records of the answers are written to. */
  readonly record: string | null;
  readonly bytes: boolean;
  readonly run: string | null;
  readonly metrics: readonly string[];
  readonly format: string | null;
}

/** Wrong use: the message is shown, the exit code is 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The run that a word names: an id or a unique label. */
export async function resolveRun(catalog: Catalog, name: string): Promise<RunDir> {
  await catalog.identify();
  const found = catalog.resolve(name);
  const [run] = found;
  if (run && found.length === 1) return run;
  const all = catalog.runs().map(({ key }) => catalog.idOf(key));
  if (!run) {
    const near = all.filter((id) => id.includes(name)).slice(0, 8);
    throw new UsageError(
      `no run "${name}"${near.length > 0 ? `; there are ${near.join(", ")}` : ""}`,
    );
  }
  const ids = found.map(({ key }) => catalog.idOf(key));
  throw new UsageError(`"${name}" names ${found.length} runs: ${ids.join(", ")}`);
}

/** Progress on stderr, where somebody watches. */
export function showProgress(done: number, of: number, what: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(done === of ? "\r\u001b[K" : `\r\u001b[K${done} of ${of} ${what}`);
}
