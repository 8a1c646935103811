/** Every page with something real in it, for what is asked of all of them: access without a mouse or colours, pictures. */

import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TimelineIntent } from "../../src/protocol/panelProtocol.js";
import type { Questions } from "../../src/protocol/rpc.js";
import { concat, eventFile, histogramRecord, textRecord } from "./eventFile.js";
import {
  HOSTILE_NAMES,
  hostileFiles,
  manyMetrics,
  manyRuns,
  negativeValues,
  noNumbers,
  onePoint,
} from "./extremes.js";
import type { Chromium, OpenedPage, Opening } from "./pages.js";
import {
  DiffHost,
  ExamplesHost,
  FileHost,
  LineageHost,
  OnsetsHost,
  TimelineHost,
} from "./panelHosts.js";
import { fixture, inProject } from "./root.js";
import { safetensorsFile, type WrittenTensor } from "./safetensorsFile.js";
import { removeFolder, temporaryFolder } from "./temporaryFolder.js";
import { workerOn, type WorkerOn } from "./workerOn.js";

export type Look = Pick<Opening<Questions>, "theme" | "width" | "height">;

export interface View {
  readonly name: string;
  /** Open and drawn. */
  readonly open: (chromium: Chromium, look: Look) => Promise<OpenedPage<Questions>>;
}

export class Views {
  private constructor(
    readonly all: readonly View[],
    private readonly workers: readonly WorkerOn[],
    private readonly folders: readonly string[],
  ) {}

  static async make(): Promise<Views> {
    const sample = await workerOn(inProject("samples", "grokking"));
    const folder = await temporaryFolder();
    await writeFiles(folder);
    const a = { key: sample.key("wd0-seed0"), step: 4000 };
    const b = { key: sample.key("wd1-seed0"), step: 4000 };
    const file = (title: string, name: string, state = "drawn"): View =>
      viewOf(title, "file", () => new FileHost(sample, `${folder}/${name}`), state);
    const all = [
      viewOf("timeline", "timeline", () => new TimelineHost(sample)),
      viewOf("diff", "diff", () => new DiffHost(sample, { a, b })),
      viewOf("onsets", "onsets", () => new OnsetsHost(sample)),
      viewOf("examples", "examples", () => new ExamplesHost(sample, b.key)),
      viewOf("lineage", "lineage", () => new LineageHost(sample)),
      file("tensors", "model.safetensors"),
      file("events", EVENTS),
      file("table", "recipes.parquet"),
      file("unreadable", "bad.safetensors", "failed"),
      viewOf("empty", "diff", () => new DiffHost(sample, null), "empty"),
    ];
    return new Views(all, [sample], [folder]);
  }

  /** Pages over what is hostile or extreme, `drawn` or as they say that there is nothing to draw. */
  static async makeExtreme(): Promise<Views> {
    const folders: string[] = [];
    const workers: WorkerOn[] = [];
    const over = async (files: Parameters<typeof temporaryFolder>[0]): Promise<WorkerOn> => {
      const folder = await temporaryFolder(files);
      folders.push(folder);
      const worker = await workerOn(folder);
      workers.push(worker);
      return worker;
    };
    const timeline = (name: string, on: WorkerOn, intent: Partial<TimelineIntent> = {}): View =>
      viewOf(`${name}-timeline`, "timeline", () => {
        const host = new TimelineHost(on);
        host.intent = { ...host.intent, ...intent };
        return host;
      });
    const onsets = (name: string, on: WorkerOn, state = "drawn"): View =>
      viewOf(`${name}-onsets`, "onsets", () => new OnsetsHost(on), state);
    const diff = (name: string, on: WorkerOn, step: number): View =>
      viewOf(`${name}-diff`, "diff", () => {
        const [a = "", b = ""] = on.snapshot.runs.map(({ key }) => key);
        return new DiffHost(on, { a: { key: a, step }, b: { key: b, step } });
      });
    const events = (name: string, on: WorkerOn, folder: string): View =>
      viewOf(`${name}-events`, "file", () => new FileHost(on, `${folder}/logged/${EVENTS}`));
    const hostile = await over(hostileFiles());
    const runs = await over(manyRuns());
    const metrics = await over(manyMetrics());
    const point = await over(onePoint());
    const numbers = await over(noNumbers());
    const negative = await over(negativeValues());
    const [hostileFolder = "", , metricsFolder = ""] = folders;
    const all = [
      timeline("hostile", hostile, { metrics: HOSTILE_NAMES }),
      onsets("hostile", hostile),
      diff("hostile", hostile, 1000),
      viewOf("hostile-examples", "examples", () => {
        return new ExamplesHost(hostile, hostile.snapshot.runs[0]?.key ?? null);
      }),
      viewOf("hostile-lineage", "lineage", () => new LineageHost(hostile)),
      events("hostile", hostile, hostileFolder),
      timeline("many-runs", runs),
      onsets("many-runs", runs),
      timeline("many-metrics", metrics),
      diff("many-metrics", metrics, 1000),
      events("many-metrics", metrics, metricsFolder),
      timeline("one-point", point),
      onsets("one-point", point),
      diff("one-point", point, 0),
      timeline("no-numbers", numbers),
      onsets("no-numbers", numbers),
      diff("no-numbers", numbers, 1),
      timeline("negative", negative, { values: "log" }),
      diff("negative", negative, 10),
    ];
    return new Views(all, workers, folders);
  }

