import assert from "node:assert/strict";
import { UNKNOWN } from "../../../src/core/model/outcomes.js";
import {
  Budget,
  ExampleTableBuilder,
  type ExampleTable,
} from "../../../src/core/tables/exampleTable.js";
import { forSeeds, wholeNumber } from "../../support/random.js";

const OF = { task: "t", filter: null, metric: "acc" };
const builder = (bytes = 1e9): ExampleTableBuilder =>
  new ExampleTableBuilder(OF, new Budget(bytes));

/** Lines of one file: step, id, hash, score. */
type Line = readonly [step: number, id: string, hash: string | null, score: number];

function addFile(into: ExampleTableBuilder, file: string, lines: readonly Line[]): void {
  into.drop(file);
  for (const line of lines) assert.ok(into.add(file, ...line));
  into.finish(file);
}

function tableOf(files: Readonly<Record<string, readonly Line[]>>): ExampleTable {
  const made = builder();
  for (const [file, lines] of Object.entries(files)) addFile(made, file, lines);
  return made.build(Object.keys(files));
}

/** Scores row by row, NaN for unknown. */
function scoresOf(table: ExampleTable): number[][] {
  return table.ids.map((_, row) => Array.from(table.step, (_step, c) => table.scoreAt(c, row)));
}

describe("ExampleTable", () => {
  it("sorts steps, and examples by id: whole numbers, then texts", () => {
    const table = tableOf({
      a: [
        [100, "10", null, 1],
        [100, "x", null, 0],
        [100, "9", null, 0],
      ],
      b: [
        [20, "9", null, 1],
        [20, "10", null, 0],
      ],
    });
    assert.deepEqual([...table.step], [20, 100]);
    assert.deepEqual(table.ids, ["9", "10", "x"]);
    assert.deepEqual(scoresOf(table), [
      [1, 0],
      [0, 1],
      [NaN, 0],
    ]);
    assert.deepEqual(table.files, [["b"], ["a"]]);
    assert.equal(table.isGraded, false);
    assert.ok(table.scores.every((column) => column instanceof Uint8Array));
  });

  it("is empty without outcomes", () => {
    const table = builder().build([]);
    assert.deepEqual([table.length, table.step.length, table.isGraded], [0, 0, false]);
    assert.deepEqual(table.outcomes(null), { step: new Float64Array(), columns: [], examples: 0 });
  });

  it("keeps examples whose outcomes are all unknown", () => {
    const table = tableOf({
      a: [
        [1, "0", null, NaN],
        [2, "0", null, NaN],
      ],
    });
    assert.deepEqual([table.length, table.step.length], [1, 2]);
    const outcomes = table.outcomes(null);
    assert.deepEqual(
      outcomes?.columns.map((column) => column[0] ?? UNKNOWN),
      [UNKNOWN, UNKNOWN],
    );
  });

  it("takes another hash for another question, and says so", () => {
    const table = tableOf({
      a: [
        [1, "0", "h", 0],
        [1, "1", "h1", 0],
      ],
      b: [
        [2, "0", "other", 1],
        [2, "1", "h1", 1],
      ],
      c: [[3, "0", null, 1]],
    });
    assert.deepEqual(table.ids, ["0", "0", "0", "1"]);
    assert.deepEqual(table.hashes, [null, "h", "other", "h1"]);
    assert.deepEqual(scoresOf(table), [
      [NaN, NaN, 1],
      [0, NaN, NaN],
      [NaN, 1, NaN],
      [0, 1, NaN],
    ]);
    assert.deepEqual(table.changed, { count: 1, first: "0" });
    assert.deepEqual(table.rowsOf("0"), [0, 1, 2]);
  });

  it("counts what is given twice; the later line counts, and of two files the later one", () => {
    const lines: Record<string, Line[]> = {
      a: [
        [1, "0", null, 0],
        [1, "1", null, 1],
        [1, "0", null, 1],
      ],
      b: [
        [1, "1", null, 1],
        [1, "0", null, 0],
        [1, "2", null, NaN],
      ],
      c: [[1, "0", null, NaN]],
    };
    const made = builder();
    for (const [file, own] of Object.entries(lines)) addFile(made, file, own);
    const table = made.build(["a", "b", "c"]);
    assert.deepEqual(scoresOf(table), [[0], [1], [NaN]]);
    assert.deepEqual(table.repeated, { count: 3, differing: 2, first: { step: 1, id: "0" } });
    assert.deepEqual(table.files, [["a", "b", "c"]]);
    const other = made.build(["b", "a", "c"]);
    assert.deepEqual(scoresOf(other), [[1], [1], [NaN]]);
  });

  it("turns to scores when one is neither 0 nor 1; what is right is by a cut", () => {
    const table = tableOf({
      a: [
        [1, "0", null, 1],
        [1, "1", null, NaN],
      ],
      b: [
        [2, "0", null, 0.7],
        [2, "1", null, 0.69],
      ],
    });
    assert.equal(table.isGraded, true);
    assert.equal(table.outcomes(null), null);
    const right = table.outcomes({ operator: ">=", value: 0.7 });
    assert.deepEqual(right?.columns, [Uint8Array.of(1, UNKNOWN), Uint8Array.of(1, 0)]);
    const low = table.outcomes({ operator: "<=", value: 0.7 });
    assert.deepEqual(low?.columns, [Uint8Array.of(0, UNKNOWN), Uint8Array.of(1, 1)]);
  });

  it("compares infinite scores as numbers", () => {
    const table = tableOf({
      a: [
        [1, "0", null, Infinity],
        [1, "1", null, -Infinity],
      ],
    });
    const outcomes = table.outcomes({ operator: ">=", value: 0 });
    assert.deepEqual(outcomes?.columns, [Uint8Array.of(1, 0)]);
  });

  it("does not change with what is read after it was built", () => {
    const made = builder();
    addFile(made, "a", [[1, "0", null, 0]]);
    const before = made.build(["a"]);
    addFile(made, "a", [
      [1, "0", null, 1],
      [2, "0", null, 1],
      [2, "1", null, 0],
    ]);
    assert.deepEqual(scoresOf(before), [[0]]);
    assert.deepEqual(scoresOf(made.build(["a"])), [
      [1, 1],
      [NaN, 0],
    ]);
  });

  it("stops at its budget and gives back what it drops", () => {
    const budget = new Budget(2000);
    const made = new ExampleTableBuilder(OF, budget);
    let added = 0;
    while (made.add("a", 1, String(added), null, 1)) added++;
    assert.ok(added > 10 && added < 40, String(added));
    made.finish("a");
    assert.equal(made.build(["a"]).length >= added, true);
    made.release();
    assert.equal(budget.left, 2000);
  });

  it("takes a byte for each of a million outcomes", () => {
    const budget = new Budget(1e9);
    const made = new ExampleTableBuilder(OF, budget);
    const [examples, checkpoints] = [10_000, 100];
    for (let c = 0; c < checkpoints; c++) {
      for (let i = 0; i < examples; i++) {
        assert.ok(made.add(`f${c}`, c, String(i), "0123456789abcdef", (i + c) % 2));
      }
      made.finish(`f${c}`);
    }
    const table = made.build(Array.from({ length: checkpoints }, (_, c) => `f${c}`));
    const held = table.scores.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    assert.equal(held, examples * checkpoints);
    assert.ok(1e9 - budget.left < held + examples * 80 + checkpoints * 300);
    assert.equal(table.scoreAt(3, 4), 1);
  });

  it("equals a plain map of cells, whatever the order of files and however often they are read", () => {
    forSeeds(60, (random) => {
      const pick = <T>(list: readonly T[]): T => list[wholeNumber(random, 0, list.length - 1)] as T;
      const scores = random() < 0.5 ? [0, 1, NaN] : [0, 1, 0.25, NaN];
      const names = ["a", "b", "c", "d"];
      const files = new Map<string, Line[]>();
      const made = builder();
      for (let round = 0; round < 6; round++) {
        const file = pick(names);
        const lines = Array.from({ length: wholeNumber(random, 0, 30) }, (): Line => [
          pick([0, 1, 5, 1000]),
          String(wholeNumber(random, 0, 12)),
          pick(["h", "h", "h", null]),
          pick(scores),
        ]);
        // A file that grows keeps what it had.
        const all = [...(files.get(file) ?? []), ...lines];
        files.set(file, all);
        addFile(made, file, all);
      }
      const cells = new Map<string, number>();
      const steps = new Set<number>();
      const examples = new Set<string>();
      for (const name of names) {
        for (const [step, id, hash, score] of files.get(name) ?? []) {
          steps.add(step);
          examples.add(JSON.stringify([id, hash]));
          if (!Number.isNaN(score)) cells.set(JSON.stringify([step, id, hash]), score);
        }
      }
      const table = made.build(names);
      assert.deepEqual(
        [...table.step],
        [...steps].sort((a, b) => a - b),
      );
      assert.equal(table.length, examples.size);
      for (let row = 0; row < table.length; row++) {
        for (const [c, step] of table.step.entries()) {
          const expected = cells.get(JSON.stringify([step, table.ids[row], table.hashes[row]]));
          assert.equal(table.scoreAt(c, row), expected ?? NaN);
        }
      }
      const ids = table.ids.map(Number);
      assert.deepEqual(
        ids,
        [...ids].sort((a, b) => a - b),
      );
    });
  });
});
