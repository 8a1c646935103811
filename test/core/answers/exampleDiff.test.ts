import assert from "node:assert/strict";
import {
  answerExampleDiff,
  type ExampleDiffAnswer,
  type ExampleDiffQuestion,
} from "../../../src/core/answers/exampleDiff.js";
import type { Catalog } from "../../../src/core/catalog/catalog.js";
import { catalogOf } from "../../support/catalogs.js";
import { exampleDiffQuestion } from "../../support/examplesQuestion.js";
import { jsonlText } from "../../support/jsonlText.js";

/** Samples of one task of lm-eval: id, hash and outcome. */
type Samples = readonly (readonly [id: number, hash: string | null, acc: number])[];

/** A run with one evaluation per step, of the tasks in it. */
function evaluations(
  model: string,
  steps: Readonly<Record<number, Readonly<Record<string, Samples>>>>,
): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const [step, tasks] of Object.entries(steps)) {
    const time = `2025-06-09T00-36-${step.padStart(2, "0")}.285612`;
    tree[`/w/${model}/results_${time}.json`] = JSON.stringify({
      results: Object.fromEntries(Object.keys(tasks).map((task) => [task, { "acc,none": 0 }])),
      config: { model_args: `pretrained=o/${model},revision=step${step}` },
    });
    for (const [task, samples] of Object.entries(tasks)) {
      tree[`/w/${model}/samples_${task}_${time}.jsonl`] = jsonlText(
        samples.map(([doc_id, doc_hash, acc]) => ({
          doc_id,
          ...(doc_hash === null ? {} : { doc_hash }),
          metrics: ["acc"],
          acc,
        })),
      );
    }
  }
  return tree;
}

const A = evaluations("a", {
  10: {
    piqa: [
      [0, "h0", 0],
      [1, "h1", 1],
      [2, "h2", 1],
      [3, "h3", 0],
    ],
    boolq: [[0, "q", 0]],
  },
  20: {
    piqa: [
      [0, "h0", 1],
      [1, "h1", 0],
      [2, "h2", 1],
      [3, "h3", 0],
    ],
    boolq: [[0, "q", 1]],
  },
});
const B = evaluations("b", {
  10: {
    piqa: [
      [3, "h3", 1],
      [2, "h2", 1],
      [1, "new", 1],
      [9, "h9", 0],
    ],
    rte: [[0, "r", 1]],
  },
});

async function diff(
  catalog: Catalog,
  [a, stepA]: readonly [string, number],
  [b, stepB]: readonly [string, number],
  of: Partial<ExampleDiffQuestion> = {},
): Promise<ExampleDiffAnswer> {
  const keyOf = (id: string): string =>
    catalog.runs().find((run) => catalog.idOf(run.key) === id)?.key ?? "";
  return answerExampleDiff(
    catalog,
    { key: keyOf(a), step: stepA },
    { key: keyOf(b), step: stepB },
    exampleDiffQuestion(of),
  );
}

const counts = ({ tasks }: ExampleDiffAnswer): unknown[] =>
  tasks.map((one) => [
    one.task,
    [one.gained, one.lost, one.bothRight, one.bothWrong, one.unknown],
    [one.onlyA, one.onlyB],
    one.note,
  ]);
const rows = ({ rows: { examples } }: ExampleDiffAnswer): unknown[] =>
  examples.map(({ task, id, change }) => [task, id, change]);

