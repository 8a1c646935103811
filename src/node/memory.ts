/** How much of the machine's memory points may take. */

import { totalmem } from "node:os";

const LEAST = 512 * 1024 * 1024;
/** Of all memory, or of what a container has of it. */
const SHARE = 1 / 8;

/** Bytes: an eighth of the memory that there is, and half a gibibyte at least. */
export function pointBytes(): number {
  // 0, or more than there is, where nothing limits it.
  const limit = process.constrainedMemory();
  const own = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(LEAST, own * SHARE);
}
