/** Rows of a long list that are asked for, a page at a time, as they come into view. */

import { isAborted } from "../../src/protocol/rpc.js";

/** Rows that are asked for at once, and how many such pages are kept. */
export const PAGE_ROWS = 256;
const MAX_PAGES = 16;

export class PagedRows<Row> {
  private readonly pages = new Map<number, readonly Row[] | null>();

  constructor(
    private readonly ask: (from: number, to: number) => Promise<readonly Row[]>,
    /** Called when there are more rows, or with why there are none. */
    private readonly changed: (failure: string | null) => void,
  ) {}

  /** Null while it is not there; it is asked for then. */
  at(row: number): Row | null {
    const index = Math.floor(row / PAGE_ROWS);
    const page = this.pages.get(index);
    if (page === undefined) {
      this.pages.set(index, null);
      void this.fill(index);
    }
    return page?.[row % PAGE_ROWS] ?? null;
  }

  private async fill(index: number): Promise<void> {
    try {
      const rows = await this.ask(index * PAGE_ROWS, (index + 1) * PAGE_ROWS);
      this.pages.delete(index);
      this.pages.set(index, rows);
      for (const [oldest, held] of this.pages) {
        if (this.pages.size <= MAX_PAGES) break;
        if (held) this.pages.delete(oldest);
      }
      this.changed(null);
    } catch (error) {
      this.pages.delete(index);
      if (!isAborted(error)) this.changed(error instanceof Error ? error.message : String(error));
    }
  }
}
