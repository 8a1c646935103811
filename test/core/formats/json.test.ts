import assert from "node:assert/strict";
import {
  decodeText,
  nonFiniteOf,
  numberOf,
  parseJson,
  readJson,
} from "../../../src/core/formats/json.js";
import { sourceOf } from "../../support/scriptedFiles.js";

describe("parseJson", () => {
  const value = (text: string): unknown => {
    const parsed = parseJson(text);
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
    return parsed.value;
  };

  it("reads strict JSON as it is", () => {
    assert.deepEqual(value('{"a": [1, "NaN", null]}'), { a: [1, "NaN", null] });
  });

  it("reads bare NaN and infinities in value position as words", () => {
    assert.deepEqual(value('{"a": NaN, "b": [Infinity, -Infinity, 1]}'), {
      a: "NaN",
      b: ["Infinity", "-Infinity", 1],
    });
  });

  it("leaves these words alone within strings and names", () => {
    assert.deepEqual(value('{"NaN": "is NaN, \\"Infinity\\"", "x": NaN}'), {
      NaN: 'is NaN, "Infinity"',
      x: "NaN",
    });
  });

  for (const text of ["{", "", "{'a': 1}", '{"a": NaNo}', '{"a": Inf}', '{"a": NaN', "undefined"]) {
    it(`gives a one-line reason for ${JSON.stringify(text)}`, () => {
      const parsed = parseJson(text);
      assert.ok(!parsed.ok);
      assert.ok(parsed.reason !== "" && !parsed.reason.includes("\n"));
    });
  }

  it("keeps `__proto__` as a plain key", () => {
    const parsed = value('{"__proto__": {"polluted": 1}}');
    assert.ok(Object.hasOwn(parsed as object, "__proto__"));
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});

describe("numberOf and nonFiniteOf", () => {
  it("read numbers, booleans, words for non-finite numbers, and null", () => {
    assert.deepEqual([1.5, true, false, "nan", "-inf", "Infinity", null].map(numberOf), [
      1.5,
      1,
      0,
      NaN,
      -Infinity,
      Infinity,
      null,
    ]);
  });

  it("are undefined for text, lists and objects", () => {
    assert.deepEqual(["1", "good", [], {}, undefined].map(numberOf), new Array(5).fill(undefined));
    assert.equal(nonFiniteOf("infinite"), undefined);
  });
});

describe("readJson and decodeText", () => {
  it("read a whole file, byte order mark and all", async () => {
    const source = sourceOf(new TextEncoder().encode('\ufeff{"a": 1}'));
    assert.deepEqual(await readJson(source), { ok: true, value: { a: 1 } });
  });

  it("do not read a file that is longer than allowed", async () => {
    assert.equal((await readJson(sourceOf(new Uint8Array(100)), 99)).ok, false);
  });

  it("put a mark where bytes are no UTF-8", () => {
    assert.equal(decodeText(Uint8Array.of(97, 0xff, 98)), "a\ufffdb");
  });
});
