/**
 * The interface that every manifest has: a file that lists checkpoints, wherever they are. What it lists is remote: the
 * addresses in it are shown and never followed.
 */

import type { Problem } from "../../model/problem.js";

export interface Listed {
  readonly step: number;
  readonly address: string;
  /** Tokens seen until then, null where the manifest does not say. */
  readonly tokens: number | null;
  /** Where it says so. */
  readonly tokensFrom: string | null;
}

export interface Manifest {
  /** By run: stages, ingredients and models that it tells apart; `""` where it lists those of one run. */
  readonly parts: ReadonlyMap<string, readonly Listed[]>;
  readonly problems: readonly Problem[];
}

export interface ManifestFormat {
  /** By the file's name and its first bytes. */
  claims(name: string, head: Uint8Array): boolean;
  read(text: string, file: string): Manifest;
}

/** Collects what is listed, by run. */
export class ManifestParts {
  private readonly parts = new Map<string, Listed[]>();

  add(part: string, listed: Listed): void {
    const own = this.parts.get(part);
    if (own) own.push(listed);
    else this.parts.set(part, [listed]);
  }

  take(): ReadonlyMap<string, readonly Listed[]> {
    return this.parts;
  }
}
