import assert from "node:assert/strict";
import { csv } from "../../../src/core/formats/csv.js";
import { endsInQuotes, splitRow } from "../../../src/core/formats/framing/delimited.js";
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

  it("reads tables by blanks, and behind a header that is a comment", async () => {
    const text = "# made by hand\n# step  loss\n 1  2.5\n 2  2.25\n";
    assert.deepEqual(pairsOf(pointsOf(await read(text)), "loss"), [
      [1, 2.5],
      [2, 2.25],
    ]);
  });

  it("reads a decimal comma behind semicolons, and does not believe points beside it", async () => {
    const whole = await read("step;loss;n\n1;2,5;10\n2;-2,25e-1;1.000\n3;2;20\n");
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [1, 2.5],
      [2, -0.225],
      [3, 2],
    ]);
    assert.deepEqual(pairsOf(pointsOf(whole), "n"), [
      [1, 10],
      [3, 20],
    ]);
    const message = `line 3: n is "'1.000'", not a number; not read`;
    assert.deepEqual(
      whole.problems.map(({ code, message: said }) => [code, said]),
      [["csv/not-a-number", message]],
    );
    const points = await read("step;loss;n\n1;2.5;10\n2;2.25;1,000\n");
    assert.deepEqual(pairsOf(pointsOf(points), "n"), [[1, 10]]);
  });

  it("takes a quote within a cell for a character, whatever follows", async () => {
    const whole = await read('step,loss,note\n1,3,5" disk\n2,2,ok\n3,1,6" disk\n');
    assert.deepEqual(
      pairsOf(pointsOf(whole), "loss").map(([step]) => step),
      [1, 2, 3],
    );
    assert.deepEqual(whole.problems, []);
  });

  it("says that a quoted cell has no end yet, and gives it up where it never has one", async () => {
    const begun = await read('step,note,loss\n1,a,3\n2,"b,2\n3,c,1\n');
    assert.deepEqual(pairsOf(pointsOf(begun), "loss"), [[1, 3]]);
    assert.deepEqual(
      begun.problems.map(({ code, line }) => [code, line]),
      [["csv/open-quote", 3]],
    );
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i + 3},c,${i} and more of it\n`);
    const long = `step,note,loss\n1,a,3\n2,"b,2\n${rows.join("")}`.replaceAll(
      " and more of it",
      "",
    );
    const filler = "x".repeat(40);
    const whole = await read(long.replaceAll(",c,", `,${filler},`));
    assert.equal(pairsOf(pointsOf(whole), "loss").length, 100_001);
    assert.deepEqual(
      whole.problems.map(({ code, line }) => [code, line]),
      [["csv/quote-without-end", 3]],
    );
  });

  it("reads steps that begin anew with each epoch by epoch, whenever that shows", async () => {
    const rows = (epochs: number): string =>
      Array.from({ length: epochs * 3 }, (_, i) => `${Math.floor(i / 3)},${i % 3},${i}\n`).join("");
    const header = "epoch,batch,loss\n";
    const one = await read(header + rows(1));
    assert.deepEqual(
      [one.axis, pairsOf(pointsOf(one), "loss")],
      [
        "batch",
        [
          [0, 0],
          [1, 1],
          [2, 2],
        ],
      ],
    );
    const whole = await read(header + rows(3));
    const grown = await read(header + rows(3), one);
    for (const found of [whole, grown]) {
      assert.equal(found.axis, "epoch");
      assert.deepEqual(
        pointsOf(found).map(({ metric, step, value }) => [metric, step, value]),
        [0, 0, 0, 1, 1, 1, 2, 2, 2].map((step, i) => ["loss", step, i]),
      );
    }
    const resumed = await read("epoch,step,loss\n0,1,5\n1,2,4\n0,1,3\n1,2,2\n");
    assert.equal(resumed.axis, null);
  });

  it("places rows without a step by their epoch", async () => {
    const whole = await read("epoch,step,loss,val\n1,10,3,\n1,20,2,\n1,,,0.5\n2,30,1,\n");
    assert.deepEqual(
      pointsOf(whole)
        .filter(({ metric }) => metric === "val")
        .map(({ step, value }) => [step, value]),
      [[1, 0.5]],
    );
    assert.deepEqual(whole.problems, []);
    const damaged = await read("epoch,step,loss\n1,10,3\n1,x,2\n");
    assert.deepEqual(
      damaged.problems.map(({ code }) => code),
      ["csv/no-step"],
    );
  });

  it("knows the step by the names that other libraries give it", async () => {
    const tables: readonly [header: string, axis: string][] = [
      ["Epoch\tTotalEnvInteracts\tret", "TotalEnvInteracts"],
      ["time/iterations,time/total_timesteps,ret", "time/total_timesteps"],
      ["misc/serial_timesteps,misc/total_timesteps,ret", "misc/total_timesteps"],
      ["training_iteration,timesteps_total,ret", "timesteps_total"],
      ["Iteration,ret,time/step", "Iteration"],
      ["Epoch,ret,steps_per_second", "Epoch"],
    ];
    for (const [header, axis] of tables) {
      const delimiter = header.includes("\t") ? "\t" : ",";
      const cells = header.split(delimiter).map((_, i) => String(i + 1));
      const whole = await read(`${header}\n${cells.join(delimiter)}\n`);
      assert.equal(whole.axis, axis);
    }
  });

  it("reads tens of thousands of columns, and refuses absurdly many", async () => {
    const names = Array.from({ length: 50_000 }, (_, i) => `m${i}`).join(",");
    const cells = "0.5,".repeat(49_999);
    const whole = await read(`step,${names}\n1,${cells}0.5\n2,${cells}0.5\n`);
    assert.equal(pointsOf(whole).length, 100_000);
    const absurd = await read(`step${",x".repeat(300_000)}\n1${",1".repeat(300_000)}\n2\n`);
    assert.deepEqual(
      [pointsOf(absurd).length, absurd.problems.map(({ code }) => code)],
      [0, ["csv/too-many-columns"]],
    );
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
      assert.equal(claim("x.csv", "step;loss\n1;2,5\n"), "yes");
    });

    it("does not take tables without steps, lists of checkpoints, or other names", () => {
      assert.equal(claim("x.csv", "name,score\na,2\n"), "no");
      assert.equal(claim("x.csv", "Step,Checkpoint Directory\n1,https://x\n"), "no");
      assert.equal(csv.claims("x.yaml", null).kind, "no");
    });

    it("takes other files of text only where their first lines plainly are a table with steps", () => {
      assert.equal(csv.claims("progress.txt", null).kind, "look");
      assert.equal(claim("progress.txt", "Epoch\tAverageEpRet\n0\t1.5\n1\t2.5\n"), "yes");
      assert.equal(claim("training.log", "epoch,loss,val_loss\n0,1.5,2\n1,1.25,2\n"), "yes");
      assert.equal(claim("loss.dat", "# step loss\n1.0e+00 2.5e+00\n2.0e+00 2.25e+00\n"), "yes");
      for (const text of [
        "step by step\nfirst open it\nthen close it\n",
        "step 1 loss 2.5\nstep 2 loss 2.4\n",
        "step,loss\n1,2.5\n",
        "step,loss\n2,2.5\n1,2.4\n",
        "name,score\na,1\nb,2\n",
        "word count\nstep 3\niteration 4\n",
      ])
        assert.equal(claim("notes.txt", text), "no", text);
    });

    it("looks further where the header is longer than the head", () => {
      const header = ["step", ...Array.from({ length: 5_000 }, (_, i) => `metric_${i}`)];
      const text = `${header.join(",")}\n${header.map((_, i) => i).join(",")}\n`;
      const whole = bytes(text);
      assert.deepEqual(csv.claims("x.csv", whole.subarray(0, 16 * 1024)), {
        kind: "look",
        bytes: 4 * 1024 * 1024,
      });
      assert.equal(csv.claims("x.csv", whole).kind, "yes");
    });

    it("calls a binary file a problem", () => {
      assert.equal(csv.claims("x.csv", Uint8Array.of(1, 0, 2)).kind, "problem");
    });
  });
});

