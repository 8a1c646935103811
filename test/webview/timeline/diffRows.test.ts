import assert from "node:assert/strict";
import type { AtStepRow } from "../../../src/core/index.js";
import {
  COLUMNS,
  matching,
  sorted,
  toMarkdown,
  toTsv,
} from "../../../webview/timeline/diffRows.js";

function row(
  metric: string,
  label: string,
  delta: number | null,
  ratio: number | null = null,
): AtStepRow {
  const difference = {
    ...{ delta, relative: null, noise: ratio === null ? null : 1, noiseFrom: null, ratio },
    ...{
      verdict: ratio === null ? ("noise unknown" as const) : ("likely real" as const),
      better: true,
    },
  } as const;
  return {
    ...{ metric, run: label, label, isBaseline: delta === null, step: 5 },
    ...{ value: 1, interpolated: false, n: 1, sd: null, sincePrevious: null },
    difference: delta === null ? null : difference,
  };
}

const ROWS = [row("a", "base", null), row("a", "x", 2, 4), row("b", "y", -3), row("b", "z", 1, 9)];
const columns = COLUMNS(null);

describe("rows at the cursor", () => {
  it("are filtered by words in metric and run", () => {
    assert.deepEqual(
      matching(ROWS, "B z").map(({ label }) => label),
      ["z"],
    );
    assert.equal(matching(ROWS, " ").length, 4);
    assert.deepEqual(matching(ROWS, "none"), []);
  });

  it("are sorted by a column, what has nothing there last either way", () => {
    const by = (isDescending: boolean): string[] =>
      sorted(ROWS, { by: "delta", isDescending }, columns).map(({ label }) => label);
    assert.deepEqual(by(true), ["x", "z", "y", "base"]);
    assert.deepEqual(by(false), ["y", "z", "x", "base"]);
    const byNoise = sorted(ROWS, { by: "noise", isDescending: true }, columns);
    assert.deepEqual(
      byNoise.map(({ label }) => label),
      ["z", "x", "base", "y"],
    );
    assert.equal(sorted(ROWS, null, columns), ROWS);
  });

  it("say noise in the words of rule 7", () => {
    const noise = columns.find(({ id }) => id === "noise");
    assert.deepEqual(
      ROWS.map((one) => noise?.cell(one).text),
      ["", "4.0× likely real", "noise unknown", "9.0× likely real"],
    );
  });

  it("are copied as they are shown, and stay one cell whatever names hold", () => {
    const rows = [row("a\tb\nc", "x|<b>", 2, 4)];
    const lines = toTsv({ title: "t", columns, rows }).split("\n");
    assert.equal(lines.length, 3);
    assert.deepEqual(lines[1]?.split("\t").length, columns.length);
    assert.equal(lines[1].split("\t")[0], "a b c");
    const markdown = toMarkdown({ title: "At step 5", columns, rows }).split("\n");
    assert.equal(markdown[0], "**At step 5**");
    assert.ok(markdown[4]?.includes("x\\|\\<b\\>"));
  });
});
