/** A log that grows gives the same points, however often and wherever it is read on: random logs, cut anywhere. */

import assert from "node:assert/strict";
import { csv } from "../../../src/core/formats/csv.js";
import { jsonl } from "../../../src/core/formats/jsonl.js";
import type { Reader } from "../../../src/core/formats/reader.js";
import { tfevents } from "../../../src/core/formats/tfevents.js";
import { eventFile } from "../../support/eventFile.js";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

type Random = () => number;

function pick<T>(random: Random, options: readonly T[]): T {
  const chosen = options[wholeNumber(random, 0, options.length - 1)];
  if (chosen === undefined) throw new Error("nothing to pick from");
  return chosen;
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

function randomJsonl(random: Random): Uint8Array {
  const end = pick(random, ["\n", "\r\n"]);
  const lines = Array.from({ length: wholeNumber(random, 1, 12) }, (_, step) =>
    pick(random, [
      `{"step": ${step}, "a": ${step / 4}, "é": NaN}`,
      `{"step": ${step}, "nested": {"b": null, "c": -Infinity}, "text": "x, \\"y\\""}`,
      `{"step": ${step}, "a": 1}`,
      "",
      "broken {",
      "[1]",
    ]),
  );
  return text(`{"step": 0, "a": 0}${end}${lines.map((line) => line + end).join("")}`);
}

function randomCsv(random: Random): Uint8Array {
  const end = pick(random, ["\n", "\r\n"]);
  const lines = Array.from({ length: wholeNumber(random, 1, 12) }, (_, step) =>
    pick(random, [
      `${step},0.25,plain,${step}`,
      `${step},,"quoted, ""twice""",12.5`,
      `${step},nan,"two${end}lines",7`,
      `${step},1,x,`,
      `${step},1`,
      "# a comment",
      "",
    ]),
  );
  return text(`step,a,note,b${end}0,1,x,2${end}${lines.map((line) => line + end).join("")}`);
}

function randomEvents(random: Random): Uint8Array {
  const bytes = eventFile(
    Array.from({ length: wholeNumber(random, 0, 8) }, (_, step) => ({
      step,
      wallTime: 1,
      scalars: [
        { tag: "a", value: random(), encoding: pick(random, ["simple", "tensor"] as const) },
        {
          tag: "h",
          value: 1,
          encoding: "tensor" as const,
          ...(step === 0 ? { plugin: "text" } : {}),
        },
      ],
    })),
  );
  // The data of a record is damaged now and then, never its length.
  if (random() < 0.3 && bytes.length > 60) bytes[56] = (bytes[56] ?? 0) ^ 1;
  return bytes;
}

const logs: readonly [reader: Reader, make: (random: Random) => Uint8Array][] = [
  [jsonl, randomJsonl],
  [csv, randomCsv],
  [tfevents, randomEvents],
];

describe("a log that grows", () => {
  for (const [reader, make] of logs) {
    it(`gives the same points and problems in ${reader.format}, wherever it is cut`, async () => {
      for (let seed = 1; seed <= 150; seed++) {
        const random = mulberry32(seed);
        const bytes = make(random);
        const file = `/w/log.${reader.format}`;
        const whole = await readWhole(reader, sourceOf(bytes), file);
        let read: WholeFile | undefined;
        for (let size = 0; size < bytes.length;) {
          size = Math.min(bytes.length, size + wholeNumber(random, 1, 40));
          read = await readWhole(reader, sourceOf(bytes.subarray(0, size)), file, read);
        }
        const places = (one: WholeFile | undefined): unknown =>
          one?.problems.map(({ code, line, offset }) => [code, line, offset]);
        assert.deepEqual(read?.parts, whole.parts, `seed ${seed}`);
        assert.deepEqual(places(read), places(whole), `seed ${seed}`);
        assert.deepEqual(read.cursor, whole.cursor, `seed ${seed}`);
      }
    });
  }
});
