import assert from "node:assert/strict";
import { ElementScanner } from "../../../../src/core/formats/framing/jsonElements.js";
import { mulberry32, wholeNumber } from "../../../support/random.js";

type Found = [text: string, offset: number, indices: readonly number[]];

function scan(text: string, path: readonly string[], pieceBytes = Infinity): Found[] {
  const bytes = new TextEncoder().encode(text);
  const scanner = new ElementScanner(path);
  const found: Found[] = [];
  for (let i = 0; i < bytes.length; i += Math.min(pieceBytes, bytes.length)) {
    scanner.push(
      bytes.slice(i, i + Math.min(pieceBytes, bytes.length)),
      (element, offset, indices) => {
        found.push([new TextDecoder().decode(element), offset, indices]);
      },
    );
  }
  return found;
}

describe("ElementScanner", () => {
  const cases: readonly [text: string, path: string[], elements: string[]][] = [
    ["[1, 2]", [], ["1", "2"]],
    ["[]", [], []],
    ['{"a": [{"b": [1]}, "x,]", null ]}', ["a"], ['{"b": [1]}', '"x,]"', "null"]],
    ['{"b": [1], "a": [2]}', ["a"], ["2"]],
    ['{"c": {"a": [1]}, "a": [2]}', ["a"], ["2"]],
    ['{"c": {"a": [1]}}', ["c", "a"], ["1"]],
    ['{"q": [{"s": [1, 2]}, {"t": [3]}, {"s": [4]}]}', ["q", "*", "s"], ["1", "2", "4"]],
    ['{"a": "a", "b\\"": ["n"], "a": [[5], []]}', ["a"], ["[5]", "[]"]],
    ['{"a": {"a": [1]}}', ["a"], []],
    ['{"a": [1', ["a"], []],
  ];
  for (const [text, path, elements] of cases) {
    it(`finds ${elements.length} in ${text} at ${path.join(".")}, whatever the pieces`, () => {
      for (const pieceBytes of [1, 2, 3, 7, Infinity]) {
        const found = scan(text, path, pieceBytes);
        assert.deepEqual(
          found.map(([element]) => element),
          elements,
        );
        for (const [element, offset] of found) assert.ok(text.startsWith(element, offset));
      }
    });
  }

  it("says the indices of the lists on the way", () => {
    const found = scan('{"q": [{"s": [1, 2]}, {"s": [3]}]}', ["q", "*", "s"]);
    assert.deepEqual(
      found.map(([, , indices]) => indices),
      [
        [0, 0],
        [0, 1],
        [1, 0],
      ],
    );
  });

  it("agrees with JSON.parse on random documents", () => {
    const random = mulberry32(7);
    const value = (depth: number): unknown => {
      const kind = wholeNumber(random, 0, depth > 3 ? 3 : 5);
      if (kind === 0) return wholeNumber(random, -5, 5);
      if (kind === 1) return 'a,]}"\\{[:é'.slice(0, wholeNumber(random, 0, 10));
      if (kind === 2) return null;
      if (kind === 3) return true;
      const size = wholeNumber(random, 0, 4);
      if (kind === 4) return Array.from({ length: size }, () => value(depth + 1));
      return Object.fromEntries(
        Array.from({ length: size }, (_, i) => ["ab:"[i] ?? "list", value(depth + 1)]),
      );
    };
    for (let round = 0; round < 300; round++) {
      const list = Array.from({ length: wholeNumber(random, 0, 5) }, () => value(0));
      const document = { first: value(0), list, last: value(0) };
      const text = JSON.stringify(document, null, wholeNumber(random, 0, 2));
      const found = scan(text, ["list"], wholeNumber(random, 1, 40));
      assert.deepEqual(
        found.map(([element]) => JSON.parse(element) as unknown),
        list,
      );
    }
  });
});
