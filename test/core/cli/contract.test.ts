/** The contract of the terminal: what `--json` answers, field by field, and the exit codes. */

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { tableFromIPC } from "apache-arrow";
import { toSlashes } from "../../../src/core/io/path.js";
import { fixture, inProject } from "../../support/root.js";
import { onset, onsetJson, type Answer } from "../../support/terminal.js";

const sample = inProject("samples", "grokking");
const workspace = fixture("workspace");

function listOf(value: unknown): Answer[] {
  assert.ok(Array.isArray(value), "a list");
  return value as Answer[];
}

function objectOf(value: unknown): Answer {
  assert.ok(typeof value === "object" && value !== null && !Array.isArray(value), "an object");
  return value as Answer;
}

/** Checks that an object has these fields of these kinds; `?` behind a kind allows null. */
function hasFields(value: unknown, fields: Readonly<Record<string, string>>, what: string): void {
  const object = objectOf(value);
  for (const [name, kind] of Object.entries(fields)) {
    assert.ok(name in object, `${what} has no field ${name}`);
    const field = object[name];
    const actual = field === null ? "null" : Array.isArray(field) ? "list" : typeof field;
    const allowed = kind.endsWith("?") ? [kind.slice(0, -1), "null"] : [kind];
    assert.ok(
      allowed.includes(actual) || allowed.includes("any"),
      `${what}.${name} is ${actual}, not ${kind}`,
    );
  }
}

const RUN = { id: "string", label: "string", directory: "string", file: "string?" };

function hasRun(value: unknown): void {
  hasFields(value, RUN, "run");
  const { directory, file } = objectOf(value);
  assert.ok(typeof directory === "string" && isAbsolute(directory));
  assert.ok(file === null || (typeof file === "string" && isAbsolute(file)));
}

/** A number, or one of the words for those that JSON does not have. */
function isNumber(value: unknown): boolean {
  return typeof value === "number" || ["NaN", "Infinity", "-Infinity"].includes(String(value));
}

describe("onset runs --json", function () {
  this.timeout(120_000);

  for (const [name, folder, count] of [
    ["the sample workspace", sample, 10],
    ["the test workspace", workspace, 6],
  ] as const) {
    it(`answers for ${name} with all fields of the contract`, async () => {
      const { code, answer } = await onsetJson(["runs", folder]);
      assert.equal(code, 0);
      const runs = listOf(answer["runs"]);
      assert.equal(runs.length, count);
      for (const run of runs) {
        hasFields(
          run,
          {
            run: "object",
            systems: "list",
            config: "object",
            seed: "any",
            seedGroup: "string?",
            parent: "object?",
            steps: "object",
            metrics: "list",
            checkpoints: "list",
            attempts: "list",
            problems: "list",
          },
          "runs[]",
        );
        hasRun(run["run"]);
        hasFields(run["steps"], { first: "number", last: "number" }, "steps");
        for (const metric of listOf(run["metrics"])) {
          hasFields(
            metric,
            { name: "string", kind: "string", points: "number", first: "object", last: "object" },
            "metrics[]",
          );
          assert.ok(["training", "evaluation"].includes(String(metric["kind"])));
          for (const end of [metric["first"], metric["last"]]) {
            assert.equal(typeof objectOf(end)["step"], "number");
            assert.ok(isNumber(objectOf(end)["value"]));
          }
        }
        for (const checkpoint of listOf(run["checkpoints"])) {
          hasFields(
            checkpoint,
            { step: "number", path: "string", format: "string", state: "string", bytes: "number?" },
            "checkpoints[]",
          );
          assert.ok(
            ["complete", "partial", "weights-only", "remote"].includes(String(checkpoint["state"])),
          );
          assert.equal(checkpoint["bytes"], null, "nobody asked for sizes");
        }
        for (const attempt of listOf(run["attempts"])) {
          hasFields(
            attempt,
            { first: "number", last: "number", superseded: "boolean" },
            "attempts[]",
          );
        }
        const parent = run["parent"];
        if (parent !== null) {
          hasFields(parent, { run: "object", step: "number?" }, "parent");
          hasRun(objectOf(parent)["run"]);
        }
      }
      for (const problem of listOf(answer["problems"])) {
        hasFields(problem, { code: "string", file: "string", message: "string" }, "problems[]");
      }
    });
  }

  it("tells of the sample what really happened to its runs", async () => {
    const { answer } = await onsetJson(["runs", sample, "--bytes"]);
    const byId = new Map(
      listOf(answer["runs"]).map((run) => [String(objectOf(run["run"])["id"]), run]),
    );
    const branch = byId.get("runs/branch-wd2-seed0");
    const parent = objectOf(branch?.["parent"]);
    assert.deepEqual([objectOf(parent["run"])["id"], parent["step"]], ["runs/wd0-seed0", 2000]);
    const resumed = listOf(byId.get("runs/wd1-seed3")?.["attempts"]);
    assert.deepEqual(
      resumed.map(({ superseded }) => superseded),
      [true, false],
    );
    const partial = listOf(byId.get("runs/wd0-seed2")?.["checkpoints"]).filter(
      ({ state }) => state === "partial",
    );
    assert.equal(partial.length, 1);
    assert.ok(Number(partial[0]?.["bytes"]) > 0);
    assert.deepEqual(
      [byId.get("runs/wd1-seed0"), byId.get("runs/wd1-seed1")].map((run) => run?.["seed"]),
      [0, 1],
    );
    assert.equal(
      byId.get("runs/wd1-seed0")?.["seedGroup"],
      byId.get("runs/wd1-seed4")?.["seedGroup"],
    );
  });

  it("names a run that is a file by its path with the extension", async () => {
    const { answer } = await onsetJson(["runs", workspace]);
    const run = listOf(answer["runs"]).find(({ run: reference }) =>
      String(objectOf(reference)["id"]).endsWith("muon_d256_s0.jsonl"),
    );
    const { id, file } = objectOf(run?.["run"]);
    assert.equal(id, "grokking/ladder_D30_muon_d256_s0.jsonl");
    assert.ok(String(file).endsWith(String(id)));
  });

  it("lists the broken file as a problem, and --strict exits with 3", async () => {
    const { code, answer } = await onsetJson(["runs", workspace]);
    const problems = listOf(answer["problems"]);
    assert.deepEqual(
      problems.map(({ code: what }) => what),
      ["jsonl/binary"],
    );
    assert.ok(String(problems[0]?.["file"]).endsWith("broken.jsonl"));
    assert.equal(code, 0);
    assert.equal((await onset(["runs", workspace, "--json", "--strict"])).code, 3);
  });
});

