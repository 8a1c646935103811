import assert from "node:assert/strict";
import { trainerState } from "../../../src/core/formats/trainerState.js";
import { pairsOf, pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { sourceOf } from "../../support/scriptedFiles.js";

const read = (text: string): Promise<WholeFile> =>
  readWhole(trainerState, sourceOf(new TextEncoder().encode(text)), "/w/trainer_state.json");
const codes = ({ problems }: WholeFile): string[] => problems.map(({ code }) => code);

describe("trainerState", () => {
  it("merges the training row and the evaluation row of one step", async () => {
    const whole = await read(
      '{"log_history": [{"step": 5, "epoch": 0.5, "loss": 2}, {"step": 5, "epoch": 0.5, "eval_loss": 3}]}',
    );
    const points = pointsOf(whole);
    assert.deepEqual(pairsOf(points, "loss"), [[5, 2]]);
    assert.deepEqual(pairsOf(points, "eval_loss"), [[5, 3]]);
    assert.deepEqual(pairsOf(points, "epoch"), [[5, 0.5]]);
  });

  it("keeps a loss that is NaN", async () => {
    const whole = await read('{"log_history": [{"step": 1, "loss": NaN}]}');
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [[1, NaN]]);
  });

  it("reads on behind a row without step", async () => {
    const whole = await read('{"log_history": [{"loss": 1}, 5, {"step": 2, "loss": 2}]}');
    assert.deepEqual(pairsOf(pointsOf(whole), "loss"), [[2, 2]]);
    assert.deepEqual(codes(whole), ["trainer-state/no-step", "trainer-state/no-step"]);
  });

  it("says what is wrong with a file that is cut, or is something else", async () => {
    assert.deepEqual(codes(await read('{"log_history": [')), ["trainer-state/cut"]);
    assert.deepEqual(codes(await read('{"epoch": 1.0, "log_his')), ["trainer-state/cut"]);
    assert.deepEqual(codes(await read("{}")), ["trainer-state/no-history"]);
    assert.deepEqual(codes(await read('{"x": {"log_history": [{"step": 1, "loss": 2}]}}')), [
      "trainer-state/no-history",
    ]);
    assert.deepEqual(codes(await read("")), ["trainer-state/cut"]);
  });

  it("reads the rows before a cut, and those around a damaged one", async () => {
    const text = '{"log_history": [{"step": 1, "loss": 3}, {"step": 2, "loss": 2}, {"step": 3, "lo';
    const cut = await read(text);
    assert.deepEqual(pairsOf(pointsOf(cut), "loss"), [
      [1, 3],
      [2, 2],
    ]);
    assert.deepEqual(codes(cut), ["trainer-state/cut"]);
    const damaged = await read(
      `${text.replace('"step": 2', '"step"~ 2')}ss": 1}], "max_steps": 3}`,
    );
    assert.deepEqual(pairsOf(pointsOf(damaged), "loss"), [
      [1, 3],
      [3, 1],
    ]);
    assert.deepEqual(
      damaged.problems.map(({ code, offset }) => [code, offset]),
      [["trainer-state/not-json", 41]],
    );
  });

  it("claims the one name", () => {
    assert.equal(trainerState.claims("trainer_state.json", null).kind, "yes");
    assert.equal(trainerState.claims("state.json", null).kind, "no");
  });
});
