/**
 * TensorBoard event files: scalars as simple values and as tensors with one element, hyper-parameters and configurations
 * written as text, checksums verified. Images, histograms, other text and graphs are stepped over.
 */

import { readPieces, readRange, type ByteSource } from "../io/files.js";
import type { Config, ConfigValue } from "../model/config.js";
import { PointBuffer, type PointSink } from "../model/series.js";
import { NOTHING_TOLD, type Told } from "../model/told.js";
import { configInText, hparamsOf } from "./eventConfig.js";
import { ProtobufError, ProtobufReader } from "./framing/protobuf.js";
import { MAX_RECORD_BYTES, RecordSplitter, type RecordHandlers } from "./framing/tfRecord.js";
import { ProblemList } from "./problems.js";
import { scalarOf } from "./tensorProto.js";
import { NO, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";

const CHUNK_POINTS = 65_536;

/** Lightning's metric for its hyper-parameters: -1 where the user gave none. */
const PLACEHOLDER = "hp_metric";
const HPARAMS = "_hparams_/";

/** True for tags whose values are not simply points. */
export function isSpecialTag(tag: string): boolean {
  return tag === "" || tag === PLACEHOLDER || tag.startsWith(HPARAMS);
}

/** What events are read into. */
export interface Found {
  readonly points: PointSink;
  readonly plugins: Map<string, string>;
  readonly config: Map<string, ConfigValue>;
  /** Called once for a tag with tensors that no metadata says to be scalars. */
  onUnknown(tag: string): void;
}

/** Plugin by tag: TensorFlow 2 writes it with the first value of a tag only. Plain data, kept in the cursor. */
export type Plugins = Record<string, string>;

/** Stands for the plugin of a tag whose tensors came without metadata, which was said. */
const UNKNOWN = "";

/** Where the events of a file go, with nothing found yet but what the cursor's memory holds. */
export function foundFrom(memory: unknown, points: PointSink, problems: ProblemList): Found {
  return {
    points,
    plugins: new Map(Object.entries((memory as Plugins | null) ?? {})),
    config: new Map(),
    onUnknown(tag) {
      problems.add(
        "tfevents/unknown-plugin",
        `${JSON.stringify(tag.slice(0, 200))} holds tensors that no metadata says to be scalars; not read`,
      );
    },
  };
}

/** What is done with a file's records, and said of those that cannot be read. */
export function eventHandlers(
  found: Found,
  problems: ProblemList,
): RecordHandlers & { onDead(offset: number): void } {
  return {
    onRecord(data, offset) {
      try {
        readEvent(data, found);
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
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
    onDead(offset) {
      problems.add(
        "tfevents/bad-length",
        `the length of the record at byte ${offset} has a wrong checksum; nothing behind it can be read`,
        { offset },
      );
    },
  };
}

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  const problems = new ProblemList(file);
  const points = new PointBuffer();
  const found = foundFrom(from.memory, points, problems);
  const { plugins, config } = found;
  const splitter = new RecordSplitter(from.offset);
  const handlers = eventHandlers(found, problems);
  for await (const piece of readPieces(source, from.offset, signal)) {
    splitter.push(piece, handlers);
    if (points.length >= CHUNK_POINTS) {
      yield { points: points.take(), problems: problems.take() };
    }
    if (splitter.dead) break;
  }
  if (splitter.dead) handlers.onDead(splitter.offset);
  yield {
    points: points.take(),
    problems: problems.take(true),
    ...(config.size > 0 ? { config } : {}),
  };
  return { offset: splitter.offset, line: 1, memory: Object.fromEntries(plugins) };
}

function setAll(config: Map<string, ConfigValue>, from: Config): void {
  for (const [key, value] of from) config.set(key, value);
}

function readEvent(data: Uint8Array, found: Found): void {
  const event = new ProtobufReader(data);
  let wallTime = NaN;
  let step = 0;
  const summaries: Uint8Array[] = [];
  while (event.next()) {
    if (event.field === 1 && event.wire === 1) wallTime = event.double();
    else if (event.field === 2 && event.wire === 0) step = event.signed();
    else if (event.field === 5 && event.wire === 2) summaries.push(event.message());
    else event.skip();
  }
  for (const bytes of summaries) {
    const summary = new ProtobufReader(bytes);
    while (summary.next()) {
      if (summary.field === 1 && summary.wire === 2) {
        readValue(summary.message(), step, wallTime, found);
      } else summary.skip();
    }
  }
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
  if (tag.startsWith(HPARAMS)) {
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
  const plugins = new Map<string, string>();
  const found: Found = { points: new PointBuffer(), plugins, config, onUnknown: ignore };
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

export const tfevents: Reader = {
  format: "tfevents",
  system: "TensorBoard",
  kind: "log",
  claims: (name) =>
    /tfevents/.test(name) && !/\.(profile-empty|json|txt|zip|gz)$/.test(name) ? YES : NO,
  tell,
  read,
};
