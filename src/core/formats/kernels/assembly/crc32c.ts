/**
 * CRC-32C with tables by distance: `contribution(d, byte)` is what a byte adds to the checksum that `d` more bytes
 * follow. The first eight tables are those of slicing by eight; the others tell what a change of single bytes does to the
 * checksum of a record whose other bytes stay.
 */

import { registerOn, SLICES, TABLE, writeFirst, writeNext } from "./crc";
import { reserve } from "./memory";

const POLYNOMIAL: u32 = 0x82f63b78;
/** Longest distance from the end at which a change can be told. */
export const MAX_DISTANCE: usize = 511;

const tables = reserve((MAX_DISTANCE + 1) * TABLE);
let known: usize = 0;

/** The table of a distance; those that are nearer lie before it. */
export function tableAt(distance: usize): usize {
  if (known == 0) {
    writeFirst(tables, POLYNOMIAL);
    known = 1;
  }
  for (; known <= distance; known++) writeNext(tables + known * TABLE, tables);
  return tables + distance * TABLE;
}

/** The checksum's register after `length` bytes; begin with all ones, and invert at the end. */
export function crcOf(at: usize, length: usize, register: u32): u32 {
  tableAt(SLICES - 1);
  return registerOn(tables, at, length, register);
}

export function crc32c(at: usize, length: usize): u32 {
  return ~crcOf(at, length, ~(0 as u32));
}

/** As TFRecord files store it. */
export function masked(crc: u32): u32 {
  return rotr<u32>(crc, 15) + 0xa282ead8;
}
