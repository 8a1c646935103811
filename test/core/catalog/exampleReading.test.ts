import assert from "node:assert/strict";
import { ExampleReading, type RunExamples } from "../../../src/core/catalog/exampleReading.js";
import { discoverAll } from "../../../src/core/discovery/discoverRuns.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import type { RunDir } from "../../../src/core/model/run.js";
import { CountingFiles } from "../../support/countingFiles.js";
import { ScriptedFiles } from "../../support/scriptedFiles.js";

type Tree = Record<string, string>;

const results = (step: number, extra: Record<string, unknown> = {}): string =>
  JSON.stringify({
    results: { piqa: { "acc,none": 0.5 }, gsm8k: { "exact_match,strict-match": 0.5 } },
    config: { model_args: `pretrained=a/b,revision=step${step}` },
    ...extra,
  });
const row = (id: number, outcomes: Record<string, number>, filter = "none"): string =>
  JSON.stringify({
    doc_id: id,
    doc_hash: `h${id}`,
    filter,
    metrics: Object.keys(outcomes),
    ...outcomes,
  });
const time = (hour: number): string => `2025-06-09T0${hour}-36-41.285612`;

async function runIn(files: MemoryFiles): Promise<RunDir> {
  const { runs } = await discoverAll(files, "/w");
  assert.equal(runs.length, 1);
  return runs[0] as RunDir;
}

async function read(tree: Tree, metric: string | null = null): Promise<RunExamples> {
  const files = new MemoryFiles(tree);
  return new ExampleReading(files).update(await runIn(files), metric);
}

/** Per task and filter `[usual, metrics]`, and the table's scores as text: rows by `/`, `?` for unknown. */
function shown({ tasks }: RunExamples, metric?: string): Record<string, string> {
  return Object.fromEntries(
    tasks.map(({ task, filter, usual, tables }) => {
      const table = tables.get(metric ?? usual);
      if (!table) return [task, ""];
      const rows = table.ids.map((_, i) =>
        Array.from(table.step, (_step, c) => table.scoreAt(c, i))
          .join(" ")
          .replaceAll("NaN", "?"),
      );
      const steps = Array.from(table.step).join(" ");
      return [filter === null ? task : `${task},${filter}`, `${steps}: ${rows.join(" / ")}`];
    }),
  );
}

const codes = ({ problems }: RunExamples): string[] => problems.map(({ code }) => code);

/** A run with evaluations at steps 10 and 20. */
const LM_EVAL: Tree = {
  [`/w/a__b/results_${time(1)}.json`]: results(10),
  [`/w/a__b/samples_piqa_${time(1)}.jsonl`]: [
    row(0, { acc: 0, acc_norm: 1 }),
    row(1, { acc: 1, acc_norm: 1 }),
    "",
  ].join("\n"),
  [`/w/a__b/samples_gsm8k_${time(1)}.jsonl`]: [
    row(0, { exact_match: 0 }, "strict-match"),
    row(0, { exact_match: 1 }, "flexible-extract"),
    "",
  ].join("\n"),
  [`/w/a__b/results_${time(2)}.json`]: results(20),
  [`/w/a__b/samples_piqa_${time(2)}.jsonl`]: [
    row(1, { acc: 1, acc_norm: 0 }),
    row(0, { acc: 1, acc_norm: 0 }),
    "",
  ].join("\n"),
};

