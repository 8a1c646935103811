import assert from "node:assert/strict";
import { build } from "esbuild";
import { inProject } from "../support/root.js";

/** What core may import beside itself: Arrow, and the parsers that its formats need. */
const ALLOWED = [
  "apache-arrow",
  "fflate",
  "fzstd",
  "hyparquet",
  "hyparquet-compressors",
  "jsonc-parser",
  "smol-toml",
  "yaml",
];

describe("core", () => {
  it("builds for no platform in particular, with nothing but the parsers that it may use", async function () {
    this.timeout(60_000);
    const { errors, metafile } = await build({
      absWorkingDir: inProject(),
      entryPoints: ["src/core/index.ts"],
      platform: "neutral",
      bundle: true,
      write: false,
      metafile: true,
      external: ALLOWED,
      loader: { ".wasm": "binary" },
      logLevel: "silent",
    });
    assert.deepEqual(errors, []);
    const inputs = Object.keys(metafile.inputs);
    assert.deepEqual(
      inputs.filter((input) => !input.startsWith("src/core/")),
      [],
    );
    const imported = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      .filter(({ external }) => external === true)
      .map(({ path }) => path);
    assert.deepEqual([...new Set(imported)].sort(), [...ALLOWED].sort());
  });
});
