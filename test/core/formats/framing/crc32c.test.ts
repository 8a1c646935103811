import assert from "node:assert/strict";
import { crc32c, maskedCrc32c } from "../../../../src/core/formats/framing/crc32c.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("crc32c", () => {
  it("gives the check value of the Castagnoli polynomial", () => {
    assert.equal(crc32c(bytes("123456789")), 0xe3069283);
  });

  it("gives RFC 3720's values for 32 zeros and 32 ones", () => {
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
    assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  });

  it("is 0 for nothing", () => {
    assert.equal(crc32c(new Uint8Array(0)), 0);
  });

  it("is rotated by 15 bits and moved by a constant when masked", () => {
    // 0xe3069283 rotated right by 15 is 0x2507c60d; plus 0xa282ead8 is 0xc78ab0e5.
    assert.equal(maskedCrc32c(bytes("123456789")), 0xc78ab0e5);
  });
});