describe("onset when --json", function () {
  this.timeout(120_000);

  it("answers with all fields of the contract, one result per run", async () => {
    const question = "held_out/acc > 0.9 for 1";
    const { code, answer } = await onsetJson(["when", question, sample]);
    assert.equal(code, 0);
    assert.equal(answer["query"], question);
    const results = listOf(answer["results"]);
    assert.equal(results.length, 10);
    for (const result of results) {
      hasFields(
        result,
        {
          run: "object",
          status: "string",
          after: "number?",
          by: "number?",
          confirmed: "boolean",
          value: "any",
          presence: "list",
          evaluations: "number",
          record: "object",
        },
        "results[]",
      );
      hasRun(result["run"]);
      const { status, after, by } = result;
      const expected =
        by !== null
          ? after === null
            ? "left-censored"
            : "observed"
          : after === null
            ? "no-data"
            : "right-censored";
      assert.equal(status, expected);
      for (const presence of listOf(result["presence"])) {
        hasFields(presence["onset"], { after: "number?", by: "number?" }, "presence[].onset");
        assert.ok("offset" in presence);
      }
      const record = objectOf(result["record"]);
      hasFields(
        record,
        {
          method: "string",
          parameters: "object",
          points: "list",
          nonFinite: "number",
          hash: "string",
          version: "string",
        },
        "record",
      );
      const points = record["points"] as unknown[];
      assert.ok(points.every((point) => Array.isArray(point) && point.length === 2));
      assert.equal(points.length, result["evaluations"]);
    }
    const statuses = results.map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === "right-censored").length, 3);
    assert.equal(statuses.filter((status) => status === "observed").length, 7);
  });

  it("gives the answer again and again, hash and all", async () => {
    const ask = async (): Promise<string> =>
      (await onset(["when", "grokking", sample, "--json"])).stdout;
    assert.equal(await ask(), await ask());
  });

  it("answers a saved behaviour and includes runs without data", async () => {
    const { code, answer } = await onsetJson(["when", "answers LAMBADA", workspace]);
    assert.equal(code, 0);
    const results = listOf(answer["results"]);
    assert.equal(results.length, 6);
    const found = results.filter(({ status }) => status !== "no-data");
    assert.deepEqual(
      found.map(({ after, by }) => [after, by]),
      [[3000, 13000]],
    );
    for (const { status, after, by } of results) {
      if (status === "no-data") assert.deepEqual([after, by], [null, null]);
    }
  });

  it("exits with 1 where no run has data, with 2 for wrong use", async () => {
    assert.equal((await onset(["when", "nothing > 1", workspace, "--json"])).code, 1);
    for (const args of [
      ["when", "acc >", workspace],
      ["when"],
      ["what"],
      ["runs", "--wrong"],
      [],
    ]) {
      const { code, stderr, stdout } = await onset(args);
      assert.equal(code, 2, args.join(" "));
      assert.ok(stderr !== "" || stdout !== "", "says why");
    }
  });

  it("gives readable text without --json, with the interval", async () => {
    const { stdout, code } = await onset(["when", "held_out/acc > 0.9 for 1", sample]);
    assert.equal(code, 0);
    assert.match(stdout, /\([\d,]+, [\d,]+\]/);
    assert.match(stdout, /not by [\d,]+/);
  });
});

