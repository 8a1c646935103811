/** Logs of W&B with everything that its clients write, and some things that none does. */

import { bytesField, concat, key, textField, varint, varintField } from "./eventFile.js";
import { mutated } from "./mutated.js";
import { wholeNumber } from "./random.js";
import { chunk, framed, historyRecord, metricRecord, runRecord } from "./wandbLog.js";

type Random = () => number;

/** How the rows of a log get their steps. */
const STEPS = ["counter", "message", "declared", "guessed", "epochs", "none"] as const;
const COLUMN = "train/global_step";

/** A few to a few hundred rows, and other records among them. */
export function randomWandb(random: Random): Uint8Array {
  const names = Array.from({ length: wholeNumber(random, 1, 12) }, () => randomName(random));
  if (random() < 0.03) {
    for (let i = wholeNumber(random, 0, 900); i > 0; i--)
      names.push(`layer/${i}/${"x".repeat(30)}`);
  }
  const steps = pick(random, STEPS);
  const oddness = random() < 0.4 ? 0 : random() ** 2 * 0.2;
  const isPlain = random() < 0.3;
  const hasPart = random() < 0.4;
  const isShuffled = random() < 0.2;
  const isOld = random() < 0.5;
  const epoch = wholeNumber(random, 20, 100);
  const rows = random() < 0.15 ? wholeNumber(random, 0, 31) : wholeNumber(random, 32, 160);
  const records: Uint8Array[] = [];
  if (random() < 0.9) records.push(runRecord({ id: "a", config: { lr: 0.1, seed: rows } }));
  if (steps === "declared") records.push(metricRecord(COLUMN));
  let step = wholeNumber(random, 0, 100);
  for (let row = 0; row < rows; row++) {
    const items: Uint8Array[] = [];
    const add = (name: string, json: string): void => {
      items.push(item(random, name, json, isOld, oddness));
    };
    if (random() >= oddness) add("_timestamp", String(1.7e9 + row + random()));
    if (random() < 0.9) add("_runtime", String(row));
    if (steps !== "message" && steps !== "none") add("_step", String(row));
    if (steps === "declared" || steps === "guessed") add(COLUMN, String(step));
    if (steps === "epochs") add(COLUMN, String(row % epoch));
    for (const name of names) {
      if (hasPart && random() < 0.5) continue;
      add(name, isPlain ? String(random()) : randomValue(random, oddness));
    }
    if (random() < oddness) items.splice(wholeNumber(random, 0, items.length - 1), 1);
    if (isShuffled) items.sort(() => random() - 0.5);
    const message =
      steps === "message" ? bytesField(2, row === 0 ? empty : varintField(1, row)) : empty;
    const record = concat([varintField(1, row), historyRecord(items, message)]);
    records.push(random() < oddness ? mutated(record, random) : record);
    if (random() < 0.5) records.push(otherRecord(random));
    if (random() < oddness) records.push(oddRecord(random, items, names[0] as string, step));
    if (random() < oddness / 8) step -= wholeNumber(random, 0, 9);
    else step += wholeNumber(random, 0, 3);
  }
  const bytes = framed(records);
  return random() < 0.2 ? retyped(bytes, random) : bytes;
}

const empty: Uint8Array = new Uint8Array();

const NAMES = [
  "loss",
  "train/loss",
  "é/ü",
  "_own",
  "step",
  "hp_metric",
  "a.b",
  "nested",
  "",
  "\ufeffx",
];

function randomName(random: Random): string {
  if (random() < 0.5) return pick(random, NAMES);
  return (
    "abcdefgh/".repeat(9).slice(0, wholeNumber(random, 1, 80)) + String(wholeNumber(random, 0, 9))
  );
}

/** As older clients write it, with a key, or as newer ones do, with a path. */
function item(
  random: Random,
  name: string,
  json: string,
  isOld: boolean,
  oddness: number,
): Uint8Array {
  const value = textField(16, json);
  const named = textField(isOld ? 1 : 2, name);
  if (random() >= oddness) return concat([named, value]);
  return concat(
    pick<Uint8Array[]>(random, [
      [textField(1, name), value],
      [textField(2, name), value],
      [...name.split(".").map((part) => textField(2, part)), textField(2, "x"), value],
      [value, named],
      [named, value, textField(16, "2")],
      [named, value, varintField(7, 3)],
      [varintField(7, 3), named, value],
      [textField(1, "other"), named, value],
      [textField(1, ""), textField(2, name), value],
      [named],
      [value],
      [Uint8Array.of(0x8a, 0), varint(BigInt(name.length)), new TextEncoder().encode(name), value],
      [named, Uint8Array.of(0x82, 1, 0x81, 0, 0x31)],
      [bytesField(1, Uint8Array.of(0xff, 0xfe)), value],
      [bytesField(1, Uint8Array.of(0xef, 0xbb, 0xbf, 0x78)), value],
      [named, bytesField(16, Uint8Array.of(0x31, 0xff))],
      [named, key(3, 7), value],
    ]),
  );
}

