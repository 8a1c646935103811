import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discoverAll } from "../../../../src/core/discovery/discoverRuns.js";
import { MemoryFiles } from "../../../../src/core/io/memoryFiles.js";
import { toSlashes } from "../../../../src/core/io/path.js";
import { fsFiles } from "../../../../src/node/fsFiles.js";
import { catalogOf } from "../../../support/catalogs.js";
import { tinySafetensors } from "../../../support/safetensorsFile.js";

const A = "a".repeat(40);
const B = "b".repeat(40);
const WEIGHTS = tinySafetensors();

describe("repositories of the hub", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "onset-git-")));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("reads steps of branches and tags of a clone, packed, loose and in a worktree", async () => {
    const clone = join(folder, "pythia-70m");
    const git = (...words: string[]): string =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", "-C", clone, ...words], {
        encoding: "utf8",
        stdio: "pipe",
      });
    execFileSync("git", ["init", "-q", clone]);
    await writeFile(join(clone, "config.json"), "{}");
    await writeFile(join(clone, "model.safetensors"), WEIGHTS);
    git("add", ".");
    git("commit", "-qm", "1");
    git("branch", "step1");
    git("tag", "-a", "step2", "-m", "2");
    git("pack-refs", "--all");
    git("commit", "-q", "--allow-empty", "-m", "3");
    git("checkout", "-qb", "step1000");
    git("worktree", "add", "-q", join(folder, "tree"), "step1");
    const { runs } = await discoverAll(fsFiles, toSlashes(folder));
    assert.deepEqual(
      runs.map(({ id, checkpoints }) => [id, checkpoints.map((c) => [c.step, c.container])]),
      [
        [
          "pythia-70m",
          [
            [1, "remote"],
            [2, "remote"],
            [1000, "directory"],
          ],
        ],
        [
          "tree",
          [
            [1, "directory"],
            [2, "directory"],
            [1000, "remote"],
          ],
        ],
      ],
    );
  });

  it("follows a .git file only where its target says that it belongs there", async () => {
    const tree = {
      "/w/tree/.git": "gitdir: /elsewhere/.git/worktrees/tree\n",
      "/w/tree/config.json": "{}",
      "/elsewhere/.git/worktrees/tree/HEAD": `${A}\n`,
      "/elsewhere/.git/worktrees/tree/commondir": "../..\n",
      "/elsewhere/.git/packed-refs": `${A} refs/heads/step5\n`,
    };
    const steps = async (more: Record<string, string>): Promise<unknown> => {
      const { runs } = await discoverAll(new MemoryFiles({ ...tree, ...more }), "/w");
      return runs[0]?.checkpoints.map(({ step }) => step);
    };
    const back = "/elsewhere/.git/worktrees/tree/gitdir";
    assert.equal(await steps({}), undefined);
    assert.equal(await steps({ [back]: "/w/other/.git\n" }), undefined);
    assert.deepEqual(await steps({ [back]: "/w/tree/.git\n" }), [5]);
  });

  it("makes a run of each later stage, and takes a pointer for a remote checkpoint", async () => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
    const stage2 = "stage2-ingredient1-step5-tokens12B";
    const { runs, problems } = await discoverAll(
      new MemoryFiles({
        "/w/olmo/.git/HEAD": "ref: refs/heads/stage1-step5-tokens1B\n",
        "/w/olmo/.git/packed-refs": `# pack-refs\n${A} refs/heads/stage1-step5-tokens1B\n${B} refs/remotes/origin/${stage2}\n`,
        "/w/olmo/config.json": "{}",
        "/w/olmo/model.safetensors": pointer,
      }),
      "/w",
    );
    assert.deepEqual(
      runs.map(({ id, checkpoints }) => [id, ...checkpoints]),
      [
        [
          "olmo",
          {
            ...{ step: 5, path: "/w/olmo@stage1-step5-tokens1B", container: "remote" },
            ...{ format: "git", tokens: 1e9 },
            tokensFrom: "revision stage1-step5-tokens1B, which is rounded",
          },
        ],
        [
          "olmo#stage2-ingredient1",
          {
            ...{ step: 5, path: `/w/olmo@${stage2}`, container: "remote" },
            ...{ format: "git", tokens: 12e9, tokensFrom: `revision ${stage2}, which is rounded` },
          },
        ],
      ],
    );
    assert.deepEqual(problems, []);
  });

  it("does not mix up the seeds that revisions name", async () => {
    const catalog = await catalogOf({
      "/w/DataDecide-c4-60M/.git/packed-refs":
        `${A} refs/heads/step1250-seed-default\n${B} refs/heads/step1250-seed-large-aux-2\n` +
        `${B} refs/heads/step2500-seed-default\n`,
      "/w/DataDecide-c4-60M/config.json": "{}",
      "/w/DataDecide-dolma-60M/.git/packed-refs": `${A} refs/heads/step1250-seed-default\n`,
      "/w/DataDecide-dolma-60M/config.json": "{}",
    });
    const identities = await catalog.identify();
    assert.deepEqual(
      catalog
        .runs()
        .map(({ id, key, checkpoints }) => [id, checkpoints.length, identities.get(key)?.seed]),
      [
        ["DataDecide-c4-60M#seed-default", 2, "default"],
        ["DataDecide-c4-60M#seed-large-aux-2", 1, "large-aux-2"],
        ["DataDecide-dolma-60M#seed-default", 1, "default"],
      ],
    );
    const [c4, aux, dolma] = [...identities.values()].map(({ seedGroup }) => seedGroup);
    assert.equal(c4, aux);
    assert.notEqual(c4, dolma);
  });

  it("reads clones that are bare, and those that were not checked out", async () => {
    const refs = `${A} refs/heads/step1\n${B} refs/heads/main\n`;
    const { runs } = await discoverAll(
      new MemoryFiles({
        "/w/pythia-70m.git/HEAD": "ref: refs/heads/main\n",
        "/w/pythia-70m.git/packed-refs": refs,
        "/w/pythia-70m.git/refs/heads/step2": A,
        "/w/pythia-70m.git/objects/pack/x": "x",
        "/w/empty/.git/packed-refs": refs,
        "/w/empty/.git/HEAD": "ref: refs/heads/main\n",
        "/w/code/.git/packed-refs": refs,
        "/w/code/main.py": "x",
      }),
      "/w",
    );
    assert.deepEqual(
      runs.map(({ id, checkpoints }) => [id, checkpoints.map((c) => [c.step, c.container])]),
      [
        ["empty", [[1, "remote"]]],
        [
          "pythia-70m.git",
          [
            [1, "remote"],
            [2, "remote"],
            [143_000, "remote"],
          ],
        ],
      ],
    );
  });

  it("knows the step of what a suite publishes as its main revision", async () => {
    const cache = "/w/models--EleutherAI--pythia-70m";
    const { runs, problems } = await discoverAll(
      new MemoryFiles({
        [`${cache}/refs/main`]: A,
        [`${cache}/snapshots/${A}/model.safetensors`]: WEIGHTS,
        [`${cache}/snapshots/${A}/config.json`]: "{}",
        "/w/pythia-160m-seed1/.git/HEAD": "ref: refs/heads/main\n",
        "/w/pythia-160m-seed1/.git/packed-refs": `${A} refs/heads/main\n${B} refs/remotes/origin/step143000\n`,
        "/w/pythia-160m-seed1/config.json": "{}",
        "/w/pythia-160m-seed1/model.safetensors": WEIGHTS,
        "/w/other/.git/HEAD": "ref: refs/heads/main\n",
        "/w/other/.git/packed-refs": `${A} refs/heads/main\n`,
        "/w/other/config.json": "{}",
        "/w/other/model.safetensors": WEIGHTS,
      }),
      "/w",
    );
    assert.deepEqual(
      runs.map(({ id, checkpoints }) => [id, checkpoints.map((c) => [c.step, c.container])]),
      [
        ["models--EleutherAI--pythia-70m", [[143_000, "directory"]]],
        ["pythia-160m-seed1", [[143_000, "directory"]]],
      ],
    );
    assert.deepEqual(problems, []);
  });

  it("reads refs and snapshots of the cache", async () => {
    const cache = "/w/models--EleutherAI--pythia-70m";
    const { runs, problems } = await discoverAll(
      new MemoryFiles({
        [`${cache}/refs/step1`]: A,
        [`${cache}/refs/step2`]: "c".repeat(40),
        [`${cache}/snapshots/${A}/model.safetensors`]: WEIGHTS,
        [`${cache}/snapshots/${B}/config.json`]: "{}",
      }),
      "/w",
    );
    assert.deepEqual(
      runs[0]?.checkpoints.map((c) => [c.step, c.container]),
      [
        [1, "directory"],
        [2, "remote"],
      ],
    );
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["hub/unknown-step"],
    );
  });

  it("reads the directories of MultiBERTs' archives: seeds of one group, the final model without a step", async () => {
    const index = "bert.ckpt.index";
    const shard = "bert.ckpt.data-00000-of-00001";
    const tree: Record<string, string> = { "/w/other/seed_0/step_10/notes.txt": "x" };
    for (const seed of [0, 1]) {
      for (const step of ["/step_20000", "/step_2000000", ""]) {
        tree[`/w/mb/seed_${seed}${step}/${index}`] = "x";
        tree[`/w/mb/seed_${seed}${step}/${shard}`] = "x";
      }
    }
    tree["/w/mb/seed_2/step_0/bert.ckpt.index"] = "x";
    const catalog = await catalogOf(tree);
    assert.deepEqual(
      catalog
        .runs()
        .map(({ id, systems, checkpoints }) => [id, systems, checkpoints.map(({ step }) => step)]),
      [
        ["mb/seed_0", ["MultiBERTs", "TensorFlow"], [20_000, 2_000_000, 2_000_000]],
        ["mb/seed_1", ["MultiBERTs", "TensorFlow"], [20_000, 2_000_000, 2_000_000]],
        ["mb/seed_2", ["MultiBERTs"], [0]],
      ],
    );
    const identities = [...(await catalog.identify()).values()];
    assert.deepEqual(
      identities.map(({ seed }) => seed),
      [0, 1, 2],
    );
    assert.equal(new Set(identities.map(({ seedGroup }) => seedGroup)).size, 1);
  });

  it("makes one run per seed of MultiBERTs side by side", async () => {
    const { runs } = await discoverAll(
      new MemoryFiles({
        "/w/multiberts-seed_0-step_20k/config.json": "{}",
        "/w/multiberts-seed_0-step_20k/pytorch_model.bin": "x",
        "/w/multiberts-seed_0/config.json": "{}",
        "/w/multiberts-seed_0/pytorch_model.bin": "x",
        "/w/models--google--multiberts-seed_0-step_40k/refs/main": A,
      }),
      "/w",
    );
    assert.equal(runs.length, 1);
    assert.deepEqual(
      runs[0]?.checkpoints.map(({ step }) => step),
      [20_000, 40_000, 2_000_000],
    );
  });
});
