/** Tells by the beginning of a large record that it is an image, a histogram, a graph or the like, so that it need not be read. */

const DECODER = new TextDecoder("utf-8");

/** Fields: an event's time, step, version, summary and session log; a summary's values; a value's tag and tensor. */
const TIME = 1;
const STEP = 2;
const VERSION = 3;
const SUMMARY = 5;
const SESSION = 7;
const VALUE = 1;
const TAG = 1;
const SIMPLE = 2;
const TENSOR = 8;
const METADATA = 9;

/**
 * True where an event of `length` bytes, of which `head` are the first ones, ends with a graph or the like, or is one value
 * with a single field behind its tag, and that field reaches to the end and gives no point. False where the head does not
 * tell.
 */
export function holdsNoScalar(
  head: Uint8Array,
  length: number,
  plugins: ReadonlyMap<string, string>,
): boolean {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = head[at++] ?? NaN;
      value += (byte & 127) * 2 ** shift;
      if (Number.isNaN(byte)) return NaN;
      if (byte < 128) return value;
    }
    return NaN;
  };
  let tag: string | null = null;
  let depth = 0;
  // Each turn reads one field's key; messages that reach to the end are entered.
  while (at < head.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const wire = key % 8;
    if (depth === 0 && field === TIME && wire === 1) at += 8;
    else if (depth === 0 && field === STEP && wire === 0) varint();
    else if (wire !== 2) return false;
    else {
      const size = varint();
      const isLast = at + size === length;
      if (depth === 2 && field === TAG && tag === null && at + size <= head.length) {
        tag = DECODER.decode(head.subarray(at, at + size));
        at += size;
      } else if (!isLast) return false;
      else if (depth === 0 && field === SUMMARY) depth = 1;
      else if (depth === 0) return field !== VERSION && field !== SESSION;
      else if (depth === 1 && field === VALUE) depth = 2;
      else if (depth !== 2 || tag === null || field === TAG || field === METADATA) return false;
      else if (field !== TENSOR) return field !== SIMPLE;
      else {
        const plugin = plugins.get(tag);
        return plugin !== undefined && plugin !== "scalars" && plugin !== "text";
      }
    }
  }
  return false;
}
