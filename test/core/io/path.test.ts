import assert from "node:assert/strict";
import {
  baseName,
  compareNames,
  directoryOf,
  extensionOf,
  isInside,
  joinPath,
  relativePath,
  resolvePath,
  toSlashes,
} from "../../../src/core/io/path.js";

describe("paths", () => {
  it("are joined and taken apart", () => {
    assert.deepEqual([joinPath("/w", "a"), joinPath("/", "a")], ["/w/a", "/a"]);
    assert.deepEqual(
      [baseName("/w/a.b"), directoryOf("/w/a.b"), directoryOf("/w")],
      ["a.b", "/w", "/"],
    );
    assert.equal(toSlashes("C:\\runs\\a"), "C:/runs/a");
  });

  it("are relative to a folder, `.` for the folder itself", () => {
    assert.deepEqual(
      [
        relativePath("/w", "/w"),
        relativePath("/w", "/w/a/b"),
        relativePath("/w", "/wide/a"),
        relativePath("/", "/a"),
      ],
      [".", "a/b", "/wide/a", "a"],
    );
  });

  it("lie in a folder only below it", () => {
    assert.deepEqual(
      [isInside("/w", "/w/a"), isInside("/w", "/w"), isInside("/w", "/wide"), isInside("/", "/a")],
      [true, true, false, true],
    );
  });

  it("are resolved as text", () => {
    assert.deepEqual(
      [
        resolvePath("/w/r", "../p/./c"),
        resolvePath("/w", "/x"),
        resolvePath("C:/w", "..\\x"),
        resolvePath("/", "../.."),
      ],
      ["/w/p/c", "/x", "C:/x", "/"],
    );
  });

  it("have extensions in lower case", () => {
    assert.deepEqual(["a.JSONL", "a.tar.gz", ".hidden", "none"].map(extensionOf), [
      ".jsonl",
      ".gz",
      "",
      "",
    ]);
  });

  it("compare numbers in names as numbers, and never call two names the same", () => {
    assert.deepEqual(["step1000", "step500", "step20"].sort(compareNames), [
      "step20",
      "step500",
      "step1000",
    ]);
    assert.notEqual(compareNames("a01", "a1"), 0);
    assert.equal(compareNames("a", "a"), 0);
  });
});
