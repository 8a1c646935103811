import assert from "node:assert/strict";
import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import {
  discoverAll,
  discoverRuns,
  type Discovered,
} from "../../../src/core/discovery/discoverRuns.js";
import type { Files } from "../../../src/core/io/files.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { toSlashes } from "../../../src/core/io/path.js";
import { excluder } from "../../../src/node/excluder.js";
import { fsFiles } from "../../../src/node/fsFiles.js";
import { CountingFiles } from "../../support/countingFiles.js";
import { jsonlSeries } from "../../support/jsonlText.js";
import { ScriptedFiles } from "../../support/scriptedFiles.js";
import { tinySafetensors } from "../../support/safetensorsFile.js";

const LOG = jsonlSeries("loss", [
  [1, 2],
  [2, 1],
]);
const WEIGHTS = tinySafetensors();
type Tree = Readonly<Record<string, string | Uint8Array>>;

function discover(tree: Tree | Files, exclude: readonly string[] = []): Promise<Discovered> {
  const files =
    "list" in tree && typeof tree.list === "function"
      ? (tree as Files)
      : new MemoryFiles(tree as Tree);
  return discoverAll(files, "/w", { isExcluded: excluder(exclude) });
}

const ids = ({ runs }: Discovered): string[] => runs.map(({ id }) => id);

