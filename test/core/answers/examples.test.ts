import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  answerExamples,
  answerExampleTasks,
  type ExamplesAnswer,
  type ExamplesQuestion,
} from "../../../src/core/answers/examples.js";
import { toJson } from "../../../src/core/answers/json.js";
import type { Catalog } from "../../../src/core/catalog/catalog.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { outcomeIn, UNKNOWN } from "../../../src/core/model/outcomes.js";
import { VERSION } from "../../../src/core/version.js";
import { fsFiles } from "../../../src/node/fsFiles.js";
import { catalogOf, discovered } from "../../support/catalogs.js";
import { examplesQuestion } from "../../support/examplesQuestion.js";
import { jsonlText } from "../../support/jsonlText.js";
import { fixture, inProject } from "../../support/root.js";

/** A run whose outcomes at 0, 10, 20 and 30 are the columns of `rows`, one row per example. */
function run(rows: readonly string[], task = "held_out"): Record<string, string> {
  const digits = (c: number): string => rows.map((row) => row[c] ?? "").join("");
  return {
    "metrics.jsonl": jsonlText([{ step: 0, loss: 1 }]),
    "outcomes.jsonl": jsonlText([0, 10, 20, 30].map((step, c) => ({ step, [task]: digits(c) }))),
  };
}

/** A run of lm-eval with f1 and exact_match for one question each, at steps 10, 20 and 30. */
function evaluations(scores: readonly number[]): Record<string, string> {
  return Object.fromEntries(
    scores.flatMap((score, i) => {
      const time = `2025-06-09T0${i}-36-41.285612`;
      const row = { doc_id: 0, doc_hash: "h", metrics: ["f1"], f1: score };
      return [
        [
          `results_${time}.json`,
          JSON.stringify({
            results: { squad: { "f1,none": score } },
            config: { model_args: `pretrained=a/b,revision=step${10 * (i + 1)}` },
          }),
        ],
        [`samples_squad_${time}.jsonl`, jsonlText([row])],
      ];
    }),
  );
}

const at = (folder: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`/w/${folder}/${name}`, text]));

const ROWS = ["1111", "0111", "0010", "0000", "0101"];

async function ask(
  catalog: Catalog,
  key: string,
  of: Partial<ExamplesQuestion> = {},
): Promise<ExamplesAnswer> {
  return answerExamples(catalog, key, examplesQuestion(of));
}

