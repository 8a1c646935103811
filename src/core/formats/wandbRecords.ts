/** The records of a `.wandb` log: protocol buffers whose values are JSON texts. Nothing of files or framing. */

import { isPlainObject, type Config, type ConfigValue } from "../model/config.js";
import { flattenConfig } from "../model/config.js";
import { parseJson } from "./json.js";
import { ProtobufReader } from "./framing/protobuf.js";

/** A row of the history: names with their parsed values, and the step that the record itself carries. */
export interface HistoryRow {
  readonly items: ReadonlyMap<string, unknown>;
  readonly step: number | null;
}

/** What the run record says of the run; empty texts are null. */
export interface RunRecord {
  readonly id: string | null;
  readonly displayName: string | null;
  readonly config: Config;
  /** The run that it was forked from. */
  readonly parent: { readonly id: string; readonly step: number | null } | null;
}

export interface WandbHandlers {
  onHistory(row: HistoryRow): void;
  onConfig(config: Config): void;
  onRun(run: RunRecord): void;
  /** A metric or a glob of metrics is drawn over `stepMetric`. */
  onStepMetric(stepMetric: string): void;
}

/** Numbers of the record's fields. */
const RECORD = { history: 2, config: 5, metric: 12, run: 17 } as const;

/** Decodes one record. Throws a `ProtobufError` for bytes that are none. */
export function readWandbRecord(data: Uint8Array, handlers: WandbHandlers): void {
  const record = new ProtobufReader(data);
  while (record.next()) {
    if (record.wire !== 2) record.skip();
    else if (record.field === RECORD.history) handlers.onHistory(historyOf(record.message()));
    else if (record.field === RECORD.config) handlers.onConfig(configOf(record.message()));
    else if (record.field === RECORD.run) handlers.onRun(runOf(record.message()));
    else if (record.field === RECORD.metric) {
      const stepMetric = stepMetricOf(record.message());
      if (stepMetric !== "") handlers.onStepMetric(stepMetric);
    } else record.skip();
  }
}

function historyOf(bytes: Uint8Array): HistoryRow {
  const history = new ProtobufReader(bytes);
  const items = new Map<string, unknown>();
  let step: number | null = null;
  while (history.next()) {
    if (history.field === 1 && history.wire === 2) addItem(history.message(), items);
    else if (history.field === 2 && history.wire === 2) step = stepOf(history.message());
    else history.skip();
  }
  return { items, step };
}

/** The message is there but empty for step 0; records without it come from clients that send none. */
function stepOf(bytes: Uint8Array): number {
  const message = new ProtobufReader(bytes);
  let step = 0;
  while (message.next()) {
    if (message.field === 1 && message.wire === 0) step = message.signed();
    else message.skip();
  }
  return step;
}

/** Key (1), path of keys (2, used where the key is empty), value as JSON (16): the form of history and config items. */
export function itemOf(bytes: Uint8Array): { readonly name: string; readonly json: string } {
  const item = new ProtobufReader(bytes);
  let key = "";
  const path: string[] = [];
  let json = "";
  while (item.next()) {
    if (item.wire !== 2) item.skip();
    else if (item.field === 1) key = item.text();
    else if (item.field === 2) path.push(item.text());
    else if (item.field === 16) json = item.text();
    else item.skip();
  }
  return { name: key === "" ? path.join(".") : key, json };
}

function addItem(bytes: Uint8Array, into: Map<string, unknown>): void {
  const { name, json } = itemOf(bytes);
  const parsed = parseJson(json);
  if (name !== "" && parsed.ok) into.set(name, parsed.value);
}

function configOf(bytes: Uint8Array): Config {
  const message = new ProtobufReader(bytes);
  const items = new Map<string, unknown>();
  while (message.next()) {
    if (message.field === 1 && message.wire === 2) addItem(message.message(), items);
    else message.skip();
  }
  return flattenItems(items);
}

/** Dotted keys of a configuration's items, without what the client notes of the machine. */
function flattenItems(items: ReadonlyMap<string, unknown>): Config {
  const flat = new Map<string, ConfigValue>();
  for (const [name, value] of items) {
    if (name === "_wandb" || name.startsWith("_wandb.")) continue;
    for (const [key, own] of flattenConfig(value, name)) flat.set(key, own);
  }
  return flat;
}

function runOf(bytes: Uint8Array): RunRecord {
  const run = new ProtobufReader(bytes);
  let id: string | null = null;
  let displayName: string | null = null;
  let config: Config = new Map();
  let parent: RunRecord["parent"] = null;
  while (run.next()) {
    if (run.wire !== 2) run.skip();
    else if (run.field === 1) id = run.text() || null;
    else if (run.field === 4) config = configOf(run.message());
    else if (run.field === 8) displayName = run.text() || null;
    else if (run.field === 23) parent = branchPointOf(run.message());
    else run.skip();
  }
  return { id, displayName, config, parent };
}

/** Run (1), value (2) of the metric (3) at which it branched off. */
function branchPointOf(bytes: Uint8Array): RunRecord["parent"] {
  const point = new ProtobufReader(bytes);
  let id = "";
  let value = 0;
  let metric = "";
  while (point.next()) {
    if (point.field === 1 && point.wire === 2) id = point.text();
    else if (point.field === 2 && point.wire === 1) value = point.double();
    else if (point.field === 3 && point.wire === 2) metric = point.text();
    else point.skip();
  }
  if (id === "") return null;
  return { id, step: metric === "" || metric === "_step" ? value : null };
}

function stepMetricOf(bytes: Uint8Array): string {
  const metric = new ProtobufReader(bytes);
  let stepMetric = "";
  while (metric.next()) {
    if (metric.field === 4 && metric.wire === 2) stepMetric = metric.text();
    else metric.skip();
  }
  return stepMetric;
}

/** Kinds of values that carry `_type` are media and tables, no scalars. */
export function isMedia(value: unknown): boolean {
  return isPlainObject(value) && "_type" in value;
}
