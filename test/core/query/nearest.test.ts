import assert from "node:assert/strict";
import { nearest } from "../../../src/core/query/nearest.js";

describe("nearest", () => {
  it("gives the candidate with the least edits, and none that is too far", () => {
    assert.equal(nearest("test_ac", ["train_loss", "test_acc"]), "test_acc");
    assert.equal(nearest("Test_Acc", ["test_acc"]), "test_acc");
    assert.equal(nearest("xyz", ["train_loss"]), null);
    assert.equal(nearest("", []), null);
  });
});
