/**
 * What TensorBoard's events mean: scalars as simple values and as tensors with one element, hyper-parameters and
 * configurations written as text, restarts that writers announce. And how a file of them is read plainly, record by record:
 * the meaning that the kernel for event files has too.
 */

import { readPieces, type ByteSource } from "../io/files.js";
import type { Config, ConfigValue } from "../model/config.js";
import { PointBuffer } from "../model/series.js";
import type { RestartMark } from "../model/run.js";
import { configInText, hparamsOf } from "./eventConfig.js";
import { ProtobufError, ProtobufReader } from "./framing/protobuf.js";
import { MAX_RECORD_BYTES, RecordSplitter, type RecordHandlers } from "./framing/tfRecord.js";
import { holdsNoScalar } from "./largeEvent.js";
import { ProblemList } from "./problems.js";
import { scalarOf } from "./tensorProto.js";
import type { Chunk, Cursor, ReadInput } from "./reader.js";

export const CHUNK_POINTS = 65_536;

/** Lightning's metric for its hyper-parameters: -1 where the user gave none. */
const PLACEHOLDER = "hp_metric";
const HPARAMS = "_hparams_/";

/** True for tags whose values are not simply points. */
export function isSpecialTag(tag: string): boolean {
  return tag === "" || tag === PLACEHOLDER || tag.startsWith(HPARAMS);
}

/** What events are read into. */
export interface Found {
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

/** A file's events as far as they have been read. */
export class EventReading implements RecordHandlers {
  readonly problems: ProblemList;
  readonly found: Found;
  readonly source: ByteSource;

  constructor({ source, file, from }: ReadInput) {
    const problems = new ProblemList(file);
    const memory = from.memory as Memory | null;
    this.source = source;
    this.problems = problems;
    this.found = {
      points: new PointBuffer(),
      plugins: new Map(Object.entries(memory?.plugins ?? {})),
      config: new Map(),
      restarts: [],
      version: memory?.version ?? NaN,
      onUnknown(tag) {
        problems.add(
          "tfevents/unknown-plugin",
          `${JSON.stringify(tag.slice(0, 200))} holds tensors that no metadata says to be scalars; not read`,
        );
      },
    };
  }

  onRecord(data: Uint8Array, offset: number): void {
    const { points } = this.found;
    const before = points.mark();
    try {
      readEvent(data, this.found);
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error;
      points.cut(before);
      this.problems.add(
        "tfevents/bad-event",
        `record at byte ${offset} is not an event: ${error.message}; stepped over`,
        { offset },
      );
    }
  }

  isSteppedOver(head: Uint8Array, length: number): boolean {
    return holdsNoScalar(head, length, this.found.plugins);
  }

  onDamaged(offset: number, bytes: number): void {
    this.problems.add(
      "tfevents/bad-checksum",
      `record at byte ${offset} (${bytes} bytes) has a wrong checksum; stepped over`,
      { offset },
    );
  }

  onTooLong(offset: number, bytes: number): void {
    this.problems.add(
      "tfevents/record-too-long",
      `record at byte ${offset} has ${bytes} bytes, more than ${MAX_RECORD_BYTES}; stepped over`,
      { offset },
    );
  }

  onDead(offset: number): void {
    this.problems.add(
      "tfevents/bad-length",
      `the length of the record at byte ${offset} has a wrong checksum; nothing behind it can be read`,
      { offset },
    );
  }

  /** What was found since the last call. */
  take(atEnd = false): Chunk {
    const { points, restarts, config } = this.found;
    this.found.restarts = [];
    return {
      points: points.take(),
      restarts,
      problems: this.problems.take(atEnd),
      ...(atEnd && config.size > 0 ? { config } : {}),
    };
  }

  /** Where reading continues that has come to `offset`. */
  cursorAt(offset: number): Cursor {
    const { plugins, version } = this.found;
    const memory: Memory = { plugins: Object.fromEntries(plugins), version };
    return { offset, line: 1, memory };
  }
}

/** Reads the records from `offset` on to the file's end. */
export async function* readRecords(
  reading: EventReading,
  offset: number,
  signal?: AbortSignal,
): AsyncGenerator<Chunk, Cursor> {
  const splitter = new RecordSplitter(offset);
  for await (const piece of readPieces(reading.source, offset, signal)) {
    splitter.push(piece, reading);
    if (reading.found.points.length >= CHUNK_POINTS) yield reading.take();
    if (splitter.dead) break;
  }
  if (splitter.dead) reading.onDead(splitter.offset);
  yield reading.take(true);
  return reading.cursorAt(splitter.offset);
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
