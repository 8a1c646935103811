/**
 * What an event file holds besides scalars: texts, and how often there are images, histograms and the like. Only texts are
 * decoded. What is damaged is stepped over in silence: `tfevents.ts` says so of the same file.
 */

import { readPieces, type ByteSource } from "../io/files.js";
import { ProtobufError, ProtobufReader } from "./framing/protobuf.js";
import { RecordSplitter } from "./framing/tfRecord.js";
import { textOf } from "./tensorProto.js";

const MAX_TAGS = 1_000;
/** Characters that are kept of a text. */
const MAX_TEXT = 8_000;

/** Fields of a summary's value that hold neither a name nor a number. */
const KINDS: Readonly<Record<number, string>> = { 4: "image", 5: "histogram", 6: "audio" };

export interface EventTag {
  readonly tag: string;
  /** `text`, `image`, `histogram`, `audio`, or the name of another plugin. */
  readonly kind: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** The last text that was written; null for other kinds. */
  readonly text: string | null;
}

type Growing = { -readonly [K in keyof EventTag]: EventTag[K] };

/** Tags in the order of the file, at most a thousand. Reads the whole file, in bounded memory. */
export async function readEventTags(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<readonly EventTag[]> {
  const tags = new Map<string, Growing>();
  const plugins = new Map<string, string>();
  const splitter = new RecordSplitter(0);
  const ignore = (): void => undefined;
  const handlers = {
    onRecord(data: Uint8Array) {
      try {
        readEvent(data, tags, plugins);
      } catch (error) {
        if (!(error instanceof ProtobufError)) throw error;
      }
    },
    onDamaged: ignore,
    onTooLong: ignore,
  };
  for await (const piece of readPieces(source, 0, signal)) {
    splitter.push(piece, handlers);
    if (splitter.dead) break;
  }
  return [...tags.values()];
}

function readEvent(
  data: Uint8Array,
  tags: Map<string, Growing>,
  plugins: Map<string, string>,
): void {
  const event = new ProtobufReader(data);
  let step = 0;
  const summaries: Uint8Array[] = [];
  while (event.next()) {
    if (event.field === 2 && event.wire === 0) step = event.signed();
    else if (event.field === 5 && event.wire === 2) summaries.push(event.message());
    else event.skip();
  }
  for (const bytes of summaries) {
    const summary = new ProtobufReader(bytes);
    while (summary.next()) {
      if (summary.field === 1 && summary.wire === 2) {
        readValue(summary.message(), step, tags, plugins);
      } else summary.skip();
    }
  }
}

function readValue(
  bytes: Uint8Array,
  step: number,
  tags: Map<string, Growing>,
  plugins: Map<string, string>,
): void {
  const field = new ProtobufReader(bytes);
  let tag = "";
  let kind = "";
  let isScalar = false;
  let tensor: Uint8Array | null = null;
  while (field.next()) {
    const { field: id, wire } = field;
    if (id === 1 && wire === 2) tag = field.text();
    else if (id === 9 && wire === 2) {
      const plugin = pluginIn(field.message());
      if (plugin !== "" && plugins.size < MAX_TAGS) plugins.set(tag, plugin);
    } else {
      if (id === 2) isScalar = true;
      if (id === 8 && wire === 2) tensor = field.message();
      else {
        kind ||= KINDS[id] ?? "";
        field.skip();
      }
    }
  }
  kind ||= plugins.get(tag) ?? "";
  if (isScalar || kind === "" || kind === "scalars") return;
  if (kind.endsWith("s") && kind !== "hparams") kind = kind.slice(0, -1);
  const text = kind === "text" && tensor ? textOf(tensor)?.slice(0, MAX_TEXT) : undefined;
  const known = tags.get(tag);
  if (known) {
    known.count += 1;
    known.first = Math.min(known.first, step);
    known.last = Math.max(known.last, step);
    known.text = text ?? known.text;
  } else if (tags.size < MAX_TAGS) {
    tags.set(tag, { tag, kind, count: 1, first: step, last: step, text: text ?? null });
  }
}

/** The plugin's name: plugin data (1) of a name (1). */
function pluginIn(metadata: Uint8Array): string {
  const field = new ProtobufReader(metadata);
  while (field.next()) {
    if (field.field !== 1 || field.wire !== 2) {
      field.skip();
      continue;
    }
    const data = new ProtobufReader(field.message());
    while (data.next()) {
      if (data.field === 1 && data.wire === 2) return data.text();
      data.skip();
    }
  }
  return "";
}
