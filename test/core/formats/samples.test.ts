/** Every sample under `test/fixtures/formats`, picked up by pattern: what a reader finds, in one go and in pieces. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { readWhole, type ReadPoint, type WholeFile } from "../../support/readWhole.js";
import { formatSamples } from "../../support/samples.js";
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

const samples = formatSamples();

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
    assert.ok(samples.length >= 10, `${samples.length} samples`);
  });

  for (const sample of samples) {
    const { name, file, reader, expected } = sample;
    const bytes = sample.bytes();

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
});
