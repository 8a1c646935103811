import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readPickle } from "../../../../src/core/formats/containers/pickle.js";
import {
  PickleGlobal,
  PickleObject,
  plainOf,
} from "../../../../src/core/formats/containers/pickleValues.js";
import { forSeeds, wholeNumber } from "../../../support/random.js";
import { fixture } from "../../../support/root.js";

const encoder = new TextEncoder();

/** A pickle from text and bytes. */
function pickle(...parts: readonly (string | number)[]): Uint8Array {
  const bytes = parts.flatMap((part) =>
    typeof part === "number" ? [part] : [...encoder.encode(part)],
  );
  return Uint8Array.from(bytes);
}

interface Written {
  readonly protocol: number;
  readonly pickle: string;
}

const written = JSON.parse(readFileSync(fixture("checkpoints/pickles.json"), "utf8")) as Written[];

describe("readPickle", () => {
  for (const { protocol, pickle: base64 } of written) {
    it(`reads protocol ${protocol}`, () => {
      const read = readPickle(new Uint8Array(Buffer.from(base64, "base64")));
      assert.ok(read.ok && read.value instanceof Map);
      assert.deepEqual(read.value.get("bytes"), Uint8Array.of(0, 255));
      assert.deepEqual(plainOf(read.value), {
        text: "äé\n'x\"",
        int: 7,
        neg: -3,
        big: 2n ** 70n,
        mid: 2 ** 40,
        float: 0.1,
        inf: Infinity,
        none: null,
        yes: true,
        no: false,
        list: [1, [2, "b"], []],
        tuple: [1, 2, 3, 4],
        nested: { a: { b: "c" } },
        od: { k: 1 },
      });
    });
  }

  it("calls nothing: a call is a placeholder", () => {
    const read = readPickle(pickle("cos\nsystem\n(S'rm -rf /'\ntR."));
    assert.ok(read.ok && read.value instanceof PickleObject);
    assert.equal(read.value.className, "os.system");
    assert.deepEqual(read.value.args, ["rm -rf /"]);
  });

  it("keeps classes as names", () => {
    const read = readPickle(pickle("cbuiltins\neval\n."));
    assert.ok(read.ok && read.value instanceof PickleGlobal);
    assert.equal(read.value.path, "builtins.eval");
  });

  it("reads a list that holds itself, and ends", () => {
    const read = readPickle(pickle("]", "q", 0, "h", 0, "a."));
    assert.ok(read.ok && Array.isArray(read.value));
    assert.equal(read.value[0], read.value);
    assert.ok(Array.isArray(plainOf(read.value)));
  });

  it("reads what doubles itself over and over in bounded time", () => {
    const doubling = Array.from({ length: 64 }, () => ["2", 0x86]).flat();
    const read = readPickle(pickle("]", ...doubling, "."));
    assert.ok(read.ok);
    plainOf(read.value);
  });

  it("reads lists in lists without end of stack", () => {
    const depth = 200_000;
    const read = readPickle(pickle("]".repeat(depth), "a".repeat(depth - 1), "."));
    assert.ok(read.ok);
    plainOf(read.value);
  });

  const refused: readonly [what: string, bytes: Uint8Array, reason: RegExp][] = [
    ["nothing", pickle(), /cut short/],
    ["a text that is longer than the file", pickle("X", 255, 255, 255, 127, "a."), /cut short/],
    [
      "a text of 2^63 bytes",
      pickle(0x8d, 0, 0, 0, 0, 0, 0, 0, 128, "."),
      /says that 9\d+ bytes follow/,
    ],
    [
      "an integer of a million bytes",
      pickle(0x8b, 64, 66, 15, 0, "."),
      /an integer of 1000000 bytes/,
    ],
    ["an empty stack", pickle("a."), /stack empty/],
    ["a memo that is not set", pickle("h", 3, "."), /memo 3/],
    ["a mark that is missing", pickle("t."), /no mark/],
    ["an unknown operation", pickle(0xff, "."), /0xff/],
    ["a protocol to come", pickle(0x80, 9, "N."), /protocol/],
    ["more dicts than memory holds", pickle("}".repeat(400_000), "."), /more than 300000/],
    ["data outside of the file", pickle(0x97, "."), /outside/],
  ];
  for (const [what, bytes, reason] of refused) {
    it(`refuses ${what}`, () => {
      const read = readPickle(bytes);
      assert.ok(!read.ok);
      assert.match(read.reason, reason);
    });
  }

  it("gives a reason or a value, never an exception, for bytes that are wrong", () => {
    const samples = written.map(({ pickle: base64 }) => Buffer.from(base64, "base64"));
    forSeeds(200, (random) => {
      for (const sample of samples) {
        const bytes = Uint8Array.from(sample);
        for (let i = 0; i < 3; i++) {
          bytes[wholeNumber(random, 0, bytes.length - 1)] = wholeNumber(random, 0, 255);
        }
        const read = readPickle(bytes.subarray(0, wholeNumber(random, 0, bytes.length)));
        if (read.ok) plainOf(read.value);
      }
    });
  });
});
