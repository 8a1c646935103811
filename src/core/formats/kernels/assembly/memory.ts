/** Memory in one direction: what is reserved stays reserved for the life of the instance. */

let top: usize = (__heap_base + 15) & ~(15 as usize);

/** `bytes` of zeroed memory, aligned to 16. Traps where there is no more. */
export function reserve(bytes: usize): usize {
  const at = top;
  top = (top + bytes + 15) & ~(15 as usize);
  const missing = (((top + 0xffff) >>> 16) as i32) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return at;
}

/** True where the `length` bytes at `a` and `b` are equal. */
export function equalBytes(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false;
  for (; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}

/** The same for texts that seldom differ behind their first bytes; reads at most 15 bytes behind the first difference. */
export function equalText(a: usize, b: usize, length: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= length; i += 16) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  if (i + 8 <= length) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false;
    i += 8;
  }
  if (i == length) return true;
  const mask = ~(0 as u64) >>> (64 - ((length - i) << 3));
  return ((load<u64>(a + i) ^ load<u64>(b + i)) & mask) == 0;
}
