/** Directories of experiment trackers: what they hold becomes runs, with names, configurations and parents. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Catalog } from "../../../../src/core/catalog/catalog.js";
import { MemoryFiles } from "../../../../src/core/io/memoryFiles.js";
import { toSlashes } from "../../../../src/core/io/path.js";
import type { RunIdentity } from "../../../../src/core/model/run.js";
import { fsFiles } from "../../../../src/node/fsFiles.js";
import { catalogOf, discovered, idsOf, problemCodes } from "../../../support/catalogs.js";
import { eventFile } from "../../../support/eventFile.js";
import { jsonlSeries } from "../../../support/jsonlText.js";
import { fixture } from "../../../support/root.js";
import { wandbLog } from "../../../support/wandbLog.js";

interface Expected {
  readonly label: string;
  readonly params: number;
  /** Points, first step, first value, last step, last value. */
  readonly metrics: Readonly<Record<string, readonly number[]>>;
}

const rows = (from: number, to: number): Record<string, unknown>[] =>
  Array.from({ length: to - from }, (_, i) => ({ loss: from + i, _step: from + i }));

async function identityOf(catalog: Catalog, id: string): Promise<RunIdentity> {
  const run = catalog.runs().find(({ key }) => catalog.idOf(key) === id);
  const identity = (await catalog.identify()).get(run?.key ?? "");
  assert.ok(identity, `no run ${id} among ${idsOf(catalog).join(", ")}`);
  return identity;
}

async function seriesOf(catalog: Catalog, id: string, metric: string): Promise<number[][]> {
  const run = catalog.runs().find(({ key }) => catalog.idOf(key) === id);
  assert.ok(run, `no run ${id} among ${idsOf(catalog).join(", ")}`);
  const series = (await catalog.load(run.key)).table.series(metric);
  return series ? [[...series.step], [...series.value]] : [];
}

