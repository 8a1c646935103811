/**
 * TensorBoard event files: scalars as simple values and as tensors with one element, hyper-parameters and configurations
 * written as text, checksums verified. Images, histograms, other text and graphs are stepped over.
 */

import { readPieces, readRange, type ByteSource } from "../io/files.js";
import type { Config, ConfigValue } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import type { RestartMark } from "../model/run.js";
import { NOTHING_TOLD, type Told } from "../model/told.js";
import { configInText, hparamsOf } from "./eventConfig.js";
import { ProtobufError, ProtobufReader } from "./framing/protobuf.js";
import {
  beginsAsRecord,
  MAX_RECORD_BYTES,
  RecordSplitter,
  type RecordHandlers,
} from "./framing/tfRecord.js";
import { ProblemList } from "./problems.js";
import { scalarOf } from "./tensorProto.js";
import {
  LOOK,
  NO,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type Reader,
  type ReadInput,
} from "./reader.js";

const CHUNK_POINTS = 65_536;

/** Lightning's metric for its hyper-parameters: -1 where the user gave none. */
const PLACEHOLDER = "hp_metric";

/** What events are read into. */
interface Found {
  readonly points: PointBuffer;
  /** Plugin by tag: TensorFlow 2 writes it with the first value of a tag only. */
  readonly plugins: Map<string, string>;
  readonly config: Map<string, ConfigValue>;
  restarts: RestartMark[];
  /** Of the file's format: from version 2 on its writers say where they restart. NaN before it was said. */
  version: number;
  /** Called once for a tag with tensors that no metadata says to be scalars. */
  onUnknown(tag: string): void;
}

/** Plain data, kept in the cursor. */
interface Memory {
  readonly plugins: Readonly<Record<string, string>>;
  readonly version: number;
}

/** Stands for the plugin of a tag whose tensors came without metadata, which was said. */
const UNKNOWN = "";

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  const problems = new ProblemList(file);
  const memory = from.memory as Memory | null;
  const points = new PointBuffer();
  const plugins = new Map(Object.entries(memory?.plugins ?? {}));
  const config = new Map<string, ConfigValue>();
  const found: Found = {
    points,
    plugins,
    config,
    restarts: [],
    version: memory?.version ?? NaN,
    onUnknown(tag) {
      problems.add(
        "tfevents/unknown-plugin",
        `${JSON.stringify(tag.slice(0, 200))} holds tensors that no metadata says to be scalars; not read`,
      );
    },
  };
  const splitter = new RecordSplitter(from.offset);
  const handlers: RecordHandlers = {
    onRecord(data, offset) {
      const before = points.length;
      try {
        readEvent(data, found);
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
        points.cut(before);
        problems.add(
          "tfevents/bad-event",
          `record at byte ${offset} is not an event: ${error.message}; stepped over`,
          { offset },
        );
      }
    },
    onDamaged(offset, bytes) {
      problems.add(
        "tfevents/bad-checksum",
        `record at byte ${offset} (${bytes} bytes) has a wrong checksum; stepped over`,
        { offset },
      );
    },
    onTooLong(offset, bytes) {
      problems.add(
        "tfevents/record-too-long",
        `record at byte ${offset} has ${bytes} bytes, more than ${MAX_RECORD_BYTES}; stepped over`,
        { offset },
      );
    },
  };
  for await (const piece of readPieces(source, from.offset, signal)) {
    splitter.push(piece, handlers);
    if (points.length >= CHUNK_POINTS) {
      yield { points: points.take(), restarts: found.restarts, problems: problems.take() };
      found.restarts = [];
    }
    if (splitter.dead) break;
  }
  if (splitter.dead) {
    problems.add(
      "tfevents/bad-length",
      `the length of the record at byte ${splitter.offset} has a wrong checksum; nothing behind it can be read`,
      { offset: splitter.offset },
    );
  }
  yield {
    points: points.take(),
    restarts: found.restarts,
    problems: problems.take(true),
    ...(config.size > 0 ? { config } : {}),
  };
  const { version } = found;
  const remembered: Memory = { plugins: Object.fromEntries(plugins), version };
  return { offset: splitter.offset, line: 1, memory: remembered };
}

function setAll(config: Map<string, ConfigValue>, from: Config): void {
  for (const [key, value] of from) config.set(key, value);
}