describe("answerExamples", () => {
  it("says of each example when it was learned, in that order", async () => {
    const catalog = await catalogOf(at("a", run(ROWS)));
    const { learned, note, tasks } = await ask(catalog, "/w/a");
    assert.equal(note, null);
    assert.deepEqual(tasks, [
      {
        task: "held_out",
        filter: null,
        metrics: ["correct"],
        usual: "correct",
        examples: 5,
        checkpoints: 4,
        needsCut: false,
      },
    ]);
    assert.deepEqual(
      learned?.rows.examples.map(({ id, status, after, by, confirmed, forgotten, correct }) => [
        id,
        status,
        after,
        by,
        confirmed,
        forgotten,
        correct,
      ]),
      [
        ["0", "left-censored", null, 0, true, 0, 4],
        ["1", "observed", 0, 10, true, 0, 3],
        ["4", "observed", 0, 10, true, 1, 2],
        ["2", "observed", 10, 20, true, 1, 1],
        ["3", "right-censored", 30, null, false, 0, 0],
      ],
    );
    assert.deepEqual(learned.counts, {
      examples: 5,
      learned: 4,
      learnedAtFirst: 1,
      neverLearned: 1,
      unknown: 0,
      unforgettable: 2,
      forgotten: 2,
      forgettingEvents: 2,
    });
    assert.deepEqual(
      learned.checkpoints.map(({ step, right, learned: by, changes, precision, recall }) => [
        step,
        right?.successes,
        by?.successes,
        changes && [changes.gained, changes.lost, changes.bothRight, changes.bothWrong],
        precision && [precision.successes, precision.of],
        recall && [recall.successes, recall.of],
      ]),
      [
        [0, 1, 1, null, [1, 1], [1, 3]],
        [10, 3, 3, [2, 0, 1, 2], [3, 3], [3, 3]],
        [20, 3, 4, [1, 1, 2, 1], [2, 3], [2, 3]],
        [30, 3, 4, [1, 1, 2, 1], [3, 3], [3, 3]],
      ],
    );
    assert.deepEqual(
      learned.clusters.map(({ kind, examples }) => [kind, examples]),
      [
        ["first", 1],
        ["learned", 3],
        ["never", 1],
      ],
    );
  });

  it("learns later with a greater persistence, and says which one was used", async () => {
    const catalog = await catalogOf(at("a", run(ROWS)));
    const { learned } = await ask(catalog, "/w/a", { persistence: 2 });
    assert.deepEqual(
      learned?.rows.examples.map(({ id, after, by, confirmed }) => [id, after, by, confirmed]),
      [
        ["0", null, 0, true],
        ["1", 0, 10, true],
        ["4", 20, 30, false],
        ["2", 30, null, false],
        ["3", 30, null, false],
      ],
    );
    assert.equal(learned.persistence, 2);
    assert.equal(learned.record.parameters["persistence"], 2);
  });

  it("pages through the rows, with their outcomes", async () => {
    const catalog = await catalogOf(at("a", run(ROWS)));
    const whole = (await ask(catalog, "/w/a")).learned;
    const ids: string[] = [];
    for (let from = 0; from < 6; from += 2) {
      const page = (await ask(catalog, "/w/a", { from, to: from + 2 })).learned?.rows;
      assert.deepEqual([page?.from, page?.of], [from, 5]);
      for (const [r, { id }] of page?.examples.entries() ?? []) {
        ids.push(id);
        const digits = [0, 1, 2, 3].map((c) => page && outcomeIn(page.raster, r, c)).join("");
        assert.equal(digits, ROWS[Number(id)]);
      }
    }
    assert.deepEqual(
      ids,
      whole?.rows.examples.map(({ id }) => id),
    );
    const none = (await ask(catalog, "/w/a", { from: 9, to: 12 })).learned?.rows;
    assert.deepEqual([none?.examples, none?.raster.bytes.length], [[], 0]);
  });

  it("shows one example, and what became of each at one checkpoint", async () => {
    const catalog = await catalogOf(at("a", run(ROWS)));
    const one = await ask(catalog, "/w/a", { example: "2", step: 20 });
    assert.deepEqual(
      one.learned?.rows.examples.map(({ id, change, scores }) => [id, change, scores]),
      [["2", "gained", null]],
    );
    const changes = (await ask(catalog, "/w/a", { step: 20 })).learned?.rows.examples;
    assert.deepEqual(
      changes?.map(({ id, change }) => [id, change]),
      [
        ["0", "both right"],
        ["1", "both right"],
        ["4", "lost"],
        ["2", "gained"],
        ["3", "both wrong"],
      ],
    );
    const first = (await ask(catalog, "/w/a", { step: 0 })).learned?.rows.examples;
    assert.ok(first?.every(({ change }) => change === null));
  });

  it("says what is not there: an example, a step, a task, a metric", async () => {
    const catalog = await catalogOf(at("a", run(ROWS)));
    const notes = async (of: Partial<ExamplesQuestion>): Promise<unknown> => {
      const { note, learned } = await ask(catalog, "/w/a", of);
      return [note, learned === null];
    };
    assert.deepEqual(await notes({ example: "77" }), ['no example "77"', false]);
    assert.deepEqual(await notes({ step: 15 }), [
      "not evaluated at step 15, but at 10 and 20",
      false,
    ]);
    assert.deepEqual(await notes({ step: 99 }), ["not evaluated at step 99, but at 30", false]);
    assert.deepEqual(await notes({ task: "piqa" }), [
      'no examples of "piqa"; there are held_out',
      true,
    ]);
    assert.deepEqual(await notes({ metric: "acc" }), [
      'held_out has no metric "acc"; it has correct',
      true,
    ]);
  });

  it("says that a run has no examples", async () => {
    const catalog = await catalogOf({ "/w/a/metrics.jsonl": jsonlText([{ step: 0, loss: 1 }]) });
    const { tasks, learned, note } = await ask(catalog, "/w/a");
    assert.deepEqual([tasks, learned], [[], null]);
    assert.match(note ?? "", /no files that say what became of single examples/);
  });

  it("asks for a cut where scores are graded, and takes them for a probability", async () => {
    const catalog = await catalogOf(at("a__b", evaluations([0.25, 0.5, 0.75])));
    const [key = ""] = catalog.runs().map((found) => found.key);
    const without = await ask(catalog, key);
    assert.equal(without.learned, null);
    assert.match(without.note ?? "", /a cut has to say/);
    assert.equal(without.tasks[0]?.needsCut, true);
    const { learned } = await ask(catalog, key, { cut: 0.5, example: "0" });
    const [row] = learned?.rows.examples ?? [];
    assert.deepEqual(
      [row?.after, row?.by, row?.confidence, row?.scores],
      [10, 20, 0.5, [0.25, 0.5, 0.75]],
    );
    assert.ok(Math.abs((row?.variability ?? 0) - Math.sqrt(0.125 / 3)) < 1e-12);
    assert.deepEqual(learned?.cut, { operator: ">=", value: 0.5 });
    assert.equal(learned.record.parameters["cut"], ">= 0.5");
  });

  it("cuts downwards where lower is better, which onset.json may say", async () => {
    const tree = {
      ...at("a__b", evaluations([0.75, 0, 0])),
      "/w/onset.json": '{"metrics": {"squad/f1": {"direction": "lower"}}}',
    };
    const catalog = await catalogOf(tree);
    const [key = ""] = catalog.runs().map((found) => found.key);
    assert.match((await ask(catalog, key)).note ?? "", /lower is better/);
    const { learned } = await ask(catalog, key, { cut: 0.5 });
    assert.deepEqual(learned?.cut, { operator: "<=", value: 0.5 });
    assert.equal(learned.rows.examples[0]?.by, 20);
  });

  it("is defined for one checkpoint, and for outcomes that are all unknown", async () => {
    const one = await catalogOf({
      "/w/a/metrics.jsonl": jsonlText([{ step: 0, loss: 1 }]),
      "/w/a/outcomes.jsonl": jsonlText([{ step: 5, held_out: "01" }]),
    });
    const { learned } = await ask(one, "/w/a");
    assert.deepEqual(
      learned?.rows.examples.map(({ id, status }) => [id, status]),
      [
        ["1", "left-censored"],
        ["0", "right-censored"],
      ],
    );
    const text = JSON.stringify({ doc_id: 0, metrics: ["acc"], acc: "NaN" }).replace(
      '"NaN"',
      "NaN",
    );
    const nan = await catalogOf({
      ...at("a__b", evaluations([1])),
      "/w/a__b/samples_squad_2025-06-09T00-36-41.285612.jsonl": `${text}\n`,
    });
    const [key = ""] = nan.runs().map((found) => found.key);
    const unknown = (await ask(nan, key)).learned;
    assert.deepEqual(
      unknown?.rows.examples.map(({ status, cluster, correctness }) => [
        status,
        cluster,
        correctness,
      ]),
      [["no-data", 0, null]],
    );
    assert.equal(outcomeIn(unknown.rows.raster, 0, 0), UNKNOWN);
    assert.deepEqual([unknown.checkpoints[0]?.right, unknown.counts.unknown], [null, 1]);
  });

  it("has a record whose hash tells other outcomes and other parameters apart", async () => {
    const catalog = await catalogOf({ ...at("a", run(ROWS)), ...at("b", run([...ROWS, "1111"])) });
    const hash = async (key: string, of: Partial<ExamplesQuestion> = {}): Promise<string> =>
      (await ask(catalog, key, of)).learned?.record.hash ?? "";
    const hashes = [
      await hash("/w/a"),
      await hash("/w/b"),
      await hash("/w/a", { persistence: 2 }),
      await hash("/w/a", { cut: 1 }),
    ];
    assert.equal(new Set(hashes).size, 4);
    assert.match(hashes[0] ?? "", /^[0-9a-f]{64}$/);
    assert.equal(await hash("/w/a", { from: 2, to: 3 }), hashes[0]);
    const record = (await ask(catalog, "/w/a")).learned?.record;
    assert.deepEqual(record?.parameters, { task: "held_out", metric: "correct", persistence: 1 });
    assert.equal(record.version, VERSION);
  });

  it("can be sent as it is: nothing but data, and JSON without numbers that JSON does not have", async () => {
    const catalog = await catalogOf(at("a", run(ROWS)));
    const answer = await ask(catalog, "/w/a");
    assert.deepEqual(structuredClone(answer), answer);
    assert.doesNotThrow(() => JSON.parse(toJson(answer)) as unknown);
  });

  it("reads the samples that lm-evaluation-harness wrote, at each checkpoint that has them", async () => {
    const name = (hour: number): string => `_2025-06-09T${hour}-36-41.285612`;
    const bytes = readFileSync(
      fixture("formats", "lm-eval", `samples_humaneval${name(18)}.jsonl`),
      "utf8",
    );
    const results = (step: number): string =>
      JSON.stringify({
        results: { humaneval: { "pass@1,create_test": 0.15 } },
        config: { model_args: `pretrained=a/b,revision=step${step}` },
      });
    const catalog = await catalogOf({
      [`/w/a__b/results${name(17)}.json`]: results(10),
      // The first problem was solved at step 10 by nothing but this test.
      [`/w/a__b/samples_humaneval${name(17)}.jsonl`]: bytes.replace(
        '"pass@1": 0.0',
        '"pass@1": 1.0',
      ),
      [`/w/a__b/results${name(18)}.json`]: results(20),
      [`/w/a__b/samples_humaneval${name(18)}.jsonl`]: bytes,
    });
    const [key = ""] = catalog.runs().map((found) => found.key);
    const { learned } = await ask(catalog, key);
    assert.deepEqual(
      [learned?.task, learned?.filter, learned?.metric],
      ["humaneval", "create_test", "pass@1"],
    );
    const outcomes = learned?.rows.examples.map(({ id }, r) => [
      id,
      [0, 1].map((c) => outcomeIn(learned.rows.raster, r, c)).join(""),
    ]);
    // As a script read them: of the six problems the fifth one is solved.
    assert.deepEqual(Object.fromEntries(outcomes ?? []), {
      ...{ "0": "10", "1": "00", "2": "00", "3": "00", "4": "11", "5": "00" },
    });
    assert.ok(learned?.rows.examples.every(({ hash }) => /^[0-9a-f]{64}$/.test(hash ?? "")));
    assert.deepEqual(catalog.problems(), []);
  });

  it("follows a run that is being written", async () => {
    const files = new MemoryFiles(at("a", run(ROWS)));
    const catalog = await discovered(files);
    await ask(catalog, "/w/a");
    const outcomes = run(ROWS)["outcomes.jsonl"] ?? "";
    files.write("/w/a/outcomes.jsonl", outcomes + jsonlText([{ step: 40, held_out: "11110" }]));
    await catalog.refresh("/w/a");
    const { learned } = await ask(catalog, "/w/a");
    assert.equal(learned?.checkpoints.at(-1)?.step, 40);
    assert.deepEqual(learned.counts.neverLearned, 0);
  });

  it("lists what there is to ask of each run", async () => {
    const catalog = await catalogOf({
      ...at("a", run(ROWS)),
      "/w/b/metrics.jsonl": jsonlText([{ step: 0, loss: 1 }]),
    });
    const listed = [];
    for await (const { run: found, tasks } of answerExampleTasks(catalog, [
      "/w/a",
      "/w/b",
      "/w/no",
    ])) {
      listed.push([found.id, tasks.map(({ task }) => task)]);
    }
    assert.deepEqual(listed, [
      ["a", ["held_out"]],
      ["b", []],
    ]);
  });
});

