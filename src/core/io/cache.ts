/** Where core keeps what it has read, from one session to the next. `node/diskCache.ts` implements it on disks. */

/** What is kept of one thing. */
export interface CacheEntry {
  /** Little: numbers, texts, plain objects, arrays and maps of such, byte arrays. */
  readonly state: unknown;
  /** Much: bytes that come back as they were, each block in one piece that begins at a multiple of 64. */
  readonly blocks: readonly (readonly Uint8Array[])[];
}

export interface CachedEntry {
  readonly state: unknown;
  readonly blocks: readonly Uint8Array[];
}

/** What cannot be kept or had again is no failure: the files themselves are there to be read. */
export interface Cache {
  /** Smaller files are read as quickly as what was kept of them. */
  readonly leastBytes: number;
  /**
   * What was kept last under a key, exactly as it was; null where there is nothing, where it was damaged or made by another
   * version, or where `isWanted` says no to its state: then its blocks are not read.
   */
  load(key: string, isWanted: (state: unknown) => boolean): Promise<CachedEntry | null>;
  /** Ends when the bytes are no longer needed. */
  save(key: string, entry: CacheEntry): Promise<void>;
}
