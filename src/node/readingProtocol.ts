/** What the pool and its workers say to each other. */

import type { Chunk, Cursor, FileErrorCode, FileStamp } from "../core/index.js";

/** Data of a worker thread that reads for a pool; one without answers questions. */
export const READS = "reads";

/** A file that the pool holds open. Descriptors are those of the process, so that its threads share them. */
export interface SharedFile {
  readonly fd: number;
  readonly stamp: FileStamp;
}

export interface Reading {
  readonly format: string;
  readonly file: string;
  readonly source: SharedFile;
  readonly beside: readonly (readonly [name: string, shared: SharedFile])[];
  readonly from: Cursor;
}

/** `bytes` have been read so far. */
export type FromWorker =
  | { readonly id: number; readonly kind: "chunk"; readonly chunk: Chunk; readonly bytes: number }
  | { readonly id: number; readonly kind: "end"; readonly cursor: Cursor }
  | {
      readonly id: number;
      readonly kind: "error";
      /** Null for one that is no `FileError`. */
      readonly code: FileErrorCode | null;
      readonly path: string;
      readonly message: string;
    };

export type ToWorker =
  | { readonly id: number; readonly kind: "read"; readonly reading: Reading }
  /** A chunk was taken: another one may come. */
  | { readonly id: number; readonly kind: "taken" }
  | { readonly id: number; readonly kind: "abort" };