describe("trackers' directories", () => {
  it("give what the files say, for real ones of MLflow and DVCLive", async () => {
    const root = toSlashes(fixture("trackers"));
    const catalog = await discovered(fsFiles, root);
    const expected = JSON.parse(readFileSync(`${root}/expected.json`, "utf8")) as Readonly<
      Record<string, Expected>
    >;
    assert.deepEqual(idsOf(catalog).sort(), Object.keys(expected).sort());
    for (const [id, { label, params, metrics }] of Object.entries(expected)) {
      const identity = await identityOf(catalog, id);
      assert.equal(identity.label, label);
      const own = [...identity.config.keys()].filter((key) => !key.startsWith("mlflow."));
      assert.equal(own.length, params, id);
      for (const [metric, [count, first, value, last, end]] of Object.entries(metrics)) {
        const [steps = [], values = []] = await seriesOf(catalog, id, metric);
        assert.deepEqual(
          [steps.length, steps[0], values[0], steps.at(-1), values.at(-1)],
          [count, first, value, last, end],
          `${id} ${metric}`,
        );
      }
    }
    assert.deepEqual(catalog.problems(), []);
  });

  describe("of W&B", () => {
    const RUN = "/w/wandb/run-20240101_000000-aaa";
    const CONFIG =
      "wandb_version: 1\n_wandb:\n  desc: null\n  value:\n    e:\n      email: someone\n" +
      "lr:\n  desc: null\n  value: 0.1\nseed:\n  desc: null\n  value: 7\n";

    it("unwraps the configuration and leaves the client's notes out", async () => {
      const catalog = await catalogOf({
        [`${RUN}/run-aaa.wandb`]: wandbLog({ id: "aaa", name: "first try" }, rows(0, 3)),
        [`${RUN}/files/config.yaml`]: CONFIG,
        [`${RUN}/files/wandb-metadata.json`]: '{"email": "someone"}',
        "/w/wandb/latest-run": "run-20240101_000000-aaa",
      });
      assert.deepEqual(idsOf(catalog), ["wandb/run-20240101_000000-aaa"]);
      const { label, seed, config } = await identityOf(catalog, "wandb/run-20240101_000000-aaa");
      assert.deepEqual([label, seed], ["first try", 7]);
      assert.deepEqual(
        [...config],
        [
          ["lr", 0.1],
          ["seed", 7],
        ],
      );
    });

    it("takes the configuration from the log where its file is missing", async () => {
      const catalog = await catalogOf({
        [`${RUN}/run-aaa.wandb`]: wandbLog({ id: "aaa", config: { lr: 0.5 } }, rows(0, 3)),
      });
      const { config } = await identityOf(catalog, "wandb/run-20240101_000000-aaa");
      assert.deepEqual([...config], [["lr", 0.5]]);
    });

    it("joins the directories of one run in the order of time, and does not count a copy", async () => {
      const catalog = await catalogOf({
        "/w/wandb/offline-run-20240101_000000-aaa/run-aaa.wandb": wandbLog({}, rows(0, 10)),
        "/w/wandb/run-20240102_000000-aaa/run-aaa.wandb": wandbLog({}, rows(5, 12)),
        "/w/wandb/latest-run/run-aaa.wandb": wandbLog({}, rows(5, 12)),
        "/w/wandb/run-20240103_000000-bbb/run-bbb.wandb": wandbLog({}, rows(0, 2)),
      });
      assert.deepEqual(idsOf(catalog), ["wandb/run-20240103_000000-bbb", "wandb#aaa"]);
      const run = catalog.runs().find(({ part }) => part === "aaa");
      const { table } = await catalog.load(run?.key ?? "");
      assert.deepEqual(table.attempts, [
        { first: 0, last: 9, superseded: true },
        { first: 5, last: 11, superseded: false },
      ]);
      assert.equal(table.series("loss")?.step.length, 12);
    });

    it("takes a copy named latest-run where it is alone", async () => {
      const catalog = await catalogOf({
        "/w/.wandb/latest-run/run-aaa.wandb": wandbLog({}, rows(0, 2)),
      });
      assert.deepEqual(idsOf(catalog), [".wandb/latest-run"]);
    });

    it("joins the only run to that of the directory above, if it has findings of its own", async () => {
      const log = wandbLog({ id: "aaa" }, [{ "train/loss": 0.25, _step: 1 }]);
      const tree = { "/w/out/wandb/run-20240101_000000-aaa/run-aaa.wandb": log };
      const beside = jsonlSeries("loss", [[1, 2]]);
      const joined = await catalogOf({ ...tree, "/w/out/metrics.jsonl": beside });
      assert.deepEqual(idsOf(joined), ["out"]);
      assert.deepEqual(await seriesOf(joined, "out", "train/loss"), [[1], [0.25]]);
      assert.deepEqual(await seriesOf(joined, "out", "loss"), [[1], [2]]);
      const several = await catalogOf({
        ...tree,
        "/w/out/metrics.jsonl": beside,
        "/w/out/wandb/run-20240102_000000-bbb/run-bbb.wandb": log,
      });
      assert.deepEqual(idsOf(several), [
        "out",
        "out/wandb/run-20240101_000000-aaa",
        "out/wandb/run-20240102_000000-bbb",
      ]);
    });

    it("follows a joined run while it grows", async () => {
      const path = "/w/out/wandb/run-20240101_000000-aaa/run-aaa.wandb";
      const files = new MemoryFiles({
        [path]: wandbLog({ id: "aaa" }, rows(0, 40)),
        "/w/out/metrics.jsonl": jsonlSeries("acc", [[1, 2]]),
      });
      const catalog = await discovered(files);
      const [run] = catalog.runs();
      assert.equal((await catalog.load(run?.key ?? "")).table.series("loss")?.step.length, 40);
      files.write(path, wandbLog({ id: "aaa" }, rows(0, 60)));
      assert.equal(await catalog.refresh(run?.key ?? ""), true);
      assert.equal((await catalog.load(run?.key ?? "")).table.series("loss")?.step.length, 60);
    });

    it("reads the summary where the log is missing or empty", async () => {
      const summary = '{"loss": 0.5, "_step": 9}';
      for (const tree of [{}, { [`${RUN}/run-aaa.wandb`]: new Uint8Array(0) }]) {
        const catalog = await catalogOf({ ...tree, [`${RUN}/files/wandb-summary.json`]: summary });
        const id = "wandb/run-20240101_000000-aaa";
        assert.deepEqual(await seriesOf(catalog, id, "loss"), [[9], [0.5]]);
      }
    });

    it("names the run that another was forked from", async () => {
      const forkedAt = { id: "aaa", step: 4 };
      const catalog = await catalogOf({
        [`${RUN}/run-aaa.wandb`]: wandbLog({ id: "aaa" }, rows(0, 9)),
        "/w/wandb/run-20240102_000000-bbb/run-bbb.wandb": wandbLog(
          { id: "bbb", forkedAt },
          rows(5, 9),
        ),
      });
      const { parent } = await identityOf(catalog, "wandb/run-20240102_000000-bbb");
      assert.deepEqual(parent, { key: RUN, text: "aaa", step: 4 });
    });
  });

  describe("of MLflow", () => {
    const EXPERIMENT = "/w/mlruns/123456789012345678";
    const RUN = `${EXPERIMENT}/${"a".repeat(32)}`;
    const META = `run_id: ${"a".repeat(32)}\nrun_name: swift-hare-1\nlifecycle_stage: active\nstatus: 4\n`;
    const METRIC = "1700000000000 0.5 1\n1700000001500 nan 2\n1700000002000 1e-05 3 model data\n";

    it("reads metrics by their path, parameters as configuration, and the parent", async () => {
      const child = `${EXPERIMENT}/${"b".repeat(32)}`;
      const catalog = await catalogOf({
        [`${EXPERIMENT}/meta.yaml`]: "name: sweep\n",
        [`${RUN}/meta.yaml`]: META,
        [`${RUN}/metrics/val/top 1 acc`]: METRIC,
        [`${RUN}/params/lr`]: "0.001",
        [`${RUN}/params/optim/name`]: "adamw",
        [`${RUN}/params/job`]: "00123456789012345678",
        [`${child}/meta.yaml`]: META.replaceAll("a".repeat(32), "b".repeat(32)),
        [`${child}/metrics/loss`]: METRIC,
        [`${child}/tags/mlflow.parentRunId`]: "a".repeat(32),
        [`${child}/tags/mlflow.runName`]: "child",
      });
      const id = `mlruns/123456789012345678/${"a".repeat(32)}`;
      const { label, config } = await identityOf(catalog, id);
      assert.equal(label, "swift-hare-1");
      assert.deepEqual(
        [...config],
        [
          ["mlflow.status", "failed"],
          ["job", "00123456789012345678"],
          ["lr", 0.001],
          ["optim/name", "adamw"],
        ],
      );
      assert.deepEqual(await seriesOf(catalog, id, "val/top 1 acc"), [
        [1, 2, 3],
        [0.5, NaN, 1e-5],
      ]);
      const other = await identityOf(catalog, id.replaceAll("a".repeat(32), "b".repeat(32)));
      assert.deepEqual([other.label, other.parent?.key], ["child", RUN]);
    });

    it("leaves deleted runs out, and what is no run", async () => {
      const catalog = await catalogOf({
        [`${RUN}/meta.yaml`]: META.replace("active", "deleted"),
        [`${RUN}/metrics/loss`]: METRIC,
        [`/w/mlruns/.trash/1/${"c".repeat(32)}/meta.yaml`]: META,
        [`/w/mlruns/.trash/1/${"c".repeat(32)}/metrics/loss`]: METRIC,
        [`${EXPERIMENT}/datasets/${"d".repeat(32)}/meta.yaml`]: "name: data\n",
      });
      assert.deepEqual(idsOf(catalog), []);
    });

    it("reads the metrics where meta.yaml is malformed, and says so", async () => {
      const catalog = await catalogOf({
        [`${RUN}/meta.yaml`]: "run_id: [\n",
        // The last line is still being written: its value may be cut.
        [`${RUN}/metrics/loss`]: `${METRIC}broken\n1700000003000 0.12`,
      });
      const [run] = catalog.runs();
      const { table } = await catalog.load(run?.key ?? "");
      assert.equal(table.series("loss")?.step.length, 3);
      assert.deepEqual(problemCodes(catalog), ["mlflow/bad-line", "mlflow/bad-meta"]);
    });
  });

  describe("of DVCLive", () => {
    it("are known under any name by their tables, which name their metrics", async () => {
      const catalog = await catalogOf({
        "/w/training/metrics.json": '{"step": 1, "eval": {"loss": 2}}',
        "/w/training/params.yaml": "lr: 0.1\n",
        "/w/training/plots/metrics/eval/loss.tsv":
          "timestamp\tstep\tloss\n1700000000000\t0\t3\n1700000001000\t1\t2\n",
      });
      assert.deepEqual(idsOf(catalog), ["training"]);
      assert.deepEqual(await seriesOf(catalog, "training", "eval/loss"), [
        [0, 1],
        [3, 2],
      ]);
      assert.equal((await identityOf(catalog, "training")).config.get("lr"), 0.1);
    });

    it("give the latest values where there are no tables", async () => {
      const catalog = await catalogOf({
        "/w/dvclive/metrics.json": '{"step": 4, "eval": {"loss": 2}}',
      });
      assert.deepEqual(await seriesOf(catalog, "dvclive", "eval/loss"), [[4], [2]]);
    });

    it("are not seen in plots that somebody else made", async () => {
      const catalog = await catalogOf({
        "/w/x/metrics.json": '{"loss": 2}',
        "/w/x/plots/loss.png": new Uint8Array(4),
        "/w/x/metrics.jsonl": jsonlSeries("loss", [[1, 2]]),
      });
      assert.deepEqual(catalog.runs()[0]?.systems, ["JSON lines"]);
    });
  });

  it("of Aim are said to be unreadable", async () => {
    const catalog = await catalogOf({ "/w/.aim/VERSION": "3.17\n", "/w/.aim/meta/index": "x" });
    assert.deepEqual([idsOf(catalog), problemCodes(catalog)], [[], ["aim/unsupported"]]);
  });

  it("of Lightning are named as such, also where the user named the version", async () => {
    const catalog = await catalogOf({
      "/w/logs/fast-one/metrics.csv": "epoch,step,loss\n0,49,1\n0,99,0.5\n",
      "/w/logs/fast-one/hparams.yaml": "net: !!python/object:models.Net\n  width: 8\n",
      "/w/logs/fast-one/checkpoints/epoch=0-step=100.ckpt": "x",
    });
    const [run] = catalog.runs();
    assert.ok(run);
    assert.deepEqual(run.systems, ["CSV", "PyTorch Lightning"]);
    assert.deepEqual(
      run.checkpoints.map(({ step }) => step),
      [100],
    );
    assert.equal((await identityOf(catalog, catalog.idOf(run.key))).config.get("net.width"), 8);
  });

  it("that PyTorch makes for hyper-parameters belong to the run that they are in, if there is one", async () => {
    const events = (step: number): Uint8Array =>
      eventFile([{ step, wallTime: 1_700_000_000, scalars: [{ tag: `m${step}`, value: 1 }] }]);
    const tree = {
      "/w/run/events.out.tfevents.1": events(1),
      "/w/run/1700000000.123/events.out.tfevents.2": events(2),
    };
    assert.deepEqual(idsOf(await catalogOf(tree)), ["run"]);
    const several = { ...tree, "/w/run/1700000009.5/events.out.tfevents.3": events(3) };
    assert.deepEqual(idsOf(await catalogOf(several)), [
      "run",
      "run/1700000000.123",
      "run/1700000009.5",
    ]);
  });
});
