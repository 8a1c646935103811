import assert from "node:assert/strict";
import { csv, splitRow } from "../../../src/core/formats/csv.js";
import { pairsOf, pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, before?: WholeFile): Promise<WholeFile> =>
  readWhole(csv, sourceOf(bytes(text)), "/w/log.csv", before);
const codes = ({ problems }: WholeFile): string[] => problems.map(({ code }) => code);

describe("csv", () => {
  it("reads wide rows, empty cells are no points", async () => {
    const whole = await read("step,loss,acc\n1,3,\n2,,0.5\n");
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [[1, 3]]);
    assert.deepEqual(pairsOf(pointsOf(whole), "acc"), [[2, 0.5]]);
  });

  it("reads long rows, tabs and semicolons", async () => {
    const long = await read("step\tmetric\tvalue\n1\tloss\t3\n2\tloss\t2\n");
    assert.deepEqual(pairsOf(pointsOf(long), "loss"), [
      [1, 3],
      [2, 2],
    ]);
    assert.equal(pointsOf(await read("step;loss\n1;3\n")).length, 1);
  });

  it("reads quoted cells with delimiters, quotes and line ends", async () => {
    const whole = await read('step,note,loss\n1,"a ""b"", c\nd",3\n2,plain,2\n');
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [1, 3],
      [2, 2],
    ]);
    assert.deepEqual(whole.problems, []);
  });

  it("reads non-finite words and tells not recorded apart", async () => {
    const whole = await read("step,loss\n1,nan\n2,inf\n3,-Infinity\n4,None\n");
    assert.deepEqual(
      pointsOf(whole).map(({ value, recorded }) => [value, recorded]),
      [
        [NaN, true],
        [Infinity, true],
        [-Infinity, true],
        [NaN, false],
      ],
    );
  });

  it("reads columns of standard errors with their metric", async () => {
    const [point] = pointsOf(await read("step,acc,acc_stderr\n1,0.5,0.1\n"));
    assert.deepEqual([point?.metric, point?.stderr], ["acc", 0.1]);
  });

  it("reads the export of several runs, whose columns are `run - metric`", async () => {
    const whole = await read('"Step","a - loss","a - loss__MIN","b - loss"\n1,3,2,4\n');
    assert.deepEqual(pairsOf(whole.parts.get("a") ?? [], "loss"), [[1, 3]]);
    assert.deepEqual(pairsOf(whole.parts.get("b") ?? [], "loss"), [[1, 4]]);
  });

  it("never believes a last cell without line end", async () => {
    const torn = await read("step,a,b\n1,2,3\n2,3,45");
    assert.deepEqual(pairsOf(pointsOf(torn), "b"), [[1, 3]]);
    assert.deepEqual(pairsOf(pointsOf(torn), "a"), [
      [1, 2],
      [2, 3],
    ]);
    assert.deepEqual(codes(torn), ["csv/no-line-end"]);
    const whole = await read("step,a,b\n1,2,3\n2,3,456\n", torn);
    assert.deepEqual(pairsOf(pointsOf(whole), "b"), [
      [1, 3],
      [2, 456],
    ]);
    assert.deepEqual(codes(whole), []);
  });

  it("says nothing of a torn line that ends before its last cell", async () => {
    const torn = await read("step,a,b\n1,2,3\n2,3");
    assert.deepEqual([pointsOf(torn).length, codes(torn)], [2, []]);
  });

  it("reports rows of another length and steps that are no numbers, and reads on", async () => {
    const whole = await read("step,a\n1,2\n2\nx,3\n4,5\n");
    assert.deepEqual(pairsOf(pointsOf(whole), "a"), [
      [1, 2],
      [4, 5],
    ]);
    assert.deepEqual(
      whole.problems.map(({ code, line }) => [code, line]),
      [
        ["csv/row-length", 3],
        ["csv/no-step", 4],
      ],
    );
  });

  it("steps over columns of text and reports text in a column of numbers", async () => {
    const whole = await read("step,name,a\n1,x,2\n2,y,oops\n");
    assert.deepEqual(codes(whole), ["csv/not-a-number"]);
    assert.deepEqual(pairsOf(pointsOf(whole), "a"), [[1, 2]]);
  });

  it("understands a byte order mark and Windows line ends", async () => {
    const whole = await read("\ufeffstep,a\r\n1,2\r\n");
    assert.deepEqual(pairsOf(pointsOf(whole), "a"), [[1, 2]]);
  });

  it("reads columns named like properties of every object", async () => {
    const whole = await read("step,__proto__,constructor\n1,2,3\n");
    assert.deepEqual(
      pointsOf(whole).map(({ metric, value }) => [metric, value]),
      [
        ["__proto__", 2],
        ["constructor", 3],
      ],
    );
  });

  describe("claims", () => {
    const claim = (name: string, text: string): string => csv.claims(name, bytes(text)).kind;

    it("takes a table with a step column and a number", () => {
      assert.equal(claim("x.csv", "step,loss\n1,2\n"), "yes");
      assert.equal(claim("x.tsv", "iteration\tloss\n1\t2\n"), "yes");
    });

    it("does not take tables without steps, lists of checkpoints, or other names", () => {
      assert.equal(claim("x.csv", "name,score\na,2\n"), "no");
      assert.equal(claim("x.csv", "Step,Checkpoint Directory\n1,https://x\n"), "no");
      assert.equal(csv.claims("x.txt", null).kind, "no");
    });

    it("calls a binary file a problem", () => {
      assert.equal(csv.claims("x.csv", Uint8Array.of(1, 0, 2)).kind, "problem");
    });
  });
});

describe("splitRow", () => {
  it("follows RFC 4180", () => {
    assert.deepEqual(splitRow('a,"b,""c""",,d', ","), ["a", 'b,"c"', "", "d"]);
  });
});
