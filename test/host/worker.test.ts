/** The worker thread as the extension host starts it: crashes, questions withdrawn, bad files. */

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { WorkerClient } from "../../src/node/workerClient.js";
import { isAborted, RemoteError } from "../../src/protocol/rpc.js";
import { sweepFiles } from "../support/sweep.js";
import { eventually } from "../support/eventually.js";
import { removeFolder, temporaryFolder, writeFiles } from "../support/temporaryFolder.js";
import { workerOn, workerScript } from "../support/workerOn.js";
import { onsetExtension } from "./editor.js";

describe("the worker", () => {
  const clients: WorkerClient[] = [];
  let folder: string;

  before(async () => {
    folder = await temporaryFolder(sweepFiles("sweep", [0, 1], [0, 1]));
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.dispose();
  });
  after(() => removeFolder(folder));

  /** The shipped worker with a fault in front of it: it dies of the first question of a kind, so many times. */
  async function faulty(
    kind: string,
    times: number,
    death: string,
  ): Promise<[WorkerClient, string[]]> {
    const script = `
      const { appendFileSync, readFileSync } = require("node:fs");
      const { parentPort } = require("node:worker_threads");
      const died = __filename + ".died";
      appendFileSync(died, "");
      parentPort.on("message", ({ ask }) => {
        if (ask !== ${JSON.stringify(kind)} || readFileSync(died).length >= ${times}) return;
        appendFileSync(died, "x");
        ${death};
      });
      require(${JSON.stringify(workerScript)});`;
    const name = `faulty-${randomUUID()}.cjs`;
    await writeFiles(folder, { [name]: script });
    const crashes: string[] = [];
    const client = new WorkerClient(
      join(folder, name),
      { found: () => undefined, progress: () => undefined },
      (reason, isGivenUp) => crashes.push(`${reason}${isGivenUp ? ", given up" : ""}`),
    );
    clients.push(client);
    return [client, crashes];
  }

  const folders = (): { path: string; name: string }[] => [
    { path: join(folder, "sweep"), name: "s" },
  ];

  for (const death of ["process.exit(9)", "throw new Error('out of luck')"]) {
    it(`is started again after ${death}, and the question is answered`, async () => {
      const [client, crashes] = await faulty("when", 1, death);
      const { runs } = await client.ask("discover", { folders: folders(), exclude: [] });
      const keys = runs.map(({ key }) => key);
      const rows = await client.ask("when", { text: "grokking", runs: keys });
      assert.equal(crashes.length, 1);
      assert.match(crashes[0] ?? "", /exit code 9|out of luck/);
      assert.deepEqual(
        rows.map(({ key, by }) => [key.slice(key.lastIndexOf("/") + 1), by]),
        [
          ["wd0-s0", null],
          ["wd0-s1", null],
          ["wd1-s0", 100],
          ["wd1-s1", 110],
        ],
      );
    });
  }

  it("is stopped when nobody asks, and started again by the next question", async () => {
    const crashes: string[] = [];
    const client = new WorkerClient(
      workerScript,
      { found: () => undefined, progress: () => undefined },
      (reason) => crashes.push(reason),
      10,
    );
    clients.push(client);
    const { runs } = await client.ask("discover", { folders: folders(), exclude: [] });
    await eventually(() => {
      assert.equal(client.isRunning, false);
    });
    const keys = runs.map(({ key }) => key);
    assert.equal((await client.ask("when", { text: "grokking", runs: keys })).length, 4);
    assert.deepEqual(crashes, []);
  });

  it("answers all questions that were open when it died", async () => {
    const [client, crashes] = await faulty("when", 1, "process.exit(9)");
    const { runs } = await client.ask("discover", { folders: folders(), exclude: [] });
    const keys = runs.map(({ key }) => key);
    const [rows, { metrics }] = await Promise.all([
      client.ask("when", { text: "grokking", runs: keys }),
      client.ask("vocabulary", { runs: keys }),
    ]);
    assert.equal(rows.length, 4);
    assert.deepEqual([...metrics].sort(), ["test_acc", "train_acc"]);
    assert.equal(crashes.length, 1);
  });

  it("is given up when it dies of a question again and again, and says so", async () => {
    const [client, crashes] = await faulty("when", 99, "process.exit(9)");
    const { runs } = await client.ask("discover", { folders: folders(), exclude: [] });
    const keys = runs.map(({ key }) => key);
    await assert.rejects(
      client.ask("when", { text: "grokking", runs: keys }),
      (error: unknown) => error instanceof RemoteError && error.message.includes("exit code 9"),
    );
    assert.equal(crashes.length, 4);
    assert.match(crashes.at(-1) ?? "", /given up$/);
  });

  it("lets go of a question that is withdrawn, and answers the next one", async () => {
    const worker = await workerOn(folder);
    clients.push(worker.client);
    const runs = worker.snapshot.runs.map(({ key }) => key);
    const abort = new AbortController();
    const withdrawn = worker.client.ask("when", { text: "grokking", runs }, abort.signal);
    abort.abort();
    await assert.rejects(withdrawn, isAborted);
    const rows = await worker.client.ask("when", { text: "grokking", runs });
    assert.equal(rows.length, runs.length);
    assert.equal(worker.client.isRunning, true);
  });

  it("starts with the first question, not before", async () => {
    const script = join(onsetExtension().extensionPath, "dist", "worker.js");
    assert.ok(existsSync(script));
    const heard = { found: () => undefined, progress: () => undefined };
    const client = new WorkerClient(script, heard, () => undefined);
    clients.push(client);
    assert.equal(client.isRunning, false);
    const answer = await client.ask("checkQuestion", { text: "acc > 0.5" });
    assert.equal(answer.ok, true);
    assert.equal(client.isRunning, true);
    client.dispose();
    assert.equal(client.isRunning, false);
    await assert.rejects(client.ask("checkQuestion", { text: "acc > 0.5" }), isAborted);
  });

  it("lists what it cannot read, and reads the rest", async () => {
    const bad = await temporaryFolder({
      ...sweepFiles("sweep", [1], [0]),
      "sweep/wd1-s0/config.json": '{ "lr": ',
      "noise.jsonl": Uint8Array.from({ length: 300 }, (_, i) => (i * 7) % 256),
      "tb/events.out.tfevents.1700000000.host":
        "no record begins like this, and there are enough bytes",
      "onset.json": '{ "behaviours": { "x": { "when": "acc >" } } }',
    });
    try {
      const { client, snapshot, key } = await workerOn(bad);
      clients.push(client);
      const runs = snapshot.runs.map((run) => run.key);
      const rows = await client.ask("when", { text: "grokking", runs });
      assert.equal(rows.find((row) => row.key === key("wd1-s0"))?.by, 100);
      const { problems } = await client.ask("reloadBehaviours", null);
      const named = new Set(problems.map(({ file }) => file.slice(bad.length + 1)));
      for (const file of [
        "sweep/wd1-s0/config.json",
        "noise.jsonl",
        "tb/events.out.tfevents.1700000000.host",
        "onset.json",
      ]) {
        assert.ok(named.has(file), `${file} is not among ${[...named].join()}`);
      }
      assert.ok(problems.every(({ message }) => message.length > 10));
    } finally {
      await removeFolder(bad);
    }
  });
});
