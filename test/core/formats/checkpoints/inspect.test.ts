import assert from "node:assert/strict";
import { inspectCheckpoint } from "../../../../src/core/formats/checkpoints/inspect.js";
import { MemoryFiles } from "../../../../src/core/io/memoryFiles.js";
import type { CheckpointInspection } from "../../../../src/core/model/run.js";
import { safetensorsFile, tinySafetensors } from "../../../support/safetensorsFile.js";
import { ScriptedFiles } from "../../../support/scriptedFiles.js";

const whole = tinySafetensors();
const cut = whole.subarray(0, whole.length - 1);

function inspect(
  tree: Record<string, string | Uint8Array>,
  path: string,
  format = "directory",
  countBytes = false,
): Promise<CheckpointInspection> {
  const files = new MemoryFiles(tree);
  const container = path in tree ? "file" : "directory";
  const step = Number(/\d+/.exec(path)?.[0]);
  return inspectCheckpoint(files, { step, path, container, format }, countBytes);
}

describe("inspectCheckpoint", () => {
  const index = JSON.stringify({ weight_map: { a: "m-1.safetensors", b: "m-2.safetensors" } });
  const cases: readonly [
    what: string,
    tree: Record<string, string | Uint8Array>,
    path: string,
    format: string,
    state: string,
  ][] = [
    [
      "a whole safetensors file",
      { "/w/step1.safetensors": whole },
      "/w/step1.safetensors",
      "safetensors",
      "weights-only",
    ],
    [
      "a safetensors file that is cut",
      { "/w/step1.safetensors": cut },
      "/w/step1.safetensors",
      "safetensors",
      "partial",
    ],
    ["an empty file", { "/w/step1.pt": "" }, "/w/step1.pt", "torch", "partial"],
    [
      "a file that Git LFS did not download",
      { "/w/step1.pt": "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n" },
      "/w/step1.pt",
      "torch",
      "remote",
    ],
    [
      "a zip without its directory",
      { "/w/step1.pt": "PK\u0003\u0004rest" },
      "/w/step1.pt",
      "torch",
      "partial",
    ],
    [
      "a Trainer's directory with its state",
      {
        "/w/checkpoint-5/model.safetensors": whole,
        "/w/checkpoint-5/trainer_state.json": "{}",
        "/w/checkpoint-5/optimizer.pt": "x",
      },
      "/w/checkpoint-5",
      "hf-trainer",
      "complete",
    ],
    [
      "a Trainer's directory with optimiser but without state",
      { "/w/checkpoint-5/model.safetensors": whole, "/w/checkpoint-5/optimizer.pt": "x" },
      "/w/checkpoint-5",
      "hf-trainer",
      "partial",
    ],
    [
      "weights alone",
      { "/w/step5/model.safetensors": whole },
      "/w/step5",
      "directory",
      "weights-only",
    ],
    [
      "a directory with a weight file that is cut",
      { "/w/step5/model.safetensors": cut },
      "/w/step5",
      "directory",
      "partial",
    ],
    [
      "an index with all shards",
      {
        "/w/step5/model.safetensors.index.json": index,
        "/w/step5/m-1.safetensors": whole,
        "/w/step5/m-2.safetensors": whole,
      },
      "/w/step5",
      "directory",
      "weights-only",
    ],
    [
      "an index that names a shard that is not there",
      { "/w/step5/model.safetensors.index.json": index, "/w/step5/m-1.safetensors": whole },
      "/w/step5",
      "directory",
      "partial",
    ],
    [
      "an index without any of its shards, beside weights that are whole",
      { "/w/step5/pytorch_model.bin.index.json": index, "/w/step5/model.safetensors": whole },
      "/w/step5",
      "directory",
      "weights-only",
    ],
    [
      "shards without an index, one of which is missing",
      {
        "/w/step5/model-00001-of-00003.safetensors": whole,
        "/w/step5/model-00003-of-00003.safetensors": whole,
      },
      "/w/step5",
      "directory",
      "partial",
    ],
    [
      "shards of two forms, of which one is whole",
      {
        "/w/step5/model-00001-of-00001.safetensors": whole,
        "/w/step5/pytorch_model-00001-of-00002.bin": "x",
      },
      "/w/step5",
      "directory",
      "weights-only",
    ],
    [
      "a name of one being written",
      { "/w/step5-tmp/model.pt": "x" },
      "/w/step5-tmp",
      "olmo",
      "partial",
    ],
    [
      "one that the tracker has reached",
      { "/w/latest": "global_step10", "/w/global_step10/mp_rank_00_model_states.pt": "x" },
      "/w/global_step10",
      "deepspeed",
      "complete",
    ],
    [
      "one newer than the tracker says",
      { "/w/latest": "global_step5", "/w/global_step10/mp_rank_00_model_states.pt": "x" },
      "/w/global_step10",
      "deepspeed",
      "partial",
    ],
    [
      "one newer than Megatron's tracker says",
      { "/w/latest_checkpointed_iteration.txt": "50\n", "/w/iter_0000100/x.pt": "x" },
      "/w/iter_0000100",
      "megatron",
      "partial",
    ],
  ];
  for (const [what, tree, path, format, state] of cases) {
    it(`calls ${what} ${state}`, async () => {
      const inspection = await inspect(tree, path, format);
      assert.equal(inspection.state, state, inspection.reason ?? "");
      assert.equal(inspection.reason === null, state !== "partial" && state !== "remote");
    });
  }

  it("says that one is gone since it was listed", async () => {
    const { state, reason, bytes } = await inspect({ "/w/other": "x" }, "/w/step5");
    assert.deepEqual([state, reason, bytes], ["partial", "gone since it was listed", null]);
  });

  it("says that one cannot be read", async () => {
    const files = new ScriptedFiles(new MemoryFiles(), { list: { "/w/step5": "not-allowed" } });
    const { state, reason } = await inspectCheckpoint(files, {
      step: 5,
      path: "/w/step5",
      container: "directory",
      format: "directory",
    });
    assert.equal(state, "partial");
    assert.match(reason ?? "", /not-allowed/);
  });

  it("counts bytes where they are asked for", async () => {
    const tree = { "/w/step5/model.safetensors": whole, "/w/step5/config.json": "{}" };
    assert.equal((await inspect(tree, "/w/step5", "directory", true)).bytes, whole.length + 2);
    assert.equal((await inspect(tree, "/w/step5", "directory", false)).bytes, null);
  });

  it("reads no tensor of a large file", async () => {
    const header = {
      w: { dtype: "U8", shape: [5_000_000], data_offsets: [0, 5_000_000] as const },
    };
    const large = safetensorsFile(header, 5_000_000);
    const files = new MemoryFiles({ "/w/step1.safetensors": large });
    let read = 0;
    const counting = Object.create(files) as MemoryFiles;
    counting.open = async (path) => {
      const source = await files.open(path);
      return {
        stamp: source.stamp,
        close: () => source.close(),
        read: async (start, into) => {
          const count = await source.read(start, into);
          read += count;
          return count;
        },
      };
    };
    const checkpoint = {
      step: 1,
      path: "/w/step1.safetensors",
      container: "file",
      format: "safetensors",
    } as const;
    assert.equal((await inspectCheckpoint(counting, checkpoint)).state, "weights-only");
    assert.ok(read < 1000, `${read} bytes`);
  });
});
