/** Decodes Snappy's raw format, as LevelDB tables use it. */

/** The decoded bytes, or null when they are damaged or more than `limit`. */
export function decodeSnappy(bytes: Uint8Array, limit: number): Uint8Array | null {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined || shift > 28) return null;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > limit) return null;
  const out = new Uint8Array(length);
  let filled = 0;
  while (at < bytes.length) {
    const tag = bytes[at++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      const extra = (tag >> 2) - 59;
      let count = (tag >> 2) + 1;
      if (extra > 0) {
        count = littleEndian(bytes, at, extra) + 1;
        at += extra;
      }
      if (at + count > bytes.length || filled + count > length) return null;
      out.set(bytes.subarray(at, at + count), filled);
      at += count;
      filled += count;
      continue;
    }
    const offsetBytes = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const high = kind === 1 ? (tag >> 5) * 256 : 0;
    const offset = high + littleEndian(bytes, at, offsetBytes);
    at += offsetBytes;
    if (at > bytes.length || offset === 0 || offset > filled || filled + count > length) {
      return null;
    }
    // One by one: a copy may reach into what it is writing.
    for (let i = 0; i < count; i++, filled++) out[filled] = out[filled - offset] as number;
  }
  return filled === length ? out : null;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0);
  return value;
}
