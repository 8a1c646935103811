import assert from "node:assert/strict";
import {
  checkOnsetFile,
  completeOnsetFile,
  explainInOnsetFile,
} from "../../../src/core/answers/onsetFileSupport.js";
import type { Vocabulary } from "../../../src/core/query/completeQuery.js";

const VOCABULARY: Vocabulary = {
  metrics: ["train/loss", "held_out/acc", 'odd "name"'],
  tasks: ["held_out"],
  keys: [],
  isWhole: true,
};
const NOTHING: Vocabulary = { metrics: [], tasks: [], keys: [], isWhole: true };

/** The text without its bar, and where that stood. */
function cursor(text: string): [text: string, offset: number] {
  return [text.replace("|", ""), text.indexOf("|")];
}

function complete(text: string): { label: string; after: string }[] {
  const [whole, offset] = cursor(text);
  return completeOnsetFile(whole, offset, VOCABULARY).map(({ label, insert, start, end }) => ({
    label,
    after: whole.slice(0, start) + insert + whole.slice(end),
  }));
}

describe("onset.json in an editor", () => {
  it("marks what is wrong where it stands", () => {
    const text = '{"behaviours": {"a": "held_out/acc > 0.9", "b": "train/loss <"}}';
    const [mark, ...others] = checkOnsetFile(text, VOCABULARY);
    assert.equal(others.length, 0);
    assert.equal(mark?.severity, "error");
    assert.match(mark.message, /^behaviour "b": expected a metric at the end/);
    assert.equal(mark.start, text.indexOf('<"') + 1);
  });

  it("marks metrics that no run has, and offers the nearest", () => {
    const text = '{"behaviours": {"a": {"when": "held_out/ac > 0.9"}, "b": "\\"odd name\\" > 1"}}';
    const marks = checkOnsetFile(text, VOCABULARY);
    assert.deepEqual(
      marks.map(({ start, end, fix }) => [text.slice(start, end), fix?.text]),
      [
        ["held_out/ac", "held_out/acc"],
        ['\\"odd name\\"', '\\"odd \\\\\\"name\\\\\\"\\"'],
      ],
    );
    for (const { start, end, fix } of marks) {
      const mended = text.slice(0, start) + (fix?.text ?? "") + text.slice(end);
      assert.equal(checkOnsetFile(mended, VOCABULARY).length, 1, mended);
    }
    assert.deepEqual(checkOnsetFile(text, NOTHING), []);
    assert.deepEqual(checkOnsetFile(text, { ...VOCABULARY, isWhole: false }), []);
  });

  it("completes questions, escaped as JSON needs it", () => {
    const metrics = complete('{"behaviours": {"a": {"when": "held|"}}}');
    assert.deepEqual(metrics, [
      { label: "held_out/acc", after: '{"behaviours": {"a": {"when": "held_out/acc"}}}' },
    ]);
    const odd = complete('{"behaviours": {"a": "od|"}}').find(({ label }) =>
      label.startsWith("odd"),
    );
    assert.equal(
      (JSON.parse(odd?.after ?? "{}") as { behaviours: { a: string } }).behaviours.a,
      '"odd \\"name\\""',
    );
    assert.ok(complete('{"behaviours": {"a": "acc |"}}').some(({ label }) => label === "reaches"));
    assert.ok(
      complete('{"behaviours": {"x": "a > 1", "y": "lost(|"}}').some(({ label }) => label === "x"),
    );
  });

  it("completes names of metrics, and nothing elsewhere", () => {
    assert.ok(complete('{"metrics": {"|"}}').some(({ label }) => label === "train/loss"));
    assert.deepEqual(complete('{"behaviours": {"a|": "x > 1"}}'), []);
    assert.deepEqual(complete('{"behaviours": {"a": {"note": "|"}}}'), []);
    assert.deepEqual(complete("|"), []);
  });

  it("says what a word means", () => {
    const explain = (text: string): string | undefined => {
      const [whole, offset] = cursor(text);
      const found = explainInOnsetFile(whole, offset);
      return found ? whole.slice(found.start, found.end) : undefined;
    };
    assert.equal(explain('{"behaviours": {"a": "acc rea|ches 50% of range"}}'), "reaches");
    assert.equal(explain('{"behaviours": {"a": {"when": "lost|(acc > 1)"}}}'), "lost");
    assert.equal(explain('{"behaviours": {"a": "train/ma|x > 1"}}'), undefined);
    assert.equal(explain('{"behaviours": {"a": {"note": "for| all"}}}'), undefined);
  });
});
