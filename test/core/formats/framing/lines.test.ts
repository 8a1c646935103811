import assert from "node:assert/strict";
import { LineSplitter, MAX_LINE_BYTES } from "../../../../src/core/formats/framing/lines.js";
import { forSeeds, wholeNumber } from "../../../support/random.js";

interface Line {
  readonly text: string;
  readonly offset: number;
  readonly number: number;
}

function split(pieces: readonly Uint8Array[], splitter = new LineSplitter(0, 1)): Line[] {
  const lines: Line[] = [];
  for (const piece of pieces) {
    splitter.push(piece, (line, offset, number) => {
      lines.push({ text: new TextDecoder().decode(line), offset, number });
    });
  }
  return lines;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("LineSplitter", () => {
  it("gives each line with its first byte and its number", () => {
    assert.deepEqual(split([bytes("a\nbc\n\nd\n")]), [
      { text: "a", offset: 0, number: 1 },
      { text: "bc", offset: 2, number: 2 },
      { text: "", offset: 5, number: 3 },
      { text: "d", offset: 6, number: 4 },
    ]);
  });

  it("leaves the bytes behind the last line end for later", () => {
    const splitter = new LineSplitter(0, 1);
    assert.equal(split([bytes("a\nhal")], splitter).length, 1);
    assert.equal(new TextDecoder().decode(splitter.rest()), "hal");
    assert.deepEqual([splitter.offset, splitter.number], [2, 2]);
  });

  it("takes a carriage return before the line end away", () => {
    assert.deepEqual(
      split([bytes("a\r\nb\r\n")]).map(({ text }) => text),
      ["a", "b"],
    );
  });

  it("gives the same lines for every way to cut the bytes", () => {
    forSeeds(40, (random) => {
      const lines = Array.from({ length: wholeNumber(random, 0, 30) }, () =>
        "é€x".repeat(wholeNumber(random, 0, 900)),
      );
      const all = bytes(lines.map((line) => `${line}\n`).join(""));
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < all.length;) {
        const end = at + wholeNumber(random, 1, 3000);
        pieces.push(all.subarray(at, end));
        at = end;
      }
      assert.deepEqual(split(pieces), split([all]));
      assert.deepEqual(
        split([all]).map(({ text }) => text),
        lines,
      );
    });
  });

  for (const [what, lastBytes] of [
    ["its end in a later piece", 0],
    ["its end in the piece that makes it too long", 40],
  ] as const) {
    it(`steps over a line that is too long, with ${what}, and reads on behind it`, () => {
      const splitter = new LineSplitter(0, 1);
      const piece = new Uint8Array(2 ** 20).fill(120);
      const lines = split([bytes("first\n")], splitter);
      const whole = MAX_LINE_BYTES / piece.length;
      for (let i = 0; i < whole; i++) lines.push(...split([piece], splitter));
      if (lastBytes === 0) lines.push(...split([bytes("y")], splitter));
      const end = bytes(`${"z".repeat(lastBytes)}\nnext\nlast\n`);
      lines.push(...split([end], splitter));
      assert.deepEqual(
        lines.map(({ text, number }) => [text.slice(0, 20), number]),
        [
          ["first", 1],
          ["next", 3],
          ["last", 4],
        ],
      );
      assert.deepEqual(splitter.tooLong, [{ offset: 6, number: 2 }]);
      const skipped = MAX_LINE_BYTES + Math.max(1, lastBytes);
      assert.equal(lines.at(-2)?.offset, 6 + skipped + 1);
    });
  }
});
