/** Configuration files of runs: YAML, JSON with or without comments, TOML, assignments. Only data is built, tags are ignored. */

import { parse as parseJsonc, printParseErrorCode, type ParseError } from "jsonc-parser";
import { parse as parseToml, TomlError } from "smol-toml";
import { parseAllDocuments, type Document, type ScalarTag, type Tags } from "yaml";
import { readRange, type ByteSource } from "../io/files.js";
import { baseName, extensionOf } from "../io/path.js";
import { flattenConfig, isPlainObject, type Config, type ConfigValue } from "../model/config.js";
import { problem, reasonOf, type Problem } from "../model/problem.js";
import type { Told } from "../model/told.js";
import { parseArguments, parseAssignments, parseOverrides } from "./assignments.js";
import { lfsPointerIn } from "./gitLfs.js";
import { decodeText, looksBinary, parseJson } from "./json.js";
import { nestsTooDeeply } from "./nesting.js";
import { isPickledConfig, readPickledConfig, TRAINING_ARGS } from "./pickledConfig.js";

const MAX_BYTES = 8 * 1024 * 1024;

/** Names that training code gives a run's configuration, more usual ones first. */
const NAMES = [
  "config",
  "run_config",
  "train_config",
  "training_config",
  "experiment",
  "hparams",
  "hyperparameters",
  "params",
  "args",
  "flags",
  "training_args",
  "train_args",
  "arguments",
  "opts",
  "opt",
  "options",
  "cfg",
  "settings",
  "run",
  "train",
  "overrides",
  "operative_config",
  "metadata",
  "experiment_config",
  "trainer_config",
  "resolved_config",
  "config_resolved",
  "conf",
  "commandline_args",
  "cmd_args",
  "model_config",
  "adapter_config",
];
const EXTENSIONS = [".yaml", ".yml", ".json", ".jsonc", ".toml", ".gin", ".txt"];

/** Names that mean something else with some extensions: `train.json` is a data set, `metadata.json` anything. */
const ONLY_WITH: ReadonlyMap<string, readonly string[]> = new Map([
  ["run", [".yaml", ".yml", ".toml"]],
  ["train", [".yaml", ".yml", ".toml"]],
  ["overrides", [".yaml", ".yml"]],
  ["operative_config", [".gin"]],
  ["metadata", [".txt"]],
  ["adapter_config", [".json"]],
]);
/** Texts of `key=value` lines; other names with that extension are prose or logs. */
const TEXT_NAMES = new Set(
  "args arguments cmd_args commandline_args hparams hyperparameters metadata opt opts options params".split(
    " ",
  ),
);
const GIN_NAMES = new Set(["config", "operative_config"]);

export function isConfigName(name: string): boolean {
  return rankOf(name) >= 0;
}