interface Expected {
  readonly steps: number[];
  readonly right: number[];
  readonly gained: number[];
  readonly lost: number[];
  readonly forgettingEvents: number;
  readonly forgotten: number;
  readonly persistence: Readonly<
    Record<
      string,
      {
        readonly intervals: Readonly<Record<string, number>>;
        readonly unforgettable: number;
        readonly clusters: readonly (readonly [string, number | null, number | null, number])[];
      }
    >
  >;
}

describe("answerExamples on the sample workspace", () => {
  const expected = JSON.parse(
    readFileSync(fixture("examples", "grokking.expected.json"), "utf8"),
  ) as Record<string, Expected>;
  let catalog: Catalog;

  before(async () => {
    catalog = await discovered(fsFiles, inProject("samples", "grokking").replaceAll("\\", "/"));
  });

  for (const [name, truth] of Object.entries(expected)) {
    it(`counts in ${name} what a script counts that knows nothing of Onset`, async () => {
      const key = catalog.runs().find(({ id }) => id === `runs/${name}`)?.key ?? "";
      for (const [persistence, counts] of Object.entries(truth.persistence)) {
        const { learned } = await ask(catalog, key, { persistence: Number(persistence) });
        assert.ok(learned);
        const { checkpoints, clusters } = learned;
        assert.deepEqual(
          checkpoints.map(({ step }) => step),
          truth.steps,
        );
        assert.deepEqual(
          checkpoints.map(({ right }) => right?.successes),
          truth.right,
        );
        const changes = checkpoints.slice(1).map((checkpoint) => checkpoint.changes);
        assert.deepEqual(
          changes.map((change) => change?.gained),
          truth.gained,
        );
        assert.deepEqual(
          changes.map((change) => change?.lost),
          truth.lost,
        );
        assert.equal(learned.counts.forgettingEvents, truth.forgettingEvents);
        assert.equal(learned.counts.forgotten, truth.forgotten);
        assert.equal(learned.counts.unforgettable, counts.unforgettable);
        const intervals: Record<string, number> = {};
        for (const { after, by } of learned.rows.examples) {
          const interval = `${after ?? "None"} ${by ?? "None"}`;
          intervals[interval] = (intervals[interval] ?? 0) + 1;
        }
        assert.deepEqual(intervals, counts.intervals);
        assert.deepEqual(
          clusters.map(({ kind, after, by, examples }) => [kind, after, by, examples]),
          counts.clusters,
        );
      }
    });
  }

  it("has as its share of right examples the accuracy that training logged", async () => {
    let compared = 0;
    for (const { key } of catalog.runs()) {
      const { learned } = await ask(catalog, key);
      const accuracy = (await catalog.load(key)).table.series("held_out/acc");
      for (const { step, right } of learned?.checkpoints ?? []) {
        const at = accuracy?.step.indexOf(step) ?? -1;
        assert.equal(right?.value, accuracy?.value[at], `${key} at ${step}`);
        compared++;
      }
    }
    assert.ok(compared > 190);
  });
});