describe("onset metrics", function () {
  this.timeout(120_000);
  const args = ["metrics", sample, "--run", "runs/wd1-seed3", "--metric", "held_out/acc"];

  it("gives every point of a run, of all attempts, as JSON, CSV and Arrow alike", async () => {
    const { code, answer } = await onsetJson(args);
    assert.equal(code, 0);
    hasRun(answer["run"]);
    const points = listOf(answer["points"]);
    for (const point of points) {
      hasFields(
        point,
        { attempt: "number", metric: "string", step: "number", wallTime: "any", value: "any" },
        "points[]",
      );
    }
    assert.deepEqual([...new Set(points.map(({ attempt }) => attempt))], [0, 1]);
    const csv = (await onset([...args, "--format", "csv"])).stdout.trim().split("\n");
    assert.equal(csv[0], "attempt,metric,step,wallTime,value");
    assert.equal(csv.length, points.length + 1);
    const { attempt, step, value } = points[0] ?? {};
    assert.equal(csv[1], [attempt, "held_out/acc", step, "", value].join(","));
  });

  it("writes Arrow that other programs can read", async () => {
    const [{ stdout }, { answer }] = [
      await onset([...args, "--format", "arrow"], inProject(), "latin1"),
      await onsetJson(args),
    ];
    const table = tableFromIPC(Buffer.from(stdout, "latin1"));
    assert.equal(table.numRows, listOf(answer["points"]).length);
    assert.deepEqual(
      ["attempt", "metric", "step", "wallTime", "value"].filter(
        (name) => !table.schema.fields.some((field) => field.name === name),
      ),
      [],
    );
  });

  it("names what a run does not have, and exits with 2", async () => {
    const noMetric = await onset(["metrics", sample, "--run", "runs/wd1-seed3", "--metric", "x"]);
    assert.deepEqual([noMetric.code, /"x"/.test(noMetric.stderr)], [2, true]);
    assert.equal((await onset(["metrics", sample])).code, 2);
    assert.equal((await onset([...args, "--format", "xlsx"])).code, 2);
  });
});