/** More usual names first, so that their keys win where several files set one; those of checkpoints last. */
export function compareConfigs(a: string, b: string): number {
  const rank = (name: string): number => (isConfigName(name) ? rankOf(name) : NAMES.length);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

/** 0 for the most usual name; negative for one that is no config's. */
function rankOf(name: string): number {
  const extension = extensionOf(name);
  if (name === TRAINING_ARGS) return NAMES.indexOf("training_args");
  if (!EXTENSIONS.includes(extension)) return -1;
  // Gin's are written again at each start, under the step.
  const stem = name
    .slice(0, name.length - extension.length)
    .toLowerCase()
    .replace(/^(operative_config)-\d+$/, "$1");
  if (ONLY_WITH.get(stem)?.includes(extension) === false) return -1;
  if (extension === ".txt" && !TEXT_NAMES.has(stem)) return -1;
  if (extension === ".gin" && !GIN_NAMES.has(stem)) return -1;
  return NAMES.indexOf(stem);
}

/** Files in these forms with any name, but for those of tools: a lone one beside a run's logs configures the run. */
export function mayBeConfig(name: string): boolean {
  return /\.(ya?ml|toml)$/i.test(name) && !name.startsWith(".") && !OF_TOOLS.test(name);
}

const OF_TOOLS =
  /^(pyproject|cargo|poetry|ruff|setup|environment|conda|env|requirements|docker-compose|compose|mkdocs|dvc|hydra|multirun|meta|meta_data|metadata|action|codecov|netlify|pixi|uv|pipfile|tox|mypy|pytest|book|pnpm-\w+|conda-\w+|python_env)([._-].*)?\.(ya?ml|toml)$/i;

export interface ConfigResult extends Partial<Told> {
  readonly config: Config;
  readonly problems: readonly Problem[];
}

export async function readConfig(source: ByteSource, file: string): Promise<ConfigResult> {
  const pointer = await lfsPointerIn(source);
  if (pointer !== null) {
    // Of a checkpoint that was not downloaded it is known by that.
    if (isPickledConfig(file) && baseName(file) !== TRAINING_ARGS) return failed();
    const message = `is ${pointer}; the run is shown without its config`;
    return failed(problem("config/not-downloaded", file, message));
  }
  if (isPickledConfig(file)) return readPickledConfig(source, file);
  const size = source.stamp.size;
  if (size > MAX_BYTES) {
    return failed(
      problem("config/too-large", file, `${size} bytes, more than ${MAX_BYTES}; not read`),
    );
  }
  const bytes = await readRange(source, 0, size);
  if (looksBinary(bytes)) {
    return failed(problem("config/binary", file, "is not text; not read"));
  }
  return parseConfig(decodeText(bytes), file);
}

/** Parses the text of a configuration by the file's extension. */
export function parseConfig(text: string, file: string): ConfigResult {
  if (nestsTooDeeply(text)) return failed(notParsed(file, "it is nested too deeply", undefined));
  const extension = extensionOf(file);
  if (extension === ".toml") return parseTomlConfig(text, file);
  if (extension === ".gin" || extension === ".txt") {
    const isGin = extension === ".gin";
    return { config: isGin ? parseAssignments(text, true) : parseArguments(text), problems: [] };
  }
  return extension === ".json" || extension === ".jsonc" || isMarinRecord(file)
    ? parseJsonConfig(text, file)
    : parseYamlConfig(text, file);
}

function isOverride(item: unknown): item is string {
  return typeof item === "string" && /^([+~]{0,2}[A-Za-z_][^=\s]*=|~[A-Za-z_][^=\s]*$)/.test(item);
}

function failed(...problems: Problem[]): ConfigResult {
  return { config: new Map(), problems };
}

function done(document: unknown, file: string): ConfigResult {
  if (document === null || document === undefined) return failed();
  if (isPlainObject(document) && isOfWandb(document)) {
    return { config: flattenConfig(unwrapped(document)), problems: [] };
  }
  if (isPlainObject(document)) return doneObject(document, file);
  if (Array.isArray(document) && document.every(isOverride)) {
    return { config: parseOverrides(document), problems: [] };
  }
  return failed(problem("config/not-keys", file, "holds no keys with values; not used"));
}

function doneObject(document: Record<string, unknown>, file: string): ConfigResult {
  if (isMarinRecord(file)) return recordOfMarin(document);
  const own = isGptNeox(document, file) ? withUnderscores(document) : document;
  return { config: resolveReferences(flattenConfig(own)), problems: [] };
}

/** GPT-NeoX takes `-` and `_` in its keys for the same, and merges several files. */
function isGptNeox(document: Record<string, unknown>, file: string): boolean {
  return (
    /\/global_step\d+\/configs\/[^/]+$/.test(file) ||
    ["pipe-parallel-size", "pipe_parallel_size"].some((key) => key in document)
  );
}

function withUnderscores(document: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [key.replaceAll("-", "_"), value]),
  );
}

/** What Marin's executor, and after it Marin's artifacts, keep of a step beside its output. */
export function isMarinRecord(file: string): boolean {
  return /^\.(executor_info|artifact\.json)$/.test(baseName(file));
}

/** Its `config` is the run's; what the step runner notes when it schedules a step is none. */
function recordOfMarin(document: Record<string, unknown>): ConfigResult {
  const { name, config, executor_version: version } = document;
  return {
    config: flattenConfig(version === "step_runner" ? null : config),
    problems: [],
    ...(typeof name === "string" && name !== "" ? { name } : {}),
  };
}

