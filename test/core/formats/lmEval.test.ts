import assert from "node:assert/strict";
import { lmEval } from "../../../src/core/formats/lmEval.js";
import { START } from "../../../src/core/formats/reader.js";
import { pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const read = (document: unknown, name = "m_step10.json"): Promise<WholeFile> => {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return readWhole(lmEval, sourceOf(new TextEncoder().encode(text)), `/w/evals/${name}`);
};
const found = (whole: WholeFile): unknown[] =>
  pointsOf(whole).map(({ metric, step, value }) => [metric, step, value]);
const evaluatedOf = async (document: object): Promise<string | null | undefined> => {
  const source = sourceOf(new TextEncoder().encode(JSON.stringify(document)));
  for await (const { evaluated } of lmEval.read({ source, file: "/w/m.json", from: START })) {
    if (evaluated) return evaluated.model;
  }
  return undefined;
};
const codes = ({ problems }: WholeFile): string[] => problems.map(({ code }) => code);

describe("lmEval", () => {
  it("names metrics task/metric, drops the filter none and keeps others", async () => {
    const whole = await read({
      results: {
        gsm8k: {
          alias: "gsm8k",
          "exact_match,strict-match": 0.1,
          "exact_match_stderr,strict-match": 0.01,
          "exact_match,none": 0.2,
        },
      },
    });
    assert.deepEqual(found(whole), [
      ["gsm8k/exact_match,strict-match", 10, 0.1],
      ["gsm8k/exact_match", 10, 0.2],
    ]);
    assert.equal(pointsOf(whole)[0]?.stderr, 0.01);
  });

  it("puts the file's own number of shots into the name, never the directory's", async () => {
    const results = { piqa: { acc: 0.6 } };
    const shots = async (document: object, name?: string): Promise<string | undefined> =>
      pointsOf(await read({ results, ...document }, name))[0]?.metric;
    assert.equal(await shots({ config: { num_fewshot: 5 } }), "piqa@5/acc");
    assert.equal(await shots({ config: { num_fewshot: 0 } }), "piqa/acc");
    assert.equal(await shots({ "n-shot": { piqa: 3 }, config: { num_fewshot: 0 } }), "piqa@3/acc");
    assert.equal(await shots({ configs: { piqa: { num_fewshot: 2 } } }), "piqa@2/acc");
    assert.equal(await shots({}, "five-shot/m-5shot_step10.json"), "piqa/acc");
  });

  it("gives a group the number of shots that its tasks have in common", async () => {
    const acc = { "acc,none": 0.5 };
    const names = async (shots: object): Promise<string[]> => {
      const whole = await read({
        results: { mmlu: acc, stem: acc, anatomy: acc, algebra: acc },
        group_subtasks: { mmlu: ["stem", "anatomy"], stem: ["algebra"], anatomy: [] },
        "n-shot": shots,
      });
      return pointsOf(whole).map(({ metric }) => metric);
    };
    assert.deepEqual(await names({ anatomy: 5, algebra: 5 }), [
      "mmlu@5/acc",
      "stem@5/acc",
      "anatomy@5/acc",
      "algebra@5/acc",
    ]);
    assert.deepEqual((await names({ anatomy: 5, algebra: 0, mmlu: " " })).slice(0, 2), [
      "mmlu/acc",
      "stem/acc",
    ]);
  });

  it("says which model was evaluated: the adapter, the checkpoint that was loaded", async () => {
    const model = async (args: unknown): Promise<string | null | undefined> =>
      evaluatedOf({ results: { piqa: { acc: 0.5 } }, config: { model_args: args } });
    assert.equal(await model("pretrained=a/b,revision=step20"), "a/b");
    assert.equal(await model('pretrained="a/b",dtype="float"'), "a/b");
    assert.equal(await model("pretrained=a/b,peft=runs/x/checkpoint-5"), "runs/x/checkpoint-5");
    assert.equal(await model({ save: "/s/160M", load: "/s/160M", iteration: 5 }), "/s/160M");
    assert.equal(await model("model=gpt-x,path=ignored"), "gpt-x");
  });

  it("takes digits without a word for a step only where the content says none", async () => {
    const results = { piqa: { acc: 0.6 } };
    const config = { model_args: "pretrained=a/b,revision=step20" };
    const whole = await read({ results, config }, "m_1000.json");
    assert.deepEqual([pointsOf(whole)[0]?.step, codes(whole)], [20, []]);
    assert.equal(pointsOf(await read({ results }, "m_1000.json"))[0]?.step, 1000);
  });

  it("takes no stage of a pipeline for a step", async () => {
    const results = { piqa: { acc: 0.6 } };
    const step = async (pretrained: string): Promise<number | undefined> =>
      pointsOf(await read({ results, config: { model_args: { pretrained } } }, "r.json"))[0]?.step;
    assert.equal(await step("/x/step2_sft/runs/model"), undefined);
    assert.equal(await step("/x/runs/step1000/hf"), 1000);
    assert.equal(await step("/x/runs/step1000-hf/"), 1000);
  });

  it("keeps the model's step out of the run's configuration", async () => {
    const whole = await read({
      results: { piqa: { acc: 0.6 } },
      config: { model_args: "pretrained=/x/a/checkpoint-500" },
    });
    assert.deepEqual([...whole.config], [["model", "/x/a"]]);
  });

  it("takes a standard error for a property of its metric", async () => {
    const whole = await read({ results: { piqa: { acc: 0.6, acc_stderr: 0.02 } } });
    assert.deepEqual(
      pointsOf(whole).map(({ metric, stderr }) => [metric, stderr]),
      [["piqa/acc", 0.02]],
    );
  });

  it("takes the step from the name, and says so where the content disagrees", async () => {
    const results = { piqa: { acc: 0.6 } };
    const config = { model_args: "pretrained=a/b,revision=step20" };
    const whole = await read({ results, config });
    assert.equal(pointsOf(whole)[0]?.step, 10);
    assert.deepEqual(codes(whole), ["lm-eval/step-disagrees"]);
    assert.equal(pointsOf(await read({ results, config }, "results.json"))[0]?.step, 20);
  });

  it("says so where the directory disagrees with the content", async () => {
    const results = { piqa: { acc: 0.6 } };
    const config = { model_args: "pretrained=a/b,revision=step20" };
    const whole = await read({ results, config }, "checkpoint-30/results.json");
    assert.deepEqual([pointsOf(whole)[0]?.step, codes(whole)], [20, ["lm-eval/step-disagrees"]]);
    const same = await read({ results, config }, "step20/m_step20.json");
    assert.deepEqual([pointsOf(same)[0]?.step, codes(same)], [20, []]);
  });

  it("takes no step out of the air", async () => {
    const whole = await read({ results: { piqa: { acc: 0.6 } } }, "results.json");
    assert.deepEqual([found(whole), codes(whole)], [[], ["lm-eval/no-step"]]);
  });

  it("keeps NaN, which Python writes as a bare word", async () => {
    const whole = await read('{"results": {"wikitext": {"ppl": NaN, "bpb": Infinity}}}');
    assert.deepEqual(found(whole), [
      ["wikitext/ppl", 10, NaN],
      ["wikitext/bpb", 10, Infinity],
    ]);
  });

  it("marks evaluations of a part of the items, which compare with nothing else", async () => {
    const whole = await read({ results: { piqa: { acc: 0.6 } }, config: { limit: 100 } });
    assert.equal(pointsOf(whole)[0]?.metric, "piqa/acc (limit 100)");
  });

  it("reads rows per prompt, and table_results alone", async () => {
    const row = { task_name: "winobias", prompt_name: "refers_to", em: 0.3 };
    const rows = await read({ results: [row] });
    const table = await read({ table_results: { "winobias+refers_to": row } });
    assert.deepEqual(found(rows), [["winobias+refers_to/em", 10, 0.3]]);
    assert.deepEqual(found(table), found(rows));
  });

  it("calls a file that does not parse, or holds nothing, a problem", async () => {
    assert.deepEqual(codes(await read("{")), ["lm-eval/not-json"]);
    assert.deepEqual(codes(await read("[]")), ["lm-eval/not-json"]);
    assert.deepEqual(codes(await read({ results: {} })), ["lm-eval/no-metrics"]);
  });

  it("reads tasks named like properties of every object", async () => {
    const text = '{"results": {"__proto__": {"acc": 0.1}, "constructor": {"toString": 0.2}}}';
    assert.deepEqual(found(await read(text)), [
      ["__proto__/acc", 10, 0.1],
      ["constructor/toString", 10, 0.2],
    ]);
  });

  it("claims results and no other JSON", () => {
    const claim = (text: string): string =>
      lmEval.claims("x.json", new TextEncoder().encode(text)).kind;
    assert.equal(claim('{"results": {"piqa": {"acc": 0.5'), "yes");
    assert.equal(claim('{"results": [{"task_name": "x"'), "yes");
    assert.equal(claim('{"table_results": {'), "yes");
    assert.equal(claim('{"results": []}'), "no");
    assert.equal(claim('{"model": "x"}'), "no");
    assert.equal(claim('{"checkpoints": [1], "results": {"piqa": {"acc": [0.5]'), "no");
    assert.equal(lmEval.claims("x.jsonl", null).kind, "no");
  });
});