function randomValue(random: Random, oddness: number): string {
  if (random() >= oddness) {
    return pick(random, [
      String(random()),
      String(wholeNumber(random, 0, 1e9)),
      String(-random() * 1e-9),
      (random() * 100).toFixed(3),
      "NaN",
      "Infinity",
      "-Infinity",
      "0",
      "-0.0",
      "1.0",
      "true",
      "false",
      ...(random() < 0.1 ? ["null"] : []),
    ]);
  }
  return pick(random, [
    "null",
    '"text"',
    '"NaN"',
    '{"x": 1.5, "y": {"z": null, "w": true}}',
    '{"\\ud800": 1, "\\ufffd": 2}',
    '{"_type": "histogram", "values": [1, 2]}',
    "[1, 2]",
    " 1.5 ",
    "01",
    "1.",
    ".5",
    "+1",
    "",
    "-",
    "nan",
    "tru",
    "trues",
    "-NaN",
    "1e999",
    "-1e999",
    "12345678901234567890123",
    // On either side of the middle between two numbers, which 19 digits do not tell.
    "0.10000000000000001249000902703301",
    "0.10000000000000001249000902703302",
    `0.${"123456789".repeat(20)}`,
    "1 2",
    '"\\"',
  ]);
}

/** What is no row: console text, statistics, summaries. */
function otherRecord(random: Random): Uint8Array {
  const size = random() < 0.02 ? 40_000 : wholeNumber(random, 0, 200);
  const field = pick(random, [3, 4, 7, 11, 13, 21, 100]);
  return concat([varintField(1, 7), bytesField(field, new Uint8Array(size).fill(65))]);
}

function oddRecord(
  random: Random,
  items: readonly Uint8Array[],
  name: string,
  step: number,
): Uint8Array {
  const value = textField(16, String(random()));
  const row = historyRecord(items);
  const kinds: (() => Uint8Array)[] = [
    () => metricRecord(pick(random, [COLUMN, name])),
    () => bytesField(5, bytesField(1, concat([textField(2, "late"), textField(16, '{"a": 1}')]))),
    () => runRecord({ id: "b", name: "again", config: { lr: 0.2 } }),
    () => concat([row, row]),
    () => concat([row, bytesField(5, bytesField(1, concat([textField(1, "k"), value])))]),
    () => concat([row, Uint8Array.of(0)]),
    () => concat([row, key(9, 3)]),
    () => concat([row, varintField(9, -1)]),
    () => concat([row, bytesField(200, Uint8Array.of(1, 2))]),
    () => row.subarray(0, wholeNumber(random, 0, row.length)),
    () => historyRecord(items, bytesField(2, varintField(1, -step))),
    () => historyRecord(items, bytesField(2, concat([varintField(1, 4), varintField(1, step)]))),
    () => historyRecord(items, concat([bytesField(2, empty), bytesField(2, varintField(1, step))])),
    () => historyRecord(items, bytesField(2, key(1, 0))),
    () => historyRecord(items, concat([varintField(5, 1), bytesField(9, value)])),
    () => historyRecord([...items, ...items]),
    () => historyRecord([]),
    () =>
      historyRecord([
        concat([textField(2, COLUMN), textField(16, pick(random, ["NaN", "1e999", '"3"']))]),
      ]),
    () =>
      historyRecord([
        concat([textField(2, "_step"), textField(16, pick(random, ["null", "1e999", "7.5"]))]),
      ]),
    () =>
      historyRecord([
        concat([textField(2, "_timestamp"), textField(16, pick(random, ["Infinity", "1e999"]))]),
        ...items,
      ]),
    () =>
      Uint8Array.from({ length: wholeNumber(random, 0, 40) }, () => wholeNumber(random, 0, 255)),
    () => empty,
    // A long row.
    () =>
      historyRecord(
        Array.from({ length: wholeNumber(random, 100, random() < 0.1 ? 9_000 : 900) }, (_, i) =>
          concat([textField(2, `long/${i}/metric`), textField(16, String(i / 7))]),
        ).concat(items),
      ),
  ];
  return pick(random, kinds)();
}

/** The log with some pieces of another type, whose checksums hold. */
function retyped(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = bytes.slice();
  const often = random() * 0.1;
  for (let at = 7; at + 7 <= bytes.length;) {
    const left = 32_768 - (at % 32_768);
    if (left < 7) {
      at += left;
      continue;
    }
    const length = (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8);
    const data = bytes.subarray(at + 7, at + 7 + length);
    if (random() < often) changed.set(chunk(wholeNumber(random, 0, 5), data), at);
    at += 7 + length;
  }
  return changed;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[wholeNumber(random, 0, from.length - 1)] as T;
}
