/**
 * Decimal numbers to float64, exact to the last bit: Clinger's fast path where digits and power of ten are exact, else the
 * algorithm of Eisel and Lemire (D. Lemire, "Number parsing at a gigabyte per second", 2021). Where neither decides, which
 * is rare, it says so, and the host parses the text.
 */

import { reserve } from "./memory";

/** What the last number is, where it is decided. */
export let value: f64 = 0;
export let isDecided: bool = false;

const PLUS: u32 = 0x2b;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const LETTER_E: u32 = 0x65;

/** Digits that surely fit into 64 bits. */
const MOST_DIGITS: i64 = 19;
/** An exponent's digits beyond this say nothing: no text has as many digits to make up for it. */
const LARGE_EXPONENT: i64 = 1_000_000_000;

/**
 * Reads the number at `at` as JSON has it, and returns its end: `at` where there is none. What stands behind it is the
 * caller's to judge: of `01`, `1.` and `1e` it is the rest behind the first digit. Reads no byte at `end` or behind.
 */
export function jsonNumber(at: usize, end: usize): usize {
  return read(at, end, false);
}

/** The same as JavaScript's `Number` has it: also with a plus, leading zeros, and a point at either end. */
export function decimalNumber(at: usize, end: usize): usize {
  return read(at, end, true);
}

function isDigit(char: u32): bool {
  return char - ZERO < 10;
}

