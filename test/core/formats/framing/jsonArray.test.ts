import assert from "node:assert/strict";
import {
  JsonArraySplitter,
  MAX_ELEMENT_BYTES,
} from "../../../../src/core/formats/framing/jsonArray.js";
import { forSeeds, wholeNumber } from "../../../support/random.js";

const DECODER = new TextDecoder();

function elementsOf(text: string, key: string | null, pieces: () => number): unknown[] {
  const bytes = new TextEncoder().encode(text);
  const splitter = new JsonArraySplitter(key);
  const elements: unknown[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + pieces());
    splitter.push(bytes.slice(at, end), (element, offset) => {
      assert.ok(element);
      const written = DECODER.decode(element);
      assert.equal(DECODER.decode(bytes.subarray(offset, offset + element.length)), written);
      elements.push(JSON.parse(written));
    });
    at = end;
  }
  assert.ok(splitter.found && splitter.ended, text);
  return elements;
}

/** A value with strings that look like structure. */
function valueOf(random: () => number, depth: number): unknown {
  const texts = ["", '"', "\\", "}]", '{"rows": [', "a,b", "é\u0000", '\\"'];
  const pick = wholeNumber(random, 0, depth > 3 ? 3 : 5);
  if (pick === 0) return wholeNumber(random, -5, 5) / 2;
  if (pick === 1) return [null, true, false][wholeNumber(random, 0, 2)];
  if (pick <= 3) return texts[wholeNumber(random, 0, texts.length - 1)];
  const inner = Array.from({ length: wholeNumber(random, 0, 3) }, () => valueOf(random, depth + 1));
  return pick === 4 ? inner : Object.fromEntries(inner.map((value, i) => [texts[i], value]));
}

describe("JsonArraySplitter", () => {
  it("gives the elements of a field, whatever the document holds, in pieces of any size", () => {
    forSeeds(200, (random) => {
      const rows = Array.from({ length: wholeNumber(random, 0, 5) }, () => valueOf(random, 0));
      const document = { a: valueOf(random, 0), "": [1, 2], rows, b: valueOf(random, 0) };
      const text = JSON.stringify(document, null, wholeNumber(random, 0, 1));
      const found = elementsOf(text, "rows", () => wholeNumber(random, 1, 9));
      assert.deepEqual(found, JSON.parse(JSON.stringify(rows)), text);
    });
  });

  it("gives the elements of a document that is a list", () => {
    assert.deepEqual(
      elementsOf(' [ {"a": [1]} ,2, "x" ] ', null, () => 3),
      [{ a: [1] }, 2, "x"],
    );
  });

  it("finds no field further inside, none that is no list, and no end where there is none", () => {
    for (const [text, isWhole] of [
      ['{"x": {"rows": [1]}}', true],
      ['{"x": "rows", "y": [1]}', true],
      ['{"rows": {"a": [1]}}', true],
      ['{"x": ["rows", [1]]}', true],
      ['{"x": "[', false],
      ["", false],
    ] as const) {
      const splitter = new JsonArraySplitter("rows");
      splitter.push(new TextEncoder().encode(text), () => assert.fail(text));
      assert.deepEqual([splitter.found, splitter.ended, splitter.isWhole], [false, false, isWhole]);
    }
  });

  it("steps over an element that is too long", () => {
    const splitter = new JsonArraySplitter(null);
    const lengths: (number | null)[] = [];
    const push = (text: string): void => {
      splitter.push(new TextEncoder().encode(text), (element) => {
        lengths.push(element?.length ?? null);
      });
    };
    push('[1, "');
    const filler = "x".repeat(1024 * 1024);
    for (let i = 0; i * filler.length < MAX_ELEMENT_BYTES; i++) push(filler);
    push('", 22]');
    assert.deepEqual(lengths, [1, null, 2]);
  });
});
