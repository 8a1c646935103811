/**
 * Numbers that other people's programs gave: `test/reference/<topic>.json`, written by the script beside it, which names
 * the libraries and their versions in `madeWith`. A script exits with 3 where a library is absent.
 */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { inProject } from "./root.js";

/** What a script wrote; its shape is the script's. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what a script wrote has its shape
export function readReference<T>(topic: string): T {
  return JSON.parse(readFileSync(inProject("test/reference", `${topic}.json`), "utf8")) as T;
}

/**
 * A test that runs a topic's script again, where its libraries are, and compares with what is committed, to a relative
 * error: what an optimiser ends at is less exact than a formula.
 */
export function itIsReproduced(topic: string, relative = 1e-7): void {
  it("is what the script gives here, or its library is absent", function () {
    this.timeout(300_000);
    const { program, script } = scriptOf(topic);
    const { status, stdout, stderr, error } = spawnSync(program, [script], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    if (error !== undefined || status === 3) {
      console.log(`${topic}: ${error === undefined ? stderr.trim() : program} is absent`);
      this.skip();
    }
    assert.equal(status, 0, stderr);
    const { madeWith, ...again } = JSON.parse(stdout) as Record<string, unknown>;
    const { madeWith: before, ...committed } = readReference<Record<string, unknown>>(topic);
    if (JSON.stringify(madeWith) !== JSON.stringify(before)) {
      console.log(`${topic}: ${JSON.stringify(madeWith)} instead of ${JSON.stringify(before)}`);
    }
    assertNear(again, committed, relative);
  });
}

function scriptOf(topic: string): { program: string; script: string } {
  const inR = inProject("test/reference", `${topic}.R`);
  if (existsSync(inR)) return { program: "Rscript", script: inR };
  return { program: python(), script: inProject("test/reference", `${topic}.py`) };
}

/** Libraries that a distribution installs are in its own Python, which need not be the first on the path. */
function python(): string {
  return existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}

/** What rounding leaves of a 0. */
const ROUNDING = 1e-14;

/** The same shape, and every number within a relative error. */
export function assertNear(actual: unknown, expected: unknown, error: number, path = ""): void {
  if (typeof expected === "number" && typeof actual === "number") {
    const isNear =
      Object.is(actual, expected) ||
      Math.abs(actual - expected) <= error * Math.abs(expected) + ROUNDING;
    assert.ok(isNear, `${path || "result"}: ${actual} is not ${expected}`);
  } else if (typeof expected === "object" && expected !== null) {
    assert.ok(typeof actual === "object" && actual !== null, `${path}: ${String(actual)}`);
    const values = actual as Record<string, unknown>;
    assert.deepEqual(Object.keys(values), Object.keys(expected), path);
    for (const [key, value] of Object.entries(expected)) {
      assertNear(values[key], value, error, `${path}/${key}`);
    }
  } else {
    assert.equal(actual, expected, path);
  }
}
