/** What real folders hold beside good runs: each gives a clear problem or simply the right answer; the rest still works. */

import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { chmod, mkdtemp, rm, writeFile, mkdir } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { toSlashes } from "../../../src/core/io/path.js";
import { fsFiles } from "../../../src/node/fsFiles.js";
import { catalogOf, discovered, idsOf, problemCodes, whenById } from "../../support/catalogs.js";
import { eventFile, eventRecord } from "../../support/eventFile.js";
import { jsonlSeries } from "../../support/jsonlText.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";
import { ScriptedFiles } from "../../support/scriptedFiles.js";

/** A run that is in order, to see that the rest still works: onset of `loss < 1` in (2, 3]. */
const GOOD = jsonlSeries("loss", [
  [1, 3],
  [2, 2],
  [3, 0.5],
  [4, 0.4],
]);
const QUESTION = "loss < 1";

type Tree = Readonly<Record<string, string | Uint8Array>>;

/** Onset of `loss < 1` and problem codes, with a good run beside whatever is tested. */
async function beside(tree: Tree): Promise<{ onsets: Record<string, string>; codes: string[] }> {
  const catalog = await catalogOf({ "/w/good/metrics.jsonl": GOOD, ...tree });
  const results = await whenById(catalog, QUESTION);
  const onsets: Record<string, string> = {};
  for (const [id, { status, after, by }] of results) onsets[id] = `${status} ${after} ${by}`;
  assert.equal(onsets["good"], "observed 2 3", "the good run is not disturbed");
  delete onsets["good"];
  return { onsets, codes: problemCodes(catalog) };
}

