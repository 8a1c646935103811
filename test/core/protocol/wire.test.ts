import assert from "node:assert/strict";
import { decodeMessage, encodeMessage } from "../../../src/protocol/wire.js";

/** What the editor does with a message: typed arrays are carried beside, the rest goes through JSON. */
function carry(message: unknown): unknown {
  const arrays: ArrayBufferView[] = [];
  const text = JSON.stringify(message, (_key, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    arrays.push(value);
    return { $array: arrays.length - 1 };
  });
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "$array" in value
      ? arrays[(value as { $array: number }).$array]
      : value,
  );
}

const roundTrip = (value: unknown): unknown => decodeMessage(carry(encodeMessage(value)));

describe("encodeMessage and decodeMessage", () => {
  for (const value of [
    5,
    -0.5,
    NaN,
    Infinity,
    -Infinity,
    "text",
    "NaN",
    true,
    null,
    [1, NaN, [null, Infinity]],
    { a: { b: NaN }, c: [{ d: -Infinity }] },
  ]) {
    it(`carry ${typeof value} ${JSON.stringify(value)} as it is`, () => {
      assert.deepEqual(roundTrip(value), value);
    });
  }

  it("carry columns of numbers with NaN in them", () => {
    const column = Float64Array.of(1, NaN, Infinity);
    assert.deepEqual(roundTrip({ column }), { column });
  });

  it("copy a view of a larger buffer, since all of it would travel", () => {
    const large = new Float64Array(1000);
    large[10] = 7;
    const { view } = encodeMessage({ view: large.subarray(10, 12) }) as { view: Float64Array };
    assert.deepEqual([...view], [7, 0]);
    assert.equal(view.buffer.byteLength, 16);
  });

  it("do not copy an array that is the whole of its buffer", () => {
    const whole = new Float64Array(4);
    assert.equal(encodeMessage(whole), whole);
  });

  it("keep keys named like properties of every object as plain keys", () => {
    const value: unknown = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}');
    assert.deepEqual(roundTrip(value), value);
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });
});
