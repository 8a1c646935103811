/**
 * Lint: typescript-eslint's strict rules with type information, and who may import whom.
 *
 * Imports go one way, so that each layer can be read, tested and bundled without those above it:
 *
 * - core imports nothing but itself, apache-arrow (in tables/; elsewhere its types) and the parsers (in formats/ and
 *   query/; Arrow in the reader of its files): it must run anywhere, and Arrow must be easy to leave out.
 * - protocol imports types of core: both ends of a wire load it, so it must be cheap.
 * - node imports core and protocol: it is where questions meet files.
 * - cli imports core and node: it is the same core from a terminal.
 * - extension imports protocol, the worker's client and types of core: it starts quickly since it never loads Arrow.
 * - webview imports protocol and types of core: what it draws was computed elsewhere. No Node, no editor.
 * - extension, cli and webview are imported by nothing: they are ends, and can be replaced.
 * - core/formats/kernels/assembly is AssemblyScript, compiled by itself: it imports nothing but itself.
 * - core has one door, index.ts, for all but its own files and tests.
 * - node: is for node, cli and extension; vscode is for extension and its tests, and nothing else.
 * - the toolkit is imported in webview/shared/controls.ts alone, where its elements are registered.
 */

import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * @typedef {object} Ban
 * @property {string} regex of what is imported
 * @property {string} message
 * @property {boolean} [allowTypeImports]
 */

/** @param {...string} names */
const layers = (...names) => `^\\..*/(${names.join("|")})/`;

/** All packages and modules of Node but these. @param {...string} allowed */
const packagesBut = (...allowed) => `^(?!\\.${allowed.map((name) => `|${name}`).join("")})`;

const coreDoor = {
  regex: "^\\..*/core/(?!index\\.js$)",
  message: "Core has one door: core/index.js.",
};

/**
 * @param {string} folder
 * @param {...Ban} bans
 * @returns {import("eslint").Linter.Config}
 */
const imports = (folder, ...bans) => ({
  files: [`${folder}/**/*.ts`],
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns: bans }] },
});

/** @param {...string} packages */
const inCore = (...packages) => [
  {
    regex: layers("protocol", "node", "cli", "extension", "webview"),
    message: "Core imports nothing but itself.",
  },
  {
    regex: packagesBut("apache-arrow$", ...packages),
    message: "Core runs anywhere: only Arrow in tables/, and the parsers in formats/ and query/.",
  },
];

const arrowTypesOnly = {
  regex: "^apache-arrow$",
  message: "Arrow is for core/tables/; elsewhere in core, its types.",
  allowTypeImports: true,
};

const parsers = [
  "fflate$",
  "fzstd$",
  "hyparquet$",
  "hyparquet-compressors$",
  "jsonc-parser$",
  "smol-toml$",
  "yaml$",
];

const coreTypesOnly = {
  regex: "^\\..*/core/index\\.js$",
  message: "Only types of core: it would bring Arrow and the readers along.",
  allowTypeImports: true,
};

const importRules = [
  imports("src/core", ...inCore(), arrowTypesOnly),
  imports("src/core/tables", ...inCore()),
  imports("src/core/{formats,query}", ...inCore(...parsers), arrowTypesOnly),
  { ...imports("src/core/formats", ...inCore(...parsers)), files: ["src/core/formats/arrow.ts"] },
  imports(
    "src/protocol",
    { regex: layers("node", "cli", "extension", "webview"), message: "Protocol is below these." },
    { regex: packagesBut(), message: "Protocol is loaded at both ends: no packages." },
    coreTypesOnly,
    coreDoor,
  ),
  imports(
    "src/node",
    {
      regex: layers("cli", "extension", "webview"),
      message: "These are ends: nothing imports them.",
    },
    { regex: packagesBut("node:", "picomatch$"), message: "Node's modules and picomatch only." },
    coreDoor,
  ),
  imports(
    "src/cli",
    {
      regex: layers("protocol", "extension", "webview"),
      message: "The terminal uses core and node.",
    },
    { regex: packagesBut("node:"), message: "Node's modules only." },
    coreDoor,
  ),
  imports(
    "src/extension",
    { regex: layers("cli", "webview"), message: "These are ends: nothing imports them." },
    { regex: "^\\..*/node/(?!workerClient\\.js$)", message: "Only the worker's client." },
    { regex: packagesBut("node:", "vscode$"), message: "Node's modules and vscode only." },
    coreTypesOnly,
    coreDoor,
  ),
  ...["webview", "webview/shared/controls.ts"].map((where) => ({
    ...imports(
      "webview",
      { regex: layers("node", "cli", "extension"), message: "Pages import protocol only." },
      {
        regex: packagesBut(
          "chart.js$",
          ...(where === "webview" ? [] : ["@vscode/webview-ui-toolkit$"]),
        ),
        message: "Pages have chart.js; the toolkit is for shared/controls.ts; no Node, no editor.",
      },
      coreTypesOnly,
      coreDoor,
    ),
    files: [where === "webview" ? "webview/**/*.ts" : where],
  })),
  imports("test/{core,webview,support}", {
    regex: "^vscode$",
    message: "These suites also run without an editor.",
  }),
];

export default defineConfig(
  { ignores: ["dist", ".vscode-test", "samples/*/runs", "test/fixtures"] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: [
          "src/{core,protocol,node,cli,extension}/tsconfig.json",
          "src/core/formats/kernels/assembly/tsconfig.json",
          "{webview,test,bench,scripts}/tsconfig.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "@typescript-eslint/consistent-type-exports": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { varsIgnorePattern: "^_", argsIgnorePattern: "^_" },
      ],
      // Of indexes that are within bounds, where a cast cannot say so.
      "@typescript-eslint/no-non-null-assertion": "off",
      // A side that asks, answers or tells nothing is Record<never, never>.
      "@typescript-eslint/no-generated-empty-object-type": "off",
      // Elements are made by the document, not by their class.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // Messages of a page may hold anything, whatever their type says.
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
      // Numbers and booleans read well in a sentence.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  importRules,
  {
    // AssemblyScript: all its numbers are one type to TypeScript, and some of its syntax is older.
    files: ["src/core/formats/kernels/assembly/*.ts"],
    rules: {
      eqeqeq: "off",
      "no-constant-condition": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      "@typescript-eslint/no-unnecessary-type-arguments": "off",
      "@typescript-eslint/prefer-for-of": "off",
      "@typescript-eslint/consistent-type-imports": "off",
    },
  },
  {
    // In JavaScript, what JSON says gets its type by an assignment.
    files: ["**/*.mjs", "**/*.cjs"],
    rules: { "@typescript-eslint/no-unsafe-assignment": "off" },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
