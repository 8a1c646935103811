import assert from "node:assert/strict";
import { readLz4Frame } from "../../../../src/core/formats/framing/lz4Frame.js";
import { xxh32 } from "../../../../src/core/formats/framing/xxh32.js";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("xxh32", () => {
  it("gives the published values", () => {
    assert.equal(xxh32(new Uint8Array()), 0x02cc5d05);
    assert.equal(xxh32(new TextEncoder().encode("abc")), 0x32d153ff);
    const long = "Nobody inspects the spammish repetition";
    assert.equal(xxh32(new TextEncoder().encode(long)), 0xe2293b2f);
  });
});

describe("readLz4Frame", () => {
  /** A frame of one block: "abcd", then ten bytes again from four back. */
  const frame = (): Uint8Array => {
    const header = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40];
    const sum = (xxh32(Uint8Array.from(header.slice(4))) >>> 8) & 0xff;
    const block = [0x46, 0x61, 0x62, 0x63, 0x64, 0x04, 0x00, 0x10, 0x21];
    return Uint8Array.from([...header, sum, block.length, 0, 0, 0, ...block, 0, 0, 0, 0]);
  };

  it("repeats what came before, also where it overlaps itself", () => {
    assert.equal(text(readLz4Frame(frame(), 100)), "abcdabcdabcdab!");
  });

  it("throws where a frame is damaged, cut or too long", () => {
    assert.throws(() => readLz4Frame(frame(), 8), /more than 8 bytes/);
    assert.throws(() => readLz4Frame(frame().subarray(0, 12), 100), /cut/);
    const badHeader = frame();
    badHeader[5] = 0x50;
    assert.throws(() => readLz4Frame(badHeader, 100), /checksum/);
    const badBack = frame();
    badBack[16] = 0x09;
    assert.throws(() => readLz4Frame(badBack, 100), /before its beginning/);
  });
});
