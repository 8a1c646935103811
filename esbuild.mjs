/**
 * All bundles, one script: extension host, worker, terminal, pages, tests.
 *
 *     node esbuild.mjs [--production] [--watch] [--tests]
 */

import { readdirSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { context } from "esbuild";
import { buildKernels, embedded } from "./scripts/kernels.mjs";
import { noticesOf } from "./scripts/notices.mjs";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");
const tests = process.argv.includes("--tests");

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  loader: embedded,
  minify: production,
  sourcemap: production ? false : "linked",
  metafile: true,
  logLevel: "warning",
  legalComments: "none",
};

/** @type {import("esbuild").BuildOptions} */
const inNode = {
  ...common,
  platform: "node",
  format: "cjs",
  target: "node20",
  // The main field of jsonc-parser is a UMD module, whose requires no bundler can follow.
  mainFields: ["module", "main"],
};

/**
 * The editor's API is taken as it is: the usual interop would copy its several hundred members, once for every file that
 * imports it, at each activation.
 *
 * @type {import("esbuild").Plugin}
 */
const plainVscode = {
  name: "plain-vscode",
  setup(build) {
    build.onLoad({ filter: /src[\\/]extension[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const imported = 'import * as vscode from "vscode";';
      return {
        loader: "ts",
        contents: source.replace(imported, 'const vscode = require("vscode");'),
      };
    });
  },
};

/** @type {Record<string, import("esbuild").BuildOptions>} */
const bundles = {
  extension: {
    ...inNode,
    entryPoints: { extension: "src/extension/extension.ts" },
    outdir: "dist",
    external: ["vscode"],
    plugins: [plainVscode],
  },
  worker: { ...inNode, entryPoints: { worker: "src/node/worker.ts" }, outdir: "dist" },
  cli: { ...inNode, entryPoints: { cli: "src/cli/main.ts" }, outdir: "dist" },
  pages: {
    ...common,
    platform: "browser",
    format: "iife",
    target: "es2022",
    entryPoints: Object.fromEntries(
      ["timeline", "diff", "onsets", "examples", "file", "lineage"].map((page) => [
        page,
        `webview/${page}/main.ts`,
      ]),
    ),
    outdir: "dist/webview",
  },
};

if (tests) {
  bundles.tests = {
    ...inNode,
    minify: false,
    sourcemap: "inline",
    // One bundle per test file, found by pattern, so that none can be forgotten.
    entryPoints: [
      ...["core", "host", "webview"].flatMap(testFiles),
      "test/host/index.ts",
      "test/runners/screenshots.ts",
      "test/runners/measureFrames.ts",
    ],
    outbase: "test",
    outdir: "dist/test",
    packages: "external",
    external: ["vscode"],
  };
}

/** @param {string} ring */
function testFiles(ring) {
  return readdirSync(`test/${ring}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `test/${ring}/${name}`);
}

await buildKernels();
await rm("dist", { recursive: true, force: true });
await mkdir("dist/meta", { recursive: true });

const contexts = await Promise.all(
  Object.entries(bundles).map(async ([name, options]) => ({ name, build: await context(options) })),
);
const metafiles = [];
for (const { name, build } of contexts) {
  if (watch) await build.watch();
  else {
    const { metafile } = await build.rebuild();
    await writeFile(`dist/meta/${name}.json`, JSON.stringify(metafile));
    await build.dispose();
    if (metafile) metafiles.push(metafile);
  }
}
if (production) await writeFile("dist/THIRD-PARTY-NOTICES.txt", noticesOf(metafiles));
