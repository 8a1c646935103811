/** What the columns of a table mean, whatever kind of file it is in. */

import assert from "node:assert/strict";
import { arrow } from "../../../src/core/formats/arrow.js";
import { csv } from "../../../src/core/formats/csv.js";
import { parquet } from "../../../src/core/formats/parquet.js";
import { nestedMetrics } from "../../../src/core/formats/table/nested.js";
import { pairsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string): Promise<WholeFile> =>
  readWhole(csv, sourceOf(bytes(text)), "/w/table.csv");
const claims = (text: string): string => csv.claims("table.csv", bytes(text)).kind;

describe("tables of several runs", () => {
  it("tell them apart by all columns that do, and name metrics after their task", async () => {
    const whole = await read(
      "model,task,seed,step,acc,acc_stderr\n" +
        "70m,sciq,0,1000,0.5,0.01\n70m,piqa,0,1000,0.6,0.02\n" +
        "70m,sciq,1,1000,0.7,0.01\n160m,sciq,0,1000,0.8,0.01\n",
    );
    assert.deepEqual([...whole.parts.keys()], ["70m/seed_0", "70m/seed_1", "160m/seed_0"]);
    const [sciq, piqa] = whole.parts.get("70m/seed_0") ?? [];
    assert.deepEqual([sciq?.metric, sciq?.value, sciq?.stderr], ["sciq/acc", 0.5, 0.01]);
    assert.deepEqual([piqa?.metric, piqa?.value, piqa?.stderr], ["piqa/acc", 0.6, 0.02]);
    assert.deepEqual(whole.problems, []);
  });

  it("take steps from names of checkpoints, and shots into the metric's name", async () => {
    const text =
      "model,checkpoint,task,fewshot,acc\npythia-70m,step1000,sciq,0,0.5\npythia-70m,step1000,sciq,5,0.6\n";
    assert.equal(claims(text), "yes");
    const points = (await read(text)).parts.get("pythia-70m") ?? [];
    assert.deepEqual(pairsOf(points, "sciq/acc"), [[1000, 0.5]]);
    assert.deepEqual(pairsOf(points, "sciq@5/acc"), [[1000, 0.6]]);
  });

  it("are no tables of metrics when they list where checkpoints are", () => {
    assert.equal(claims("Step,Checkpoint Directory\n5000,https://host/step5000/\n"), "no");
    assert.equal(claims("step,checkpoint,bytes\n5000,runs/step5000,12\n"), "no");
  });

  it("read a column of several metrics as JSON or as Python writes them", async () => {
    const whole = await read(
      "params,data,task,step,seed,tokens,metrics\n60M,C4,arc,10,default,1000,\"{'acc': 0.25, 'nll': nan, 'x': None}\"\n" +
        "60M,C4,boolq,10,default,1000,\"{'acc': 0.5}\"\n",
    );
    const points = whole.parts.get("60M/C4/seed_default") ?? [];
    assert.deepEqual(
      points.map(({ metric, value, recorded }) => [metric, value, recorded]),
      [
        ["arc/acc", 0.25, true],
        ["arc/nll", NaN, true],
        ["arc/x", NaN, false],
        ["tokens", 1000, true],
        ["boolq/acc", 0.5, true],
      ],
    );
  });

  it("say so when a column that nobody knows may tell runs apart", async () => {
    const whole = await read("step,flavour,loss\n1,a,3\n1,b,4\n2,a,2\n");
    assert.deepEqual(
      whole.problems.map(({ code }) => code),
      ["csv/unknown-column"],
    );
    const quiet = await read("step,flavour,loss\n1,a,3\n2,b,4\n3,a,2\n");
    assert.deepEqual(quiet.problems, []);
  });
});

describe("nestedMetrics", () => {
  it("gives null for what is no table of names and numbers", () => {
    for (const cell of ["", "{", "{'a': }", "{'a': 1", "[1]", "{'a': {'b': 1}}", 3, null]) {
      assert.equal(nestedMetrics(cell), null, String(cell));
    }
    assert.deepEqual(
      { ...nestedMetrics("{'a': 1e-3, \"b\": True, 'c': 'text'}") },
      { a: 1e-3, b: true },
    );
  });
});

describe("typed tables", () => {
  it("are told from other files by their marks", () => {
    const head = bytes("PAR1....");
    assert.equal(parquet.claims("a.parquet", head).kind, "examine");
    assert.equal(parquet.claims("a.parquet", bytes("nothing")).kind, "problem");
    assert.equal(parquet.claims("a.parquet", bytes("version https://git-lfs")).kind, "no");
    assert.equal(parquet.claims("a.csv", null).kind, "no");
    assert.equal(arrow.claims("a.feather", bytes("ARROW1\0\0")).kind, "examine");
    assert.equal(arrow.claims("a.feather", bytes("FEA1....")).kind, "problem");
  });

  it("that are cut give a problem and no exception", async () => {
    const cut = sourceOf(bytes("PAR1 and then nothing"));
    const examined = await parquet.examine?.({ source: cut, file: "/w/a.parquet" });
    assert.equal(examined?.claim.kind, "problem");
    const { problems } = await readWhole(parquet, cut, "/w/a.parquet");
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["parquet/damaged-footer"],
    );
  });
});
