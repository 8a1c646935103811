/**
 * A sweep over real data: the folder in `ONSET_TEST_DATA`, else the samples of this project. What Onset answers is
 * compared with what the raw files say, computed here once more in the plainest way.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { answerFiles } from "../../src/core/answers/files.js";
import { answerRun } from "../../src/core/answers/runs.js";
import { answerWhen, type WhenResult } from "../../src/core/answers/when.js";
import { Catalog } from "../../src/core/catalog/catalog.js";
import { toSlashes } from "../../src/core/io/path.js";
import { fsFiles } from "../../src/node/fsFiles.js";
import { fixture } from "../support/root.js";

const given = process.env["ONSET_TEST_DATA"];
const folder = toSlashes(given === undefined || given === "" ? fixture() : resolve(given));

type Row = Readonly<Record<string, unknown>>;

function filesBelow(directory: string, pattern: RegExp): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path, pattern);
    return entry.isFile() && pattern.test(entry.name) ? [toSlashes(path)] : [];
  });
}

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null;
const rowOf = (value: unknown): Row => (isRow(value) ? value : {});

/** The first known evaluation from which on `isPresent` holds `persistence` times, with the one before it. */
function plainOnset(
  points: readonly (readonly [step: number, value: number])[],
  isPresent: (value: number) => boolean,
  persistence: number,
): { after: number | null; by: number | null } {
  for (let i = 0; i < points.length; i++) {
    const row = points.slice(i, i + persistence);
    if (row.every(([, value]) => isPresent(value))) {
      return { after: points[i - 1]?.[0] ?? null, by: points[i]?.[0] ?? null };
    }
  }
  return { after: points.at(-1)?.[0] ?? null, by: null };
}

describe(`real data in ${basename(folder)}`, function () {
  this.timeout(600_000);
  let catalog: Catalog;

  before(async () => {
    catalog = new Catalog(fsFiles, { isExcluded: () => false });
    await catalog.discover([{ path: folder, name: "data" }]);
  });

  async function ask(question: string, key: string): Promise<WhenResult> {
    for await (const result of answerWhen(catalog, question, [key])) return result;
    throw new Error(`no answer for ${key}`);
  }

  it("is discovered, and every run is read without an exception", async () => {
    const runs = catalog.runs();
    assert.ok(runs.length > 0, "no runs");
    for (const { key } of runs) {
      const answer = await answerRun(catalog, key, false);
      for (const { name, points, first, last } of answer.metrics) {
        assert.ok(points > 0 && first.step <= last.step, `${answer.run.id} ${name}`);
      }
      for (const { code, file, message } of answer.problems) {
        assert.ok(
          /^[a-z-]+\/[a-z-]+$/.test(code) && file !== "" && !message.includes("\n"),
          message,
        );
      }
      catalog.release(key);
    }
  });

  it("has grokking logs whose memorise and grok steps are their authors' own", async () => {
    let compared = 0;
    for (const file of filesBelow(folder, /\.jsonl$/)) {
      const text = readFileSync(file, "utf8");
      if (!text.startsWith('{"_meta"') || !text.includes('{"_summary"')) continue;
      const rows = text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => rowOf(JSON.parse(line)));
      const meta = rowOf(rows[0]?.["_meta"]);
      const summary = rowOf(rows.at(-1)?.["_summary"]);
      if (!("grok_step" in summary && "memorize_step" in summary)) continue;
      const steps = rows.flatMap(({ step }) => (typeof step === "number" ? [step] : []));
      const level = (key: string, otherwise: number): number =>
        typeof meta[key] === "number" ? meta[key] : otherwise;
      const questions = [
        [`train_acc >= ${level("memorize_thresh", 0.99)} for 1`, summary["memorize_step"]],
        [`test_acc >= ${level("grok_thresh", 0.95)} for 1`, summary["grok_step"]],
      ] as const;
      for (const [question, by] of questions) {
        const expected =
          typeof by === "number"
            ? { after: steps[steps.indexOf(by) - 1] ?? null, by }
            : { after: steps.at(-1) ?? null, by: null };
        const { after, by: found } = await ask(question, file);
        assert.deepEqual({ after, by: found }, expected, `${file}: ${question}`);
      }
      compared += 1;
    }
    // Another folder may hold none of them; the samples do.
    if (given === undefined) assert.equal(compared, 6);
  });

  it("has lm-evaluation-harness results whose onsets are those of the raw files", async () => {
    const question = "lambada_openai/acc > 0.3 for 2";
    const byModel = new Map<string, [step: number, value: number][]>();
    for (const file of filesBelow(folder, /_step\d+\.json$/)) {
      if (!/\/evals\/[^/]+\/[^/]+\/zero-shot\/[\w.-]+$/.test(file)) continue;
      const document = rowOf(JSON.parse(readFileSync(file, "utf8")));
      const accuracy = rowOf(rowOf(document["results"])["lambada_openai"])["acc"];
      const shots = rowOf(document["config"])["num_fewshot"];
      if (typeof accuracy !== "number" || (shots !== 0 && shots !== undefined)) continue;
      const step = Number(/_step(\d+)\.json$/.exec(file)?.[1]);
      const run = dirname(dirname(file));
      byModel.set(run, [...(byModel.get(run) ?? []), [step, accuracy]]);
    }
    for (const [run, points] of byModel) {
      const steps = new Set(points.map(([step]) => step));
      // Publishers repeat some evaluations; which of two counts is told by their dates, not here.
      if (steps.size !== points.length) continue;
      points.sort(([a], [b]) => a - b);
      const expected = plainOnset(points, (value) => value > 0.3, 2);
      const { after, by, evaluations, record } = await ask(question, run);
      assert.deepEqual({ after, by }, expected, run);
      assert.equal(evaluations, points.length, run);
      assert.deepEqual(record.points, points, run);
    }
    if (given === undefined) assert.equal(byModel.size, 1);
  });

  it("is accounted for file by file, and nothing in it is unsupported", async () => {
    const answers = await answerFiles(catalog, fsFiles);
    const onDisk = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
      (entry) => !entry.isDirectory(),
    );
    assert.equal(new Set(answers.map(({ file }) => file)).size, onDisk.length);
    const unsupported = answers.filter(({ reason }) => reason === "unsupported");
    assert.deepEqual(
      unsupported.map(({ file }) => file),
      [],
    );
    for (const { file, points, reason, role } of answers) {
      assert.ok(points === 0 || (reason === null && role !== null), file);
    }
  });
});
