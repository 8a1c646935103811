/**
 * Numbers as programs write them, many digits at a time: a sign, some digits, a point and up to 24 digits. All others are for
 * `jsonNumber`, which also says what a number is. Reads up to 40 bytes from the number's beginning on.
 */

import { nearest, numberOfEight, UNDECIDED } from "./numbers";

const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const LETTER_E: u32 = 0x65;

/** Powers of ten that fit into 64 bits. */
const TENS = memory.data<u64>([
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000,
  10_000_000_000, 100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000,
  1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
]);

/** Vectors as memory has them, which is quicker than making them each time. */
const ZEROS = memory.data<u8>([
  0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30, 0x30,
]);
const NINES = memory.data<u8>([9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
const LOW = memory.data<u16>([255, 255, 255, 255, 255, 255, 255, 255]);
const TEN = memory.data<u16>([10, 10, 10, 10, 10, 10, 10, 10]);
const HUNDRED = memory.data<u16>([100, 1, 100, 1, 100, 1, 100, 1]);
const MYRIAD = memory.data<u16>([10_000, 1, 10_000, 1, 10_000, 1, 10_000, 1]);

/** Where bytes come from that move to the end of sixteen: at n, those of the first n; 0xff makes a zero. */
const TO_END = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
]);

/** Whether the last number has a minus. */
export let fractionBits: u64 = 0;

/** Reads the number at `at` into `value`, but for its sign: its end, or 0 where it is none of these. */
export function fraction(at: usize): usize {
  const isNegative = load<u8>(at) == MINUS;
  let p = at + (isNegative ? 1 : 0);
  let digits = (load<u8>(p) as u64) - ZERO;
  if (digits > 9) return 0;
  p++;
  let char = load<u8>(p) as u32;
  if (char - ZERO < 10) {
    const whole = load<u64>(p);
    const places = digitsIn(whole);
    if (digits == 0 || places > 7) return 0;
    digits = digits * ten(places) + numberOfFirst(whole, places);
    p += places;
    char = load<u8>(p) as u32;
  }
  let exponent: i64 = 0;
  if (char == POINT) {
    p++;
    const values = i8x16.sub(v128.load(p), v128.load(ZEROS));
    const others = i8x16.bitmask(i8x16.gt_u(values, v128.load(NINES)));
    const count = ctz(others | 0x10000) as u32;
    // Beyond 19 digits they would not fit.
    if (count == 0 || digits >= ten(19 - count)) return 0;
    const atEnd = i8x16.swizzle(values, v128.load(TO_END + (count as usize)));
    digits = digits * ten(count) + sixteen(atEnd);
    exponent = -(count as i64);
    p += count;
    if (count == 16) {
      const eight = load<u64>(p);
      const more = digitsIn(eight);
      if (more > 7 || digits >= ten(min(18, 19 - more))) return 0;
      digits = digits * ten(more) + numberOfFirst(eight, more);
      exponent -= more;
      p += more;
    }
    char = load<u8>(p) as u32;
  }
  // An exponent is for the other code.
  if ((char | 0x20) == LETTER_E) return 0;
  let bits: u64 = 0;
  if (digits != 0) {
    bits = nearest(digits, exponent as i32);
    if (bits == UNDECIDED) return 0;
  }
  fractionBits = bits | ((isNegative ? 1 : 0) << 63);
  return p;
}

function ten(power: u32): u64 {
  return load<u64>(TENS + ((power as usize) << 3));
}

/** How many of eight bytes are digits, before the first that is none. */
function digitsIn(eight: u64): u32 {
  const no =
    ((eight & 0xf0f0f0f0f0f0f0f0) | (((eight + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >>> 4)) ^
    0x3333333333333333;
  return (ctz(no) >>> 3) as u32;
}

/** The number of the first digits of eight bytes, seven at most. */
function numberOfFirst(eight: u64, count: u32): u64 {
  const moved = (eight << (56 - (count << 3))) << 8;
  return numberOfEight(moved | (0x3030303030303030 >>> (count << 3)));
}

/** The number of sixteen digits, the first of which is in the lowest byte. */
function sixteen(digits: v128): u64 {
  const pairs = i16x8.add(
    i16x8.mul(v128.and(digits, v128.load(LOW)), v128.load(TEN)),
    i16x8.shr_u(digits, 8),
  );
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(HUNDRED));
  const packed = i16x8.narrow_i32x4_u(fours, fours);
  const eights = i32x4.dot_i16x8_s(packed, v128.load(MYRIAD));
  const both = i64x2.extract_lane(eights, 0);
  return ((both & 0xffffffff) as u64) * 100_000_000 + ((both as u64) >>> 32);
}
