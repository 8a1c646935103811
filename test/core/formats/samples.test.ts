/** Every sample under `test/fixtures/formats`, picked up by pattern: what a reader finds, in one go and in pieces. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { readerOf } from "../../../src/core/formats/index.js";
import type { Reader } from "../../../src/core/formats/reader.js";
import { forSeeds, mulberry32, wholeNumber } from "../../support/random.js";
import { readWhole, type ReadPoint, type WholeFile } from "../../support/readWhole.js";
import { fixture } from "../../support/root.js";
import { inPieces, sourceOf } from "../../support/scriptedFiles.js";

interface Expected {
  readonly axis: string | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
  readonly parts: Readonly<
    Record<string, { readonly points: number; readonly metrics: Readonly<Record<string, Metric>> }>
  >;
}

/** Points, first step, first value, last step, last value. */
type Metric = [number, number, unknown, number, unknown];

const folder = fixture("formats");

const samples = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".expected.json"))
  .map((path) => {
    const stem = path.slice(0, -".expected.json".length);
    const name = ["", ".json", ".jsonl", ".csv", ".tsv", ".log", ".out", ".txt"]
      .map((extension) => stem + extension)
      .find((candidate) => isFile(candidate));
    if (name === undefined) throw new Error(`${path} has no sample beside it`);
    const format = path.split(/[/\\]/, 1)[0] ?? "";
    return { name, format, expected: join(folder, path) };
  });

function isFile(path: string): boolean {
  try {
    readFileSync(join(folder, path));
    return true;
  } catch {
    return false;
  }
}

/** The same summary as in the expected files. */
function summarise({ parts, config, problems, axis }: WholeFile): Expected {
  const summary: Record<string, Expected["parts"][string]> = {};
  for (const [part, points] of parts) {
    const metrics = new Map<string, ReadPoint[]>();
    for (const point of points) {
      metrics.set(point.metric, [...(metrics.get(point.metric) ?? []), point]);
    }
    summary[part] = {
      points: points.length,
      metrics: Object.fromEntries(
        [...metrics].map(([metric, own]): [string, Metric] => {
          const [first, last] = [own[0], own.at(-1)];
          if (!first || !last) throw new Error("a metric without points");
          return [metric, [own.length, first.step, shown(first), last.step, shown(last)]];
        }),
      ),
    };
  }
  return {
    axis,
    config: Object.fromEntries(config),
    problems: problems.map(({ code }) => code),
    parts: summary,
  };
}

function shown({ value, recorded }: ReadPoint): unknown {
  if (!recorded) return null;
  return Number.isFinite(value) ? value : String(value);
}

describe("samples of formats", () => {
  it("are found", () => {
    assert.ok(samples.length >= 10, `${samples.length} samples under ${relative(".", folder)}`);
  });

  for (const { name, format, expected } of samples) {
    const file = join(folder, name).replaceAll("\\", "/");
    const reader: Reader = readerOf(format);
    const bytes = new Uint8Array(readFileSync(file));

    it(`${name} gives what its bytes say`, async () => {
      const whole = await readWhole(reader, sourceOf(bytes), file);
      assert.deepEqual(summarise(whole), JSON.parse(readFileSync(expected, "utf8")));
    });

    it(`${name} is claimed by its reader unless nothing in it can be used`, () => {
      const head = bytes.subarray(0, 16 * 1024);
      const first = reader.claims(basename(name), null);
      const claim = first.kind === "look" ? reader.claims(basename(name), head) : first;
      const wanted = name.includes("adamw_s7") ? "problem" : "yes";
      assert.equal(claim.kind, wanted);
    });

    it(`${name} in random pieces gives the same`, async () => {
      const whole = await readWhole(reader, sourceOf(bytes), file);
      for (let seed = 1; seed <= 5; seed++) {
        const pieces = inPieces(bytes, mulberry32(seed), seed * seed * 40);
        const again = await readWhole(reader, pieces, file);
        assert.deepEqual(again, whole, `seed ${seed}`);
      }
    });

    if (reader.kind !== "log") continue;
    it(`${name} read while it grows, from cursor to cursor, gives the same`, async () => {
      const whole = await readWhole(reader, sourceOf(bytes), file);
      for (let seed = 1; seed <= 5; seed++) {
        const random = mulberry32(seed);
        let read: WholeFile | undefined;
        for (let size = 0; size < bytes.length;) {
          size = Math.min(bytes.length, size + wholeNumber(random, 1, bytes.length / 4));
          read = await readWhole(reader, sourceOf(bytes.subarray(0, size)), file, read);
        }
        assert.ok(read);
        assert.deepEqual(read.parts, whole.parts, `seed ${seed}`);
        assert.deepEqual(read.cursor, whole.cursor, `seed ${seed}`);
        const problems = (one: WholeFile): string[] => [
          ...new Set(one.problems.map(({ code }) => code)),
        ];
        assert.deepEqual(problems(read), problems(whole), `seed ${seed}`);
      }
    });
  }

  it("give problems, never exceptions, when random bytes of them are wrong", async () => {
    const damaged: { reader: Reader; bytes: Uint8Array; name: string }[] = [];
    forSeeds(8, (random) => {
      for (const { name, format } of samples) {
        const bytes = new Uint8Array(readFileSync(join(folder, name)));
        for (let i = 0; i < 20; i++) {
          bytes[wholeNumber(random, 0, bytes.length - 1)] = wholeNumber(random, 0, 255);
        }
        const cut = bytes.subarray(0, wholeNumber(random, 0, bytes.length));
        damaged.push({ reader: readerOf(format), bytes: random() < 0.5 ? bytes : cut, name });
      }
    });
    for (const { reader, bytes, name } of damaged) {
      const { problems } = await readWhole(reader, sourceOf(bytes), `/w/${name}`);
      for (const { code, message, file } of problems) {
        assert.match(code, /^[a-z-]+\/[a-z-]+$/);
        assert.ok(message.length > 0 && !message.includes("\n"), message);
        assert.equal(file, `/w/${name}`);
      }
    }
  });
});
