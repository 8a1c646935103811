import assert from "node:assert/strict";
import { olmes } from "../../../src/core/formats/olmes.js";
import { pointsOf, readWhole } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const task = (name: string, alias: string | null, shots: number, score: number): string =>
  JSON.stringify({
    task_name: name,
    task_config: { num_shots: shots, metadata: alias === null ? {} : { alias } },
    model_config: { model: "o/m", revision: "step10" },
    metrics: { primary_score: score },
  });

async function read(...lines: string[]): Promise<unknown[]> {
  const source = sourceOf(new TextEncoder().encode(`${lines.join("\n")}\n`));
  return pointsOf(await readWhole(olmes, source, "/w/out/metrics-all.jsonl")).map(
    ({ metric, step, value }) => [metric, step, value],
  );
}

describe("olmes", () => {
  it("tells variants of one task apart by their aliases, and only where there are several", async () => {
    assert.deepEqual(
      await read(
        task("arc_easy", "arc_easy:rc::olmes", 5, 0.1),
        task("arc_easy", "arc_easy:mc::olmes", 5, 0.2),
        task("piqa", "piqa:mc::olmes", 5, 0.3),
        task("arc_easy", "arc_easy:rc::none", 0, 0.4),
      ),
      [
        ["arc_easy:rc::olmes@5/primary_score", 10, 0.1],
        ["arc_easy:mc::olmes@5/primary_score", 10, 0.2],
        ["piqa@5/primary_score", 10, 0.3],
        ["arc_easy/primary_score", 10, 0.4],
      ],
    );
  });

  it("keeps both of two tasks that nothing tells apart", async () => {
    assert.deepEqual(await read(task("t", null, 0, 0.1), task("t", null, 0, 0.2)), [
      ["t/primary_score", 10, 0.1],
      ["t/primary_score", 10, 0.2],
    ]);
  });
});
