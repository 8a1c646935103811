import assert from "node:assert/strict";
import {
  MAX_RECORD_BYTES,
  RecordSplitter,
  type RecordHandlers,
} from "../../../../src/core/formats/framing/tfRecord.js";
import { maskedCrc32c } from "../../../../src/core/formats/framing/crc32c.js";
import { concat, record } from "../../../support/eventFile.js";
import { forSeeds, wholeNumber } from "../../../support/random.js";

interface Seen extends RecordHandlers {
  readonly records: { offset: number; data: number[] }[];
  readonly damaged: number[];
  readonly tooLong: number[];
}

function seen(): Seen {
  const records: Seen["records"] = [];
  const damaged: number[] = [];
  const tooLong: number[] = [];
  return {
    records,
    damaged,
    tooLong,
    onRecord: (data, offset) => records.push({ offset, data: [...data] }),
    onDamaged: (offset) => damaged.push(offset),
    onTooLong: (offset) => tooLong.push(offset),
  };
}

const data = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

describe("RecordSplitter", () => {
  it("gives each record with its first byte", () => {
    const found = seen();
    new RecordSplitter(0).push(concat([record(data(1, 2)), record(data())]), found);
    assert.deepEqual(found.records, [
      { offset: 0, data: [1, 2] },
      { offset: 18, data: [] },
    ]);
  });

  it("stops before a record that is cut, wherever it is cut, and continues there", () => {
    const all = concat([record(data(1)), record(data(2, 3, 4))]);
    for (let size = 0; size < all.length; size++) {
      const first = seen();
      const splitter = new RecordSplitter(0);
      splitter.push(all.subarray(0, size), first);
      assert.equal(splitter.offset, size < 17 ? 0 : 17, `cut at ${size}`);
      assert.equal(splitter.dead, false);
      const rest = seen();
      new RecordSplitter(splitter.offset).push(all.subarray(splitter.offset), rest);
      assert.deepEqual(
        [...first.records, ...rest.records].map((one) => one.data),
        [[1], [2, 3, 4]],
        `cut at ${size}`,
      );
    }
  });

  it("loses only the record whose data is damaged", () => {
    const all = concat([record(data(1)), record(data(2)), record(data(3))]);
    all[17 + 12] = 99;
    const found = seen();
    new RecordSplitter(0).push(all, found);
    assert.deepEqual(
      found.records.map((one) => one.data),
      [[1], [3]],
    );
    assert.deepEqual(found.damaged, [17]);
  });

  it("trusts nothing behind a damaged length", () => {
    const all = concat([record(data(1)), record(data(2))]);
    all[17] = 99;
    const found = seen();
    const splitter = new RecordSplitter(0);
    splitter.push(all, found);
    assert.equal(splitter.dead, true);
    assert.equal(splitter.offset, 17);
    assert.equal(found.records.length, 1);
  });

  it("steps over a record that is too long", () => {
    const header = new Uint8Array(12);
    const view = new DataView(header.buffer);
    view.setBigUint64(0, BigInt(MAX_RECORD_BYTES + 1), true);
    view.setUint32(8, maskedCrc32c(header.subarray(0, 8)), true);
    const found = seen();
    const splitter = new RecordSplitter(0);
    splitter.push(concat([record(data(7)), header]), found);
    const zeros = new Uint8Array(2 ** 20);
    const rest = MAX_RECORD_BYTES + 1 + 4;
    for (let at = 0; at < rest; at += zeros.length) {
      splitter.push(zeros.subarray(0, Math.min(zeros.length, rest - at)), found);
    }
    splitter.push(record(data(8)), found);
    assert.deepEqual(
      found.records.map((one) => one.data),
      [[7], [8]],
    );
    assert.deepEqual(found.tooLong, [17]);
  });

  it("continues at the beginning of a long record that is still being written", () => {
    const header = new Uint8Array(12);
    const view = new DataView(header.buffer);
    view.setBigUint64(0, BigInt(MAX_RECORD_BYTES + 1), true);
    view.setUint32(8, maskedCrc32c(header.subarray(0, 8)), true);
    const splitter = new RecordSplitter(0);
    splitter.push(concat([record(data(7)), header, new Uint8Array(100)]), seen());
    assert.equal(splitter.offset, 17);
  });

  it("gives the same records for every way to cut the bytes", () => {
    forSeeds(30, (random) => {
      const all = concat(
        Array.from({ length: wholeNumber(random, 0, 20) }, () =>
          record(new Uint8Array(wholeNumber(random, 0, 9000)).fill(wholeNumber(random, 0, 255))),
        ),
      );
      const whole = seen();
      new RecordSplitter(0).push(all, whole);
      const cut = seen();
      const splitter = new RecordSplitter(0);
      for (let at = 0; at < all.length;) {
        const end = at + wholeNumber(random, 1, 5000);
        splitter.push(all.subarray(at, end), cut);
        at = end;
      }
      assert.deepEqual(cut.records, whole.records);
      assert.equal(splitter.offset, all.length);
    });
  });
});
