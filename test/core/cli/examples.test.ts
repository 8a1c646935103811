/** The contract of `onset examples`: what it answers, field by field, and its exit codes. */

import assert from "node:assert/strict";
import { inProject } from "../../support/root.js";
import { jsonlText } from "../../support/jsonlText.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";
import { onset, onsetJson } from "../../support/terminal.js";

const sample = inProject("samples", "grokking");
const RUN = ["id", "label", "directory", "file"];

interface Row {
  readonly id: string;
  readonly status: string;
  readonly after: number | null;
  readonly by: number | null;
  readonly outcomes: string;
  readonly scores: unknown[] | null;
  readonly change: string | null;
}
interface Learned {
  readonly of: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly checkpoints: readonly Readonly<Record<string, unknown>>[];
  readonly clusters: readonly Readonly<Record<string, unknown>>[];
  readonly examples: readonly Row[];
}
interface Learning {
  readonly run: object;
  readonly tasks: readonly object[];
  readonly note: string | null;
  readonly learned: Learned | null;
}

async function ask(...args: string[]): Promise<{ code: number | null; answer: Learning }> {
  const { code, answer } = await onsetJson(["examples", ...args]);
  return { code, answer: answer as unknown as Learning };
}

describe("onset examples", function () {
  this.timeout(120_000);

  describe("--json", () => {
    it("lists the tasks of each run", async () => {
      const { code, answer } = await onsetJson(["examples", sample]);
      assert.equal(code, 0);
      const runs = answer["runs"] as { run: object; tasks: object[] }[];
      assert.equal(runs.length, 10);
      for (const { run, tasks } of runs) {
        assert.deepEqual(Object.keys(run), RUN);
        assert.equal(tasks.length, 1);
        assert.deepEqual(Object.keys(tasks[0] ?? {}), [
          ...["task", "filter", "metrics", "usual", "examples", "checkpoints", "needsCut"],
        ]);
      }
    });

    it("says of each example when it was learned, with its outcomes", async () => {
      const { code, answer } = await ask(sample, "--run", "runs/wd1-seed3");
      assert.equal(code, 0);
      assert.deepEqual(Object.keys(answer), ["run", "tasks", "note", "learned"]);
      assert.deepEqual(Object.keys(answer.run), RUN);
      const { learned } = answer;
      assert.ok(learned);
      assert.deepEqual(Object.keys(learned), [
        ...["task", "filter", "metric", "cut", "persistence", "counts", "checkpoints", "clusters"],
        ...["repeated", "changed", "record", "of", "examples"],
      ]);
      assert.deepEqual(Object.keys(learned.checkpoints[0] ?? {}), [
        ...["step", "right", "learned", "changes", "precision", "recall"],
      ]);
      assert.equal(learned.of, 1405);
      assert.equal(learned.examples.length, 1405);
      assert.deepEqual(Object.keys(learned.examples[0] ?? {}), [
        ...["row", "id", "hash", "status", "after", "by", "confirmed", "cluster", "forgotten"],
        ...["evaluations", "correct", "correctness", "confidence", "variability", "change"],
        ...["scores", "outcomes"],
      ]);
      for (const { by, outcomes } of learned.examples) {
        assert.equal(outcomes.length, learned.checkpoints.length);
        assert.equal(by, learned.checkpoints[outcomes.indexOf("1")]?.["step"]);
      }
    });

    it("compares two checkpoints, wherever --diff stands", async () => {
      const words = ["runs/wd1-seed0@1250", "runs/wd1-seed0@1500"];
      for (const args of [
        [sample, "--diff", ...words],
        ["--diff", ...words, sample],
      ]) {
        const { code, answer } = await onsetJson(["examples", ...args]);
        assert.equal(code, 0);
        assert.deepEqual(Object.keys(answer), ["a", "b", "tasks", "note", "examples"]);
        assert.deepEqual(answer["tasks"], [
          {
            ...{ task: "held_out", filter: null, metric: "correct" },
            ...{ gained: 38, lost: 1, bothRight: 1356, bothWrong: 10, unknown: 0 },
            ...{ onlyA: 0, onlyB: 0, byIdAlone: 1405, note: null },
          },
        ]);
        const [first] = answer["examples"] as object[];
        assert.deepEqual(first, {
          ...{ task: "held_out", filter: null, id: "45", hash: null, change: "gained" },
        });
        assert.equal((answer["examples"] as object[]).length, 1405);
      }
    });
  });

  describe("of a run with scores", () => {
    let folder: string;

    before(async () => {
      const evaluation = (
        hour: number,
        step: number,
        scores: readonly string[],
      ): [string, string][] => {
        const time = `2025-06-09T0${hour}-36-41.285612`;
        const results = {
          results: { squad: { "f1,none": 0.5 }, piqa: { "acc,none": 0.5 } },
          config: { model_args: `pretrained=a/b,revision=step${step}` },
        };
        const lines = scores.map(
          (score, id) => `{"doc_id": ${id}, "metrics": ["f1"], "f1": ${score}}\n`,
        );
        return [
          [`a__b/results_${time}.json`, JSON.stringify(results)],
          [`a__b/samples_squad_${time}.jsonl`, lines.join("")],
          [`a__b/samples_piqa_${time}.jsonl`, '{"doc_id": 0, "metrics": ["acc"], "acc": 1}\n'],
        ];
      };
      folder = await temporaryFolder({
        ...Object.fromEntries([
          ...evaluation(1, 10, ["0.25", "NaN", "Infinity"]),
          ...evaluation(2, 20, ["0.75", "0.5", "0"]),
        ]),
        "plain/metrics.jsonl": jsonlText([{ step: 1, loss: 1 }]),
      });
    });

    after(() => removeFolder(folder));

    it("wants a task where there are several, and a cut for its scores", async () => {
      const several = await onset(["examples", folder, "--run", "a__b"]);
      assert.equal(several.code, 2);
      assert.match(several.stderr, /"a__b" has 2 tasks: piqa, squad; name one with --task/);
      const uncut = await ask(folder, "--run", "a__b", "--task", "squad");
      assert.deepEqual([uncut.code, uncut.answer.learned], [1, null]);
      assert.match(uncut.answer.note ?? "", /a cut has to say/);
    });

    it("answers with a cut; what is not finite is a text, and what is not known is null", async () => {
      const args = [folder, "--run", "a__b", "--task", "squad", "--metric", "f1", "--cut", "0.5"];
      const { code, answer } = await ask(...args, "--example", "2");
      assert.equal(code, 0);
      const [row] = answer.learned?.examples ?? [];
      assert.deepEqual([row?.outcomes, row?.scores], ["10", ["Infinity", 0]]);
      const other = await ask(...args, "--example", "1");
      assert.deepEqual(other.answer.learned?.examples[0]?.scores, [null, 0.5]);
      assert.deepEqual(other.answer.learned.examples[0].outcomes, "?1");
    });

    it("lists a line per example with --csv", async () => {
      const args = ["examples", folder, "--run", "a__b", "--task", "squad", "--cut", "0.5"];
      const { code, stdout } = await onset([...args, "--step", "20", "--csv"]);
      assert.equal(code, 0);
      const [header, ...lines] = stdout.trimEnd().split("\n");
      assert.equal(
        header,
        "id,hash,status,after,by,confirmed,cluster,forgotten,evaluations,correct,correctness,confidence," +
          "variability,change,outcomes",
      );
      assert.deepEqual(lines, [
        "2,,left-censored,,10,true,0,1,2,1,0.5,,,lost,10",
        "1,,left-censored,,20,true,0,0,1,1,1,,,unknown,?1",
        "0,,observed,10,20,true,1,0,2,1,0.5,,,gained,01",
      ]);
    });

    it("says in words what it found", async () => {
      const args = ["examples", folder, "--run", "a__b", "--task", "squad", "--cut", "0.5"];
      const whole = await onset(args);
      assert.match(whole.stdout, /squad\/f1, right >= 0\.5; learned when first right/);
      assert.match(
        whole.stdout,
        /3 examples; 3 learned, 2 of them at the first evaluation; 0 never/,
      );
      const at = await onset([...args, "--step", "20"]);
      assert.match(at.stdout, /gained: 0\nlost: 2\n/);
      const one = await onset([...args, "--example", "0"]);
      assert.match(one.stdout, /first learned: \(10, 20\]; forgotten 0 times; right at 1 of 2/);
      assert.match(one.stdout, /10 {2}wrong {2}0\.25\n/);
    });

    it("says what is not there, with exit code 1", async () => {
      const none = await onset(["examples", folder, "--run", "plain"]);
      assert.equal(none.code, 1);
      assert.match(none.stdout, /no files that say what became of single examples/);
      const step = await onset([
        "examples",
        folder,
        "--run",
        "a__b",
        "--task",
        "piqa",
        "--step",
        "15",
      ]);
      assert.equal(step.code, 1);
      assert.match(step.stdout, /not evaluated at step 15, but at 10 and 20/);
      const diff = await onset(["examples", folder, "--diff", "a__b@10", "plain@10"]);
      assert.equal(diff.code, 1);
      assert.match(diff.stdout, /b: the run has no files/);
    });
  });

  for (const [args, message] of [
    [["--run", "runs/wd1-seed0", "--cut", "x"], /--cut takes a number, not "x"/],
    [["--run", "runs/wd1-seed0", "--persistence", "0"], /--persistence takes a number/],
    [["--run", "runs/wd1-seed0", "--step", ""], /--step takes a number/],
    [["--run", "runs/wd1-seed0", "--metric", "a", "--metric", "b"], /one --metric/],
    [["--run", "no such"], /no run "no such"/],
    [["--json", "--csv"], /--json or --csv/],
    [["--diff", "runs/wd1-seed0@1250"], /--diff needs RUN@STEP RUN@STEP/],
    [["--diff", "runs/wd1-seed0", "runs/wd1-seed0@0"], /is not RUN@STEP/],
  ] as const) {
    it(`wrong use: ${args.join(" ")}`, async () => {
      const { code, stderr } = await onset(["examples", ...args], sample);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }
});
