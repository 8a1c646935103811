import assert from "node:assert/strict";
import { FileReader, type FileContents } from "../../../src/core/answers/fileContents.js";
import { layerOf } from "../../../src/core/answers/tensors.js";
import type { Files } from "../../../src/core/io/files.js";
import { MemoryFiles } from "../../../src/core/io/memoryFiles.js";
import { CountingFiles } from "../../support/countingFiles.js";
import {
  concat,
  eventFile,
  eventRecord,
  histogramRecord,
  textRecord,
} from "../../support/eventFile.js";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { readWhole } from "../../support/readWhole.js";
import { safetensorsFile, tinySafetensors } from "../../support/safetensorsFile.js";
import { formatSamples } from "../../support/samples.js";
import { sourceOf } from "../../support/scriptedFiles.js";

function contentsOf(name: string, bytes: string | Uint8Array): Promise<FileContents> {
  return new FileReader(new MemoryFiles({ [`/w/${name}`]: bytes })).contents(`/w/${name}`);
}

async function asKind<K extends FileContents["kind"]>(
  kind: K,
  name: string,
  bytes: string | Uint8Array,
): Promise<Extract<FileContents, { kind: K }>> {
  const contents = await contentsOf(name, bytes);
  assert.equal(contents.kind, kind, "reason" in contents ? contents.reason : "");
  return contents as Extract<FileContents, { kind: K }>;
}

describe("layerOf", () => {
  const CASES: readonly [name: string, layer: string][] = [
    ["model.layers.3.mlp.experts.7.w1.weight", "model.layers.3"],
    ["transformer.h.11.attn.weight", "transformer.h.11"],
    ["blocks/2/attn/w", "blocks/2"],
    ["0.weight", "0"],
    ["model.embed_tokens.weight", "model.embed_tokens"],
    ["lm_head.weight", "lm_head"],
    ["conv1.weight", "conv1"],
    ["w", "w"],
    [".w", ".w"],
    ["", ""],
  ];
  for (const [name, layer] of CASES) {
    it(`of ${JSON.stringify(name)} is ${JSON.stringify(layer)}`, () => {
      assert.equal(layerOf(name), layer);
    });
  }
});