/** Values that are a reference and nothing else, `${model.width}`, as OmegaConf resolves them; others stay. */
function resolveReferences(config: Map<string, ConfigValue>): Map<string, ConfigValue> {
  for (const key of config.keys()) {
    let value = config.get(key);
    for (let hops = 0; hops < MAX_HOPS && typeof value === "string"; hops++) {
      const target = /^\$\{([\w.-]+)\}$/.exec(value)?.[1];
      if (target === undefined || !config.has(target)) break;
      value = config.get(target);
    }
    if (value !== undefined) config.set(key, value);
  }
  return config;
}

const MAX_HOPS = 8;

/** Newer clients leave out the version of the form. */
function isOfWandb({ wandb_version: version, _wandb: own }: Record<string, unknown>): boolean {
  return version !== undefined || (isPlainObject(own) && isPlainObject(own["value"]));
}

/** W&B writes each key as `{desc, value}`, and beside them what its client noted of the machine and the user. */
function unwrapped(document: Record<string, unknown>): Record<string, unknown> {
  const own = Object.entries(document).filter(
    ([key]) => key !== "wandb_version" && key !== "_wandb",
  );
  return Object.fromEntries(
    own.map(([key, entry]) => [
      key,
      isPlainObject(entry) && "value" in entry ? entry["value"] : entry,
    ]),
  );
}

function parseYamlConfig(text: string, file: string): ConfigResult {
  try {
    const documents = parseYaml(text);
    const config = new Map<string, ConfigValue>();
    for (const { errors } of documents) {
      const [error] = errors;
      if (!error) continue;
      const line = error.linePos?.[0].line;
      return failed(notParsed(file, error.message.split("\n")[0] ?? "", line));
    }
    for (const document of documents) {
      const read = done(document.toJS({ maxAliasCount: 1000 }), file);
      if (read.problems.length > 0) return read;
      for (const [key, value] of read.config) config.set(key, value);
    }
    return { config, problems: [] };
  } catch (error) {
    return failed(notParsed(file, reasonOf(error), undefined));
  }
}

/** The documents of a YAML text, with what is wrong in each. */
export function parseYaml(text: string): readonly Document[] {
  const parsed = parseAllDocuments(text, {
    uniqueKeys: false,
    logLevel: "silent",
    merge: true,
    customTags: (tags: Tags) => [INTEGER, FLOAT, ...tags],
  });
  return Array.isArray(parsed) ? parsed : [];
}

/** Integers with `_` between their digits, those that a double does not hold as text, and no infinity for a checksum. */
const INTEGER: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?\d[\d_]*$/,
  resolve: (text) => exactOf(text.replaceAll("_", "")),
};
const FLOAT: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  test: /^[-+]?(?:\.\d+|\d[\d_]*(?:\.[\d_]*)?)[eE][-+]?\d+$/,
  resolve(text) {
    const value = Number(text.replaceAll("_", ""));
    return Number.isFinite(value) ? value : text;
  },
};
function exactOf(digits: string): number | string {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits.replace(/^\+/, "");
}

/** Texts, and whole numbers of so many digits that a double may not hold them. */
const LONG_INTEGERS = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])(-?\d{16,})(?![\w.])/g;

/** Long whole numbers as texts, so that seeds of 64 bits keep their digits. */
function withExactIntegers(json: string): string {
  return json.replace(LONG_INTEGERS, (all, digits: string | undefined) =>
    digits !== undefined && typeof exactOf(digits) === "string" ? `"${digits}"` : all,
  );
}

function parseJsonConfig(given: string, file: string): ConfigResult {
  const text = withExactIntegers(given);
  const strict = parseJson(text);
  if (strict.ok) return done(strict.value, file);
  const errors: ParseError[] = [];
  const document: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  const error = errors[0];
  if (!error) return done(document, file);
  const line = text.slice(0, error.offset).split("\n").length;
  return failed(notParsed(file, printParseErrorCode(error.error), line));
}

function parseTomlConfig(text: string, file: string): ConfigResult {
  try {
    return done(parseToml(text, { integersAsBigInt: "asNeeded" }), file);
  } catch (error) {
    const line = error instanceof TomlError ? error.line : undefined;
    return failed(notParsed(file, reasonOf(error), line));
  }
}

function notParsed(file: string, reason: string, line: number | undefined): Problem {
  const where = line === undefined ? "" : ` at line ${line}`;
  return problem(
    "config/not-parsed",
    file,
    `does not parse${where}: ${reason}; the run is shown without its config`,
    line === undefined ? {} : { line },
  );
}
