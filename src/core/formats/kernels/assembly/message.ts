/**
 * Fields of a protocol buffer, as `ProtobufReader` reads them. What that reader would refuse, or what needs more than 49
 * bits, makes `isOdd` true: the record is then read by the plain code.
 */

/** Where the next field begins, and what the last one was. */
export let place: usize = 0;
export let field: u32 = 0;
export let wire: u32 = 0;
export let isOdd: bool = false;

export function open(at: usize): void {
  place = at;
  isOdd = false;
}

export function refuse(): void {
  isOdd = true;
}

/** Moves to the next field; false at the end of the message, and where it is odd. */
export function next(end: usize): bool {
  if (isOdd || place >= end) return false;
  const tag = varint(end);
  field = (tag >>> 3) as u32;
  wire = (tag & 7) as u32;
  if (field == 0 || tag >>> 32 != 0) isOdd = true;
  return !isOdd;
}

export function varint(end: usize): u64 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 49; shift += 7) {
    if (place >= end) break;
    const byte = load<u8>(place++) as u64;
    value |= (byte & 127) << shift;
    if (byte < 128) return value;
  }
  isOdd = true;
  return 0;
}

/** Steps over `length` bytes and returns where they begin. */
export function advance(length: u64, end: usize): usize {
  const at = place;
  if (isOdd || length > ((end - at) as u64)) {
    isOdd = true;
    return at;
  }
  place = at + (length as usize);
  return at;
}

export function skip(end: usize): void {
  if (wire == 0) varint(end);
  else if (wire == 1) advance(8, end);
  else if (wire == 2) advance(varint(end), end);
  else if (wire == 5) advance(4, end);
  else isOdd = true;
}
