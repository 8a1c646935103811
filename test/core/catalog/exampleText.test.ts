/** The text of single examples, read again from the files at their places. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readExampleText } from "../../../src/core/catalog/exampleText.js";
import { examplesReaderOf } from "../../../src/core/formats/examples/index.js";
import type { Example, ExampleText } from "../../../src/core/formats/examples.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import type { ExamplesSource } from "../../../src/core/model/run.js";
import { fixture } from "../../support/root.js";

type Tree = Record<string, string | Uint8Array>;
const sample = (...parts: string[]): Uint8Array =>
  new Uint8Array(readFileSync(fixture("formats", ...parts)));

async function examplesIn(
  files: MemoryFiles,
  { file, format }: ExamplesSource,
): Promise<Example[]> {
  const source = await files.open(file);
  const all: Example[] = [];
  for await (const { examples } of examplesReaderOf(format).read({ source, file })) {
    all.push(...examples);
  }
  return all;
}

/** Every example's text, read at its place, must be the one that a search finds. */
async function textsOf(tree: Tree, file: string, format: string): Promise<(ExampleText | null)[]> {
  const files = new MemoryFiles(tree);
  const source: ExamplesSource = { file, format, results: null };
  const texts: (ExampleText | null)[] = [];
  for (const example of await examplesIn(files, source)) {
    const text = await readExampleText(files, source, example, example.place);
    assert.deepEqual(await readExampleText(files, source, example), text);
    if (text) assert.equal(text.id, example.id);
    texts.push(text);
  }
  return texts;
}

describe("readExampleText", () => {
  it("lm-eval: the prompt, what the model wrote, the target", async () => {
    const name = "samples_humaneval_2025-06-09T18-36-41.285612.jsonl";
    const texts = await textsOf(
      { [`/w/${name}`]: sample("lm-eval", name) },
      `/w/${name}`,
      "lm-eval-samples",
    );
    const rows = new TextDecoder()
      .decode(sample("lm-eval", name))
      .split("\n")
      .filter((line) => line !== "")
      .map(
        (line) =>
          JSON.parse(line) as { resps: string[][]; target: string; doc: { prompt: string } },
      );
    assert.equal(texts.length, rows.length);
    for (const [i, row] of rows.entries()) {
      const text = texts[i];
      assert.ok(text);
      assert.equal(text.answer, row.resps[0]?.[0]);
      assert.equal(text.target, row.target);
      assert.ok((text.question ?? "").includes(row.doc.prompt.trim().slice(0, 40)));
    }
  });

  it("lm-eval: the choices of a ranked task, in the newer form and in the older one", async () => {
    const row = (args: unknown): string =>
      `${JSON.stringify({
        doc_id: 3,
        doc: { q: "?" },
        target: 1,
        arguments: args,
        resps: [[[-2.5, false]], [[-1.5, true]]],
        filter: "none",
        acc: 1,
      })}\n`;
    const name = "samples_piqa_2025-06-09T18-36-41.285612.jsonl";
    const newer = row({
      gen_args_0: { arg_0: "Sky?", arg_1: " red" },
      gen_args_1: { arg_0: "Sky?", arg_1: " blue" },
    });
    const older = row([
      ["Sky?", " red"],
      ["Sky?", " blue"],
    ]);
    for (const text of [newer, older]) {
      const [found] = await textsOf({ [`/w/${name}`]: text }, `/w/${name}`, "lm-eval-samples");
      assert.deepEqual(found, {
        id: "3",
        question: "Sky?",
        answer: " red: -2.5\n blue: -1.5",
        target: "1",
      });
    }
  });

  it("OLMES: the question is in the requests beside the predictions", async () => {
    const predictions = "task-000-arc_easy-predictions.jsonl";
    const requests = [0, 1, 2]
      .flatMap((id) => [0, 1].map((idx) => ({ doc_id: id, idx, request: { context: `Q${id}?` } })))
      .map((row) => JSON.stringify(row))
      .join("\n");
    const texts = await textsOf(
      {
        [`/w/${predictions}`]: sample("olmes", predictions),
        "/w/task-000-arc_easy-requests.jsonl": requests,
      },
      `/w/${predictions}`,
      "olmes-predictions",
    );
    assert.deepEqual(
      texts.map((text) => [text?.question, text?.target]),
      [
        ["Q0?", "1"],
        ["Q1?", "1"],
        ["Q2?", "1"],
        [null, "1"],
      ],
    );
  });

  it("Inspect: the samples of a zip and of JSON, with the texts that are kept as attachments", async () => {
    for (const [name, expected] of [
      ["log_streaming.eval", ["2 (epoch 2)", "2", "1", "1 (epoch 2)"]],
      ["log_formats.json", ["1"]],
    ] as const) {
      const file = `/w/${name}`;
      const files = new MemoryFiles({ [file]: sample("inspect", name) });
      const examples = await examplesIn(files, { file, format: "inspect-samples", results: file });
      assert.deepEqual(examples.map(({ id }) => id).sort(), [...expected].sort());
      for (const { task, outcomes } of examples) {
        assert.equal(task, "popularity");
        assert.ok(outcomes.has("match"));
      }
      const texts = await textsOf({ [file]: sample("inspect", name) }, file, "inspect-samples");
      for (const text of texts) {
        assert.match(text?.question ?? "", /^Is the following statement something you would say/);
        assert.match(text?.target ?? "", /^ (Yes|No)$/);
        assert.match(text?.answer ?? "", /\S/);
      }
    }
  });

  it("finds the example again in a file that was written anew", async () => {
    const line = (id: number, resp: string): string =>
      `${JSON.stringify({ doc_id: id, target: "", arguments: [], resps: [[resp]], filter: "none" })}\n`;
    const name = "/w/samples_t_2025-06-09T18-36-41.jsonl";
    const source: ExamplesSource = { file: name, format: "lm-eval-samples", results: null };
    const [, second] = await examplesIn(
      new MemoryFiles({ [name]: line(0, "a") + line(1, "b") }),
      source,
    );
    assert.ok(second);
    const after = new MemoryFiles({ [name]: line(1, "longer than before") + line(0, "a") });
    const text = await readExampleText(after, source, second, second.place);
    assert.equal(text?.answer, "longer than before");
    const gone = new MemoryFiles({ [name]: line(0, "a") });
    assert.equal(await readExampleText(gone, source, second, second.place), null);
  });

  it("outcomes as digits have no text", async () => {
    const text = '{"step": 1, "held_out": "01"}\n';
    assert.deepEqual(
      await textsOf({ "/w/outcomes.jsonl": text }, "/w/outcomes.jsonl", "outcome-digits"),
      [null, null],
    );
  });
});
