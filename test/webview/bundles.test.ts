/** What is in the bundles and what is not: each is loaded somewhere where something else would cost or fail. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { build, type Metafile } from "esbuild";
import { inProject } from "../support/root.js";

/** Of the extension's bundle, minified or not: what the editor evaluates before anything is asked. */
const EXTENSION_BYTES = 150_000;

interface Bundle {
  readonly inputs: readonly string[];
  /** Modules that are left to be found at run time. */
  readonly externals: readonly string[];
  readonly bytes: number;
}

function bundle(name: string, file: string): Bundle {
  const path = inProject("dist", "meta", `${name}.json`);
  const { outputs } = JSON.parse(readFileSync(path, "utf8")) as Metafile;
  const output = outputs[file];
  assert.ok(output, `${file} in ${path}`);
  return {
    inputs: Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([input]) => input),
    externals: output.imports.filter(({ external }) => external).map(({ path: of }) => of),
    bytes: output.bytes,
  };
}

function holdsNone(inputs: readonly string[], pattern: RegExp): void {
  assert.deepEqual(
    inputs.filter((input) => pattern.test(input)),
    [],
  );
}

describe("bundles", () => {
  it("the extension's holds the extension, the protocol and the worker's client, and is small", () => {
    const { inputs, externals, bytes } = bundle("extension", "dist/extension.js");
    assert.ok(inputs.includes("src/extension/extension.ts"));
    holdsNone(inputs, /^(?!src\/(extension|protocol)\/|src\/node\/workerClient\.ts$)/);
    assert.deepEqual(
      externals.filter((one) => one !== "vscode" && !isBuiltin(one)),
      [],
    );
    assert.ok(bytes <= EXTENSION_BYTES, `${bytes} bytes`);
  });

  for (const page of ["timeline", "diff", "onsets", "examples", "file", "lineage"]) {
    it(`the ${page} page's holds nothing of Node and nothing of core that runs`, () => {
      const { inputs, externals } = bundle("pages", `dist/webview/${page}.js`);
      assert.ok(inputs.includes(`webview/${page}/main.ts`));
      assert.ok(inputs.some((input) => input.includes("@vscode/webview-ui-toolkit")));
      holdsNone(inputs, /^src\/(?!protocol\/)|node_modules\/apache-arrow/);
      assert.deepEqual(externals, []);
    });
  }

  it("only the Timeline's has chart.js", () => {
    const hasCharts = (file: string): boolean =>
      bundle("pages", file).inputs.some((input) => input.includes("node_modules/chart.js/"));
    assert.deepEqual(["dist/webview/timeline.js", "dist/webview/diff.js"].map(hasCharts), [
      true,
      false,
    ]);
  });

  for (const name of ["worker", "cli"]) {
    it(`the ${name}'s has Arrow and the readers, and runs without an editor`, () => {
      const { inputs, externals } = bundle(name, `dist/${name}.js`);
      assert.ok(inputs.some((input) => input.includes("node_modules/apache-arrow/")));
      assert.ok(inputs.includes("src/core/formats/index.ts"));
      holdsNone(inputs, /^(src\/extension|webview)\/|node_modules\/chart\.js/);
      assert.deepEqual(
        externals.filter((one) => !isBuiltin(one)),
        [],
      );
    });
  }

  it("a bundle that did reach for something forbidden would be seen", async () => {
    const { metafile } = await build({
      stdin: {
        contents: 'import { Catalog } from "./src/core/index.js"; console.log(Catalog);',
        resolveDir: inProject(),
      },
      absWorkingDir: inProject(),
      bundle: true,
      write: false,
      metafile: true,
      format: "cjs",
      mainFields: ["module", "main"],
      loader: { ".wasm": "binary" },
      outfile: "out.js",
    });
    const inputs = Object.keys(metafile.inputs);
    assert.throws(() => {
      holdsNone(inputs, /node_modules\/apache-arrow/);
    });
  });
});
