import assert from "node:assert/strict";
import { guessDirection, isJudged } from "../../../src/core/model/metric.js";
import type { Series } from "../../../src/core/model/series.js";
import type { Answer } from "../../../src/core/query/answer.js";
import { runQuery } from "../../../src/core/query/runQuery.js";
import type { RunView } from "../../../src/core/query/runView.js";
import { bestOf, type Chance } from "../../../src/core/analysis/thresholds.js";
import { mulberry32 } from "../../support/random.js";
import { predicateIn } from "../../support/questions.js";
import { everyTen, seriesOf } from "../../support/series.js";

function viewOf(
  metrics: Readonly<Record<string, Series>>,
  chances: Readonly<Record<string, Chance>> = {},
  examples: Readonly<Record<string, Series>> = {},
): RunView {
  const byName = new Map(Object.entries(metrics));
  return {
    metricNames: () => [...byName.keys()].sort(),
    series: (metric) => byName.get(metric) ?? null,
    direction: guessDirection,
    isJudged,
    chance: (metric) => (Object.hasOwn(chances, metric) ? (chances[metric] ?? null) : null),
    best: (metric) => bestOf(byName.get(metric)?.value ?? [], guessDirection(metric)),
    exampleShare: (_share, task) =>
      Object.hasOwn(examples, task) ? { series: examples[task] as Series, items: 100 } : null,
    perStep: (axis) => (axis === "step" ? 1 : axis === "tokens" ? 1000 : null),
    toStep: ({ value, axis }) =>
      axis === "step" ? value : axis === "tokens" ? value / 1000 : null,
  };
}

function ask(question: string, view: RunView): Promise<Answer[]> {
  return runQuery(predicateIn(question), view);
}

async function askOne(question: string, view: RunView): Promise<Answer> {
  const [answer, ...others] = await ask(question, view);
  assert.ok(answer && others.length === 0, `${others.length + 1} answers`);
  return answer;
}

const random = mulberry32(5);
const calm = (length: number): number[] =>
  Array.from({ length }, () => Math.exp(0.02 * (random() - 0.5)));

