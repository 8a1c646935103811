/**
 * The run directory of MLflow's file store apart from its metrics: `meta.yaml`, one file per parameter below `params/`,
 * one per tag below `tags/`.
 */

import { parseDocument } from "yaml";
import { FileError, readRange, type Entry, type Files } from "../io/files.js";
import { baseName, directoryOf, joinPath } from "../io/path.js";
import { isPlainObject, type Config, type ConfigValue } from "../model/config.js";
import { reasonOf } from "../model/problem.js";
import type { ConfigResult } from "./configFile.js";
import { decodeText } from "./json.js";
import { nestsTooDeeply } from "./nesting.js";

/** Files below one of the run's directories, and levels of them, that are looked at. */
const MAX_FILES = 5_000;
const MAX_DEPTH = 16;
const MAX_TEXT = 64 * 1024;

const STATUS: Readonly<Record<string, string>> = {
  "1": "running",
  "2": "scheduled",
  "3": "finished",
  "4": "failed",
  "5": "killed",
};

export interface MlflowMeta {
  readonly name: string | null;
  readonly isDeleted: boolean;
  readonly status: string | null;
}

/** What `meta.yaml` says; a text says why it says nothing. */
export function parseMlflowMeta(text: string): MlflowMeta | string {
  if (nestsTooDeeply(text)) return "it is nested too deeply";
  try {
    const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
    const error = document.errors[0];
    if (error) return error.message.split("\n")[0] ?? "";
    const meta: unknown = document.toJS({ maxAliasCount: 100 });
    if (!isPlainObject(meta)) return "it holds no keys";
    if (meta["run_id"] === undefined && meta["run_uuid"] === undefined) return "it has no run_id";
    const name = meta["run_name"] ?? meta["name"];
    const status = meta["status"];
    return {
      name: typeof name === "string" && name !== "" ? name : null,
      isDeleted: meta["lifecycle_stage"] === "deleted",
      status: typeof status === "number" ? (STATUS[String(status)] ?? null) : null,
    };
  } catch (error) {
    return reasonOf(error);
  }
}

/** True for what an MLflow run's configuration lies in: `meta.yaml`, `params/` and `tags/` of its directory. */
export function isMlflowConfig(path: string): boolean {
  return /\/[0-9a-f]{32}\/(meta\.yaml|params|tags)$/.test(path);
}

/** What one of them says. That `meta.yaml` is malformed is said by whoever found the run. */
export async function readMlflowConfig(files: Files, path: string): Promise<ConfigResult> {
  const none: ConfigResult = { config: new Map(), problems: [] };
  if (path.endsWith("/params")) return { ...none, config: await readParams(files, path) };
  if (path.endsWith("/tags")) {
    const parent = await readTag(files, path, "mlflow.parentRunId");
    return { ...none, parent: parent === null ? null : { id: parent, step: null } };
  }
  const id = baseName(directoryOf(path));
  // The tag is what the user interface shows and changes.
  const tagged = await readTag(files, joinPath(directoryOf(path), "tags"), "mlflow.runName");
  const meta = parseMlflowMeta(await readText(files, path));
  if (typeof meta === "string") return { ...none, id, name: tagged };
  const config = new Map<string, ConfigValue>();
  if (meta.status !== null) config.set("mlflow.status", meta.status);
  return { ...none, config, id, name: tagged ?? meta.name };
}

/** Parameters by their paths. They are texts: plain numbers become numbers. */
async function readParams(files: Files, directory: string): Promise<Config> {
  const config = new Map<string, ConfigValue>();
  for (const name of await filesBelow(files, directory)) {
    config.set(name, valueOf(await readText(files, joinPath(directory, name))));
  }
  return config;
}

/** Paths of the files below a directory, relative to it; none where it is not there. */
export async function filesBelow(files: Files, root: string): Promise<string[]> {
  const found: string[] = [];
  let level: string[] = [""];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const prefix of level) {
      for (const { name, kind } of await listed(files, root + (prefix && `/${prefix}`))) {
        const path = prefix === "" ? name : `${prefix}/${name}`;
        if (kind === "directory") next.push(path);
        else if (kind === "file" && !name.startsWith(".")) found.push(path);
        if (found.length >= MAX_FILES || next.length >= MAX_FILES) return found.sort();
      }
    }
    level = next;
  }
  return found.sort();
}

async function listed(files: Files, directory: string): Promise<readonly Entry[]> {
  try {
    return await files.list(directory);
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

async function readTag(files: Files, tags: string, name: string): Promise<string | null> {
  const text = (await readText(files, joinPath(tags, name))).trim();
  return text === "" ? null : text;
}

/** The file's text, `""` where it is not there. */
export async function readText(files: Files, path: string): Promise<string> {
  try {
    const source = await files.open(path);
    try {
      return decodeText(await readRange(source, 0, Math.min(source.stamp.size, MAX_TEXT)));
    } finally {
      await source.close();
    }
  } catch (error) {
    if (error instanceof FileError) return "";
    throw error;
  }
}

/** Longest text that can be a number as Python writes it. */
const MAX_NUMBER = 25;

function valueOf(text: string): ConfigValue {
  if (/^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  // Digits alone beyond those of a double are an identifier.
  const isFloat = /^-?\d+(\.\d*(e[+-]?\d+)?|e[+-]?\d+)$/i.test(text);
  if (isFloat && text.length <= MAX_NUMBER) return Number(text);
  if (text === "None") return null;
  if (text === "True" || text === "False") return text === "True";
  return text;
}
