import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { readSafetensorsHeader, shardsOfIndex } from "../../../src/core/formats/safetensors.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { inProject } from "../../support/root.js";
import { safetensorsFile, tinySafetensors } from "../../support/safetensorsFile.js";
import { sourceOf } from "../../support/scriptedFiles.js";

async function reasonFor(bytes: Uint8Array): Promise<string | null> {
  const result = await readSafetensorsHeader(sourceOf(bytes));
  return result.ok ? null : result.reason;
}

describe("readSafetensorsHeader", () => {
  it("gives tensors in the order in which they lie, and the bytes of the whole file", async () => {
    const bytes = safetensorsFile(
      {
        __metadata__: { format: "pt" },
        b: { dtype: "F16", shape: [2], data_offsets: [8, 12] },
        a: { dtype: "F32", shape: [2, 1], data_offsets: [0, 8] },
      },
      12,
    );
    const result = await readSafetensorsHeader(sourceOf(bytes));
    assert.ok(result.ok);
    assert.deepEqual(
      result.header.tensors.map(({ name, begin, end }) => [name, end - begin, begin > 8]),
      [
        ["a", 8, true],
        ["b", 4, true],
      ],
    );
    assert.equal(result.header.bytes, bytes.length);
    assert.equal(result.header.metadata.get("format"), "pt");
  });

  it("says how long a file that was cut should be", async () => {
    const bytes = tinySafetensors();
    const result = await readSafetensorsHeader(sourceOf(bytes.subarray(0, bytes.length - 5)));
    assert.ok(result.ok);
    assert.equal(result.header.bytes, bytes.length);
  });

  it("knows no more of a dtype that is called as a part of every object", async () => {
    for (const dtype of ["constructor", "__proto__", "toString"]) {
      const bytes = safetensorsFile({ a: { dtype, shape: [1], data_offsets: [0, 8] } }, 8);
      assert.equal(await reasonFor(bytes), null, dtype);
    }
  });

  const broken: readonly [what: string, bytes: Uint8Array, reason: RegExp][] = [
    ["an empty file", new Uint8Array(0), /too few/],
    ["a header that is cut", tinySafetensors().subarray(0, 20), /ends within its header/],
    ["something else", new Uint8Array(64).fill(120), /not a safetensors file/],
    [
      "a hole between tensors",
      safetensorsFile({ a: { dtype: "U8", shape: [1], data_offsets: [1, 2] } }, 2),
      /hole/,
    ],
    [
      "a shape that is not the offsets'",
      safetensorsFile({ a: { dtype: "F32", shape: [3], data_offsets: [0, 8] } }, 8),
      /disagree/,
    ],
  ];
  for (const [what, bytes, reason] of broken) {
    it(`says what is wrong with ${what}`, async () => {
      assert.match((await reasonFor(bytes)) ?? "", reason);
    });
  }

  it("reads every checkpoint of the sample workspace that is whole", async () => {
    const folder = inProject("samples", "grokking", "runs", "wd1-seed0", "checkpoints");
    const names = readdirSync(folder);
    assert.ok(names.length >= 20);
    for (const name of names) {
      const bytes = new Uint8Array(readFileSync(`${folder}/${name}`));
      const result = await readSafetensorsHeader(sourceOf(bytes));
      assert.ok(result.ok, name);
      assert.equal(result.header.bytes, bytes.length, name);
    }
  });

  it("never throws, whatever the bytes are", async () => {
    const files: Uint8Array[] = [];
    forSeeds(100, (random) => {
      const bytes = tinySafetensors();
      for (let i = 0; i < 3; i++) {
        bytes[wholeNumber(random, 0, bytes.length - 1)] = wholeNumber(random, 0, 255);
      }
      files.push(bytes);
    });
    for (const bytes of files) await reasonFor(bytes);
  });
});

describe("shardsOfIndex", () => {
  it("lists each shard once", () => {
    const text = JSON.stringify({ weight_map: { a: "1.safetensors", b: "1.safetensors", c: "2" } });
    assert.deepEqual(shardsOfIndex(text), ["1.safetensors", "2"]);
  });

  it("is null for something else", () => {
    assert.equal(shardsOfIndex("{}"), null);
    assert.equal(shardsOfIndex("{"), null);
  });
});
