/** Event files with everything that writers write, and some things that none does. */

import {
  bytesField,
  concat,
  doubleField,
  eventRecord,
  float32,
  key,
  message,
  record,
  textField,
  varintField,
  type EventScalar,
} from "./eventFile.js";
import { wholeNumber } from "./random.js";

type Random = () => number;

/** A few to a few hundred records. */
export function randomEvents(random: Random): Uint8Array {
  const tags = Array.from({ length: wholeNumber(random, 1, 12) }, () => randomTag(random));
  const isCycle = random() < 0.6;
  const oddness = random() < 0.4 ? 0 : random() * 0.2;
  const stride = random() < 0.7 ? 1 : wholeNumber(random, 0, 1000);
  const encoding = pick(random, ["simple", "simple", "tensor", "tensor-content"] as const);
  const hasMetadata = random() < 0.5;
  const always = random() < 0.3;
  const named = new Set<string>();
  let step = random() < 0.3 ? wholeNumber(random, 0, 2 ** 40) : wholeNumber(random, 0, 200);
  let wallTime = 1.7e9 + random() * 1e6;
  const records: Uint8Array[] = [];
  if (random() < 0.8)
    records.push(record(message([doubleField(1, 1.7e9), textField(3, "brain.Event:2")])));
  const rows = random() < 0.1 ? 150 : wholeNumber(random, 1, 25);
  for (let row = 0; row < rows; row++) {
    const logged = isCycle ? tags : tags.filter(() => random() < 0.5);
    if (!isCycle) logged.sort(() => random() - 0.5);
    for (const tag of logged) {
      if (random() < oddness) {
        records.push(record(oddEvent(random, tag, step)));
        continue;
      }
      const scalar = (): EventScalar => ({
        tag,
        value: randomValue(random),
        encoding,
        ...(encoding !== "simple" && hasMetadata && (always || !named.has(tag))
          ? { plugin: "scalars" }
          : {}),
      });
      const own = random() < oddness ? [scalar(), scalar()] : [scalar()];
      named.add(tag);
      records.push(eventRecord({ step, wallTime, scalars: own }));
      wallTime += random() < 0.02 ? (random() - 0.3) * 1e5 : random();
    }
    if (random() < 0.02) step = Math.max(0, step - wholeNumber(random, 0, 50 * stride + 3));
    else step += random() < oddness ? wholeNumber(random, 0, 5) : stride;
  }
  if (records.length > 0 && random() < 0.1) {
    // A damaged checksum in the midst.
    const at = wholeNumber(random, 0, records.length - 1);
    const damaged = (records[at] as Uint8Array).slice();
    damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 1;
    records[at] = damaged;
  }
  return concat(records);
}

const TAGS = ["loss", "hp_metric", "_hparams_/session", "", "é/ü", "config", "train/acc"];

function randomTag(random: Random): string {
  if (random() < 0.3) return pick(random, TAGS);
  return (
    "abcdefgh/".repeat(9).slice(0, wholeNumber(random, 1, 80)) + String(wholeNumber(random, 0, 9))
  );
}

function randomValue(random: Random): number {
  return pick(random, [random(), -random() * 1e30, NaN, Infinity, -Infinity, 0, -0, -1, 1e-42]);
}

