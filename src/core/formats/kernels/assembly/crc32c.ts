/**
 * CRC-32C with tables by distance: `contribution(d, byte)` is what a byte adds to the checksum that `d` more bytes
 * follow. The first eight tables are those of slicing by eight; the others tell what a change of single bytes does to the
 * checksum of a record whose other bytes stay.
 */

import { reserve } from "./memory";

const POLYNOMIAL: u32 = 0x82f63b78;
/** Bytes of one table of 256 entries. */
export const TABLE: usize = 1024;
/** Longest distance from the end at which a change can be told. */
export const MAX_DISTANCE: usize = 511;

const tables = reserve((MAX_DISTANCE + 1) * TABLE);
let known: usize = 0;

/** The table of a distance; those that are nearer lie before it. */
export function tableAt(distance: usize): usize {
  if (known == 0) {
    for (let byte: u32 = 0; byte < 256; byte++) {
      let crc = byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
      store<u32>(tables + (byte << 2), crc);
    }
    known = 1;
  }
  for (; known <= distance; known++) {
    const from = tables + (known - 1) * TABLE;
    for (let i: usize = 0; i < TABLE; i += 4) {
      const crc = load<u32>(from + i);
      store<u32>(from + i + TABLE, (crc >>> 8) ^ load<u32>(tables + ((crc & 255) << 2)));
    }
  }
  return tables + distance * TABLE;
}

/** The checksum's register after `length` bytes; begin with all ones, and invert at the end. Sliced by eight. */
export function crcOf(at: usize, length: usize, register: u32): u32 {
  tableAt(7);
  let crc = register;
  let p = at;
  const end = at + length;
  for (; p + 8 <= end; p += 8) {
    const low = load<u32>(p) ^ crc;
    const high = load<u32>(p, 4);
    crc =
      load<u32>(tables + ((low & 255) << 2), 7168) ^
      load<u32>(tables + (((low >>> 8) & 255) << 2), 6144) ^
      load<u32>(tables + (((low >>> 16) & 255) << 2), 5120) ^
      load<u32>(tables + ((low >>> 24) << 2), 4096) ^
      load<u32>(tables + ((high & 255) << 2), 3072) ^
      load<u32>(tables + (((high >>> 8) & 255) << 2), 2048) ^
      load<u32>(tables + (((high >>> 16) & 255) << 2), 1024) ^
      load<u32>(tables + ((high >>> 24) << 2));
  }
  for (; p < end; p++) {
    crc = load<u32>(tables + (((crc ^ load<u8>(p)) & 255) << 2)) ^ (crc >>> 8);
  }
  return crc;
}

export function crc32c(at: usize, length: usize): u32 {
  return ~crcOf(at, length, ~(0 as u32));
}

/** As TFRecord files store it. */
export function masked(crc: u32): u32 {
  return rotr<u32>(crc, 15) + 0xa282ead8;
}