describe("runQuery", () => {
  it("compares with the operator as it was written", async () => {
    const view = viewOf({ acc: everyTen(0.1, 0.5, 0.5, 0.9, 0.9) });
    assert.equal((await askOne("acc > 0.5", view)).by, 40);
    assert.equal((await askOne("acc >= 0.5", view)).by, 20);
    assert.equal((await askOne("acc == 0.5", view)).by, 20);
    assert.equal((await askOne("acc < 0.5 for 1", view)).status, "left-censored");
  });

  it("puts sharpness, width and sensitivity beside an onset", async () => {
    const answer = await askOne("acc > 0.5", viewOf({ acc: everyTen(0, 0, 0, 1, 1, 1) }));
    assert.deepEqual(answer.sharpness, { sharpness: 1, width: 0 });
    assert.equal(answer.record.sensitivity?.robust, true);
  });

  it("compares what is computed of several metrics at the steps that all of them have", async () => {
    const view = viewOf({
      a: seriesOf([
        [1, 1],
        [2, 5],
        [3, 9],
        [5, 9],
      ]),
      b: seriesOf([
        [1, 1],
        [3, 2],
        [4, 2],
        [5, 2],
      ]),
    });
    const answer = await askOne("a - b > 5", view);
    assert.deepEqual([answer.after, answer.by, answer.value], [1, 3, 7]);
    assert.deepEqual([...answer.record.points.step], [1, 3, 5]);
    assert.deepEqual(answer.metrics, ["a", "b"]);
    const same = await askOne("a > b", view);
    assert.deepEqual([same.after, same.by], [1, 3]);
    const flipped = await askOne("5 < a - b", view);
    assert.deepEqual([flipped.after, flipped.by], [1, 3]);
    const apart = viewOf({ a: seriesOf([[1, 1]]), b: seriesOf([[2, 1]]) });
    assert.match((await askOne("a > b", apart)).note ?? "", /no step in common/);
  });

  it("takes the last few evaluations together", async () => {
    const view = viewOf({ acc: everyTen(0, 1, 0, 1, 1, NaN, 1, 1, 1) });
    assert.equal((await askOne("min(acc) over last 2 > 0.5 for 1", view)).by, 50);
    assert.equal((await askOne("mean(acc) over last 3 >= 0.5 for 1", view)).by, 40);
    const mean = await askOne("mean(acc) over last 3 > 0.9 for 1", view);
    assert.deepEqual([mean.after, mean.by], [50, 90]);
  });

  it("counts an onset only up to a point, on any axis that is known", async () => {
    const view = viewOf({ acc: everyTen(0, 0, 1, 1) });
    const at = async (by: string): Promise<unknown[]> => {
      const { status, after, by: step } = await askOne(`acc > 0.5 by ${by}`, view);
      return [status, after, step];
    };
    assert.deepEqual(await at("30"), ["observed", 20, 30]);
    assert.deepEqual(await at("29"), ["right-censored", 20, null]);
    assert.deepEqual(await at("19"), ["right-censored", 10, null]);
    assert.deepEqual(await at("9"), ["no-data", null, null]);
    assert.deepEqual(await at("30k tokens"), ["observed", 20, 30]);
    assert.deepEqual(await at("29k tokens"), ["right-censored", 20, null]);
    assert.match(
      (await askOne("acc > 0.5 by 1 epoch", view)).note ?? "",
      /1 epochs is no known step/,
    );
  });

  it("looks only behind a step, or behind another onset", async () => {
    const view = viewOf({ acc: everyTen(1, 1, 0, 0, 1, 1), loss: everyTen(9, 9, 9, 1, 1, 1) });
    assert.equal((await askOne("acc > 0.5", view)).status, "left-censored");
    const later = await askOne("acc > 0.5 after 20", view);
    assert.deepEqual([later.after, later.by], [40, 50]);
    const behindLoss = await askOne("acc > 0.5 after (loss < 5)", view);
    assert.deepEqual([behindLoss.after, behindLoss.by], [null, 50]);
    const never = await askOne("acc > 0.5 after (loss < 0)", view);
    assert.deepEqual([never.status, never.after], ["right-censored", 60]);
    assert.match(never.note ?? "", /loss < 0 was not seen/);
  });

  it("asks when something was lost, which it can only be where it was", async () => {
    const view = viewOf({ acc: everyTen(0, 1, 1, 0, 0, 1, 1, 0, 0), never: everyTen(0, 0) });
    const lost = await askOne("lost(acc > 0.5)", view);
    assert.deepEqual([lost.after, lost.by, lost.value, lost.confirmed], [30, 40, 0, true]);
    assert.deepEqual(
      lost.presence.map(({ onset, offset }) => [onset.by, offset?.by ?? null]),
      [
        [40, 60],
        [80, null],
      ],
    );
    assert.equal((await askOne("lost(never > 0.5)", view)).status, "no-data");
    const kept = await askOne("lost(acc >= 0)", view);
    assert.deepEqual([kept.status, kept.after], ["right-censored", 90]);
    assert.equal((await askOne("acc > 0.5", view)).retained, 0);
  });

  it("asks for the share of examples that are correct", async () => {
    const share = everyTen(0, 0.2, 0.6, 0.9);
    const view = viewOf({}, { "correct(qa)": { rate: 0.5, items: null } }, { qa: share });
    assert.equal((await askOne("correct(qa) > 0.5", view)).by, 30);
    const chance = await askOne("correct(qa) above chance for 1", view);
    assert.deepEqual([chance.by, chance.record.parameters["items"]], [40, 100]);
    assert.match((await askOne("correct(x) > 1", view)).note ?? "", /no examples of "x"/);
  });

  it("counts non-finite points in the record", async () => {
    const view = viewOf({ acc: everyTen(0, NaN, Infinity, 1) });
    const { record, evaluations, unknown } = await askOne("acc > 0.5 for 1", view);
    assert.deepEqual([record.nonFinite, evaluations, unknown], [2, 3, 1]);
  });

  it("goes down to a share of the range where lower is better", async () => {
    const view = viewOf({ loss: everyTen(10, 10, 10, 4, 4, 4, 0, 0, 0) });
    assert.equal((await askOne("loss reaches 50% of range", view)).by, 40);
    assert.equal((await askOne("loss reaches 90% of range", view)).by, 70);
  });

  it("says why a derived threshold is not there", async () => {
    const flat = viewOf({ acc: everyTen(1, 1, 1) });
    for (const question of ["acc reaches 50% of range", "acc above baseline", "acc above chance"]) {
      const answer = await askOne(question, flat);
      assert.equal(answer.status, "no-data");
      assert.ok(answer.note !== null && answer.note.length > 10, question);
      assert.equal(answer.metric, "acc");
    }
  });

  it("asks every accuracy with a known chance rate whether it is above chance", async () => {
    const stderr = [0.01, 0.01, 0.01];
    const acc = seriesOf(
      [
        [1, 0.25],
        [2, 0.3],
        [3, 0.3],
      ],
      stderr,
    );
    const chance = { rate: 0.25, items: null };
    const view = viewOf(
      { "a/acc": acc, "b/acc": acc, "c/acc": acc },
      { "a/acc": chance, "c/acc": chance },
    );
    const answers = await ask("above chance", view);
    assert.deepEqual(
      answers.map(({ metric, after, by }) => [metric, after, by]),
      [
        ["a/acc", 1, 2],
        ["c/acc", 1, 2],
      ],
    );
    assert.equal((await askOne("above chance", viewOf({ x: acc }))).status, "no-data");
  });

  it("finds the first non-finite value of all metrics", async () => {
    const view = viewOf({
      a: everyTen(1, 1, NaN),
      b: everyTen(1, Infinity, 1),
      c: everyTen(1, 1, 1, 1),
    });
    const answer = await askOne("first non-finite", view);
    assert.deepEqual([answer.metric, answer.after, answer.by], ["b", 10, 20]);
    const named = await askOne("first nan(a)", view);
    assert.deepEqual([named.metric, named.by], ["a", 30]);
    const fine = await askOne("first nan(c)", view);
    assert.deepEqual([fine.status, fine.after], ["right-censored", 40]);
  });

  it("finds the first spike of all losses, with what lies between spikes and recoveries", async () => {
    const spiking = calm(250);
    spiking[150] = 3;
    const view = viewOf({ "a/loss": everyTen(...calm(250)), "b/loss": everyTen(...spiking) });
    const answer = await askOne("loss spike", view);
    assert.deepEqual([answer.metric, answer.after, answer.by], ["b/loss", 1500, 1510]);
    assert.deepEqual(answer.presence[0]?.offset, { after: 1510, by: 1520 });
    assert.equal((await askOne("spike(a/loss)", view)).status, "right-censored");
    const short = viewOf({ loss: everyTen(1, 2, 3) });
    assert.equal((await askOne("loss spike", short)).status, "no-data");
  });

  it("judges grokking by accuracies where there are any, else by losses", async () => {
    const jump = (at: number, from: number, to: number): Series =>
      seriesOf(Array.from({ length: 12 }, (_, i) => [2 ** i, i >= at ? to : from] as const));
    const both = viewOf({
      train_acc: jump(3, 0, 1),
      test_acc: jump(8, 0, 1),
      train_loss: jump(3, 5, 0),
      test_loss: jump(9, 5, 0),
    });
    assert.deepEqual(
      (await ask("grokking", both)).map(({ metric, by }) => [metric, by]),
      [["test_acc", 256]],
    );
    const losses = viewOf({ train_loss: jump(3, 5, 0), test_loss: jump(9, 5, 0) });
    assert.deepEqual(
      (await ask("grokking", losses)).map(({ metric, by }) => [metric, by]),
      [["test_loss", 512]],
    );
    assert.equal((await askOne("grokking", viewOf({ x: jump(1, 0, 1) }))).status, "no-data");
  });

  const levels = (...of: readonly number[]): Series =>
    everyTen(...of.flatMap((level) => Array.from({ length: 10 }, () => level)));

  it("finds the first change of a level, or the largest, up or down", async () => {
    const view = viewOf({ acc: levels(1, 2, 0, 5, 4) });
    const at = async (question: string): Promise<unknown[]> => {
      const { after, by, value } = await askOne(question, view);
      return [after, by, value];
    };
    for (const cost of ["", ", mean", ", l1"]) {
      assert.deepEqual(await at(`changepoint(acc${cost})`), [100, 110, 2]);
      assert.deepEqual(await at(`changepoint(acc${cost}, down)`), [200, 210, 0]);
      assert.deepEqual(await at(`changepoint(acc${cost}, largest)`), [300, 310, 5]);
      assert.deepEqual(await at(`changepoint(acc${cost}, largest, down)`), [200, 210, 0]);
    }
    assert.deepEqual(await at("changepoint(acc + acc) after 150"), [200, 210, 0]);
    assert.deepEqual(await at("changepoint(acc, down) by 150"), [150, null, null]);
    // What a change led to lasts until the next one.
    assert.deepEqual(await at("lost(changepoint(acc))"), [200, 210, 0]);
    const answer = await askOne("changepoint(acc)", view);
    assert.equal(answer.record.method, "M6 change points");
    assert.match(answer.note ?? "", /up by 1.00.*3 other changes/);
    assert.equal(answer.presence.length, 4);
  });

  it("says that nothing changed, and why it cannot tell", async () => {
    const view = viewOf({ flat: levels(1), short: everyTen(1, 2), no: everyTen(NaN, NaN) });
    const flat = await askOne("changepoint(flat)", view);
    assert.deepEqual([flat.status, flat.after, flat.note], ["right-censored", 100, null]);
    for (const question of [
      "changepoint(short)",
      "changepoint(no, slope)",
      "changepoint(no, law)",
      "changepoint(missing)",
      "changepoint(2)",
      "peak(short)",
      "peak(missing)",
      "icl(short, no)",
      "icl(short, missing)",
    ]) {
      const { status, note } = await askOne(question, view);
      assert.equal(status, "no-data", question);
      assert.ok(note !== null && note.length > 10, question);
    }
    const other = await askOne("changepoint(acc, down)", viewOf({ acc: levels(0, 1) }));
    assert.deepEqual([other.status, other.note], ["right-censored", "1 other change"]);
  });

  it("finds where a slope changes, and where the exponent of a law does", async () => {
    const hinge = seriesOf(
      Array.from({ length: 60 }, (_, i) => [10 ** (i / 15), Math.max(0, i - 30.5)]),
    );
    const slope = await askOne("changepoint(acc, slope)", viewOf({ acc: hinge }));
    assert.ok(
      (slope.after ?? Infinity) < 10 ** (30.5 / 15) && 10 ** (30.5 / 15) <= (slope.by ?? 0),
    );
    assert.match(slope.note ?? "", /slope up/);
    const broken = seriesOf(
      Array.from({ length: 60 }, (_, i) => {
        const step = 10 ** (1 + (i + 0.5) / 15);
        return [step, 5 * step ** -0.05 * (1 + (step / 1000) ** 5) ** (-0.4 / 5)];
      }),
    );
    const law = await askOne("changepoint(loss, law)", viewOf({ loss: broken }));
    assert.ok((law.after ?? Infinity) < 1000 && 1000 <= (law.by ?? 0), `${law.after} ${law.by}`);
    assert.equal(law.record.method, "M24 broken law");
  });

  it("finds the rise and the fall of the highest peak", async () => {
    const view = viewOf({ loss: levels(1, 2, 1, 5, 0), rising: levels(0, 1, 2) });
    const answer = await askOne("peak(loss)", view);
    assert.deepEqual([answer.after, answer.by], [300, 310]);
    assert.deepEqual(answer.presence[0]?.offset, { after: 400, by: 410 });
    assert.match(answer.note ?? "", /peak of 5.00 in \(300, 410\], 4.00 above.*1 lower peak/);
    const none = await askOne("peak(rising)", view);
    assert.deepEqual([none.status, none.after], ["right-censored", 300]);
  });

  it("finds the phase change of in-context learning at the steps that both losses have", async () => {
    const decades = Array.from({ length: 80 }, (_, i) => i / 20);
    const drop = (d: number): number => -0.4 * Math.min(1, Math.max(0, d - 1.5));
    const of = (at: (decade: number) => number): Series =>
      seriesOf(decades.map((d) => [10 ** d, at(d)]));
    const view = viewOf({
      late: of((d) => 5 - d + drop(d)),
      early: of((d) => 5 - d),
      prefix: of((d) => (d < 2 ? 0 : 0.9)),
    });
    const answer = await askOne("icl(late, early, prefix)", view);
    assert.ok((answer.after ?? Infinity) < 10 ** 1.55 && 10 ** 1.45 < (answer.by ?? 0));
    assert.equal(answer.metric, "late - early");
    assert.deepEqual(answer.metrics, ["late", "early", "prefix"]);
    assert.match(answer.note ?? "", /falls by 0.36.*prefix matching 0.00 before, 0.900 behind/);
    const none = await askOne("icl(early, late)", view);
    assert.deepEqual([none.status, none.by], ["right-censored", null]);
    assert.equal((await askOne("icl(late, early, missing)", view)).status, "no-data");
  });

  it("gives an answer that can be asked again", async () => {
    const view = viewOf({ "a, b (c)": everyTen(0, 1, 1) });
    for (const question of [
      '"a, b (c)" > 0.5',
      'first nan("a, b (c)")',
      'changepoint("a, b (c)", l1, largest, up)',
      'peak("a, b (c)")',
      'icl("a, b (c)", "a, b (c)")',
    ]) {
      const first = await askOne(question, view);
      const again = await askOne(first.question, view);
      assert.equal(again.record.hash, first.record.hash);
    }
  });
});
