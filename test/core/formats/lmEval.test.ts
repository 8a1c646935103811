import assert from "node:assert/strict";
import { lmEval } from "../../../src/core/formats/lmEval.js";
import { pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const read = (document: unknown, name = "m_step10.json"): Promise<WholeFile> => {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return readWhole(lmEval, sourceOf(new TextEncoder().encode(text)), `/w/evals/${name}`);
};
const found = (whole: WholeFile): unknown[] =>
  pointsOf(whole).map(({ metric, step, value }) => [metric, step, value]);
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
    assert.equal(lmEval.claims("x.jsonl", null).kind, "no");
  });
});
