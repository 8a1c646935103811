/** CRC-32 (IEEE 802.3), as zlib computes it. */

import { registerOn, SLICES, TABLE, writeFirst, writeNext } from "./crc";
import { reserve } from "./memory";

const POLYNOMIAL: u32 = 0xedb88320;

const tables = reserve(SLICES * TABLE);
let isKnown = false;

export function crc32(at: usize, length: usize): u32 {
  if (!isKnown) {
    writeFirst(tables, POLYNOMIAL);
    for (let i: usize = 1; i < SLICES; i++) writeNext(tables + i * TABLE, tables);
    isKnown = true;
  }
  return ~registerOn(tables, at, length, ~(0 as u32));
}