describe("discoverRuns", () => {
  it("finds one run per directory that has a log", async () => {
    const found = await discover({ "/w/a/metrics.jsonl": LOG, "/w/b/metrics.jsonl": LOG });
    assert.deepEqual(ids(found), ["a", "b"]);
    assert.deepEqual(found.problems, []);
  });

  it("finds one run per file where files of one directory log the same", async () => {
    const found = await discover({ "/w/k1_s0.jsonl": LOG, "/w/k1_s1.jsonl": LOG });
    assert.deepEqual(ids(found), ["k1_s0.jsonl", "k1_s1.jsonl"]);
    assert.equal(found.runs[0]?.file, "/w/k1_s0.jsonl");
  });

  it("takes a file that says itself that it is a run for one", async () => {
    const meta = `{"_meta": {"seed": 0}}\n${LOG}`;
    assert.deepEqual(ids(await discover({ "/w/x/train.jsonl": meta })), ["x/train.jsonl"]);
  });

  it("joins logs, checkpoints and configs of one directory into one run", async () => {
    const { runs } = await discover({
      "/w/run/config.yaml": "seed: 1\n",
      "/w/run/logs/metrics.jsonl": LOG,
      "/w/run/checkpoints/step1.safetensors": WEIGHTS,
      "/w/run/checkpoints/step2.safetensors": WEIGHTS,
    });
    assert.equal(runs.length, 1);
    const [run] = runs;
    assert.deepEqual(
      run?.checkpoints.map(({ step }) => step),
      [1, 2],
    );
    assert.deepEqual(run.configs, ["/w/run/config.yaml"]);
    assert.deepEqual(
      run.sources.map(({ file }) => file),
      ["/w/run/logs/metrics.jsonl"],
    );
  });

  it("sets the metrics of a train and a validation writer apart", async () => {
    const { runs } = await discover({
      "/w/run/train/events.out.tfevents.1.a": new Uint8Array(0),
      "/w/run/validation/events.out.tfevents.1.a": new Uint8Array(0),
    });
    assert.deepEqual(
      runs.map(({ id, sources }) => [id, sources.map(({ split }) => split)]),
      [["run", ["train", "validation"]]],
    );
  });

  it("finds the runs of Pythia's layout, one per model, shots of one model together", async () => {
    const result = '{"results": {"piqa": {"acc": 0.5}}}';
    const { runs } = await discover({
      "/w/evals/pythia-v1/pythia-70m/zero-shot/70m_step0.json": result,
      "/w/evals/pythia-v1/pythia-70m/zero-shot/70m_step1.json": result,
      "/w/evals/pythia-v1/pythia-70m/five-shot/70m-5shot_step0.json": result,
      "/w/evals/pythia-v1/pythia-410m/zero-shot/410m_step0.json": result,
    });
    assert.deepEqual(
      runs.map(({ id, sources }) => [id, sources.length]),
      [
        ["evals/pythia-v1/pythia-70m", 3],
        ["evals/pythia-v1/pythia-410m", 1],
      ],
    );
  });

  it("reads the Trainer's state in each checkpoint", async () => {
    const { runs } = await discover({
      "/w/run/checkpoint-10/trainer_state.json": "{}",
      "/w/run/checkpoint-10/model.safetensors": WEIGHTS,
      "/w/run/checkpoint-20/trainer_state.json": "{}",
    });
    assert.deepEqual(ids({ runs, problems: [] }), ["run"]);
    assert.deepEqual(
      runs[0]?.checkpoints.map(({ step }) => step),
      [10, 20],
    );
    assert.equal(runs[0].sources.length, 2);
  });

  it("takes events of each start of the Trainer for parts of its run, and those of other loops for runs", async () => {
    const events = (place: string): string => `/w/${place}/events.out.tfevents.1700000000.host.1.0`;
    const found = await discover({
      [events("t/runs/Jan01_12-00-00_host")]: new Uint8Array(0),
      [events("t/runs/Jan02_12-00-00_host")]: new Uint8Array(0),
      "/w/t/checkpoint-5/trainer_state.json": "{}",
      [events("p/runs/Jan01_12-00-00_host-lr0.1")]: new Uint8Array(0),
      [events("p/runs/Jan02_12-00-00_host-lr0.2")]: new Uint8Array(0),
    });
    assert.deepEqual(ids(found), [
      "p/runs/Jan01_12-00-00_host-lr0.1",
      "p/runs/Jan02_12-00-00_host-lr0.2",
      "t",
    ]);
    const run = found.runs[2];
    assert.deepEqual(run?.sources.map(({ format }) => format).sort(), [
      "tfevents",
      "tfevents",
      "trainer-state",
    ]);
    const streams = run.sources.flatMap(({ stream }) => stream ?? []);
    assert.deepEqual([...new Set(streams)], ["/w/t/runs"]);
  });

  it("sorts checkpoints by their number, not by their name", async () => {
    const { runs } = await discover({
      "/w/run/step1000.pt": "x",
      "/w/run/step500.pt": "x",
      "/w/run/step20.pt": "x",
    });
    assert.deepEqual(
      runs[0]?.checkpoints.map(({ step }) => step),
      [20, 500, 1000],
    );
  });

  it("takes directories that are only named like checkpoints for none", async () => {
    assert.deepEqual(ids(await discover({ "/w/tutorial/step1/notes.md": "x" })), []);
  });

  it("has nothing to say of a folder without runs", async () => {
    const found = await discover({ "/w/README.md": "x", "/w/src/main.py": "x" });
    assert.deepEqual(found, { runs: [], problems: [] });
  });

  it("never enters dependencies, hidden directories, caches or a checkpoint's shards", async () => {
    const tree: Record<string, string | Uint8Array> = { "/w/first/metrics.jsonl": LOG };
    const closed = ["node_modules", ".git", ".venv", "__pycache__", "site-packages", "venv"];
    for (const name of closed) tree[`/w/${name}/deep/metrics.jsonl`] = LOG;
    for (const step of [1, 2, 3, 4, 5]) {
      tree[`/w/first/global_step${step}/zero/deep/metrics.jsonl`] = LOG;
      tree[`/w/first/global_step${step}/mp_rank_00_model_states.pt`] = "x";
    }
    const files = new CountingFiles(new MemoryFiles(tree));
    const found = await discover(files);
    assert.deepEqual(ids(found), ["first"]);
    assert.equal(found.runs[0]?.checkpoints.length, 5);
    // The last checkpoint is listed for the run's configuration, and no other one.
    assert.deepEqual(files.listed.sort(), ["/w", "/w/first", "/w/first/global_step5"]);
    assert.deepEqual(files.opened, ["/w/first/metrics.jsonl"]);
  });

  it("enters no Python environment, and every other directory that is called like one", async () => {
    const found = await discover({
      "/w/env/pyvenv.cfg": "home = /usr/bin\n",
      "/w/env/lib/x/metrics.jsonl": LOG,
      "/w/experiments/env/run1/metrics.jsonl": LOG,
    });
    assert.deepEqual(ids(found), ["experiments/env/run1"]);
  });

  it("opens no checkpoint, of whatever kind", async () => {
    const files = new CountingFiles(
      new MemoryFiles({
        "/w/a/step1.safetensors": WEIGHTS,
        "/w/a/epoch=0-step=5.ckpt": "x",
        "/w/b/checkpoint-5/model.safetensors": WEIGHTS,
        "/w/b/checkpoint-5/trainer_state.json": "{}",
        "/w/c/iter_0000100/mp_rank_00/model_optim_rng.pt": "x",
        "/w/c/iter_0000100/metadata.json": "{}",
      }),
    );
    const found = await discover(files);
    assert.deepEqual(ids(found), ["a", "b", "c"]);
    assert.deepEqual(files.opened, []);
  });

  it("leaves out what is excluded", async () => {
    const tree = {
      "/w/keep/metrics.jsonl": LOG,
      "/w/old/metrics.jsonl": LOG,
      "/w/x/old/metrics.jsonl": LOG,
    };
    assert.deepEqual(ids(await discover(tree, ["old"])), ["keep", "x/old"]);
    assert.deepEqual(ids(await discover(tree, ["**/old"])), ["keep"]);
    assert.deepEqual(ids(await discover(tree, ["**/*.jsonl"])), []);
  });

  it("looks at each directory once", async () => {
    const tree: Record<string, string> = {};
    for (let i = 0; i < 50; i++) tree[`/w/e${i % 5}/run${i}/metrics.jsonl`] = LOG;
    const files = new CountingFiles(new MemoryFiles(tree));
    assert.equal((await discover(files)).runs.length, 50);
    assert.equal(new Set(files.listed).size, files.listed.length);
    assert.equal(new Set(files.opened).size, files.opened.length);
  });

  it("lists no more directories at once than it may", async () => {
    const tree: Record<string, string> = {};
    for (let i = 0; i < 100; i++) tree[`/w/run${i}/metrics.jsonl`] = LOG;
    const memory = new MemoryFiles(tree);
    let now = 0;
    let most = 0;
    const files: Files = {
      list: async (directory) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        return memory.list(directory);
      },
      stat: (path) => memory.stat(path),
      open: (path) => memory.open(path),
      realPath: (path) => memory.realPath(path),
    };
    const { runs } = await discoverAll(files, "/w", { isExcluded: () => false, concurrency: 4 });
    assert.equal(runs.length, 100);
    assert.ok(most <= 4 && most > 1, `${most} at once`);
  });

  it("shows runs as they are found", async () => {
    let reports = 0;
    await discoverRuns(
      new MemoryFiles({ "/w/a/metrics.jsonl": LOG, "/w/b/c/metrics.jsonl": LOG }),
      "/w",
      { isExcluded: () => false },
      ({ runs }) => (reports += runs.length > 0 ? 1 : 0),
    );
    assert.equal(reports, 2);
  });

  it("ends when it is told to", async () => {
    const controller = new AbortController();
    controller.abort();
    const files = new MemoryFiles({ "/w/a/metrics.jsonl": LOG });
    const options = { isExcluded: () => false };
    await assert.rejects(discoverAll(files, "/w", options, controller.signal));
  });

  for (const [code, expected] of [
    ["not-found", "file/not-found"],
    ["not-allowed", "file/unreadable"],
    ["failed", "file/unreadable"],
  ] as const) {
    it(`reports a directory that cannot be listed (${code}) and finds the rest`, async () => {
      const memory = new MemoryFiles({ "/w/a/metrics.jsonl": LOG, "/w/b/metrics.jsonl": LOG });
      const found = await discover(new ScriptedFiles(memory, { list: { "/w/b": code } }));
      assert.deepEqual(ids(found), ["a"]);
      assert.deepEqual(
        found.problems.map((one) => [one.code, one.file]),
        [[expected, "/w/b"]],
      );
    });

    it(`reports a log that cannot be opened (${code}) and finds the rest`, async () => {
      const memory = new MemoryFiles({ "/w/a/metrics.jsonl": LOG, "/w/b/metrics.jsonl": LOG });
      const script = { open: { "/w/b/metrics.jsonl": code } };
      const found = await discover(new ScriptedFiles(memory, script));
      assert.deepEqual(ids(found), ["a"]);
      assert.deepEqual(
        found.problems.map((one) => [one.code, one.file]),
        [[expected, "/w/b/metrics.jsonl"]],
      );
    });
  }

  it("reports a folder that does not exist", async () => {
    const found = await discoverAll(fsFiles, "/nowhere/at/all");
    assert.deepEqual(
      found.problems.map(({ code }) => code),
      ["file/not-found"],
    );
  });

  describe("on a disk", () => {
    let folder = "";
    let outside = "";
    const on = (path: string): Promise<Discovered> =>
      discoverAll(fsFiles, toSlashes(path), { isExcluded: () => false });

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "onset-discovery-"));
      outside = await mkdtemp(join(tmpdir(), "onset-outside-"));
    });

    afterEach(async () => {
      await rm(folder, { recursive: true, force: true });
      await rm(outside, { recursive: true, force: true });
    });

    it("finds nothing in an empty folder, and no problem", async () => {
      assert.deepEqual(await on(folder), { runs: [], problems: [] });
    });

    it("takes checkpoint directories whose payload was deleted for checkpoints", async () => {
      for (const step of [0, 1000, 2000])
        await mkdir(join(folder, "run", `step${step}`), { recursive: true });
      const { runs } = await on(folder);
      assert.deepEqual(
        runs.map(({ id, checkpoints }) => [id, checkpoints.length]),
        [["run", 3]],
      );
    });

    it("follows no link out of the folder, nor to a directory, and one to a file within", async function () {
      if (process.platform === "win32") return; // Links need a privilege there.
      await mkdir(join(outside, "run"));
      await writeFile(join(outside, "run", "metrics.jsonl"), LOG);
      await mkdir(join(folder, "here"));
      await writeFile(join(folder, "here", "kept.data"), LOG);
      await symlink(join(outside, "run"), join(folder, "linked"));
      await symlink(join(outside, "run", "metrics.jsonl"), join(folder, "metrics.jsonl"));
      await symlink(folder, join(folder, "here", "loop"));
      assert.deepEqual(ids(await on(folder)), []);
      await symlink(join(folder, "here", "kept.data"), join(folder, "here", "metrics.jsonl"));
      assert.deepEqual(ids(await on(folder)), ["here"]);
    });

    it("counts a log and a link to it once", async function () {
      if (process.platform === "win32") return;
      await mkdir(join(folder, "run"));
      await writeFile(join(folder, "run", "metrics.jsonl"), LOG);
      await symlink(join(folder, "run", "metrics.jsonl"), join(folder, "run", "latest.jsonl"));
      await symlink(join(folder, "run", "metrics.jsonl"), join(folder, "latest.jsonl"));
      const { runs } = await on(folder);
      assert.deepEqual(
        runs.map(({ id, sources }) => [id, sources.map(({ file }) => basename(file))]),
        [["run", ["metrics.jsonl"]]],
      );
    });

    it("follows no link that leads nowhere", async function () {
      if (process.platform === "win32") return;
      await symlink(join(folder, "gone"), join(folder, "metrics.jsonl"));
      assert.deepEqual(await on(folder), { runs: [], problems: [] });
    });
  });
});
