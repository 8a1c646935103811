import assert from "node:assert/strict";
import {
  findOnset,
  indexOfStep,
  knownPoints,
  lastIndexUpTo,
  type Onset,
} from "../../../src/core/analysis/findOnset.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { everyTen, seriesOf } from "../../support/series.js";

const above = (value: number): boolean => value > 0.5;

/** Steps are 10, 20, 30 …; the behaviour is a value above 0.5. */
function onset(values: readonly number[], persistence: number): Onset {
  return findOnset(everyTen(...values), above, persistence);
}

/** `(after, by]` as text, `*` where it is not confirmed. */
function brief({ after, by, confirmed }: Onset): string {
  return `${after},${by}${by !== null && !confirmed ? "*" : ""}`;
}

describe("findOnset", () => {
  const cases: readonly [what: string, values: number[], persistence: number, expected: string][] =
    [
      ["begins between the last absent and the first present", [0, 0, 1, 1], 2, "20,30"],
      ["a single evaluation is enough with persistence 1", [0, 1, 0, 0], 1, "10,20"],
      ["one flicker does not count with persistence 2", [0, 1, 0, 1, 1], 2, "30,40"],
      ["persistence 3 passes over two in a row", [0, 1, 1, 0, 1, 1, 1], 3, "40,50"],
      ["present from the first evaluation is left-censored", [1, 1, 1], 2, "null,10"],
      ["never present is right-censored at the last one", [0, 0, 0], 2, "30,null"],
      ["the last evaluation alone is unconfirmed", [0, 0, 1], 2, "20,30*"],
      ["two of three left are unconfirmed", [0, 1, 1], 3, "10,20*"],
      ["exactly as many as persistence asks are confirmed", [0, 1, 1], 2, "10,20"],
      ["one evaluation that shows it", [1], 2, "null,10*"],
      ["one evaluation that shows it, and one is enough", [1], 1, "null,10"],
      ["one evaluation that does not", [0], 2, "10,null"],
      ["no evaluation says nothing", [], 2, "null,null"],
      ["only NaN says nothing", [NaN, NaN], 2, "null,null"],
      ["NaN is not the left end", [0, NaN, 1, 1], 2, "10,30"],
      ["NaN is not the right end", [0, 1, NaN, 1], 2, "10,20"],
      ["NaN does not break a row of presence", [0, 1, NaN, NaN, 1, 0], 2, "10,20"],
      ["NaN does not count towards persistence", [0, 1, NaN, 0, 0], 2, "50,null"],
      ["NaN at the end leaves the last known one", [0, 0, NaN], 2, "20,null"],
      ["NaN at the beginning is no absence", [NaN, 1, 1], 2, "null,20"],
      ["infinity compares as numbers do", [-Infinity, Infinity, Infinity], 2, "10,20"],
      ["the threshold itself is not above it", [0.5, 0.5, 0.6, 0.6], 2, "20,30"],
    ];
  for (const [what, values, persistence, expected] of cases) {
    it(`${what}: [${values.join(" ")}] for ${persistence}`, () => {
      assert.equal(brief(onset(values, persistence)), expected);
    });
  }

  it("names the status of each kind of censoring", () => {
    assert.equal(onset([0, 1, 1], 2).status, "observed");
    assert.equal(onset([1, 1], 2).status, "left-censored");
    assert.equal(onset([0, 0], 2).status, "right-censored");
    assert.equal(onset([], 2).status, "no-data");
  });

  it("gives the value at the right end, and none without an onset", () => {
    assert.equal(onset([0, 0.7, 0.9], 2).value, 0.7);
    assert.equal(onset([0, 0], 2).value, null);
  });

  it("brackets by the measured steps, whatever the gaps are", () => {
    const series = seriesOf([
      [0, 0],
      [512, 0],
      [143_000, 1],
      [143_001, 1],
    ]);
    assert.equal(brief(findOnset(series, above, 2)), "512,143000");
  });

  it("counts known and unknown evaluations apart", () => {
    const series = { ...everyTen(0, NaN, 1, 1), notRecorded: 3 };
    const { evaluations, unknown } = findOnset(series, above, 2);
    assert.deepEqual({ evaluations, unknown }, { evaluations: 3, unknown: 4 });
  });

  it("hands the predicate the index among the known evaluations", () => {
    const seen: [number, number][] = [];
    findOnset(
      everyTen(5, NaN, 6),
      (value, index) => {
        seen.push([value, index]);
        return false;
      },
      1,
    );
    assert.deepEqual(seen, [
      [5, 0],
      [6, 1],
    ]);
  });

  it("lists when the behaviour was acquired, lost and acquired again", () => {
    const { presence } = onset([0, 1, 1, 0, 0, 1, 1], 2);
    assert.deepEqual(presence, [
      {
        onset: { after: 10, by: 20 },
        confirmed: true,
        offset: { after: 30, by: 40 },
        offsetConfirmed: true,
      },
      { onset: { after: 50, by: 60 }, confirmed: true, offset: null, offsetConfirmed: false },
    ]);
  });

  it("takes one absent evaluation for no loss with persistence 2", () => {
    assert.deepEqual(
      onset([0, 1, 1, 0, 1, 1], 2).presence.map(({ offset }) => offset),
      [null],
    );
  });

  it("marks a loss at the very end as unconfirmed", () => {
    const [only] = onset([0, 1, 1, 0], 2).presence;
    assert.deepEqual(only?.offset, { after: 30, by: 40 });
    assert.equal(only.offsetConfirmed, false);
  });

  it("has no presence where there was no onset", () => {
    assert.deepEqual(onset([0, 0], 2).presence, []);
  });

  it("does not change its input", () => {
    const series = everyTen(0, NaN, 1);
    findOnset(series, above, 2);
    assert.deepEqual([...series.value], [0, NaN, 1]);
  });

  it("agrees with the definition read word by word, on random series", () => {
    forSeeds(300, (random) => {
      const n = wholeNumber(random, 0, 14);
      const persistence = wholeNumber(random, 1, 4);
      const values = Array.from({ length: n }, () => {
        const roll = random();
        return roll < 0.15 ? NaN : roll < 0.6 ? 0 : 1;
      });
      const known = values.flatMap((value, i) =>
        Number.isNaN(value) ? [] : [{ step: 10 * (i + 1), value }],
      );
      let expected = `${known.at(-1)?.step ?? null},null`;
      for (const [i, { step }] of known.entries()) {
        const row = known.slice(i, i + persistence);
        if (!row.every(({ value }) => value > 0.5)) continue;
        const unconfirmed = row.length < persistence ? "*" : "";
        expected = `${known[i - 1]?.step ?? null},${step}${unconfirmed}`;
        break;
      }
      const found = onset(values, persistence);
      assert.equal(brief(found), expected, `[${values.join(" ")}] for ${persistence}`);
      const edges = found.presence.flatMap(({ onset: { by }, offset }) => [by, offset?.by ?? null]);
      const steps = edges.filter((step) => step !== null);
      assert.deepEqual(
        steps,
        [...new Set(steps)].sort((a, b) => a - b),
        "presence intervals follow one another",
      );
    });
  });
});

describe("knownPoints", () => {
  it("leaves out NaN and keeps infinities", () => {
    const { step, value } = knownPoints(everyTen(1, NaN, Infinity));
    assert.deepEqual([...step], [10, 30]);
    assert.deepEqual([...value], [1, Infinity]);
  });
});

describe("indexOfStep and lastIndexUpTo", () => {
  const steps = Float64Array.of(0, 1, 2, 4, 1000);

  it("find a step that is there", () => {
    assert.deepEqual(
      [0, 1, 4, 1000].map((step) => indexOfStep(steps, step)),
      [0, 1, 3, 4],
    );
  });

  it("say −1 for a step that is not", () => {
    assert.deepEqual(
      [-1, 3, 5000].map((step) => indexOfStep(steps, step)),
      [-1, -1, -1],
    );
  });

  it("find the last step up to a number", () => {
    assert.deepEqual(
      [-1, 0, 3, 999, 5000].map((step) => lastIndexUpTo(steps, step)),
      [-1, 0, 2, 3, 4],
    );
  });
});
