import assert from "node:assert/strict";
import { tfevents } from "../../../src/core/formats/tfevents.js";
import { concat, eventFile, eventRecord, record, type EventRow } from "../../support/eventFile.js";
import { pairsOf, pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const FILE = "/w/events.out.tfevents.1.host";
const read = (bytes: Uint8Array, before?: WholeFile): Promise<WholeFile> =>
  readWhole(tfevents, sourceOf(bytes), FILE, before);
const row = (step: number, value: number): EventRow => ({
  step,
  wallTime: 1_700_000_000 + step,
  scalars: [{ tag: "loss", value }],
});

describe("tfevents", () => {
  for (const encoding of ["simple", "tensor", "tensor-content"] as const) {
    it(`reads scalars in the ${encoding} encoding`, async () => {
      const rows = [1, 2].map((step) => ({
        step,
        wallTime: 1_700_000_000.25,
        scalars: [{ tag: "loss", value: step / 2, encoding, plugin: "scalars" }],
      }));
      const whole = await read(eventFile(rows));
      assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
        [1, 0.5],
        [2, 1],
      ]);
      assert.equal(pointsOf(whole)[0]?.wallTime, 1_700_000_000.25);
      assert.deepEqual(whole.problems, []);
    });
  }

  it("reads NaN, infinities and negative steps", async () => {
    const whole = await read(eventFile([row(-1, NaN), row(0, Infinity)]));
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [-1, NaN],
      [0, Infinity],
    ]);
  });

  it("reads steps up to 2^53 exactly", async () => {
    const whole = await read(eventFile([row(9_007_199_254_740_991, 1)]));
    assert.equal(pointsOf(whole)[0]?.step, 9_007_199_254_740_991);
  });

  it("steps over tensors of other plugins, also in rows that do not repeat the plugin", async () => {
    const scalars = (plugin?: string) => [
      { tag: "histogram", value: 1, encoding: "tensor" as const, ...(plugin ? { plugin } : {}) },
    ];
    const first = eventFile([{ step: 1, wallTime: 1, scalars: scalars("histograms") }]);
    const whole = await read(first);
    const later = concat([first, eventRecord({ step: 2, wallTime: 2, scalars: scalars() })]);
    assert.equal(pointsOf(await read(later, whole)).length, 0);
  });

  it("takes an empty file for one that has only begun", async () => {
    const whole = await read(new Uint8Array(0));
    assert.deepEqual([whole.parts.size, whole.problems], [0, []]);
  });

  it("stops before a torn last record without a word, and reads it when it is whole", async () => {
    const all = eventFile([row(1, 5), row(2, 6)]);
    const last = all.length - eventRecord(row(2, 6)).length;
    for (let size = last; size < all.length; size++) {
      const torn = await read(all.subarray(0, size));
      assert.deepEqual(pairsOf(pointsOf(torn), "loss"), [[1, 5]], `cut at ${size}`);
      assert.deepEqual(torn.problems, [], `cut at ${size}`);
      assert.equal(torn.cursor.offset, last, `cut at ${size}`);
      assert.equal(pointsOf(await read(all, torn)).length, 2, `cut at ${size}`);
    }
  });

  it("loses one damaged record, says at which byte, and reads on", async () => {
    const before = eventFile([row(1, 5)]);
    const damaged = eventRecord(row(2, 6));
    damaged[14] = (damaged[14] ?? 0) ^ 0xff;
    const whole = await read(concat([before, damaged, eventRecord(row(3, 7))]));
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [1, 5],
      [3, 7],
    ]);
    assert.deepEqual(
      whole.problems.map(({ code, offset }) => [code, offset]),
      [["tfevents/bad-checksum", before.length]],
    );
  });

  it("says that nothing can be read behind a damaged length", async () => {
    const before = eventFile([row(1, 5)]);
    const damaged = eventRecord(row(2, 6));
    damaged[0] = 0xff;
    const whole = await read(concat([before, damaged, eventRecord(row(3, 7))]));
    assert.equal(pointsOf(whole).length, 1);
    assert.deepEqual(
      whole.problems.map(({ code, offset }) => [code, offset]),
      [["tfevents/bad-length", before.length]],
    );
  });

  it("steps over a record that is framed well but is no event", async () => {
    const whole = await read(concat([record(Uint8Array.of(0x0f, 0x01)), eventRecord(row(1, 5))]));
    assert.equal(pointsOf(whole).length, 1);
    assert.deepEqual(
      whole.problems.map(({ code }) => code),
      ["tfevents/bad-event"],
    );
  });

  it("does not read tensors that no metadata says to be scalars, and says so once", async () => {
    const scalars = [{ tag: "loss", value: 1, encoding: "tensor" as const }];
    const whole = await read(eventFile([1, 2].map((step) => ({ step, wallTime: 1, scalars }))));
    assert.equal(pointsOf(whole).length, 0);
    assert.deepEqual(
      whole.problems.map(({ code }) => code),
      ["tfevents/unknown-plugin"],
    );
  });

  it("reads tags named like properties of every object", async () => {
    const scalars = ["__proto__", "constructor"].map((tag) => ({
      tag,
      value: 1,
      encoding: "tensor" as const,
      plugin: "scalars",
    }));
    const whole = await read(eventFile([{ step: 1, wallTime: 1, scalars }]));
    assert.deepEqual(
      pointsOf(whole).map(({ metric }) => metric),
      ["__proto__", "constructor"],
    );
  });

  it("keeps plugins of tags named like properties of every object, over the cursor too", async () => {
    const scalars = [
      { tag: "__proto__", value: 1, encoding: "tensor" as const, plugin: "histograms" },
    ];
    const first = eventFile([{ step: 1, wallTime: 1, scalars }]);
    const again = eventRecord({
      step: 2,
      wallTime: 2,
      scalars: [{ tag: "__proto__", value: 1, encoding: "tensor" }],
    });
    const whole = await read(concat([first, again]), await read(first));
    assert.equal(pointsOf(whole).length, 0);
  });

  it("claims event files by their name", () => {
    assert.equal(tfevents.claims("events.out.tfevents.1609169139.host.1.0", null).kind, "yes");
    assert.equal(tfevents.claims("x.tfevents.json", null).kind, "no");
    assert.equal(tfevents.claims("metrics.jsonl", null).kind, "no");
  });
});
