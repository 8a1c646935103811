/** Cyclic redundancy checks with reflected polynomials of 32 bits, sliced by eight. */

/** Bytes of one table of 256 entries. */
export const TABLE: usize = 1024;
/** Tables that slicing takes. */
export const SLICES: usize = 8;

/** Writes the table of a byte that no other one follows. */
export function writeFirst(table: usize, polynomial: u32): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    store<u32>(table + (byte << 2), crc);
  }
}

/** Writes the table of a byte that one more follows than that of the table before. `tables` is the first one. */
export function writeNext(table: usize, tables: usize): void {
  for (let i: usize = 0; i < TABLE; i += 4) {
    const crc = load<u32>(table - TABLE + i);
    store<u32>(table + i, (crc >>> 8) ^ load<u32>(tables + ((crc & 255) << 2)));
  }
}

/** The register after `length` more bytes, by the first eight tables of a polynomial. */
export function registerOn(tables: usize, at: usize, length: usize, register: u32): u32 {
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
