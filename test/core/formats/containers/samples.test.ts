/** Checkpoints that real programs wrote: what lies in them, whole, and with bytes that are wrong. */

import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { readConfig } from "../../../../src/core/formats/configFile.js";
import { inspectCheckpoint } from "../../../../src/core/formats/checkpoints/inspect.js";
import { listTensors } from "../../../../src/core/formats/checkpoints/tensors.js";
import type { TensorList } from "../../../../src/core/formats/containers/tensor.js";
import { MemoryFiles } from "../../../../src/core/io/memoryFiles.js";
import { toSlashes } from "../../../../src/core/io/path.js";
import type { Checkpoint } from "../../../../src/core/model/run.js";
import { forSeeds, wholeNumber } from "../../../support/random.js";
import { fixture } from "../../../support/root.js";
import { sourceOf } from "../../../support/scriptedFiles.js";

interface Expected {
  readonly facts?: Readonly<Record<string, number | string>>;
  readonly tensors?: Readonly<Record<string, readonly [dtype: string, shape: readonly number[]]>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

const folder = fixture("checkpoints");
const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Readonly<
  Record<string, Expected>
>;

const FORMATS: Readonly<Record<string, string>> = {
  "torch/last.ckpt": "lightning",
  "torch/ep1-ba400-rank0.pt": "composer",
  "torch/checkpoint_last.pt": "fairseq",
  "dcp/step-1000": "torchtitan",
  "deepspeed/global_step20": "deepspeed",
  "megatron/iter_0000020": "megatron",
};

/** The sample with its neighbours, in memory. */
function sampleFiles(): Record<string, Uint8Array> {
  const tree: Record<string, Uint8Array> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (statSync(path).isFile()) {
      tree[`/w/${toSlashes(relative(folder, path))}`] = new Uint8Array(readFileSync(path));
    }
  }
  return tree;
}

const tree = sampleFiles();
const files = new MemoryFiles(tree);

function checkpointAt(name: string, format = FORMATS[name] ?? "torch"): Checkpoint {
  const container = `/w/${name}` in tree ? "file" : "directory";
  return { step: 0, path: `/w/${name}`, container, format };
}

function byName(list: TensorList): Record<string, unknown> {
  assert.ok(list.ok, list.ok ? "" : list.reason);
  return Object.fromEntries(list.tensors.map(({ name, dtype, shape }) => [name, [dtype, shape]]));
}

