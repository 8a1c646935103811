import assert from "node:assert/strict";
import { tfevents } from "../../../src/core/formats/tfevents.js";
import { START } from "../../../src/core/formats/reader.js";
import {
  concat,
  eventFile,
  eventRecord,
  record,
  sessionRecord,
  tensorOf,
  tensorRecord,
  varint,
  versionRecord,
  type EventRow,
} from "../../support/eventFile.js";
import { pairsOf, pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const FILE = "/w/events.out.tfevents.1700000000.host";
const read = (bytes: Uint8Array, before?: WholeFile): Promise<WholeFile> =>
  readWhole(tfevents, sourceOf(bytes), FILE, before);
const row = (step: number, value: number): EventRow => ({
  step,
  wallTime: 1_700_000_000 + step,
  scalars: [{ tag: "loss", value }],
});

/** An element as the fields for integers list it: halves by their bits, negative ones with the sign in 64 bits. */
function varintOf(dtype: number, raw: Uint8Array, value: number): Uint8Array {
  const isHalf = dtype === 14 || dtype === 19;
  if (isHalf) return varint(BigInt(new DataView(raw.buffer).getUint16(0, true)));
  if (dtype === 23) return varint(new DataView(raw.buffer).getBigUint64(0, true));
  return varint(BigInt.asUintN(64, BigInt(value)));
}

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

  describe("tensors", () => {
    const DTYPES: readonly [
      name: string,
      dtype: number,
      field: number,
      content: string,
      value: number,
    ][] = [
      ["float", 1, 5, "0000003f", 0.5],
      ["double", 2, 6, "000000000000e03f", 0.5],
      ["int32", 3, 7, "feffffff", -2],
      ["uint8", 4, 7, "ff", 255],
      ["int16", 5, 7, "feff", -2],
      ["int8", 6, 7, "fe", -2],
      ["int64", 9, 10, "feffffffffffffff", -2],
      ["bool", 10, 11, "01", 1],
      ["bfloat16", 14, 13, "003f", 0.5],
      ["uint16", 17, 7, "ffff", 65_535],
      ["half", 19, 13, "0038", 0.5],
      ["uint32", 22, 16, "ffffffff", 4_294_967_295],
      ["uint64", 23, 17, "ffffffffffffff00", 72_057_594_037_927_940],
    ];
    const valueIn = async (tensor: Uint8Array): Promise<number | undefined> =>
      pointsOf(await read(concat([versionRecord(2), tensorRecord("x", tensor)])))[0]?.value;

    for (const [name, dtype, field, hex, value] of DTYPES) {
      const raw = Uint8Array.from(Buffer.from(hex, "hex"));
      const isFixed = field === 5 || field === 6;
      const listed = isFixed ? raw : varintOf(dtype, raw, value);

      it(`of ${name} are read from raw bytes, from a list and from a packed list`, async () => {
        assert.equal(await valueIn(tensorOf(dtype, [[4, 2, raw]])), value, "raw");
        assert.equal(await valueIn(tensorOf(dtype, [[field, 2, listed]])), value, "packed");
        const wire = isFixed ? (field === 5 ? 5 : 1) : 0;
        assert.equal(await valueIn(tensorOf(dtype, [[field, wire, listed]])), value, "single");
        assert.equal(await valueIn(tensorOf(dtype, [])), 0, "left out");
      });
    }

    it("are none of a list that is not of their type, of raw bytes of another length, of texts, of two elements", async () => {
      const half = Uint8Array.from(Buffer.from("0038", "hex"));
      assert.equal(await valueIn(tensorOf(1, [[7, 0, Uint8Array.of(5)]])), 0);
      assert.equal(await valueIn(tensorOf(1, [[4, 2, half]])), undefined);
      assert.equal(await valueIn(tensorOf(7, [[8, 2, half]])), undefined);
      assert.equal(await valueIn(tensorOf(9, [[10, 2, Uint8Array.of(1, 2)]], [2])), undefined);
      assert.equal(await valueIn(tensorOf(9, [[10, 0, Uint8Array.of(1)]], [1, 1])), 1);
    });

    it("of 64-bit integers are the nearest double", async () => {
      for (const integer of [
        561864814704359005n,
        2n ** 63n - 1n,
        2n ** 53n + 1n,
        -(2n ** 62n) - 257n,
      ]) {
        const listed = varint(BigInt.asUintN(64, integer));
        assert.equal(await valueIn(tensorOf(9, [[10, 2, listed]])), Number(integer));
        const raw = new Uint8Array(8);
        new DataView(raw.buffer).setBigInt64(0, integer, true);
        assert.equal(await valueIn(tensorOf(9, [[4, 2, raw]])), Number(integer));
      }
    });
  });

  it("adds nothing of an event whose end is malformed", async () => {
    const good = eventRecord(row(1, 5));
    const data = good.subarray(12, good.length - 4);
    const whole = await read(
      concat([record(concat([data, Uint8Array.of(0x2a, 0x7f)])), eventRecord(row(2, 6))]),
    );
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [[2, 6]]);
  });

  describe("sessions", () => {
    const marksOf = async (bytes: Uint8Array): Promise<unknown[]> => {
      const marks: unknown[] = [];
      const chunks = tfevents.read({ source: sourceOf(bytes), file: FILE, from: START });
      for await (const { restarts = [], points } of chunks)
        marks.push(...restarts.map(({ at, step }) => [at, step, points.step.length]));
      return marks;
    };
    const rows = [row(1, 1), row(2, 2)].map(eventRecord);

    it("that begin say from which step they go on", async () => {
      const bytes = concat([
        versionRecord(2),
        sessionRecord(0),
        ...rows,
        sessionRecord(2),
        eventRecord(row(4, 4)),
      ]);
      assert.deepEqual(await marksOf(bytes), [
        [0, 0, 3],
        [2, 2, 3],
      ]);
    });

    it("that end, or that writers of other versions log, say nothing", async () => {
      assert.deepEqual(await marksOf(concat([versionRecord(2), ...rows, sessionRecord(2, 2)])), []);
      assert.deepEqual(await marksOf(concat([versionRecord(1), ...rows, sessionRecord(2)])), []);
      assert.deepEqual(await marksOf(concat([...rows, sessionRecord(2)])), []);
    });

    it("are known by the version over the cursor too", async () => {
      const begun = concat([versionRecord(2), ...rows]);
      const { cursor } = await read(begun);
      const chunks = tfevents.read({
        source: sourceOf(concat([begun, sessionRecord(1)])),
        file: FILE,
        from: cursor,
      });
      const first = await chunks.next();
      assert.deepEqual(first.done === true ? null : first.value.restarts, [{ at: 0, step: 1 }]);
    });
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

  it("claims event files by their name, and by their first bytes where it is not the usual one", () => {
    const kindOf = (name: string, head: Uint8Array | null = null): string =>
      tfevents.claims(name, head).kind;
    const events = eventFile([row(1, 1)]);
    assert.equal(kindOf("events.out.tfevents.1609169139.host.1.0"), "yes");
    assert.equal(kindOf("events.out.tfevents.1609169139.host.1.0.v2"), "yes");
    assert.equal(kindOf("events.out.tfevents.1609169139.host.profile-empty"), "no");
    assert.equal(kindOf("my.tfevents"), "look");
    assert.equal(kindOf("my.tfevents", events), "yes");
    assert.equal(kindOf("my.tfevents", new Uint8Array(0)), "yes");
    assert.equal(kindOf("my.tfevents", new TextEncoder().encode("read with tensorboard")), "no");
    for (const name of [
      "tfevents_to_csv.py",
      "x.tfevents.json",
      "events.out.tfevents.1609169139.a.csv",
    ])
      assert.equal(kindOf(name, new TextEncoder().encode("import csv\n")), "no", name);
    assert.equal(kindOf("metrics.jsonl"), "no");
  });
});
