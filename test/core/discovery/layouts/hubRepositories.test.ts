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

  it("keeps the steps of later stages apart, and takes a pointer for a remote checkpoint", async () => {
    const { runs, problems } = await discoverAll(
      new MemoryFiles({
        "/w/olmo/.git/HEAD": "ref: refs/heads/stage1-step5-tokens1B\n",
        "/w/olmo/.git/packed-refs": `# pack-refs\n${A} refs/heads/stage1-step5-tokens1B\n${B} refs/heads/stage2-ingredient1-step5-tokens1B\n`,
        "/w/olmo/config.json": "{}",
        "/w/olmo/model.safetensors":
          "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n",
      }),
      "/w",
    );
    assert.deepEqual(
      runs[0]?.checkpoints.map((c) => [c.step, c.container]),
      [[5, "remote"]],
    );
    assert.deepEqual(
      problems.map(({ code }) => code),
      ["git/other-stage"],
    );
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
