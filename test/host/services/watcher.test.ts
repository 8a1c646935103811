/** Runs that are being written: what is new is there within two seconds of its writing. */

import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { RunStore } from "../../../src/extension/services/runStore.js";
import { Watcher } from "../../../src/extension/services/watcher.js";
import { eventually } from "../../support/eventually.js";
import { mulberry32, wholeNumber } from "../../support/random.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { OwnWindow, workspacePath } from "../editor.js";

const LIMIT_MS = 2000;
const SEED = 7;

describe("a run that is being written", () => {
  const log = (): string => workspacePath("live", "run", "metrics.jsonl");
  let onset: OwnWindow;
  let watcher: Watcher;
  let key: string;

  before(async () => {
    await writeFiles(workspacePath(), { "live/run/metrics.jsonl": line(0) });
    onset = new OwnWindow();
    await onset.store.start();
    key = onset.key("live/run");
    await onset.comparison.set([key]);
    watcher = new Watcher(onset.store, () => onset.comparison.runs(), onset.log);
    // What is watched begins with the first walk that it sees.
    await onset.store.refresh();
    // A run is read on from when something of it is shown.
    assert.equal(await lastSeen(), 0);
  });
  after(() => {
    watcher.dispose();
    onset.dispose();
    rmSync(workspacePath("live"), { recursive: true });
  });

  /** The last step that has been read. */
  async function lastSeen(): Promise<number | null> {
    const answer = await onset.store.ask("atStep", {
      ...{ runs: [key], baseline: key, metrics: ["loss"], step: 0 },
    });
    return answer.evaluations.last;
  }

  /** Milliseconds from the writing until the store says that the run has grown. */
  async function timeToGrow(write: () => void): Promise<number> {
    let started = 0;
    const grown = new Promise<number>((resolve) => {
      const listening = onset.store.onDidGrow((runs) => {
        if (started === 0 || !runs.some((run) => run.key === key)) return;
        listening.dispose();
        resolve(performance.now() - started);
      });
    });
    started = performance.now();
    write();
    return Promise.race([grown, sleep(2 * LIMIT_MS, Infinity)]);
  }

  it("shows a new point within two seconds, at whatever time it is written", async () => {
    const random = mulberry32(SEED);
    for (const step of [1, 2, 3, 4]) {
      await sleep(wholeNumber(random, 0, 1500));
      const ms = await timeToGrow(() => {
        appendFileSync(log(), line(step));
      });
      assert.ok(ms < LIMIT_MS, `step ${step} after ${ms} ms`);
      assert.equal(await lastSeen(), step);
    }
    assert.equal(onset.store.isLive(key), true);
  });

  it("waits for the rest of a line that is not at its end yet", async () => {
    const [seen, problems] = [await lastSeen(), onset.store.snapshot.problems.length];
    const whole = line(10);
    appendFileSync(log(), whole.slice(0, 9));
    await sleep(LIMIT_MS);
    assert.equal(await lastSeen(), seen);
    assert.equal(onset.store.snapshot.problems.length, problems);
    const ms = await timeToGrow(() => {
      appendFileSync(log(), whole.slice(9));
    });
    assert.ok(ms < LIMIT_MS, `${ms} ms`);
    assert.equal(await lastSeen(), 10);
    assert.equal(onset.store.snapshot.problems.length, problems);
  });

  it("is live until it has not grown for a while, and that is told", async () => {
    const store = new RunStore(onset.worker, onset.log, null, 400);
    try {
      await store.start();
      const rested = new Promise<readonly string[]>((resolve) => {
        store.onDidRest((runs) => {
          resolve(runs.map((run) => run.key));
        });
      });
      appendFileSync(log(), line(20));
      await store.readOn([key]);
      assert.equal(store.isLive(key), true);
      assert.deepEqual(await rested, [key]);
      assert.equal(store.isLive(key), false);
    } finally {
      store.dispose();
    }
  });

  it("is joined by a run that begins beside it, without being asked", async () => {
    await writeFiles(workspacePath(), { "live/second/metrics.jsonl": line(0) });
    await eventually(() => {
      const ids = onset.store.snapshot.runs.map(({ id }) => id);
      assert.ok(ids.includes("live/second"), ids.join());
    }, 15_000);
  });

  it("goes when its directory goes", async () => {
    rmSync(workspacePath("live", "second"), { recursive: true });
    await eventually(() => {
      const ids = onset.store.snapshot.runs.map(({ id }) => id);
      assert.ok(!ids.includes("live/second"), ids.join());
    }, 18_000);
  });
});

function line(step: number): string {
  return `${JSON.stringify({ step, loss: 5 - step / 10 })}\n`;
}
