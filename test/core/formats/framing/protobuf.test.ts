import assert from "node:assert/strict";
import { ProtobufError, ProtobufReader } from "../../../../src/core/formats/framing/protobuf.js";
import { forSeeds, wholeNumber } from "../../../support/random.js";

const reader = (...bytes: number[]): ProtobufReader => new ProtobufReader(Uint8Array.from(bytes));

describe("ProtobufReader", () => {
  it("reads the specification's own examples", () => {
    const varint = reader(0x08, 0x96, 0x01);
    assert.equal(varint.next(), true);
    assert.deepEqual([varint.field, varint.wire, varint.unsigned()], [1, 0, 150]);
    assert.equal(varint.next(), false);
    const text = reader(0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67);
    text.next();
    assert.deepEqual([text.field, text.wire, text.text()], [2, 2, "testing"]);
  });

  it("reads negative numbers, which take ten bytes", () => {
    const minusTwo = reader(0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
    minusTwo.next();
    assert.equal(minusTwo.signed(), -2);
  });

  it("reads fixed-width numbers", () => {
    const half = reader(0x0d, 0, 0, 0, 0x3f);
    half.next();
    assert.equal(half.float(), 0.5);
    const one = reader(0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
    one.next();
    assert.equal(one.double(), 1);
  });

  it("steps over fields of every wire type that is in use", () => {
    const fields = reader(
      0x08,
      1,
      0x11,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      0x1a,
      2,
      9,
      9,
      0x25,
      1,
      2,
      3,
      4,
      0x28,
      7,
    );
    const seen: number[] = [];
    while (fields.next()) {
      seen.push(fields.field);
      if (fields.field === 5) assert.equal(fields.unsigned(), 7);
      else fields.skip();
    }
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  });

  for (const [what, bytes] of [
    ["a varint that is cut", [0x08, 0x80]],
    ["a varint that never ends", [0x08, ...new Array<number>(12).fill(0xff)]],
    ["a length beyond the end", [0x0a, 0x05, 0x01]],
    ["a number that is cut", [0x09, 1, 2]],
    ["field number 0", [0x00, 0x01]],
    ["a wire type that does not exist", [0x0f, 0x01]],
  ] as const) {
    it(`says what is wrong with ${what}`, () => {
      assert.throws(() => {
        const broken = reader(...bytes);
        while (broken.next()) broken.skip();
      }, ProtobufError);
    });
  }

  it("ends or throws its own error for any bytes", () => {
    forSeeds(300, (random) => {
      const bytes = Array.from({ length: wholeNumber(random, 0, 40) }, () =>
        wholeNumber(random, 0, 255),
      );
      try {
        const any = reader(...bytes);
        while (any.next()) any.skip();
      } catch (error) {
        assert.ok(error instanceof ProtobufError, String(error));
      }
    });
  });
});
