/** What a command of the terminal gets, and how it fails. */

import { nearest, type Catalog, type Folder, type RunAtStep, type RunDir } from "../core/index.js";

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
  /** Fits laws, too. */
  readonly law: boolean;
  readonly run: string | null;
  readonly metrics: readonly string[];
  readonly format: string | null;
  /** What a command takes beside these, by name. */
  readonly options: Options;
}

/** Texts as they were typed; null where they were not. */
export interface Options {
  readonly task: string | null;
  readonly filter: string | null;
  readonly cut: string | null;
  readonly persistence: string | null;
  readonly step: string | null;
  readonly example: string | null;
  /** The two words behind `--diff`. */
  readonly diff: readonly string[] | null;
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

/** A checkpoint, as `RUN@STEP` names it: split at the last `@`. */
export async function resolveRunAtStep(catalog: Catalog, word: string): Promise<RunAtStep> {
  const cut = word.lastIndexOf("@");
  const step = Number(word.slice(cut + 1));
  if (cut <= 0 || word.slice(cut + 1) === "" || !Number.isFinite(step)) {
    throw new UsageError(`"${word}" is not RUN@STEP`);
  }
  return { key: (await resolveRun(catalog, word.slice(0, cut))).key, step };
}

/** Waits until a slow reader has taken what was written. */
export async function write(data: string | Uint8Array): Promise<void> {
  if (process.stdout.write(data)) return;
  await new Promise<void>((resolve) => process.stdout.once("drain", resolve));
}

/** Progress on stderr, where somebody watches. */
export function showProgress(done: number, of: number, what: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(done === of ? "\r\u001b[K" : `\r\u001b[K${done} of ${of} ${what}`);
}

/** Runs whose metrics are looked through for a name that was meant. */
const HINT_RUNS = 20;

/** Says on stderr that no run has a metric, and which name is near to it. */
export async function hintMetric(catalog: Catalog, asked: string): Promise<void> {
  const names = new Set<string>();
  for (const { key } of catalog.runs().slice(0, HINT_RUNS)) {
    for (const name of (await catalog.load(key)).view.metricNames()) names.add(name);
  }
  if (names.has(asked)) return;
  const near = nearest(asked, names);
  const hint = near === null ? "" : `; the nearest metric is "${near}"`;
  process.stderr.write(`onset: no run has "${asked}"${hint}\n`);
}