describe("contents of a safetensors file", () => {
  const header = {
    __metadata__: { format: "pt", __proto__: "x" } as Record<string, string>,
    "h.0.w": { dtype: "F32", shape: [2, 3], data_offsets: [0, 24] as [number, number] },
    "h.0.b": { dtype: "BF16", shape: [3], data_offsets: [24, 30] as [number, number] },
    "h.1.w": { dtype: "F32", shape: [], data_offsets: [30, 34] as [number, number] },
  };

  it("names its tensors, and counts them by dtype and by layer", async () => {
    const { total, tensors, dtypes, layers, metadata, problems, bytes } = await asKind(
      "tensors",
      "m.safetensors",
      safetensorsFile(header, 34),
    );
    assert.deepEqual(problems, []);
    assert.equal(bytes, safetensorsFile(header, 34).length);
    assert.deepEqual(total, { tensors: 3, parameters: 10, bytes: 34 });
    assert.deepEqual(
      tensors.map(({ name, shape }) => [name, shape]),
      [
        ["h.0.w", [2, 3]],
        ["h.0.b", [3]],
        ["h.1.w", []],
      ],
    );
    assert.deepEqual(dtypes, [
      { name: "F32", tensors: 2, parameters: 7, bytes: 28 },
      { name: "BF16", tensors: 1, parameters: 3, bytes: 6 },
    ]);
    assert.deepEqual(layers, [
      { name: "h.0", tensors: 2, parameters: 9, bytes: 30 },
      { name: "h.1", tensors: 1, parameters: 1, bytes: 4 },
    ]);
    assert.deepEqual(metadata[0], ["format", "pt"]);
  });

  it("takes names such as __proto__ as names", async () => {
    const json = `{"__metadata__":{"__proto__":"a"},"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`;
    const bytes = new Uint8Array(8 + json.length + 1);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
    bytes.set(new TextEncoder().encode(json), 8);
    const { tensors, layers, metadata } = await asKind("tensors", "m.safetensors", bytes);
    assert.deepEqual(
      [...tensors, ...layers].map(({ name }) => name),
      ["__proto__", "__proto__"],
    );
    assert.deepEqual(metadata, [["__proto__", "a"]]);
  });

  it("says that a file is cut, and still shows its header", async () => {
    const whole = safetensorsFile(header, 34);
    const { tensors, problems } = await asKind("tensors", "m.safetensors", whole.slice(0, -4));
    assert.equal(tensors.length, 3);
    assert.match(problems[0]?.message ?? "", /^ends early: it has \d+ of the \d+ bytes/);
  });

  const HOSTILE: readonly [title: string, bytes: Uint8Array, reason: RegExp][] = [
    ["an empty file", new Uint8Array(), /too few for a header/],
    ["zeros", new Uint8Array(64), /says its header has 0 bytes/],
    ["a header longer than any", new Uint8Array(64).fill(0xff), /not a safetensors file/],
    [
      "a header that is not there",
      Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0),
      /ends within its header/,
    ],
    [
      "tensors over one another",
      safetensorsFile(
        {
          a: { dtype: "U8", shape: [4], data_offsets: [0, 4] },
          b: { dtype: "U8", shape: [4], data_offsets: [2, 6] },
        },
        6,
      ),
      /an overlap before "b"/,
    ],
    [
      "a shape that does not fit",
      safetensorsFile({ a: { dtype: "F32", shape: [2 ** 40], data_offsets: [0, 4] } }, 4),
      /shape and data_offsets disagree/,
    ],
  ];
  for (const [title, bytes, reason] of HOSTILE) {
    it(`gives the reason for ${title}`, async () => {
      assert.match((await asKind("unreadable", "m.safetensors", bytes)).reason, reason);
    });
  }

  it("reads the header and nothing else of ten gigabytes", async () => {
    const elements = 5_000_000_000;
    const bytes = safetensorsFile(
      { w: { dtype: "F16", shape: [elements], data_offsets: [0, 2 * elements] } },
      0,
    );
    const sparse: Files = Object.assign(new MemoryFiles(), {
      open: () => {
        const source = sourceOf(bytes);
        const size = bytes.length + 2 * elements;
        return Promise.resolve({ ...source, stamp: { ...source.stamp, size } });
      },
    });
    const files = new CountingFiles(sparse);
    const contents = await new FileReader(files).contents("/w/m.safetensors");
    assert.equal(contents.kind, "tensors");
    assert.deepEqual(contents.problems, []);
    const read = files.reads.reduce((sum, { bytes: count }) => sum + count, 0);
    assert.equal(read, bytes.length);
  });

  it("says how a pointer of Git LFS is downloaded", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 99\n`;
    const { reason } = await asKind("unreadable", "m.safetensors", pointer);
    assert.match(reason, /to 99 bytes; fetch it with git lfs pull$/);
  });

  it("says that a file is gone", async () => {
    const contents = await new FileReader(new MemoryFiles()).contents("/w/m.safetensors");
    assert.ok(contents.kind === "unreadable" && contents.bytes === null);
  });
});

describe("contents of an event file", () => {
  const NAME = "events.out.tfevents.1700000000.host";

  it("tells each metric's points, steps, range and what is not finite", async () => {
    const rows = [4, NaN, 1, 2].map((value, i) => ({
      step: 10 * i,
      wallTime: 1,
      scalars: [{ tag: "loss", value }, ...(i === 0 ? [{ tag: "lr", value: 0.5 }] : [])],
    }));
    const { series, metrics, points, tags } = await asKind("events", NAME, eventFile(rows));
    assert.deepEqual([metrics, points, tags], [2, 5, []]);
    const [{ line, ...loss } = { line: null }, lr] = series;
    assert.deepEqual(loss, {
      ...{ metric: "loss", part: null, axis: null, points: 4, first: 0, last: 30 },
      ...{ value: 2, low: 1, high: 4, nonFinite: 1 },
    });
    assert.deepEqual([...(line?.step ?? [])], [0, 10, 20, 30]);
    assert.deepEqual([lr?.points, lr?.low, lr?.high], [1, 0.5, 0.5]);
  });

  it("puts the steps of a restarted log in order", async () => {
    const rows = [0, 10, 20, 10, 20, 30].map((step, i) => ({
      ...{ step, wallTime: 1, scalars: [{ tag: "loss", value: i }] },
    }));
    const { series } = await asKind("events", NAME, eventFile(rows));
    assert.deepEqual([...(series[0]?.line.step ?? [])], [0, 10, 10, 20, 20, 30]);
    assert.deepEqual([...(series[0]?.line.value ?? [])], [0, 1, 3, 2, 4, 5]);
  });

  it("gives the last of each text, and counts what else there is", async () => {
    const bytes = concat([
      eventFile([]),
      textRecord("notes", 1, "first"),
      textRecord("notes", 7, "<img src=x onerror=1>"),
      histogramRecord("weights", 3),
      textRecord("__proto__", 2, "{}", "pr_curves"),
      eventRecord({ step: 1, wallTime: 1, scalars: [{ tag: "loss", value: 1 }] }),
    ]);
    const { tags, metrics } = await asKind("events", NAME, bytes);
    assert.equal(metrics, 1);
    assert.deepEqual(tags, [
      { tag: "notes", kind: "text", count: 2, first: 1, last: 7, text: "<img src=x onerror=1>" },
      { tag: "weights", kind: "histogram", count: 1, first: 3, last: 3, text: null },
      { tag: "__proto__", kind: "pr_curve", count: 1, first: 2, last: 2, text: null },
    ]);
  });

  it("has no metrics yet, or is no event file, or is damaged in the middle", async () => {
    assert.deepEqual((await asKind("events", NAME, eventFile([]))).series, []);
    await asKind("unreadable", "events.tfevents.txt", "step 1");
    const rows = [1, 2, 3].map((step) => ({
      ...{ step, wallTime: 1, scalars: [{ tag: "loss", value: step }] },
    }));
    const bytes = eventFile(rows);
    bytes[bytes.length - 6] = 0xee;
    const { series, problems } = await asKind("events", NAME, bytes);
    assert.equal(series[0]?.points, 2);
    assert.equal(problems[0]?.code, "tfevents/bad-checksum");
  });
});

describe("contents of a table", () => {
  const samples = formatSamples().filter(({ reader }) =>
    ["parquet", "arrow"].includes(reader.format),
  );

  for (const sample of samples) {
    const name = sample.file.replace(/^.*[\\/]/, "");

    it(`has the metrics that the reader gives of ${sample.name}`, async () => {
      const whole = await readWhole(sample.reader, sourceOf(sample.bytes()), sample.file);
      const { metrics, columns, problems } = await asKind("table", name, sample.bytes());
      const points = [...whole.parts.values()].reduce((sum, part) => sum + part.length, 0);
      assert.equal(metrics?.points, points);
      assert.ok(columns.length > 0);
      assert.equal(problems.length, whole.problems.length);
    });

    it(`gives the same rows of ${sample.name} whatever their pages are`, async () => {
      const files = new MemoryFiles({ [`/w/${name}`]: sample.bytes() });
      const { rows, columns } = await asKind("table", name, sample.bytes());
      const random = mulberry32(rows);
      const reader = new FileReader(files);
      const first = await reader.rows(`/w/${name}`, 0, Math.min(rows, 1000));
      assert.equal(first.note, null);
      assert.equal(first.rows.length, Math.min(rows, 1000));
      assert.ok(first.rows.every((row) => row.length === columns.length));
      for (let i = 0; i < 8; i++) {
        const from = wholeNumber(random, 0, first.rows.length - 1);
        const to = wholeNumber(random, from, first.rows.length);
        const page = await reader.rows(`/w/${name}`, from, to);
        assert.deepEqual(page.rows, first.rows.slice(from, to));
      }
      const last = await reader.rows(`/w/${name}`, rows - 1, rows + 50);
      assert.equal(last.rows.length, 1);
    });

    it(`never throws over ${sample.name} when its bytes are damaged`, async () => {
      for (let seed = 1; seed <= 40; seed++) {
        const random = mulberry32(seed);
        const bytes = sample.bytes().slice(0, 200_000);
        for (let i = wholeNumber(random, 1, 6); i > 0; i--) {
          bytes[wholeNumber(random, 0, bytes.length - 1)] = wholeNumber(random, 0, 255);
        }
        const cut = random() < 0.3 ? bytes.slice(0, wholeNumber(random, 0, bytes.length)) : bytes;
        const reader = new FileReader(new MemoryFiles({ [`/w/${name}`]: cut }));
        const contents = await reader.contents(`/w/${name}`);
        if (contents.kind !== "table") continue;
        const { rows } = await reader.rows(`/w/${name}`, 0, 100);
        assert.ok(rows.length <= 100, `seed ${seed}`);
      }
    });
  }

  it("is read anew when the file was written anew", async () => {
    const [one, other] = samples.filter(({ reader }) => reader.format === "parquet");
    assert.ok(one && other);
    const files = new MemoryFiles({ "/w/a.parquet": one.bytes() });
    const reader = new FileReader(files);
    const before = await reader.rows("/w/a.parquet", 0, 1);
    files.write("/w/a.parquet", other.bytes());
    assert.notDeepEqual(await reader.rows("/w/a.parquet", 0, 1), before);
  });

  it("says why a file is no table", async () => {
    for (const name of ["a.parquet", "a.arrow"]) {
      const { reason } = await asKind("unreadable", name, tinySafetensors());
      assert.match(reason, /^cannot be read as a table: /);
    }
  });
});