describe("endsInQuotes", () => {
  it("tells rows whose quoted cell goes on from those with quotes in them", () => {
    const open = ['"', 'a,"b', '"a""', '"a","', '1,"a,b'];
    const closed = ["", "a", '5" disk', 'a"b"c', '"a"', '"a""b",c', '"a" "b', 'x,"a"'];
    for (const line of open) assert.equal(endsInQuotes(line, ",", false), true, line);
    for (const line of closed) assert.equal(endsInQuotes(line, ",", false), false, line);
    assert.equal(endsInQuotes("still in it", ",", true), true);
    assert.equal(endsInQuotes('its end",2', ",", true), false);
    assert.equal(endsInQuotes('its end","next', ",", true), true);
  });
});

describe("splitRow", () => {
  it("follows RFC 4180", () => {
    assert.deepEqual(splitRow('a,"b,""c""",,d', ","), ["a", 'b,"c"', "", "d"]);
    assert.deepEqual(splitRow('"",""', ","), ["", ""]);
    assert.deepEqual(splitRow('"a"b,c"d"', ","), ["ab", 'c"d"']);
    assert.deepEqual(splitRow('"no end,1', ","), ["no end,1"]);
    assert.deepEqual(splitRow("a,b,c,d", ",", 2), ["a", "b"]);
    assert.deepEqual(splitRow('"a",b,c', ",", 2), ["a", "b"]);
  });
});
