import assert from "node:assert/strict";
import { answerFiles, type FileAnswer } from "../../../src/core/answers/files.js";
import { Catalog } from "../../../src/core/catalog/catalog.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";

async function answersOf(tree: Readonly<Record<string, string>>): Promise<Map<string, FileAnswer>> {
  const files = new MemoryFiles(
    Object.fromEntries(Object.entries(tree).map(([name, text]) => [`/w/${name}`, text])),
  );
  const catalog = new Catalog(files, { isExcluded: () => false });
  await catalog.discover([{ path: "/w", name: "w" }]);
  const answers = await answerFiles(catalog, files);
  return new Map(answers.map((answer) => [answer.file.slice(3), answer]));
}

describe("answerFiles", () => {
  const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 99\n`;
  const CASES: readonly [name: string, text: string, reason: string | null][] = [
    ["metrics.csv", "step,loss\n1,2\n2,1\n", null],
    ["history.json", '{"loss": [3, 2], "val_loss": [3, 2.5]}', "no-step"],
    ["results.json", '{"accuracy": 0.5, "f1": 0.25}', "no-step"],
    ["added_tokens.json", '{"<s>": 50257, "</s>": 50258}', "not-training-data"],
    ["rows.json", '[{"loss": 2.5}, {"loss": 2.25}]', "no-step"],
    ["people.json", '[{"age": 2}, {"age": 3}]', "not-training-data"],
    ["monitor.csv", '#{"t_start": 1}\nr,l,t\n10,20,1.5\n', "no-step"],
    ["models.csv", "model,accuracy\na,0.5\nb,0.6\n", "no-step"],
    ["people.csv", "name,age\na,5\n", "not-training-data"],
    ["loss.csv", "1,2.5\n2,2.25\n", "no-step"],
    ["matrix.csv", "1,2.5\n2,2.25\n", "not-training-data"],
    ["scores.jsonl", '{"id": 1, "score": 0.5}\n', "no-step"],
    ["train.jsonl", '{"text": "a", "label": 1}\n', "not-training-data"],
    ["history.md", "# 1.0\n", "licence-or-docs"],
    ["HISTORY", "1.0\n", "licence-or-docs"],
    ["train.py", "loss = 1\n", "source-code"],
    ["log.csv", POINTER, "damaged"],
    ["train_data.csv", POINTER, "not-training-data"],
    ["events.out.tfevents.1700000000.a", POINTER, "damaged"],
    ["trainer_state.json", '{"log_history": [', "damaged"],
  ];

  for (const [name, text, reason] of CASES) {
    it(`says ${reason ?? "that it was read"} of ${name}`, async () => {
      const answer = (await answersOf({ [`run/${name}`]: text })).get(`run/${name}`);
      assert.equal(answer?.reason, reason, answer?.detail ?? "");
    });
  }

  it("says of DVCLive's latest values that its tables have them", async () => {
    const answers = await answersOf({
      "dvclive/metrics.json": '{"loss": 2.0, "step": 1}',
      "dvclive/plots/metrics/loss.tsv": "step\tloss\n0\t3.0\n1\t2.0\n",
    });
    const answer = answers.get("dvclive/metrics.json");
    assert.deepEqual([answer?.reason, answer?.detail], ["duplicate-of", "a log beside it"]);
  });

  it("says how large a file is that was not downloaded", async () => {
    const answers = await answersOf({ "data.csv": POINTER, "metrics.jsonl": POINTER });
    for (const name of ["data.csv", "metrics.jsonl"])
      assert.match(
        answers.get(name)?.detail ?? "",
        /not downloaded: a Git LFS pointer to 99 bytes/,
      );
  });
});
