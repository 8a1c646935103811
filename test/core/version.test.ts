import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { VERSION } from "../../src/core/version.js";
import { inProject } from "../support/root.js";

describe("VERSION", () => {
  it("is the one in package.json", () => {
    const manifest = JSON.parse(readFileSync(inProject("package.json"), "utf8")) as {
      version: string;
    };
    assert.equal(VERSION, manifest.version);
  });
});
