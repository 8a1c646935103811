/** One checkpoint as a format sees it: what lies in it, read once. */

import { FileError, readRange, type ByteSource, type Entry, type Files } from "../../io/files.js";
import { baseName, directoryOf, joinPath } from "../../io/path.js";
import type { Checkpoint } from "../../model/run.js";
import { decodeText, parseJson } from "../json.js";

/** What a completion mark or a tracker file has at most. */
const MAX_TEXT_BYTES = 1024 * 1024;

export class CheckpointLook {
  private readonly byName: ReadonlyMap<string, Entry>;

  constructor(
    readonly files: Files,
    readonly checkpoint: Checkpoint,
    /** What lies directly in it; empty for a checkpoint that is a file. */
    readonly entries: readonly Entry[],
  ) {
    this.byName = new Map(entries.map((entry) => [entry.name, entry]));
  }

  get path(): string {
    return this.checkpoint.path;
  }

  get name(): string {
    return baseName(this.path);
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  some(pattern: RegExp): boolean {
    return this.entries.some(({ name }) => pattern.test(name));
  }

  /** The text of a file in the checkpoint, or null where there is none. `limit` bytes are read at most. */
  text(name: string, limit = MAX_TEXT_BYTES): Promise<string | null> {
    return this.textAt(joinPath(this.path, name), limit);
  }

  /** The same for a file beside it, such as a tracker. */
  textBeside(name: string): Promise<string | null> {
    return this.textAt(joinPath(directoryOf(this.path), name), 4096);
  }

  /** A small JSON file in the checkpoint; undefined where there is none or it does not parse. */
  async json(name: string): Promise<unknown> {
    const text = await this.text(name);
    if (text === null) return undefined;
    const parsed = parseJson(text);
    return parsed.ok ? parsed.value : undefined;
  }

  /** Names in a directory, of the checkpoint or below it; empty where it cannot be listed. */
  async namesIn(directory: string): Promise<ReadonlySet<string>> {
    try {
      const entries = await this.files.list(directory);
      return new Set(entries.map(({ name }) => name));
    } catch (error) {
      if (error instanceof FileError) return new Set();
      throw error;
    }
  }

  /** Opens a file in the checkpoint for `use`; null where it is not there or cannot be read. */
  with<T>(name: string, use: (source: ByteSource) => Promise<T>): Promise<T | null> {
    return this.withFile(joinPath(this.path, name), use);
  }

  async withFile<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T | null> {
    try {
      const source = await this.files.open(path);
      try {
        return await use(source);
      } finally {
        await source.close();
      }
    } catch (error) {
      if (error instanceof FileError) return null;
      throw error;
    }
  }

  private textAt(path: string, limit: number): Promise<string | null> {
    return this.withFile(path, async (source) =>
      decodeText(await readRange(source, 0, Math.min(limit, source.stamp.size))),
    );
  }
}

/** The number that ends a tracker file's text: `global_step2000`, `100`; NaN for a word such as `release`. */
export function trackedStep(text: string): number {
  return Number(/(\d+)\s*$/.exec(text)?.[1] ?? NaN);
}
