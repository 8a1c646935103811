/** Numbers that the kernels parse against JavaScript's own, which is exact: the same bits, or "not decided". */

import assert from "node:assert/strict";
import { Kernel } from "../../../../src/core/formats/kernels/kernel.js";
import { forSeeds, wholeNumber } from "../../../support/random.js";

/** What a parser made of a text: how many of its characters, and the number; null where it is not decided. */
interface Parsed {
  readonly length: number;
  readonly value: number | null;
}

const ENCODER = new TextEncoder();

describe("numbers in the kernels", () => {
  let kernel: Kernel;
  before(() => {
    const taken = Kernel.take();
    assert.ok(taken);
    kernel = taken;
  });
  after(() => kernel.giveBack());

  /** Parses `text`, which `behind` follows outside of what is to be read. */
  function parse(text: string, grammar: "json" | "decimal" = "json", behind = "7"): Parsed {
    const { wasm, buffer } = kernel;
    const bytes = ENCODER.encode(text + behind);
    kernel.bytes(buffer, bytes.length).set(bytes);
    const end = buffer + text.length;
    const ended =
      grammar === "json" ? wasm.jsonNumber(buffer, end) : wasm.decimalNumber(buffer, end);
    const value = wasm.isNumberDecided.value === 0 ? null : wasm.number.value;
    return { length: ended - buffer, value };
  }

  /** True where it is decided. */
  function check(text: string): boolean {
    const { length, value } = parse(text);
    assert.equal(length, text.length, text);
    if (value === null) return false;
    assert.ok(Object.is(value, Number(text)), `${text} is ${value}, not ${Number(text)}`);
    return true;
  }

  /** Checks all of them, and that at most one in `rarely` is not decided. */
  function checkAll(texts: readonly string[], rarely: number): void {
    const undecided = texts.filter((text) => !check(text));
    assert.ok(undecided.length * rarely <= texts.length, `${undecided.length} of ${texts.length}`);
  }

  const bits = new DataView(new ArrayBuffer(8));
  function randomBits(random: () => number): number {
    bits.setUint32(0, random() * 2 ** 32);
    bits.setUint32(4, random() * 2 ** 32);
    const value = bits.getFloat64(0);
    return Number.isFinite(value) ? value : 0;
  }

  it("are exact for random bits, however they are written", () => {
    const short: string[] = [];
    const long: string[] = [];
    forSeeds(12_000, (random) => {
      const value = randomBits(random);
      short.push(
        String(value),
        value.toExponential(),
        value.toPrecision(17),
        value.toPrecision(19),
      );
      long.push(value.toPrecision(20), value.toPrecision(21), value.toExponential(40));
    });
    checkAll(short, 1e9);
    checkAll(long, 200);
  });

  it("are exact for usual metrics, in float64 and float32, and all forms of them are decided", () => {
    const texts: string[] = [];
    forSeeds(6_000, (random) => {
      const value = (random() - 0.3) * 10 ** wholeNumber(random, -8, 8);
      texts.push(
        String(value),
        String(Math.fround(value)),
        value.toFixed(wholeNumber(random, 0, 9)),
      );
      texts.push(value.toPrecision(wholeNumber(random, 1, 17)), `${value.toFixed(6)}e+00`);
      texts.push(String(1.7e9 + random()), String(wholeNumber(random, 0, 2 ** 40)));
    });
    checkAll(texts, 1e9);
  });

  it("are exact for whole numbers up to 2^64 and beyond", () => {
    const texts: string[] = [];
    forSeeds(4_000, (random) => {
      const whole =
        BigInt(wholeNumber(random, 0, 2 ** 32)) * BigInt(wholeNumber(random, 0, 2 ** 32));
      const shift = BigInt(wholeNumber(random, 0, 63));
      texts.push(String(whole >> shift), String((1n << 64n) - (whole >> shift)), `${whole}000`);
    });
    for (let power = 0n; power < 80n; power++) {
      for (const near of [-1n, 0n, 1n]) texts.push(String((1n << power) + near));
    }
    checkAll(texts, 100);
  });

  it("are exact for the smallest and the largest, and beyond them", () => {
    const texts: string[] = [
      "4.9406564584124654e-324",
      "2.2250738585072011e-308",
      "1e-400",
      "1e400",
    ];
    texts.push("2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623157e308");
    texts.push("1.7976931348623158e308", "1.7976931348623159e308", "9999999999999999999e289");
    texts.push("1e-99999999999999999999", "1e99999999999999999999", "0e99999999999999999999");
    texts.push(`0.${"0".repeat(400)}1e400`, `1${"0".repeat(400)}e-400`, `0.${"0".repeat(5000)}1`);
    texts.push("0", "-0", "-0.0", "0.000", "-0e5", "0e-400", "1e22", "1e23", "9007199254740993");
    forSeeds(4_000, (random) => {
      bits.setUint32(0, random() * 2 ** wholeNumber(random, 0, 21));
      bits.setUint32(4, random() * 2 ** 32);
      const small = bits.getFloat64(0);
      texts.push(String(small), small.toExponential(wholeNumber(random, 0, 18)));
      const digits = wholeNumber(random, 1, 2 ** 52);
      texts.push(`${digits}e${wholeNumber(random, -360, -300)}`);
      texts.push(`-${digits}e${wholeNumber(random, 285, 315)}`);
    });
    checkAll(texts, 1000);
  });

  it("are never wrong halfway between two", () => {
    const texts: string[] = [];
    forSeeds(3_000, (random) => {
      bits.setFloat64(0, Math.abs(randomBits(random)));
      const low = bits.getBigUint64(0);
      // A number of 54 bits, which lies between two of 53, times a power of two that needs few digits.
      const half = ((low & ((1n << 52n) - 1n)) | (1n << 52n)) * 2n + 1n;
      const power = wholeNumber(random, -4, 10);
      const scaled = power < 0 ? half * 5n ** BigInt(-power) : half * 2n ** BigInt(power);
      const exponent = power < 0 ? `e${power}` : "";
      for (const near of [-1n, 0n, 1n]) texts.push(`${scaled + near}${exponent}`);
      texts.push(`${scaled}.0000000000000000000001${exponent}`, `${scaled}0000000000${exponent}`);
    });
    for (const text of texts) check(text);
  });

  it("end where JSON's numbers end", () => {
    const ends: [text: string, length: number][] = [
      ["", 0],
      ["-", 0],
      ["+1", 0],
      [".5", 0],
      ["-.5", 0],
      ["e5", 0],
      ["NaN", 0],
      ["-Infinity", 0],
      ["01", 1],
      ["-00", 2],
      ["5.", 1],
      ["5.e1", 1],
      ["5.25.1", 4],
      ["1e", 1],
      ["1e+", 1],
      ["1.5E-", 3],
      ["1E5", 3],
      ["1e+05,", 5],
      ["12345678901234567890123]", 23],
      ["0.1234567,8", 9],
      ["1_000", 1],
      ["12345678٣", 8],
    ];
    for (const [text, length] of ends) assert.equal(parse(text).length, length, text);
  });

  it("of the looser grammar are what Number has", () => {
    const alphabet = ["0", "1", "9", "00", "123456789", ".", "e", "E", "+", "-", "5", "x", "_"];
    let numbers = 0;
    forSeeds(20_000, (random) => {
      const size = wholeNumber(random, 1, 7);
      const text = Array.from(
        { length: size },
        () => alphabet[wholeNumber(random, 0, alphabet.length - 1)],
      ).join("");
      const { length, value } = parse(text, "decimal");
      const isNumber = length === text.length && length > 0;
      const expected = /^0x/i.test(text) ? NaN : Number(text);
      assert.equal(isNumber, !Number.isNaN(expected), text);
      if (!isNumber || value === null) return;
      numbers += 1;
      assert.ok(Object.is(value, expected), `${text} is ${value}`);
      const inJson = parse(text);
      let strict = NaN;
      try {
        strict = JSON.parse(text) as number;
      } catch {
        // No number of JSON's.
      }
      assert.equal(inJson.length === text.length, !Number.isNaN(strict), text);
    });
    assert.ok(numbers > 1_000, String(numbers));
  });

  it("are read to their end and no further", () => {
    forSeeds(500, (random) => {
      const text = String(randomBits(random));
      const short = text.slice(0, wholeNumber(random, 1, text.length));
      const { length, value } = parse(short, "json", text.slice(short.length));
      if (length === short.length) assert.ok(Object.is(value, Number(short)), `${text}: ${short}`);
    });
  });
});
