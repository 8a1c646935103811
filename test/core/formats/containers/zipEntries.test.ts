import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { listZip, unpack } from "../../../../src/core/formats/containers/zipEntries.js";
import { sourceOf } from "../../../support/scriptedFiles.js";

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

async function unpackAll(bytes: Uint8Array, limit: number): Promise<Record<string, string>> {
  const source = sourceOf(bytes);
  const found: Record<string, string> = {};
  for (const [name, entry] of (await listZip(source)).entries) {
    const unpacked = await unpack(source, entry, limit);
    found[name] = unpacked.ok ? new TextDecoder().decode(unpacked.bytes) : unpacked.reason;
  }
  return found;
}

describe("listZip and unpack", () => {
  const content = "abc".repeat(2000);
  const zip = zipSync({ "a.txt": [text(content), { level: 9 }], "d/b": [text("b"), { level: 0 }] });

  it("unpack what is stored and what is deflated", async () => {
    assert.deepEqual(await unpackAll(zip, 10_000), { "a.txt": content, "d/b": "b" });
  });

  it("find the entries of a file whose directory is not written yet", async () => {
    const end = Buffer.from(zip).indexOf("PK\u0001\u0002", 0, "latin1");
    const { entries, complete } = await listZip(sourceOf(zip.subarray(0, end)));
    assert.deepEqual([[...entries.keys()], complete], [["a.txt", "d/b"], false]);
    const cut = await listZip(sourceOf(zip.subarray(0, 20)));
    assert.equal(cut.entries.size, 0);
  });

  it("unpack nothing that is longer than wanted", async () => {
    const { "a.txt": reason } = await unpackAll(zip, 100);
    assert.equal(reason, "says that it is 6000 bytes, more than the 100 that are read");
  });

  it("stop at a bomb that says it is small", async () => {
    const bomb = zipSync({ z: [new Uint8Array(20_000_000), { level: 9 }] });
    const view = new DataView(bomb.buffer, bomb.byteOffset);
    const central = Buffer.from(bomb).indexOf("PK\u0001\u0002", 0, "latin1");
    view.setUint32(central + 24, 10, true);
    const { z } = await unpackAll(bomb, 1000);
    assert.match(z ?? "", /more than the 1000|not the size/);
  });

  it("do not believe bytes whose checksum does not hold", async () => {
    const damaged = zip.slice();
    const at = Buffer.from(damaged).indexOf("d/b", 0, "latin1") + 3;
    damaged[at] = "c".charCodeAt(0);
    const { "d/b": reason } = await unpackAll(damaged, 10_000);
    assert.equal(reason, "has a checksum that does not hold");
  });
});
