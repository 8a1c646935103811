import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { START } from "../../../src/core/formats/reader.js";
import { wandb } from "../../../src/core/formats/wandb.js";
import { wandbSummary } from "../../../src/core/formats/wandbSummary.js";
import { forSeeds, wholeNumber } from "../../support/random.js";
import { pairsOf, pointsOf, readWhole, type WholeFile } from "../../support/readWhole.js";
import { fixture } from "../../support/root.js";
import { sourceOf } from "../../support/scriptedFiles.js";
import { framed, wandbLog } from "../../support/wandbLog.js";

const FILE = "/w/wandb/run-20240101_000000-abc/run-abc.wandb";
const read = (bytes: Uint8Array, before?: WholeFile): Promise<WholeFile> =>
  readWhole(wandb, sourceOf(bytes), FILE, before);
const codes = ({ problems }: WholeFile): string[] => problems.map(({ code }) => code);
const rowsOf = (count: number): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, i) => ({ loss: 1 / (i + 1), _step: i }));

describe("wandb", () => {
  it("takes an empty file, and one with its header only, for runs that have only begun", async () => {
    for (const size of [0, 3, 7]) {
      const whole = await read(framed([]).subarray(0, size));
      assert.deepEqual([whole.parts.size, codes(whole)], [0, []], `${size} bytes`);
    }
  });

  it("says that a file with another beginning is not read", async () => {
    assert.deepEqual(codes(await read(new Uint8Array(100))), ["wandb/bad-header"]);
  });

  it("takes the steps from the declared step metric, and says so", async () => {
    const rows = rowsOf(4).map((row, i) => ({ ...row, tokens: i * 1000 }));
    const whole = await read(wandbLog({}, rows, "tokens"));
    assert.equal(whole.axis, "tokens");
    assert.deepEqual(pairsOf(pointsOf(whole), "loss")[3], [3000, 0.25]);
  });

  it("takes the trainer's step before the client's counter", async () => {
    const rows = rowsOf(3).map((row, i) => ({ ...row, "train/global_step": i * 50 }));
    const whole = await read(wandbLog({}, rows));
    assert.equal(whole.axis, "train/global_step");
    assert.deepEqual(
      pairsOf(pointsOf(whole), "loss").map(([step]) => step),
      [0, 50, 100],
    );
  });

  it("keeps the client's counter where only few rows have another step", async () => {
    const rows = rowsOf(5).map((row, i) => (i === 4 ? { ...row, step: 900 } : row));
    const whole = await read(wandbLog({}, rows));
    assert.equal(whole.axis, "_step");
    assert.deepEqual(pairsOf(pointsOf(whole), "step"), [[4, 900]]);
  });

  it("keeps the client's counter where a metric's steps go back, as those of an epoch do, whenever that shows", async () => {
    const rows = rowsOf(120).map((row, i) => ({ ...row, epoch: Math.floor(i / 50), step: i % 50 }));
    const whole = await read(wandbLog({}, rows));
    assert.equal(whole.axis, "_step");
    assert.deepEqual(
      pairsOf(pointsOf(whole), "loss").map(([step]) => step),
      rows.map((_, i) => i),
    );
    const early = await read(wandbLog({}, rows.slice(0, 45)));
    assert.equal(early.axis, null);
    const late = await read(wandbLog({}, rows), early);
    assert.deepEqual(late.parts, whole.parts);
    // An evaluation that is logged late is of its own step.
    const mixed = rowsOf(40).map((row, i) =>
      i % 2 === 0 ? { loss: 1, step: i, _step: i } : { acc: 1, step: i - 5, _step: i },
    );
    assert.equal((await read(wandbLog({}, mixed))).axis, null);
  });

  it("says what its steps count with every piece of a long log", async () => {
    const rows = Array.from({ length: 70_000 }, (_, i) => ({
      loss: 1,
      global_step: i * 2,
      _step: i,
    }));
    const log = wandbLog(
      {},
      rows.map(({ global_step, ...row }) => ({ ...row, "train/global_step": global_step })),
    );
    const axes: unknown[] = [];
    const chunks = wandb.read({ source: sourceOf(log), file: FILE, from: START });
    for await (const { axis } of chunks) axes.push(axis);
    assert.deepEqual(axes, ["train/global_step", "train/global_step"]);
  });

  it("places rows without the step at the last one, and says so once", async () => {
    const rows = [
      { early: 1, _step: 0 },
      { loss: 2, global_step: 10, _step: 1 },
      { late: 3, _step: 2 },
      { loss: 4, global_step: 20, _step: 3 },
      { loss: 5, global_step: 30, _step: 4 },
    ];
    const whole = await read(wandbLog({}, rows));
    assert.deepEqual(
      pointsOf(whole).map(({ metric, step }) => [metric, step]),
      [
        ["loss", 10],
        ["late", 10],
        ["loss", 20],
        ["loss", 30],
      ],
    );
    assert.deepEqual(codes(whole), ["wandb/no-step"]);
  });

  it("leaves media out, and what the client notes of the machine", async () => {
    const rows = [{ loss: 1, picture: { _type: "image-file", size: 3 }, text: "x", _step: 0 }];
    const config = { lr: 0.1, _wandb: { e: { email: "someone" } } };
    const whole = await read(wandbLog({ config }, rows));
    assert.deepEqual(
      pointsOf(whole).map(({ metric }) => metric),
      ["loss"],
    );
    assert.deepEqual([...whole.config], [["lr", 0.1]]);
  });

  it("tells id, name, configuration and origin without reading the rows", async () => {
    const run = { id: "b", name: "second", config: { seed: 3 }, forkedAt: { id: "a", step: 40 } };
    const told = await wandb.tell?.(sourceOf(wandbLog(run, rowsOf(5000))));
    assert.deepEqual(told, {
      config: new Map([["seed", 3]]),
      id: "b",
      name: "second",
      parent: { id: "a", step: 40 },
    });
  });

  it("reads records that span blocks, and goes on at the next block behind a damaged chunk", async () => {
    const all = wandbLog({}, rowsOf(5000));
    assert.ok(all.length > 3 * 32_768);
    const whole = pairsOf(pointsOf(await read(all)), "loss");
    assert.equal(whole.length, 5000);
    const damaged = all.slice();
    damaged[40_000] = (damaged[40_000] ?? 0) ^ 1;
    const again = await read(damaged);
    assert.deepEqual(codes(again), ["wandb/damaged"]);
    const left = new Set(pairsOf(pointsOf(again), "loss").map((pair) => pair.join(" ")));
    assert.ok(left.size < 5000 && left.size > 3000, String(left.size));
    assert.ok(left.has(whole[4999]?.join(" ") ?? ""));
  });

  it("says nothing of a torn end, wherever it is", async () => {
    const all = wandbLog({ config: { lr: 1 } }, rowsOf(40));
    for (let size = 0; size < all.length; size += 7) {
      assert.deepEqual(codes(await read(all.subarray(0, size))), [], `cut at ${size}`);
    }
  });

  it("never gives a number that was not written, whatever bytes are wrong", async () => {
    const sample = new Uint8Array(readFileSync(fixture("formats/wandb/run-ldm4qyxq.wandb")));
    const written = new Set(
      pointsOf(await read(sample)).map(({ metric, step, value }) => `${metric} ${step} ${value}`),
    );
    const damaged: Uint8Array[] = [];
    forSeeds(200, (random) => {
      const bytes = sample.slice();
      const at = wholeNumber(random, 7, bytes.length - 1);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << wholeNumber(random, 0, 7));
      const cut = wholeNumber(random, at, bytes.length);
      damaged.push(random() < 0.5 ? bytes : bytes.subarray(0, cut));
    });
    for (const bytes of damaged) {
      const whole = await read(bytes);
      // Which column the steps are taken from follows from the rows that are left.
      if (whole.axis !== null) continue;
      for (const { metric, step, value } of pointsOf(whole)) {
        assert.ok(written.has(`${metric} ${step} ${value}`), `${metric} ${step} ${value}`);
      }
    }
  });
});

describe("wandbSummary", () => {
  const summary = (text: string): Promise<WholeFile> =>
    readWhole(wandbSummary, sourceOf(new TextEncoder().encode(text)), "/w/wandb-summary.json");

  it("reads the last values at the last step", async () => {
    const whole = await summary(
      '{"loss": NaN, "val": {"acc": 0.5}, "_step": 9, "_timestamp": 1700000000.5, "_wandb": {"runtime": 3}}',
    );
    assert.deepEqual(
      pointsOf(whole).map(({ metric, step, value, wallTime }) => [metric, step, value, wallTime]),
      [
        ["loss", 9, NaN, 1_700_000_000.5],
        ["val.acc", 9, 0.5, 1_700_000_000.5],
      ],
    );
  });

  it("has no points where nothing was logged", async () => {
    const whole = await summary('{"_wandb": {"runtime": 3}}');
    assert.deepEqual([whole.parts.size, codes(whole)], [0, []]);
  });

  it("says that damaged JSON is not read", async () => {
    assert.deepEqual(codes(await summary('{"loss":')), ["wandb/not-json"]);
  });
});