describe("onset diff --json", function () {
  this.timeout(120_000);

  it("answers with all fields of the contract", async () => {
    const { code, answer } = await onsetJson([
      "diff",
      "runs/wd0-seed0@10000",
      "runs/wd1-seed0@2510",
      sample,
    ]);
    assert.equal(code, 0);
    const metrics = listOf(answer["metrics"]);
    assert.ok(metrics.length > 0);
    for (const metric of metrics) {
      hasFields(
        metric,
        {
          metric: "string",
          a: "any",
          b: "any",
          delta: "any",
          noise: "number?",
          ratio: "any",
          verdict: "string",
          interpolated: "object",
        },
        "metrics[]",
      );
      hasFields(metric["interpolated"], { a: "boolean", b: "boolean" }, "interpolated");
    }
    const accuracy = metrics.find(({ metric }) => metric === "held_out/acc");
    assert.deepEqual(accuracy?.["interpolated"], { a: false, b: true });
    assert.ok(
      Math.abs(Number(accuracy["delta"]) - (Number(accuracy["b"]) - Number(accuracy["a"]))) < 1e-12,
    );
    assert.equal(accuracy["verdict"], "likely real");
    const config = listOf(answer["config"]);
    assert.deepEqual(
      config.map(({ key }) => key),
      ["weight_decay"],
    );
    assert.deepEqual([config[0]?.["a"], config[0]?.["b"]], [0, 1]);
  });

  it("omits the side of a config key that is absent there", async () => {
    const { answer } = await onsetJson([
      "diff",
      "runs/wd0-seed0@2000",
      "runs/branch-wd2-seed0@2000",
      sample,
    ]);
    const key = listOf(answer["config"]).find((row) => row["key"] === "init_from");
    assert.ok(key && !("a" in key) && "b" in key);
  });

  it("exits with 2 and the candidates for an ambiguous run, and for no run and no step", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onset-ambiguous-"));
    try {
      for (const experiment of ["one", "two"]) {
        await mkdir(join(folder, experiment, "same"), { recursive: true });
        const file = join(folder, experiment, "same", "metrics.jsonl");
        await writeFile(file, '{"step": 1, "loss": NaN}\n{"step": 2, "loss": Infinity}\n');
      }
      const { code, stderr } = await onset(["diff", "same@1", "same@2", folder]);
      assert.equal(code, 2);
      assert.match(stderr, /one\/same/);
      assert.match(stderr, /two\/same/);
      assert.equal((await onset(["diff", "one/same", "two/same@2", folder])).code, 2);
      assert.equal((await onset(["diff", "three@1", "one/same@2", folder])).code, 2);
      const { answer } = await onsetJson(["diff", "one/same@1", "two/same@2", folder]);
      const [metric] = listOf(answer["metrics"]);
      assert.deepEqual(
        [metric?.["a"], metric?.["b"], metric?.["delta"]],
        ["NaN", "Infinity", "NaN"],
      );
      const { answer: runs } = await onsetJson(["runs", folder]);
      const [run] = listOf(runs["runs"]);
      const [summary] = listOf(run?.["metrics"]);
      assert.deepEqual(
        [objectOf(summary?.["first"])["value"], objectOf(summary?.["last"])["value"]],
        ["NaN", "Infinity"],
      );
      const { answer: when } = await onsetJson(["when", "first non-finite", join(folder, "one")]);
      const [result] = listOf(when["results"]);
      assert.deepEqual([result?.["value"], result?.["by"]], ["NaN", 1]);
      assert.equal(objectOf(result?.["record"])["nonFinite"], 2);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("onset files --json", function () {
  this.timeout(120_000);

  const REASONS = [
    "not-training-data",
    "licence-or-docs",
    "source-code",
    "duplicate-of",
    "payload",
    "no-step",
    "damaged",
    "unsupported",
  ];

  for (const [name, folder] of [
    ["the sample workspace", sample],
    ["the test workspace", workspace],
  ] as const) {
    it(`accounts for every file of ${name}`, async () => {
      const { code, answer } = await onsetJson(["files", folder]);
      assert.equal(code, 0);
      const files = listOf(answer["files"]);
      const onDisk = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
        (entry) => !entry.isDirectory(),
      );
      const paths = onDisk.map((entry) => toSlashes(join(entry.parentPath, entry.name)));
      assert.deepEqual(files.map(({ file }) => file).sort(), paths.sort());
      const ids = listOf((await onsetJson(["runs", folder])).answer["runs"]).map(({ run }) =>
        String(objectOf(run)["id"]),
      );
      for (const file of files) {
        hasFields(
          file,
          { file: "string", runs: "list", role: "string?", points: "number", reason: "string?" },
          "files[]",
        );
        const { reason, points, runs } = file;
        assert.ok(reason === null || REASONS.some((known) => known === reason));
        if (Number(points) > 0) assert.equal(reason, null);
        for (const run of runs as string[]) assert.ok(ids.includes(run), run);
      }
    });

    it(`counts the points of ${name} as onset metrics gives them`, async () => {
      const files = listOf((await onsetJson(["files", folder])).answer["files"]);
      const counts = new Map<string, number>();
      for (const { runs, points } of files) {
        const [run] = runs as string[];
        if (run !== undefined) counts.set(run, (counts.get(run) ?? 0) + Number(points));
      }
      assert.ok(counts.size > 0);
      for (const [run, count] of counts) {
        const { answer } = await onsetJson(["metrics", folder, "--run", run]);
        assert.equal(count, listOf(answer["points"]).length, run);
      }
    });
  }

  it("says why a file was not read", async () => {
    const files = listOf((await onsetJson(["files", workspace])).answer["files"]);
    const byName = new Map(files.map((file) => [basename(String(file["file"])), file]));
    assert.equal(byName.get("broken.jsonl")?.["reason"], "damaged");
    assert.equal(byName.get("SOURCES.md")?.["reason"], "licence-or-docs");
    assert.equal(byName.get("onset.json")?.["reason"], null);
    const sampled = listOf((await onsetJson(["files", sample])).answer["files"]);
    const reasonOf = (ending: string): unknown =>
      sampled.find(({ file }) => String(file).endsWith(ending))?.["reason"];
    assert.equal(reasonOf(".safetensors"), "payload");
    assert.equal(reasonOf("train.py"), "source-code");
  });
});

describe("onset", function () {
  this.timeout(120_000);

  it("looks in the current directory without a path", async () => {
    const { stdout } = await onset(["runs", "--json"], workspace);
    assert.equal(listOf(objectOf(JSON.parse(stdout))["runs"]).length, 6);
  });

  it("exits with 1 for an empty folder, and says what was looked for", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onset-empty-"));
    try {
      const { code, stdout } = await onset(["runs", folder]);
      assert.deepEqual([code, /^No runs/.test(stdout)], [1, true]);
      const json = await onsetJson(["runs", folder]);
      assert.deepEqual([json.code, json.answer], [1, { runs: [], problems: [] }]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("sets ids of several paths apart where they collide", async () => {
    const folder = await mkdtemp(join(tmpdir(), "onset-paths-"));
    try {
      for (const name of ["x", "y"]) {
        await mkdir(join(folder, name, "run"), { recursive: true });
        await writeFile(join(folder, name, "run", "metrics.jsonl"), '{"step": 1, "loss": 1}\n');
      }
      const { stdout } = await onset(["runs", "x", "y", "--json"], folder);
      const ids = listOf(objectOf(JSON.parse(stdout))["runs"]).map(
        ({ run }) => objectOf(run)["id"],
      );
      assert.deepEqual(ids.sort(), ["x/run", "y/run"]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("leaves out what --exclude names", async () => {
    const { answer } = await onsetJson([
      "runs",
      workspace,
      "--exclude",
      "grokking",
      "--exclude",
      "*.jsonl",
    ]);
    assert.equal(listOf(answer["runs"]).length, 2);
    assert.deepEqual(answer["problems"], []);
  });

  it("prints its version and its help", async () => {
    assert.match((await onset(["--version"])).stdout, /^\d+\.\d+\.\d+\n$/);
    const help = await onset(["--help"]);
    assert.deepEqual([help.code, /onset when/.test(help.stdout)], [0, true]);
  });
});

describe("what the terminal keeps of large files", function () {
  this.timeout(120_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "onset-kept-"));
    const rows = Array.from({ length: 30_000 }, (_, step) =>
      JSON.stringify({ step, loss: 1 / (1 + step), acc: step / 30_000 }),
    );
    await mkdir(join(folder, "runs", "a"), { recursive: true });
    await writeFile(join(folder, "runs", "a", "metrics.jsonl"), `${rows.join("\n")}\n`);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const asked = (cacheHome: string, ...more: readonly string[]): ReturnType<typeof onset> =>
    onset(["when", "acc > 0.5", "runs", "--json", ...more], folder, "utf8", cacheHome);

  it("lies where caches of the user lie, and changes no answer", async () => {
    const home = join(folder, "cache");
    const without = await asked(home, "--no-cache");
    assert.equal(without.code, 0);
    assert.ok(!readdirSync(folder).includes("cache"), "--no-cache keeps nothing");
    assert.deepEqual(await asked(home), without);
    const kept = readdirSync(join(home, "onset"));
    assert.equal(kept.length, 1);
    assert.deepEqual(await asked(home), without);
    assert.deepEqual(readdirSync(join(home, "onset")), kept);
  });

  it("is done without where it cannot be written, and says so once", async () => {
    const home = join(folder, "runs", "a", "metrics.jsonl");
    const { code, stdout, stderr } = await asked(home);
    assert.equal(code, 0);
    assert.equal(stdout, (await asked(home, "--no-cache")).stdout);
    assert.match(stderr, /^onset: what was read is not kept in .*; --no-cache does without\n$/);
  });
});
