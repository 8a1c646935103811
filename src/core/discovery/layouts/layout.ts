/**
 * The interface that every directory layout has: what a training system's own directory holds, where names alone do not
 * say it. Adding a system is one file and one line in `index.ts`.
 */

import type { Entry, Files } from "../../io/files.js";
import type { Problem } from "../../model/problem.js";
import type { Checkpoint, ExamplesSource, Source } from "../../model/run.js";

/** A directory as discovery sees it: its name and what it lists. */
export interface Place {
  /** Absolute path. */
  readonly path: string;
  readonly name: string;
  readonly entries: readonly Entry[];
  has(name: string): boolean;
}

/**
 * The run that a layout's findings belong to:
 * - `here`: the directory is the run.
 * - `above`: the directory is a part of the run of the directory above, for instance one checkpoint of it.
 * - `sibling`: the directory is a part of a run that is spread over directories side by side, and has this name. Where the
 *   system has one such run there, it belongs to the run of the directory above, if that one has findings of its own.
 *   `isCopy`: it may be a copy of another part, and does not count where there is one.
 */
export type BelongsTo = "here" | "above" | { readonly sibling: string; readonly isCopy?: boolean };

/** What a layout found. Entries that are not `taken` are looked at as those of any directory. */
export interface Laid {
  readonly belongsTo: BelongsTo;
  /** Entries that are accounted for: neither read nor entered again. */
  readonly taken: ReadonlySet<string> | "all";
  readonly logs?: readonly Source[];
  readonly evaluations?: readonly Source[];
  readonly examples?: readonly ExamplesSource[];
  readonly configs?: readonly string[];
  readonly checkpoints?: readonly Checkpoint[];
  /** Checkpoints of further runs in the same place, by what tells these apart: stages of a suite, seeds. */
  readonly parts?: ReadonlyMap<string, readonly Checkpoint[]>;
  readonly problems?: readonly Problem[];
}

export interface Layout {
  /** The system as users name it. */
  readonly system: string;
  /** Decides by names alone. Cheap, since every directory is asked; never throws. */
  claims(place: Place): boolean;
  /**
   * Says what the directory is, or null where a look inside shows that it is not this system's. May read small files;
   * throws `FileError` only where the directory itself is gone.
   */
  lay(place: Place, files: Files): Promise<Laid | null>;
  /** True for names of directories that can belong to the run above, so that a run that is followed is looked at whole. */
  mayBelongAbove?(name: string): boolean;
}

export function placeOf(path: string, name: string, entries: readonly Entry[]): Place {
  const names = new Set(entries.map((entry) => entry.name));
  return { path, name, entries, has: (entry) => names.has(entry) };
}
