/** The configuration of a run in TensorBoard's event files: the hyper-parameters plugin, and texts that hold JSON. */

import { flattenConfig, isPlainObject, type Config, type ConfigValue } from "../model/config.js";
import { ProtobufReader } from "./framing/protobuf.js";
import { parseJson } from "./json.js";
import { nestsTooDeeply } from "./nesting.js";
import { textOf } from "./tensorProto.js";

const NONE: Config = new Map();
const MAX_KEYS = 5_000;

/** The hyper-parameters of a session: start info (3) of entries (1) of a name (1) and a value (2). */
export function hparamsOf(content: Uint8Array): Config {
  const config = new Map<string, ConfigValue>();
  const data = new ProtobufReader(content);
  while (data.next()) {
    if (data.field !== 3 || data.wire !== 2) {
      data.skip();
      continue;
    }
    const info = new ProtobufReader(data.message());
    while (info.next()) {
      if (info.field === 1 && info.wire === 2 && config.size < MAX_KEYS) {
        addEntry(info.message(), config);
      } else info.skip();
    }
  }
  return config;
}

function addEntry(bytes: Uint8Array, config: Map<string, ConfigValue>): void {
  const entry = new ProtobufReader(bytes);
  let name = "";
  let value: unknown = null;
  while (entry.next()) {
    if (entry.field === 1 && entry.wire === 2) name = entry.text();
    else if (entry.field === 2 && entry.wire === 2) value = valueOf(entry.message(), 0);
    else entry.skip();
  }
  if (name !== "") for (const [key, own] of flattenConfig(value, name)) config.set(key, own);
}

/** A `google.protobuf.Value`: 1 null, 2 number, 3 text, 4 boolean, 5 struct of entries (1), 6 list of values (1). */
function valueOf(bytes: Uint8Array, depth: number): unknown {
  const field = new ProtobufReader(bytes);
  let value: unknown = null;
  while (field.next()) {
    if (field.field === 2 && field.wire === 1) value = field.double();
    else if (field.field === 3 && field.wire === 2) value = field.text();
    else if (field.field === 4 && field.wire === 0) value = field.unsigned() !== 0;
    else if (field.field === 5 && field.wire === 2) value = structOf(field.message(), depth + 1);
    else if (field.field === 6 && field.wire === 2) value = listOf(field.message(), depth + 1);
    else field.skip();
  }
  return value;
}

const MAX_DEPTH = 16;

function structOf(bytes: Uint8Array, depth: number): unknown {
  const struct: [string, unknown][] = [];
  const entries = new ProtobufReader(bytes);
  while (entries.next() && depth <= MAX_DEPTH) {
    if (entries.field !== 1 || entries.wire !== 2) {
      entries.skip();
      continue;
    }
    const entry = new ProtobufReader(entries.message());
    let name = "";
    let value: unknown = null;
    while (entry.next()) {
      if (entry.field === 1 && entry.wire === 2) name = entry.text();
      else if (entry.field === 2 && entry.wire === 2) value = valueOf(entry.message(), depth);
      else entry.skip();
    }
    struct.push([name, value]);
  }
  return Object.fromEntries(struct);
}

function listOf(bytes: Uint8Array, depth: number): unknown {
  const list: unknown[] = [];
  const values = new ProtobufReader(bytes);
  while (values.next() && depth <= MAX_DEPTH) {
    if (values.field === 1 && values.wire === 2) list.push(valueOf(values.message(), depth));
    else values.skip();
  }
  return list;
}

/** Tags of texts that hold the whole configuration, and the key that theirs are put under. */
const TEXTS: Readonly<Record<string, string>> = {
  args: "",
  config: "",
  hparams: "",
  hyperparameters: "",
  model_config: "model_config",
};

/** The configuration that a text holds as JSON, as the Hugging Face Trainer writes it; nothing where it holds none. */
export function configInText(tag: string, tensor: Uint8Array): Config {
  const name = tag.replace(/\/text_summary$/, "");
  if (!Object.hasOwn(TEXTS, name)) return NONE;
  const text = textOf(tensor);
  if (text === null || !/^\s*\{/.test(text) || nestsTooDeeply(text)) return NONE;
  const parsed = parseJson(text);
  return parsed.ok && isPlainObject(parsed.value) ? flattenConfig(parsed.value, TEXTS[name]) : NONE;
}
