/**
 * Every sample with bytes flipped, cut out, repeated and inserted, from seeds: a reader gives problems, never an exception
 * or a hang, keeps within a bound of points, and never gives a wrong number where the format has checksums.
 */

import assert from "node:assert/strict";
import { readWhole, type WholeFile } from "../../support/readWhole.js";
import { MUTATIONS, type Mutation } from "../../support/mutated.js";
import { mulberry32 } from "../../support/random.js";
import { formatSamples, type Sample } from "../../support/samples.js";
import { sourceOf } from "../../support/scriptedFiles.js";

/** Per format, spread evenly over its samples. */
const PER_FORMAT = 1_000;

/** Formats whose records carry checksums over all that a number depends on. */
const CHECKED = new Set(["tfevents", "wandb"]);

/** Larger samples are cut to their beginning: what is mutated should be met often. */
const MAX_BYTES = 24 * 1024;

function pointKeys({ parts }: WholeFile): Set<string> {
  const keys = new Set<string>();
  for (const points of parts.values()) {
    for (const { metric, step, value } of points) keys.add(`${metric}\n${step}\n${value}`);
  }
  return keys;
}

function countPoints({ parts }: WholeFile): number {
  return [...parts.values()].reduce((sum, points) => sum + points.length, 0);
}

function checkProblems({ problems }: WholeFile, file: string): void {
  for (const { code, message, file: place } of problems) {
    assert.match(code, /^[a-z0-9-]+\/[a-z0-9-]+$/);
    assert.ok(message.length > 0 && message.length < 2_000 && !message.includes("\n"), message);
    assert.equal(place, file);
  }
}

describe("mutated samples", function () {
  this.timeout(300_000);

  const byFormat = new Map<string, Sample[]>();
  for (const sample of formatSamples()) {
    const { format } = sample.reader;
    byFormat.set(format, [...(byFormat.get(format) ?? []), sample]);
  }

  for (const [format, samples] of byFormat) {
    it(`of ${format} give problems, never exceptions or wrong numbers`, async () => {
      const each = Math.ceil(PER_FORMAT / samples.length);
      for (const sample of samples) {
        const { name, file, reader } = sample;
        const original = sample.bytes().subarray(0, MAX_BYTES);
        if (original.length === 0) continue;
        const whole = await readWhole(reader, sourceOf(original), file);
        const known = pointKeys(whole);
        for (let seed = 1; seed <= each; seed++) {
          const random = mulberry32(seed);
          const mutation = MUTATIONS[seed % MUTATIONS.length] as Mutation;
          const mutated = mutation(original, random);
          const what = `${name}, ${mutation.name}, seed ${seed}`;
          let read: WholeFile;
          try {
            read = await readWhole(reader, sourceOf(mutated), file);
          } catch (error) {
            throw new Error(`${what}: ${String(error)}`, { cause: error });
          }
          checkProblems(read, file);
          // A point takes at least a byte.
          assert.ok(countPoints(read) <= countPoints(whole) + mutated.length, what);
          if (!CHECKED.has(format)) continue;
          for (const key of pointKeys(read)) {
            assert.ok(known.has(key), `${what}: ${key.replaceAll("\n", " ")} is not in the sample`);
          }
        }
      }
    });
  }
});