/** True where all eight bytes are digits. */
function areDigits(eight: u64): bool {
  return (
    ((eight & 0xf0f0f0f0f0f0f0f0) | (((eight + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >>> 4)) ==
    0x3333333333333333
  );
}

/** The number of eight digits, the first of which is the lowest byte. */
export function numberOfEight(eight: u64): u64 {
  const ones = eight - 0x3030303030303030;
  const pairs = ones * 10 + (ones >>> 8);
  return (
    ((pairs & 0x000000ff000000ff) * 0x000f424000000064 +
      ((pairs >>> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>>
    32
  );
}

function read(at: usize, end: usize, isLoose: bool): usize {
  let p = at;
  let sign: u64 = 0;
  if (p < end) {
    const char = load<u8>(p) as u32;
    if (char == MINUS) sign = 1 << 63;
    if (char == MINUS || (isLoose && char == PLUS)) p++;
  }
  const first = p;
  let digits: u64 = 0;
  if (!isLoose && p < end && load<u8>(p) == ZERO) p++;
  else {
    for (; p + 8 <= end && areDigits(load<u64>(p)); p += 8) {
      digits = digits * 100_000_000 + numberOfEight(load<u64>(p));
    }
    for (; p < end && isDigit(load<u8>(p)); p++) digits = digits * 10 + (load<u8>(p) - ZERO);
  }
  const whole = p - first;
  if (whole == 0 && !isLoose) return at;
  let last = p;
  let exponent: i64 = 0;
  if (p < end && load<u8>(p) == POINT) {
    p++;
    const behindPoint = p;
    for (; p + 8 <= end && areDigits(load<u64>(p)); p += 8) {
      digits = digits * 100_000_000 + numberOfEight(load<u64>(p));
    }
    for (; p < end && isDigit(load<u8>(p)); p++) digits = digits * 10 + (load<u8>(p) - ZERO);
    if (p > behindPoint || (isLoose && whole > 0)) {
      exponent = -((p - behindPoint) as i64);
      last = p;
    } else p = last;
  }
  if (whole == 0 && exponent == 0) return at;
  const behind = p;
  if (p < end && (load<u8>(p) | 0x20) == LETTER_E) {
    p++;
    let isNegative = false;
    if (p < end) {
      const char = load<u8>(p) as u32;
      isNegative = char == MINUS;
      if (isNegative || char == PLUS) p++;
    }
    let number: i64 = 0;
    for (; p < end && isDigit(load<u8>(p)); p++) {
      if (number < LARGE_EXPONENT) number = number * 10 + (load<u8>(p) - ZERO);
      last = p + 1;
    }
    if (last > behind) exponent += isNegative ? -number : number;
  }
  let counting = first;
  if (behind - first > (MOST_DIGITS as usize)) counting = behindZeros(first, behind);
  if (behind - counting > (MOST_DIGITS as usize)) readLong(counting, behind, exponent);
  else set(digits, exponent);
  value = reinterpret<f64>(reinterpret<u64>(value) | sign);
  return last;
}

/** Where the digits that count begin. */
function behindZeros(first: usize, behind: usize): usize {
  let p = first;
  while (p < behind && (load<u8>(p) == ZERO || load<u8>(p) == POINT)) p++;
  return p;
}

/** The number of many digits, point included, by the first 19 of them. */
function readLong(first: usize, behind: usize, power: i64): void {
  let digits: u64 = 0;
  let count: i64 = 0;
  let left: i64 = 0;
  let isCut = false;
  for (let p = first; p < behind; p++) {
    const char = load<u8>(p) as u32;
    if (char == POINT) continue;
    if (count == MOST_DIGITS) {
      left += 1;
      if (char != ZERO) isCut = true;
    } else {
      digits = digits * 10 + (char - ZERO);
      count += 1;
    }
  }
  const exponent = power + left;
  set(digits, exponent);
  if (!isCut || !isDecided) return;
  const below = reinterpret<u64>(value);
  set(digits + 1, exponent);
  if (reinterpret<u64>(value) != below) isDecided = false;
}

/** 10^0 to 10^22, which are exact. */
const TENS = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]);

/** Makes `value` the one nearest to `digits` · 10^`exponent`. */
function set(digits: u64, exponent: i64): void {
  isDecided = true;
  if (digits >>> 53 == 0 && exponent >= -22 && exponent <= 22) {
    const ten = load<f64>(TENS + ((abs(exponent) as usize) << 3));
    value = exponent < 0 ? (digits as f64) / ten : (digits as f64) * ten;
  } else if (digits == 0 || exponent < LEAST) value = 0;
  else if (exponent > MOST) value = Infinity;
  else {
    const bits = nearest(digits, exponent as i32);
    isDecided = bits != UNDECIDED;
    value = reinterpret<f64>(isDecided ? bits : 0);
  }
}

const MANTISSA: u64 = 52;
const INFINITE: i32 = 0x7ff;
const INFINITY_BITS: u64 = 0x7ff0000000000000;

/** The bits of the float64 nearest to `digits` · 10^`exponent`; `isDecided` is false where that is not sure. */
export const UNDECIDED: u64 = ~(0 as u64);
export function nearest(digits: u64, exponent: i32): u64 {
  const zeros = clz(digits);
  const factor = digits << zeros;
  const power = powerOfFive(exponent);
  let low = factor * load<u64>(power, 8);
  let high = highOf(factor, load<u64>(power, 8));
  // The lower half of the power of five only counts where a carry from it could reach the bits that are kept.
  if ((high & 0x1ff) == 0x1ff) {
    const carry = highOf(factor, load<u64>(power));
    low += carry;
    if (low < carry) high += 1;
  }
  if (low == ~(0 as u64) && (exponent < -27 || exponent > 55)) {
    return UNDECIDED;
  }
  const upper = high >>> 63;
  const shift = upper + 64 - MANTISSA - 3;
  let mantissa = high >>> shift;
  // 217706 / 2^16 is log2(10).
  let binary = ((217_706 * exponent) >> 16) + 63 + (upper as i32) - (zeros as i32) + 1023;
  if (binary <= 0) {
    if (binary <= -63) return 0;
    mantissa >>>= (1 - binary) as u64;
    mantissa = (mantissa + (mantissa & 1)) >>> 1;
    // The bit above a subnormal's mantissa is that of the smallest exponent.
    return mantissa;
  }
  // Halfway between two: to the even one.
  const isHalf = low <= 1 && exponent >= -4 && exponent <= 23 && (mantissa & 3) == 1;
  if (isHalf && mantissa << shift == high) mantissa &= ~(1 as u64);
  mantissa = (mantissa + (mantissa & 1)) >>> 1;
  if (mantissa >>> (MANTISSA + 1) != 0) {
    mantissa = 1 << MANTISSA;
    binary += 1;
  }
  if (binary >= INFINITE) return INFINITY_BITS;
  return (mantissa & ~((1 as u64) << MANTISSA)) | ((binary as u64) << MANTISSA);
}

/** The upper 64 bits of a product. */
function highOf(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >>> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >>> 32;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 32);
  const other = aLow * bHigh + (middle & 0xffffffff);
  return aHigh * bHigh + (middle >>> 32) + (other >>> 32);
}

/** Exponents of ten at which a number of 19 digits is neither 0 nor infinite. */
const LEAST: i64 = -342;
const MOST: i64 = 308;

/** The 128 leading bits of 5^q for each of those, lower half first; cut off, but rounded up from 5^-27 to 5^-1. */
let powers: usize = 0;

function powerOfFive(exponent: i32): usize {
  if (powers == 0) computePowers();
  return powers + ((exponent - (LEAST as i32)) << 4);
}

/** Words of 32 bits of a number that holds 5^308, and 2^1023 / 5^342 with more than 128 bits. */
const WORDS: usize = 32;

function computePowers(): void {
  powers = reserve(((MOST - LEAST + 1) as usize) << 4);
  const words = reserve(WORDS << 2);
  store<u32>(words, 1);
  for (let q: i64 = 0; q <= MOST; q++) {
    keepLeading(words, q, 0);
    let carry: u64 = 0;
    for (let i: usize = 0; i < WORDS; i++) {
      const product = (load<u32>(words + (i << 2)) as u64) * 5 + carry;
      store<u32>(words + (i << 2), product as u32);
      carry = product >>> 32;
    }
  }
  memory.fill(words, 0, WORDS << 2);
  store<u32>(words + ((WORDS - 1) << 2), 0x80000000);
  for (let q: i64 = -1; q >= LEAST; q--) {
    let rest: u64 = 0;
    for (let i = WORDS; i > 0; i--) {
      const part = (rest << 32) | (load<u32>(words + ((i - 1) << 2)) as u64);
      store<u32>(words + ((i - 1) << 2), (part / 5) as u32);
      rest = part % 5;
    }
    keepLeading(words, q, q >= -27 ? 1 : 0);
  }
}

/** Keeps the leading bits of the number in `words`, and `more`, as 5^q. */
function keepLeading(words: usize, q: i64, more: u64): void {
  let top = WORDS - 1;
  while (load<u32>(words + (top << 2)) == 0) top--;
  const shift = clz(load<u32>(words + (top << 2))) as u64;
  let high: u64 = 0;
  let low: u64 = 0;
  for (let i: usize = 0; i < 5; i++) {
    const word: u64 = i > top ? 0 : load<u32>(words + ((top - i) << 2));
    if (i < 2) high = (high << 32) | word;
    else if (i < 4) low = (low << 32) | word;
    else if (shift > 0) {
      high = (high << shift) | (low >>> (64 - shift));
      low = (low << shift) | (word >>> (32 - shift));
    }
  }
  const to = powers + (((q - LEAST) as usize) << 4);
  store<u64>(to, low + more);
  store<u64>(to, low + more < more ? high + 1 : high, 8);
}