describe("bad input", () => {
  it("a 0-byte event file is a run that has only begun", async () => {
    assert.deepEqual(await beside({ "/w/new/events.out.tfevents.1.a": new Uint8Array(0) }), {
      onsets: { new: "no-data null null" },
      codes: [],
    });
  });

  it("a 0-byte metrics.jsonl is a run that has only begun", async () => {
    assert.deepEqual(await beside({ "/w/new/metrics.jsonl": "" }), {
      onsets: { new: "no-data null null" },
      codes: [],
    });
  });

  it("what Git LFS has not downloaded is named as such, and read once it is there", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 54321\n";
    const files = new MemoryFiles({
      "/w/a/events.out.tfevents.1700000000.a": pointer,
      "/w/a/checkpoint-1/trainer_state.json": '{"global_step": 1, "log_history": []}',
      "/w/a/checkpoint-1/training_args.bin": pointer,
      "/w/b/metrics.jsonl": pointer,
      "/w/c/data.csv": pointer,
    });
    const catalog = await discovered(files);
    assert.deepEqual(idsOf(catalog), ["a"]);
    const [run] = catalog.runs();
    await catalog.load(run?.key ?? "");
    const problems = (): (readonly [string, string])[] =>
      catalog.problems().map(({ file, code }) => [file, code] as const);
    assert.deepEqual(problems(), [
      ["/w/a/checkpoint-1/training_args.bin", "config/not-downloaded"],
      ["/w/a/events.out.tfevents.1700000000.a", "file/not-downloaded"],
      ["/w/b/metrics.jsonl", "file/not-downloaded"],
    ]);
    assert.match(catalog.problems()[1]?.message ?? "", /54321 bytes/);
    const scalars = [{ tag: "loss", value: 2 }];
    files.write(
      "/w/a/events.out.tfevents.1700000000.a",
      eventFile([{ step: 7, wallTime: 1, scalars }]),
    );
    const { table } = await catalog.load(run?.key ?? "");
    assert.deepEqual([...(table.series("loss")?.step ?? [])], [7]);
    assert.deepEqual(
      problems().filter(([file]) => file.includes("tfevents")),
      [],
    );
  });

  it("a binary file named .jsonl is a problem and no run", async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 73) % 256);
    assert.deepEqual(await beside({ "/w/bad/metrics.jsonl": bytes }), {
      onsets: {},
      codes: ["jsonl/binary"],
    });
  });

  it("NaN and Infinity as bare words are data", async () => {
    const text =
      '{"step": 1, "loss": Infinity}\n{"step": 2, "loss": NaN}\n{"step": 3, "loss": 0.5}\n{"step": 4, "loss": 0.5}\n';
    const { onsets, codes } = await beside({ "/w/x/metrics.jsonl": text });
    assert.deepEqual([onsets, codes], [{ x: "observed 1 3" }, []]);
  });

  it("a metric with one point is answered as far as it goes", async () => {
    const one = (value: number): string => jsonlSeries("loss", [[7, value]]);
    const tree = { "/w/has/metrics.jsonl": one(0.5), "/w/not/metrics.jsonl": one(5) };
    const catalog = await catalogOf(tree);
    const results = await whenById(catalog, QUESTION);
    const has = results.get("has");
    assert.deepEqual([has?.status, has?.by, has?.confirmed], ["left-censored", 7, false]);
    assert.deepEqual(
      [results.get("not")?.status, results.get("not")?.after],
      ["right-censored", 7],
    );
    assert.deepEqual(problemCodes(catalog), []);
  });

  it("steps that go backwards are a restart, and its points count", async () => {
    const text = jsonlSeries("loss", [
      [1, 3],
      [2, 0.5],
      [3, 0.4],
      [2, 5],
      [3, 4],
      [4, 0.5],
      [5, 0.5],
    ]);
    assert.deepEqual((await beside({ "/w/x/metrics.jsonl": text })).onsets, { x: "observed 3 4" });
  });

  it("of duplicate steps the later value counts", async () => {
    const text = jsonlSeries("loss", [
      [1, 3],
      [2, 0.1],
      [2, 3],
      [3, 0.5],
      [4, 0.5],
    ]);
    assert.deepEqual((await beside({ "/w/x/metrics.jsonl": text })).onsets, { x: "observed 2 3" });
  });

  it("a config that does not parse is a problem, its run is there", async () => {
    const tree = { "/w/x/metrics.jsonl": GOOD, "/w/x/config.yaml": "a: [1, 2\nb: }" };
    assert.deepEqual(await beside(tree), {
      onsets: { x: "observed 2 3" },
      codes: ["config/not-parsed"],
    });
  });

  it("an onset.json that does not parse is a problem, questions are answered", async () => {
    assert.deepEqual((await beside({ "/w/onset.json": "{" })).codes, ["onset-file/not-parsed"]);
  });

  it("a torn last line is none", async () => {
    const torn = `${GOOD}{"step": 5, "lo`;
    assert.deepEqual(await beside({ "/w/x/metrics.jsonl": torn }), {
      onsets: { x: "observed 2 3" },
      codes: [],
    });
  });

  it("a torn last event record is none", async () => {
    const rows = [3, 2, 0.5, 0.4].map((value, i) => ({
      step: i + 1,
      wallTime: 1,
      scalars: [{ tag: "loss", value }],
    }));
    const whole = eventFile(rows);
    const last = eventRecord({ step: 5, wallTime: 1, scalars: [{ tag: "loss", value: 9 }] });
    const torn = new Uint8Array([...whole, ...last.subarray(0, last.length - 3)]);
    assert.deepEqual(await beside({ "/w/x/events.out.tfevents.1.a": torn }), {
      onsets: { x: "observed 2 3" },
      codes: [],
    });
  });

  it("a damaged line in the middle is a problem, what is around it counts", async () => {
    const text = GOOD.replace('"step": 2', '"step": 2, oops');
    assert.deepEqual(await beside({ "/w/x/metrics.jsonl": text }), {
      onsets: { x: "observed 1 3" },
      codes: ["jsonl/not-json"],
    });
  });

  it("hostile names of metrics and config keys are names like any other", async () => {
    const text = GOOD.replaceAll("}", ', "__proto__": 1, "constructor": 2, "toString": 3}');
    const catalog = await catalogOf({
      "/w/x/metrics.jsonl": text,
      "/w/x/config.json":
        '{"__proto__": {"polluted": true}, "constructor": {"name": "x"}, "seed": 1}',
      "/w/y/metrics.jsonl": text,
      "/w/y/config.json": '{"__proto__": {"polluted": false}, "seed": 2}',
    });
    assert.equal((await whenById(catalog, QUESTION)).get("x")?.by, 3);
    assert.equal((await whenById(catalog, "__proto__ >= 1")).get("x")?.by, 1);
    assert.equal((await whenById(catalog, "constructor >= 2")).get("y")?.by, 1);
    assert.equal((await whenById(catalog, "valueOf > 0")).get("x")?.status, "no-data");
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  it("a very long line is read as any other", async () => {
    const long = `{"step": 5, "loss": 0.3, "text": "${"x".repeat(3_000_000)}"}\n`;
    const text = GOOD.replace('{"step": 4', `${long.replace('"step": 5', '"step": 3')}{"step": 4`);
    const { onsets, codes } = await beside({ "/w/x/metrics.jsonl": text });
    assert.deepEqual([onsets, codes], [{ x: "observed 2 3" }, []]);
  });

  it("deeply nested JSON in a log, a config and onset.json harms nothing else", async () => {
    const deep = `${"[".repeat(30_000)}${"]".repeat(30_000)}`;
    const maps = `${'{"a":'.repeat(30_000)}1${"}".repeat(30_000)}`;
    const { onsets, codes } = await beside({
      "/w/x/metrics.jsonl": `{"_meta": {"deep": ${deep}}}\n{"step": 0, "loss": 9, "deep": ${maps}}\n${GOOD}`,
      "/w/y/metrics.jsonl": GOOD,
      "/w/y/config.json": `{"deep": ${deep}}`,
      "/w/z/metrics.jsonl": GOOD,
      "/w/z/config.yaml": `deep: ${maps}`,
      "/w/onset.json": maps,
    });
    const expected = "observed 2 3";
    assert.deepEqual(Object.values(onsets), [expected, expected, expected]);
    assert.deepEqual(codes, ["config/not-parsed", "onset-file/not-parsed"]);
  });

  it("a checkpoint that is cut short harms nothing else", async () => {
    const tree = {
      "/w/x/metrics.jsonl": GOOD,
      "/w/x/step1.safetensors": tinySafetensors().subarray(0, 9),
    };
    assert.deepEqual((await beside(tree)).onsets, { x: "observed 2 3" });
  });

  for (const [code, expected] of [
    ["not-allowed", "file/unreadable"],
    ["not-found", "file/not-found"],
  ] as const) {
    it(`a log that can be listed but not opened (${code}) is a problem`, async () => {
      const memory = new MemoryFiles({ "/w/a/metrics.jsonl": GOOD, "/w/b/metrics.jsonl": GOOD });
      const files = new ScriptedFiles(memory, { open: { "/w/b/metrics.jsonl": code } });
      const catalog = await discovered(files);
      assert.deepEqual([idsOf(catalog), problemCodes(catalog)], [["a"], [expected]]);
    });
  }

  it("a run that vanishes between discovery and reading is a problem, and no data", async () => {
    const memory = new MemoryFiles({ "/w/a/metrics.jsonl": GOOD, "/w/b/metrics.jsonl": GOOD });
    const catalog = await discovered(memory);
    memory.remove("/w/b/metrics.jsonl");
    const results = await whenById(catalog, QUESTION);
    assert.deepEqual([results.get("a")?.status, results.get("b")?.status], ["observed", "no-data"]);
    assert.deepEqual(problemCodes(catalog), ["file/not-found"]);
    await catalog.discover([{ path: "/w", name: "/w" }]);
    assert.deepEqual([idsOf(catalog), problemCodes(catalog)], [["a"], []]);
  });

  describe("on a disk", () => {
    let folder = "";

    beforeEach(async () => {
      folder = toSlashes(await mkdtemp(join(tmpdir(), "onset-bad-")));
    });

    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    it("an empty folder has no runs and no problems", async () => {
      const catalog = await discovered(fsFiles, folder);
      assert.deepEqual([idsOf(catalog), catalog.problems()], [[], []]);
    });

    it("a file that may not be read is a problem", async () => {
      if (process.platform === "win32" || process.getuid?.() === 0) {
        // Root may read everything: a directory named like a log cannot be read as a file by anybody.
        await mkdir(join(folder, "metrics.jsonl"));
        const catalog = await discovered(fsFiles, folder);
        assert.deepEqual(idsOf(catalog), []);
        return;
      }
      await writeFile(join(folder, "metrics.jsonl"), GOOD);
      await chmod(join(folder, "metrics.jsonl"), 0);
      const catalog = await discovered(fsFiles, folder);
      assert.deepEqual(problemCodes(catalog), ["file/unreadable"]);
    });

    it("a log of a million lines gives the right answer", async function () {
      this.timeout(120_000);
      const lines = 1_000_000;
      const out = createWriteStream(join(folder, "metrics.jsonl"));
      for (let from = 0; from < lines; from += 10_000) {
        let text = "";
        for (let step = from; step < from + 10_000; step++) {
          text += `{"step":${step},"loss":${step < 765_432 ? 2 : 0.5}}\n`;
        }
        if (!out.write(text)) await once(out, "drain");
      }
      out.end();
      await once(out, "close");
      const catalog = await discovered(fsFiles, folder);
      const [result] = (await whenById(catalog, QUESTION)).values();
      assert.deepEqual([result?.after, result?.by], [765_431, 765_432]);
      assert.equal(result?.evaluations, lines);
      assert.deepEqual(catalog.problems(), []);
    });
  });
});