/** An event that is written differently, or is none. */
function oddEvent(random: Random, tag: string, step: number): Uint8Array {
  const value = concat([textField(1, tag), key(2, 5), float32(randomValue(random))]);
  const summary = bytesField(5, bytesField(1, value));
  const time = doubleField(1, 1.6e9);
  const tensor = (fields: readonly Uint8Array[]): Uint8Array =>
    message([
      time,
      varintField(2, step),
      bytesField(5, bytesField(1, message([textField(1, tag), bytesField(8, message(fields))]))),
    ]);
  const plugin = (name: string, content: Uint8Array[] = []): Uint8Array =>
    bytesField(9, bytesField(1, message([textField(1, name), ...content])));
  const kinds: (() => Uint8Array)[] = [
    // Order, repetition, absence of fields.
    () => message([varintField(2, step), time, summary]),
    () => message([summary, time, varintField(2, step)]),
    () => message([time, summary]),
    () => message([varintField(2, step), summary]),
    () => message([time, varintField(2, step), varintField(2, step + 1), summary]),
    () => message([time, varintField(2, step), summary, summary]),
    () => message([time, varintField(2, -wholeNumber(random, 1, 2 ** 50)), summary]),
    () => message([time, varintField(2, 2 ** 53 + wholeNumber(random, 0, 2 ** 50) * 4), summary]),
    () => message([time, varintField(2, step)]),
    () => message([time, varintField(2, step), summary, textField(9, "more")]),
    // Value before tag, both encodings, fields that nobody knows.
    () =>
      message([
        time,
        varintField(2, step),
        bytesField(5, bytesField(1, concat([key(2, 5), float32(3), textField(1, tag)]))),
      ]),
    () =>
      message([
        time,
        varintField(2, step),
        bytesField(5, bytesField(1, concat([value, bytesField(7, Uint8Array.of(1, 2))]))),
      ]),
    () =>
      message([
        time,
        varintField(2, step),
        bytesField(5, bytesField(1, concat([value, textField(1, `${tag}x`)]))),
      ]),
    () =>
      message([
        time,
        varintField(2, step),
        bytesField(
          5,
          bytesField(1, concat([value, plugin(pick(random, ["scalars", "text", "images", ""]))])),
        ),
      ]),
    () =>
      message([
        time,
        varintField(2, step),
        bytesField(
          5,
          bytesField(1, concat([value, plugin("scalars", [bytesField(2, Uint8Array.of(1))])])),
        ),
      ]),
    // Tensors: of doubles, of several elements, with a shape, of texts.
    () => tensor([varintField(1, 2), doubleField(6, random())]),
    () => tensor([varintField(1, 2), bytesField(6, doubleBytes(random()))]),
    () => tensor([varintField(1, 2), bytesField(4, doubleBytes(random()))]),
    () =>
      tensor([
        varintField(1, 1),
        bytesField(2, bytesField(2, varintField(1, 1))),
        bytesField(5, float32(4)),
      ]),
    () =>
      tensor([
        varintField(1, 1),
        bytesField(2, bytesField(2, varintField(1, 2))),
        bytesField(4, concat([float32(4), float32(5)])),
      ]),
    () =>
      tensor([varintField(1, 1), bytesField(2, Uint8Array.of()), concat([key(5, 5), float32(4)])]),
    () => tensor([varintField(1, 3), varintField(7, 12)]),
    () => tensor([varintField(1, 1)]),
    () =>
      message([
        time,
        bytesField(
          5,
          bytesField(
            1,
            message([
              textField(1, "config"),
              bytesField(
                8,
                message([
                  varintField(1, 7),
                  bytesField(8, new TextEncoder().encode('{"lr": 0.1}')),
                ]),
              ),
              plugin("text"),
            ]),
          ),
        ),
      ]),
    () =>
      message([
        time,
        bytesField(
          5,
          bytesField(
            1,
            message([
              textField(1, tag),
              bytesField(8, message([varintField(1, 1), bytesField(5, float32(2))])),
              plugin(pick(random, ["scalars", "images", "text"])),
            ]),
          ),
        ),
      ]),
    // No event at all.
    () =>
      Uint8Array.from({ length: wholeNumber(random, 0, 40) }, () => wholeNumber(random, 0, 255)),
    () => message([time, varintField(2, step), summary]).subarray(0, -1),
  ];
  return pick(random, kinds)();
}

function doubleBytes(value: number): Uint8Array {
  return doubleField(1, value).subarray(1);
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[wholeNumber(random, 0, from.length - 1)] as T;
}