  async dispose(): Promise<void> {
    for (const { client } of this.workers) client.dispose();
    for (const folder of this.folders) await removeFolder(folder);
  }
}

function viewOf<Q extends Questions>(
  name: string,
  page: Opening<Q>["page"],
  host: () => Pick<Opening<Q>, "handlers">,
  state = "drawn",
): View {
  return {
    name,
    open: async (chromium, look) => {
      const opened = await chromium.open<Q>({ page, handlers: host().handlers, ...look });
      await opened.page.waitForSelector(`body[data-state="${state}"]`);
      // Parts that are asked for by themselves, and what the next frame draws.
      await opened.page.waitForTimeout(400);
      return opened;
    },
  };
}

const EVENTS = "events.out.tfevents.1700000000.host";

async function writeFiles(folder: string): Promise<void> {
  const header: Record<string, WrittenTensor | Record<string, string>> = {
    __metadata__: { format: "pt", __proto__: "text", note: "<img src=x onerror=alert(1)>" },
  };
  let at = 0;
  const add = (name: string, dtype: string, shape: readonly number[]): void => {
    const end = at + shape.reduce((product, size) => product * size, dtype === "F32" ? 4 : 2);
    header[name] = { dtype, shape, data_offsets: [at, end] };
    at = end;
  };
  add("model.embed_tokens.weight", "BF16", [512, 64]);
  for (let i = 0; i < 6; i++) {
    add(`model.layers.${i}.self_attn.qkv_proj.weight`, "BF16", [192, 64]);
    add(`model.layers.${i}.mlp.up_proj.weight`, "BF16", [256, 64 + 32 * i]);
    add(`model.layers.${i}.norm.weight`, "F32", [64]);
  }
  add("lm_head.weight", "BF16", [512, 64]);
  await writeFile(join(folder, "model.safetensors"), safetensorsFile(header, at));
  await writeFile(join(folder, "bad.safetensors"), new Uint8Array(64).fill(0xff));
  const rows = Array.from({ length: 200 }, (_, i) => ({
    step: i * 50,
    wallTime: 1_700_000_000 + i,
    scalars: [
      { tag: "train/loss", value: i === 90 ? NaN : 4 * Math.exp(-i / 40) + Math.sin(i) / 20 },
      { tag: "train/lr", value: Math.min(i / 20, 1) * (1 - i / 200) * 1e-3 },
      { tag: "eval/acc", value: 1 / (1 + Math.exp((100 - i) / 12)) },
      { tag: "<img src=x onerror=alert(1)>", value: i },
      { tag: "__proto__", value: -i },
    ],
  }));
  const rest = [
    textRecord("notes/text_summary", 50, "A **note**."),
    histogramRecord("weights", 10),
  ];
  await writeFile(join(folder, EVENTS), concat([eventFile(rows), ...rest]));
  await copyFile(fixture("formats", "parquet", "recipes.parquet"), join(folder, "recipes.parquet"));
}