describe("ExampleReading", () => {
  it("makes a table for each task and filter, of its usual metric", async () => {
    const examples = await read(LM_EVAL);
    assert.deepEqual(
      examples.tasks.map(({ task, filter, metrics, usual }) => [task, filter, metrics, usual]),
      [
        ["gsm8k", "flexible-extract", ["exact_match"], "exact_match"],
        ["gsm8k", "strict-match", ["exact_match"], "exact_match"],
        ["piqa", null, ["acc", "acc_norm"], "acc"],
      ],
    );
    assert.deepEqual(shown(examples), {
      "gsm8k,flexible-extract": "10: 1",
      "gsm8k,strict-match": "10: 0",
      piqa: "10 20: 0 1 / 1 1",
    });
    assert.deepEqual(examples.problems, []);
  });

  it("collects the metric that is asked for, then and later", async () => {
    const asked = await read(LM_EVAL, "acc_norm");
    assert.equal(shown(asked, "acc_norm")["piqa"], "10 20: 1 0 / 1 0");
    const files = new MemoryFiles(LM_EVAL);
    const run = await runIn(files);
    const reading = new ExampleReading(files);
    const first = await reading.update(run, null);
    assert.equal(first.tasks[2]?.tables.has("acc_norm"), false);
    const second = await reading.update(run, "acc_norm");
    assert.equal(shown(second, "acc_norm")["piqa"], "10 20: 1 0 / 1 0");
    assert.equal(shown(second)["piqa"], "10 20: 0 1 / 1 1");
    const third = await reading.update(run, "no such");
    assert.equal(third.tasks[2]?.tables.has("acc_norm"), false);
    const fourth = await reading.update(run, "acc_norm");
    assert.equal(shown(fourth, "acc_norm")["piqa"], "10 20: 1 0 / 1 0");
  });

  it("settles on one metric for all files of a task, whichever was read first", async () => {
    const tree = {
      ...LM_EVAL,
      [`/w/a__b/samples_piqa_${time(1)}.jsonl`]: `${row(0, { f1: 0.5 })}\n${row(1, { f1: 1, acc: 1 })}\n`,
    };
    const examples = await read(tree);
    assert.equal(examples.tasks[2]?.usual, "acc");
    assert.equal(shown(examples)["piqa"], "10 20: ? 1 / 1 1");
    const collected = examples.tasks.map(({ tables }) => [...tables.keys()]);
    assert.deepEqual(collected, [["exact_match"], ["exact_match"], ["acc"]]);
  });

  it("names tasks with their shots: other shots are other questions", async () => {
    const shots = (n: number): Record<string, unknown> => ({ "n-shot": { piqa: n } });
    const tree = {
      ...LM_EVAL,
      [`/w/a__b/results_${time(1)}.json`]: results(10, shots(5)),
      [`/w/a__b/results_${time(2)}.json`]: results(10, shots(0)),
    };
    const all = shown(await read(tree));
    assert.deepEqual([all["piqa@5"], all["piqa"]], ["10: 0 / 1", "10: 1 / 1"]);
  });

  it("uses the later of two evaluations of a checkpoint, by the time in the name, and says so", async () => {
    const tree = { ...LM_EVAL, [`/w/a__b/results_${time(2)}.json`]: results(10) };
    const examples = await read(tree);
    assert.equal(shown(examples)["piqa"], "10: 1 / 1");
    assert.deepEqual(codes(examples), ["examples/given-twice"]);
    assert.deepEqual(examples.tasks[2]?.tables.get("acc")?.repeated, {
      count: 2,
      differing: 1,
      first: { step: 10, id: "0" },
    });
  });

  it("says that a question has changed", async () => {
    const tree = {
      ...LM_EVAL,
      [`/w/a__b/samples_piqa_${time(2)}.jsonl`]:
        '{"doc_id": 0, "doc_hash": "new", "metrics": ["acc"], "acc": 1}\n',
    };
    const examples = await read(tree);
    assert.equal(shown(examples)["piqa"], "10 20: 0 ? / ? 1 / 1 ?");
    assert.deepEqual(codes(examples), ["examples/changed-question"]);
  });

  describe("of files that change", () => {
    const line = (step: number, digits: string): string =>
      `{"step": ${step}, "held_out": "${digits}"}\n`;
    const A = "/w/r/a-outcomes.jsonl";
    const B = "/w/r/b-outcomes.jsonl";
    const start = (): {
      files: MemoryFiles;
      counting: CountingFiles;
      update: () => Promise<RunExamples>;
    } => {
      const files = new MemoryFiles({
        "/w/r/metrics.jsonl": '{"step": 1, "loss": 2}\n',
        [A]: line(0, "010") + line(10, "110"),
        [B]: line(20, "00"),
      });
      const counting = new CountingFiles(files);
      const reading = new ExampleReading(counting);
      const update = async (): Promise<RunExamples> => {
        counting.forget();
        return reading.update(await runIn(files), null);
      };
      return { files, counting, update };
    };

    it("reads nothing where nothing has changed", async () => {
      const { counting, update } = start();
      const first = await update();
      assert.equal(shown(first)["held_out"], "0 10 20: 0 1 0 / 1 1 0 / 0 0 ?");
      assert.equal(await update(), first);
      assert.deepEqual(counting.opened, []);
    });

    it("reads of a file that has grown, and of no other", async () => {
      const { files, counting, update } = start();
      const before = await update();
      files.write(A, line(0, "010") + line(10, "110") + line(30, "1111") + '{"step": 40, "hel');
      const after = await update();
      assert.equal(shown(after)["held_out"], "0 10 20 30: 0 1 0 1 / 1 1 0 1 / 0 0 ? 1 / ? ? ? 1");
      assert.equal(shown(before)["held_out"], "0 10 20: 0 1 0 / 1 1 0 / 0 0 ?");
      assert.deepEqual([...new Set(counting.opened)], [A]);
      assert.deepEqual(codes(after), []);
    });

    it("forgets what a file held that was written anew", async () => {
      const { files, update } = start();
      await update();
      files.write(A, line(5, "11"));
      assert.equal(shown(await update())["held_out"], "5 20: 1 0 / 1 0");
    });

    it("forgets what a file held that is gone", async () => {
      const { files, update } = start();
      await update();
      files.remove(A);
      assert.equal(shown(await update())["held_out"], "20: 0 / 0");
    });
  });

  it("tells of a file that cannot be read, and reads the others; once it can be, that one too", async () => {
    const files = new MemoryFiles(LM_EVAL);
    const run = await runIn(files);
    const bad = `/w/a__b/samples_piqa_${time(1)}.jsonl`;
    const script: { open: Record<string, "failed"> } = { open: { [bad]: "failed" } };
    const reading = new ExampleReading(new ScriptedFiles(files, script));
    const first = await reading.update(run, null);
    assert.equal(shown(first)["piqa"], "20: 1 / 1");
    assert.deepEqual(codes(first), ["file/unreadable"]);
    script.open = {};
    const second = await reading.update(run, null);
    assert.equal(shown(second)["piqa"], "10 20: 0 1 / 1 1");
    assert.deepEqual(codes(second), []);
  });

  it("starts over after an update that was stopped", async () => {
    const files = new MemoryFiles(LM_EVAL);
    const run = await runIn(files);
    const reading = new ExampleReading(files);
    const controller = new AbortController();
    const stopped = reading.update(run, null, controller.signal);
    controller.abort();
    await assert.rejects(stopped);
    assert.equal(shown(await reading.update(run, null))["piqa"], "10 20: 0 1 / 1 1");
  });

  it("has no tasks for a run without examples, and problems for what has no step", async () => {
    const none = await read({ "/w/r/metrics.jsonl": '{"step": 1, "loss": 2}\n' });
    assert.deepEqual(none, { tasks: [], problems: [] });
    const files = new MemoryFiles(LM_EVAL);
    const run = await runIn(files);
    files.write(`/w/a__b/results_${time(1)}.json`, "{}");
    const examples = await new ExampleReading(files).update(run, null);
    assert.equal(shown(examples)["piqa"], "20: 1 / 1");
    assert.deepEqual(codes(examples), ["examples/no-step", "examples/no-step"]);
  });
});
