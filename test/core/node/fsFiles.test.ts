import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError, readRange } from "../../../src/core/io/files.js";
import { toSlashes } from "../../../src/core/io/path.js";
import { excluder } from "../../../src/node/excluder.js";
import { fsFiles } from "../../../src/node/fsFiles.js";

describe("fsFiles", () => {
  let folder = "";

  beforeEach(async () => {
    folder = toSlashes(await mkdtemp(join(tmpdir(), "onset-files-")));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("lists files and directories", async () => {
    await mkdir(`${folder}/d`);
    await writeFile(`${folder}/f`, "x");
    const entries = [...(await fsFiles.list(folder))].sort((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(entries, [
      { name: "d", kind: "directory" },
      { name: "f", kind: "file" },
    ]);
  });

  it("throws its own error for what is not there and for what is no file", async () => {
    await writeFile(`${folder}/f`, "x");
    for (const asked of [
      fsFiles.list(`${folder}/gone`),
      fsFiles.open(`${folder}/gone`),
      fsFiles.stat(`${folder}/f/below`),
      fsFiles.realPath(`${folder}/gone`),
    ]) {
      await assert.rejects(
        asked,
        (error) => error instanceof FileError && error.code === "not-found",
      );
    }
    await assert.rejects(fsFiles.open(folder), (error) => error instanceof FileError);
    await assert.rejects(fsFiles.list(`${folder}/f`), (error) => error instanceof FileError);
  });

  it("reads a range, and what was added since the file was opened", async () => {
    const path = `${folder}/f`;
    await writeFile(path, "0123456789");
    const source = await fsFiles.open(path);
    try {
      assert.equal(source.stamp.size, 10);
      await appendFile(path, "ab");
      const text = new TextDecoder().decode(await readRange(source, 8, 10));
      assert.equal(text, "89ab");
    } finally {
      await source.close();
    }
  });

  it("gives a replaced file another identity", async function () {
    if (process.platform === "win32") return; // No inodes there.
    await writeFile(`${folder}/a`, "1");
    await writeFile(`${folder}/b`, "2");
    const [a, b] = [await fsFiles.stat(`${folder}/a`), await fsFiles.stat(`${folder}/b`)];
    assert.notEqual(a.inode, b.inode);
  });

  it("does not wait for a named pipe", async function () {
    if (process.platform === "win32") return; // No such pipes there.
    execFileSync("mkfifo", [`${folder}/metrics.jsonl`]);
    await assert.rejects(fsFiles.open(`${folder}/metrics.jsonl`), { code: "failed" });
  });
});

describe("excluder", () => {
  it("matches as the editor's setting does", () => {
    const isExcluded = excluder(["**/old", "*.tmp", "a/b/**"]);
    assert.deepEqual(["old", "x/old", "y.tmp", "x/y.tmp", "a/b/c", "a/c"].map(isExcluded), [
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it("excludes nothing without globs", () => {
    assert.equal(excluder([])("anything"), false);
  });
});
