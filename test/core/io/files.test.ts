import assert from "node:assert/strict";
import { FileError, readPieces, readRange } from "../../../src/core/io/files.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { mulberry32 } from "../../support/random.js";
import { inPieces, sourceOf } from "../../support/scriptedFiles.js";

const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

describe("readRange", () => {
  it("gives the bytes asked for, from a source that gives them bit by bit", async () => {
    const range = await readRange(inPieces(bytes, mulberry32(2), 7), 100, 200);
    assert.deepEqual([...range], [...bytes.subarray(100, 300)]);
  });

  it("gives what there is at the end of the file", async () => {
    assert.equal((await readRange(sourceOf(bytes), 990, 100)).length, 10);
    assert.equal((await readRange(sourceOf(bytes), 2000, 100)).length, 0);
  });
});

describe("readPieces", () => {
  it("gives the whole file from where it is asked to start", async () => {
    const seen: number[] = [];
    for await (const piece of readPieces(sourceOf(bytes), 10, undefined, 64)) seen.push(...piece);
    assert.deepEqual(seen, [...bytes.subarray(10)]);
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const pieces = readPieces(sourceOf(bytes), 0, controller.signal, 64);
    await pieces.next();
    controller.abort();
    await assert.rejects(pieces.next());
  });
});

describe("MemoryFiles", () => {
  it("lists what lies directly in a directory", async () => {
    const files = new MemoryFiles({ "/w/a/b": "1", "/w/c": "2", "/wide/d": "3" });
    assert.deepEqual(await files.list("/w"), [
      { name: "a", kind: "directory" },
      { name: "c", kind: "file" },
    ]);
  });

  it("throws its own error for what is not there", async () => {
    const files = new MemoryFiles({ "/w/a": "1" });
    for (const asked of [files.list("/x"), files.open("/w/b"), files.stat("/w/b")]) {
      await assert.rejects(
        asked,
        (error) => error instanceof FileError && error.code === "not-found",
      );
    }
  });

  it("gives a file that is written again another stamp, and a new one another identity", async () => {
    const files = new MemoryFiles({ "/w/a": "1" });
    const first = await files.stat("/w/a");
    files.write("/w/a", "2");
    const second = await files.stat("/w/a");
    assert.equal(second.inode, first.inode);
    assert.notEqual(second.modifiedMs, first.modifiedMs);
    files.remove("/w/a");
    files.write("/w/a", "3");
    assert.notEqual((await files.stat("/w/a")).inode, first.inode);
  });
});
