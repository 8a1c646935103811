import assert from "node:assert/strict";
import { jsonHistory } from "../../../src/core/formats/jsonHistory.js";
import { pairsOf, pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (document: unknown): Promise<WholeFile> => readText(JSON.stringify(document));
const readText = (text: string): Promise<WholeFile> =>
  readWhole(jsonHistory, sourceOf(bytes(text)), "/w/history.json");
const claim = (document: unknown): string =>
  jsonHistory.claims("history.json", bytes(JSON.stringify(document))).kind;

describe("jsonHistory", () => {
  const rows = [
    { step: 0, loss: 3, eval: { acc: 0.1 } },
    { step: 10, loss: 2, eval: { acc: 0.2 } },
  ];

  it("reads a list of rows, as the document or as a field of it", async () => {
    for (const document of [rows, { config: { lr: 1 }, note: "x", history: rows, done: true }]) {
      assert.equal(claim(document), "yes");
      const points = pointsOf(await read(document));
      assert.deepEqual(pairsOf(points, "loss"), [
        [0, 3],
        [10, 2],
      ]);
      assert.deepEqual(pairsOf(points, "eval/acc"), [
        [0, 0.1],
        [10, 0.2],
      ]);
    }
  });

  it("reads the rows before a cut, and says so", async () => {
    const whole = await readText(JSON.stringify(rows).slice(0, -20));
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [[0, 3]]);
    assert.deepEqual(
      whole.problems.map(({ code }) => code),
      ["json-history/cut"],
    );
  });

  it("reads rows whose steps begin anew with each epoch by epoch", async () => {
    const whole = await read(
      [0, 1, 0, 1].map((batch, i) => ({ epoch: Math.floor(i / 2), batch, loss: i })),
    );
    assert.equal(whole.axis, "epoch");
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [
      [0, 0],
      [0, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  it("reads lists by name, each group by the steps of its own", async () => {
    const whole = await read({
      train: { step: [1, 2], loss: [3, 2], short: [1] },
      val: { epoch: [1], loss: [2.5] },
    });
    assert.deepEqual(pairsOf(pointsOf(whole), "train/loss"), [
      [1, 3],
      [2, 2],
    ]);
    assert.deepEqual(pairsOf(pointsOf(whole), "val/loss"), [[1, 2.5]]);
    assert.deepEqual(
      whole.problems.map(({ code }) => code),
      ["json-history/length"],
    );
  });

  it("takes no document whose lists have no steps, and no list of anything else", () => {
    assert.equal(claim({ loss: [3, 2], val_loss: [3, 2.5] }), "no");
    assert.equal(claim([{ step: 1, minutes: 5 }]), "no");
    assert.equal(claim([{ id: 1, loss: 5 }]), "no");
    assert.equal(claim({ step: 5, loss: 2 }), "no");
  });
});
