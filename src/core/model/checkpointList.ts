/** The checkpoints of a run, ascending by step. There can be a million of them in a folder, so they are kept as columns. */

import type { Checkpoint } from "./run.js";

/** What many checkpoints have in common. */
type Kind = Pick<Checkpoint, "container" | "format" | "counts" | "tokensFrom"> & {
  /** The path before the name, with its last `/`; empty where names are whole addresses. */
  readonly directory: string;
};

/** Between names: no path and no address holds it. */
const SEPARATOR = "\0";

export class CheckpointList implements Iterable<Checkpoint> {
  static readonly EMPTY = CheckpointList.of([]);

  private constructor(
    private readonly steps: Float64Array,
    private readonly kind: Uint32Array,
    private readonly kinds: readonly Kind[],
    private readonly names: string,
    /** NaN where they are not known; null where they are of none. */
    private readonly tokens: Float64Array | null,
  ) {}

  /** Of checkpoints in the order in which they are to be kept. */
  static of(checkpoints: readonly Checkpoint[]): CheckpointList {
    const kinds: Kind[] = [];
    const numbers = new Map<string, number>();
    const kind = Uint32Array.from(checkpoints, (checkpoint) => {
      const { container, format, counts, tokensFrom, path } = checkpoint;
      const directory = directoryOf(path, container);
      const key = [container, format, counts, tokensFrom, directory].join(SEPARATOR);
      let number = numbers.get(key);
      if (number === undefined) {
        number = kinds.length;
        numbers.set(key, number);
        kinds.push({
          ...{ container, format, directory },
          ...(counts === undefined ? {} : { counts }),
          ...(tokensFrom === undefined ? {} : { tokensFrom }),
        });
      }
      return number;
    });
    const names = checkpoints.map(({ path, container }) =>
      path.slice(directoryOf(path, container).length),
    );
    return new CheckpointList(
      Float64Array.from(checkpoints, ({ step }) => step),
      kind,
      kinds,
      names.join(SEPARATOR),
      checkpoints.some(({ tokens }) => tokens !== undefined)
        ? Float64Array.from(checkpoints, ({ tokens }) => tokens ?? NaN)
        : null,
    );
  }

  get length(): number {
    return this.steps.length;
  }

  *[Symbol.iterator](): Generator<Checkpoint> {
    const names = this.names.split(SEPARATOR);
    for (let i = 0; i < this.length; i++) {
      const { directory, ...shared } = this.kinds[this.kind[i] as number] as Kind;
      const path = directory + (names[i] as string);
      const tokens = this.tokens?.[i] ?? NaN;
      const step = this.steps[i] as number;
      yield Number.isNaN(tokens) ? { step, path, ...shared } : { step, path, ...shared, tokens };
    }
  }

  map<T>(each: (checkpoint: Checkpoint) => T): T[] {
    return Array.from(this, each);
  }

  filter(isWanted: (checkpoint: Checkpoint) => boolean): Checkpoint[] {
    return [...this].filter(isWanted);
  }

  hasStep(step: number): boolean {
    return this.steps.includes(step);
  }
}

function directoryOf(path: string, container: Checkpoint["container"]): string {
  return container === "remote" ? "" : path.slice(0, path.lastIndexOf("/") + 1);
}