describe("samples of checkpoints", () => {
  for (const [name, { facts, tensors, config }] of Object.entries(expected)) {
    if (tensors) {
      it(`${name} holds the tensors that were saved`, async () => {
        assert.deepEqual(byName(await listTensors(files, checkpointAt(name))), tensors);
      });
    }
    if (facts) {
      it(`${name} says where training was`, async () => {
        const inspection = await inspectCheckpoint(files, checkpointAt(name));
        const { state, reason, bytes, ...found } = inspection;
        assert.deepEqual([state, reason], ["complete", null], `${bytes} bytes`);
        assert.deepEqual(found, facts);
      });
    }
    if (config) {
      it(`${name} holds the configuration`, async () => {
        const source = sourceOf(tree[`/w/${name}`] as Uint8Array);
        const read = await readConfig(source, `/w/${name}`);
        assert.deepEqual(read.problems, []);
        for (const [key, value] of Object.entries(config)) {
          assert.deepEqual(read.config.get(key), value, key);
        }
      });
    }
  }

  it("hyper-parameters of Lightning are a configuration", async () => {
    const source = sourceOf(tree["/w/torch/last.ckpt"] as Uint8Array);
    const { config } = await readConfig(source, "/w/torch/last.ckpt");
    assert.deepEqual(Object.fromEntries(config), {
      lr: 0.001,
      batch_size: 64,
      name: "probe",
      layers: "[1,2]",
      "deep.x": true,
      "deep.y": null,
    });
  });

  it("T5X: the step inside, arrays that lie beside it", async () => {
    const checkpoint = checkpointAt("t5x/checkpoint_1", "t5x");
    const { state, step } = await inspectCheckpoint(files, checkpoint);
    assert.deepEqual([state, step], ["complete", 1]);
    assert.deepEqual(byName(await listTensors(files, checkpoint)), {
      "optimizer/state/param_states/bias": ["F32", [5]],
      "optimizer/state/param_states/kernel": ["F64", [10, 5]],
      "optimizer/state/param_states/step": ["I32", []],
      "optimizer/state/step": ["I32", []],
    });
  });

  it("TensorFlow: 105 tensors behind checksums, the step, a shard that is missing", async () => {
    const checkpoint = checkpointAt("tensorflow/model.ckpt-0.index", "tensorflow");
    const { state, reason, step } = await inspectCheckpoint(files, checkpoint);
    assert.deepEqual([state, step], ["partial", 0]);
    assert.match(reason ?? "", /model\.ckpt-0\.data-00001-of-00002 is missing/);
    const list = byName(await listTensors(files, checkpoint));
    assert.equal(Object.keys(list).length, 105);
    assert.deepEqual(list["decoder/block_000/layer_000/SelfAttention/k"], ["BF16", [32, 128]]);
    assert.deepEqual(list["global_step"], ["I64", []]);
  });

  for (const [name, prefix] of [
    ["orbax/v0/1000", ""],
    ["orbax/v1/2000", "state."],
    ["orbax/v0-bare/3000", "state."],
  ] as const) {
    it(`Orbax: ${name}`, async () => {
      const checkpoint = checkpointAt(name, "orbax");
      assert.equal((await inspectCheckpoint(files, checkpoint)).state, "complete");
      assert.deepEqual(byName(await listTensors(files, checkpoint)), {
        [`${prefix}a`]: ["unknown", [8]],
        [`${prefix}b.c`]: ["unknown", [3]],
      });
    });
  }

  it("a zip64 directory is read like another", async () => {
    const plain = tree["/w/torch/ckpt.pt"] as Uint8Array;
    const zip64 = new MemoryFiles({ "/w/ckpt.pt": asZip64(plain) });
    const checkpoint = { ...checkpointAt("torch/ckpt.pt"), path: "/w/ckpt.pt" };
    assert.deepEqual(
      byName(await listTensors(zip64, checkpoint)),
      expected["torch/ckpt.pt"]?.tensors,
    );
  });

  it("TensorFlow's index gives no other number when bytes of it are wrong", async () => {
    const name = "tensorflow/model.ckpt-0.index";
    const right = byName(await listTensors(files, checkpointAt(name, "tensorflow")));
    const bytes = tree[`/w/${name}`] as Uint8Array;
    const lists: Promise<TensorList>[] = [];
    forSeeds(1000, (random) => {
      const damaged = Uint8Array.from(bytes);
      const at = wholeNumber(random, 0, damaged.length - 1);
      damaged[at] = (damaged[at] as number) ^ (1 << wholeNumber(random, 0, 7));
      const memory = new MemoryFiles({ [`/w/${name}`]: damaged });
      lists.push(listTensors(memory, checkpointAt(name, "tensorflow")));
    });
    for (const list of await Promise.all(lists)) {
      if (list.ok) assert.deepEqual(byName(list), right);
    }
  });

  it("give reasons, never exceptions, when bytes of them are wrong", async () => {
    const names = Object.keys(tree).filter((path) => !/expected|SOURCES|pickles/.test(path));
    const looks: Promise<unknown>[] = [];
    forSeeds(30, (random) => {
      for (const path of names) {
        const damaged = Uint8Array.from(tree[path] as Uint8Array);
        for (let i = 0; i < 4 && damaged.length > 0; i++) {
          damaged[wholeNumber(random, 0, damaged.length - 1)] = wholeNumber(random, 0, 255);
        }
        const cut = damaged.subarray(0, wholeNumber(random, 0, damaged.length));
        const memory = new MemoryFiles({ ...tree, [path]: random() < 0.5 ? damaged : cut });
        const name = path.slice("/w/".length);
        const above = name.slice(0, name.indexOf("/", name.indexOf("/") + 1));
        const format = name.split("/", 1)[0] ?? "";
        for (const checkpoint of [checkpointAt(name, format), checkpointAt(above, format)]) {
          looks.push(inspectCheckpoint(memory, checkpoint), listTensors(memory, checkpoint));
        }
      }
    });
    await Promise.all(looks);
  });
});

/** The same zip with its end record's numbers moved into a zip64 record. */
function asZip64(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 22;
  const old = new DataView(bytes.buffer, bytes.byteOffset + end);
  assert.equal(old.getUint32(0, true), 0x06054b50);
  const out = new Uint8Array(bytes.length + 76);
  out.set(bytes.subarray(0, end));
  const view = new DataView(out.buffer);
  view.setUint32(end, 0x06064b50, true);
  view.setBigUint64(end + 4, 44n, true);
  view.setBigUint64(end + 24, BigInt(old.getUint16(8, true)), true);
  view.setBigUint64(end + 32, BigInt(old.getUint16(10, true)), true);
  view.setBigUint64(end + 40, BigInt(old.getUint32(12, true)), true);
  view.setBigUint64(end + 48, BigInt(old.getUint32(16, true)), true);
  view.setUint32(end + 56, 0x07064b50, true);
  view.setBigUint64(end + 64, BigInt(end), true);
  view.setUint32(end + 72, 1, true);
  out.set(bytes.subarray(end), end + 76);
  view.setUint16(end + 76 + 10, 0xffff, true);
  view.setUint32(end + 76 + 12, 0xffffffff, true);
  view.setUint32(end + 76 + 16, 0xffffffff, true);
  return out;
}