describe("answerExampleDiff", () => {
  it("compares two checkpoints of one run, gained first", async () => {
    const answer = await diff(await catalogOf(A), ["a", 10], ["a", 20]);
    assert.deepEqual(counts(answer), [
      ["boolq", [1, 0, 0, 0, 0], [0, 0], null],
      ["piqa", [1, 1, 1, 1, 0], [0, 0], null],
    ]);
    assert.deepEqual(rows(answer), [
      ["boolq", "0", "gained"],
      ["piqa", "0", "gained"],
      ["piqa", "1", "lost"],
      ["piqa", "2", "both right"],
      ["piqa", "3", "both wrong"],
    ]);
    assert.deepEqual([answer.a.step, answer.b.step, answer.note], [10, 20, null]);
  });

  it("joins two runs by the question: another hash is another question", async () => {
    const answer = await diff(await catalogOf({ ...A, ...B }), ["a", 20], ["b", 10]);
    assert.deepEqual(counts(answer), [["piqa", [1, 0, 1, 0, 0], [2, 2], null]]);
    assert.deepEqual(rows(answer), [
      ["piqa", "3", "gained"],
      ["piqa", "2", "both right"],
    ]);
    assert.equal(answer.tasks[0]?.byIdAlone, 0);
  });

  it("says how many are joined by their id alone", async () => {
    const plain = (model: string, acc: number): Record<string, string> =>
      evaluations(model, {
        10: {
          piqa: [
            [0, null, acc],
            [1, "h", 1],
          ],
        },
      });
    const answer = await diff(
      await catalogOf({ ...plain("a", 0), ...plain("b", 1) }),
      ["a", 10],
      ["b", 10],
    );
    assert.deepEqual(counts(answer), [["piqa", [1, 0, 1, 0, 0], [0, 0], null]]);
    assert.equal(answer.tasks[0]?.byIdAlone, 1);
  });

  it("pages through the changes that are asked for", async () => {
    const catalog = await catalogOf(A);
    const ask = (of: Partial<ExampleDiffQuestion>): Promise<ExampleDiffAnswer> =>
      diff(catalog, ["a", 10], ["a", 20], of);
    const whole = rows(await ask({}));
    for (let from = 0; from < whole.length; from += 2) {
      assert.deepEqual(rows(await ask({ from, to: from + 2 })), whole.slice(from, from + 2));
    }
    const lost = await ask({ changes: ["lost"] });
    assert.deepEqual([rows(lost), lost.rows.of], [[["piqa", "1", "lost"]], 1]);
    assert.deepEqual(rows(await ask({ task: "boolq" })), [["boolq", "0", "gained"]]);
  });

  it("takes no other step for one that was not evaluated", async () => {
    const answer = await diff(await catalogOf({ ...A, ...B }), ["a", 15], ["b", 10]);
    assert.deepEqual(counts(answer), [
      ["piqa", [0, 0, 0, 0, 0], [0, 0], "a: not evaluated at step 15, but at 10 and 20"],
    ]);
    assert.deepEqual(rows(answer), []);
  });

  it("counts an example that one checkpoint lacks as unknown", async () => {
    const tree = evaluations("a", {
      10: {
        piqa: [
          [0, "h0", 1],
          [1, "h1", 1],
        ],
      },
      20: { piqa: [[0, "h0", 1]] },
    });
    const answer = await diff(await catalogOf(tree), ["a", 10], ["a", 20]);
    assert.deepEqual(counts(answer), [["piqa", [0, 0, 1, 0, 1], [0, 0], null]]);
  });

  it("says why there is nothing in common", async () => {
    const metrics = { "/w/c/metrics.jsonl": jsonlText([{ step: 10, loss: 1 }]) };
    const catalog = await catalogOf({ ...A, ...B, ...metrics });
    const none = await diff(catalog, ["a", 10], ["c", 10]);
    assert.deepEqual(none.tasks, []);
    assert.match(none.note ?? "", /^b: the run has no files that say/);
    const other = await diff(catalog, ["a", 10], ["b", 10], { task: "boolq" });
    assert.match(other.note ?? "", /^b: no examples of "boolq"; there are piqa, rte$/);
    const metric = await diff(catalog, ["a", 10], ["b", 10], { metric: "f1" });
    assert.deepEqual(
      metric.tasks.map(({ note }) => note),
      ['piqa has no metric "f1"; it has acc'],
    );
  });

  it("can be sent as it is", async () => {
    const answer = await diff(await catalogOf(A), ["a", 10], ["a", 20]);
    assert.deepEqual(structuredClone(answer), answer);
  });
});