function readEvent(data: Uint8Array, found: Found): void {
  const event = new ProtobufReader(data);
  let wallTime = NaN;
  let step = 0;
  let isStart = false;
  const summaries: Uint8Array[] = [];
  while (event.next()) {
    const { field, wire } = event;
    if (field === 1 && wire === 1) wallTime = event.double();
    else if (field === 2 && wire === 0) step = event.signed();
    else if (field === 3 && wire === 2) found.version = versionIn(event.text());
    else if (field === 5 && wire === 2) summaries.push(event.message());
    else if (field === 7 && wire === 2) isStart = statusOf(event.message()) === START;
    else event.skip();
  }
  if (isStart && found.version >= 2) found.restarts.push({ at: found.points.length, step });
  for (const bytes of summaries) {
    const summary = new ProtobufReader(bytes);
    while (summary.next()) {
      if (summary.field === 1 && summary.wire === 2) {
        readValue(summary.message(), step, wallTime, found);
      } else summary.skip();
    }
  }
}

/** `brain.Event:2` gives 2. */
function versionIn(text: string): number {
  return Number(/^brain\.Event:(\d+)$/.exec(text)?.[1] ?? NaN);
}

/** Status of a session log (field 1) that says that a session begins at the event's step. */
const START = 1;

function statusOf(sessionLog: Uint8Array): number {
  const field = new ProtobufReader(sessionLog);
  let status = 0;
  while (field.next()) {
    if (field.field === 1 && field.wire === 0) status = field.unsigned();
    else field.skip();
  }
  return status;
}

function readValue(bytes: Uint8Array, step: number, wallTime: number, found: Found): void {
  const field = new ProtobufReader(bytes);
  let tag = "";
  let named = "";
  let content: Uint8Array | null = null;
  let value: number | undefined;
  let tensor: Uint8Array | undefined;
  while (field.next()) {
    if (field.field === 1 && field.wire === 2) tag = field.text();
    else if (field.field === 2 && field.wire === 5) value = field.float();
    else if (field.field === 8 && field.wire === 2) tensor = field.message();
    else if (field.field === 9 && field.wire === 2) {
      ({ plugin: named, content } = pluginOf(field.message()));
    } else field.skip();
  }
  const { points, plugins, config } = found;
  if (named !== "") plugins.set(tag, named);
  const plugin = plugins.get(tag);
  if (value === undefined && tensor !== undefined) {
    if (plugin === "scalars") value = scalarOf(tensor);
    else if (plugin === undefined) {
      plugins.set(tag, UNKNOWN);
      found.onUnknown(tag);
    }
  }
  if (tag.startsWith("_hparams_/")) {
    if (content !== null) setAll(config, hparamsOf(content));
    return;
  }
  if (plugin === "text" && tensor !== undefined) setAll(config, configInText(tag, tensor));
  if (value === undefined || tag === "" || (tag === PLACEHOLDER && value === -1)) return;
  points.add(points.idOf(tag), step, wallTime, value);
}

/** The plugin's name and its own data: plugin data (1) of a name (1) and content (2). */
function pluginOf(metadata: Uint8Array): { plugin: string; content: Uint8Array | null } {
  const field = new ProtobufReader(metadata);
  let plugin = "";
  let content: Uint8Array | null = null;
  while (field.next()) {
    if (field.field !== 1 || field.wire !== 2) {
      field.skip();
      continue;
    }
    const data = new ProtobufReader(field.message());
    while (data.next()) {
      if (data.field === 1 && data.wire === 2) plugin = data.text();
      else if (data.field === 2 && data.wire === 2) content = data.message();
      else data.skip();
    }
  }
  return { plugin, content };
}

/** Bytes at a file's beginning that are looked at for what the run was configured with. */
const TOLD_BYTES = 64 * 1024;

async function tell(source: ByteSource): Promise<Told> {
  const head = await readRange(source, 0, TOLD_BYTES);
  const config = new Map<string, ConfigValue>();
  const ignore = (): void => undefined;
  const found: Found = {
    points: new PointBuffer(),
    plugins: new Map(),
    config,
    restarts: [],
    version: NaN,
    onUnknown: ignore,
  };
  new RecordSplitter(0).push(head, {
    onRecord(data) {
      try {
        readEvent(data, found);
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
      }
    },
    onDamaged: ignore,
    onTooLong: ignore,
  });
  return { ...NOTHING_TOLD, config };
}

/** `events.out.tfevents.<time>.<host>…` as writers name it, but for what tools put beside it. */
const USUAL_NAME = /tfevents\.\d{9,}(?!.*\.(?:profile-empty|json|txt|csv|zip|gz)$)/;

function claims(name: string, head: Uint8Array | null): Claim {
  if (!/tfevents/.test(name) || name.endsWith(".profile-empty")) return NO;
  if (USUAL_NAME.test(name)) return YES;
  if (head === null) return LOOK;
  return head.length === 0 || beginsAsRecord(head) ? YES : NO;
}

export const tfevents: Reader = {
  format: "tfevents",
  system: "TensorBoard",
  kind: "log",
  claims,
  tell,
  read,
};
