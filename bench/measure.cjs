/**
 * Runs inside the extension host: activates extensions one after the other and notes how long each took, loading of its
 * bundle included. What to do is in plan.json beside this file.
 */

const { readFileSync, writeFileSync } = require("node:fs");
const path = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const vscode = require("vscode");

/** At its start a host is busy with the editor's own extensions, which would hide what is measured. */
const calmMs = 3_000;

exports.run = async () => {
  /** @type {{ started: string, results: string, order: string[] }} */
  const plan = JSON.parse(readFileSync(path.join(__dirname, "plan.json"), "utf8"));
  writeFileSync(plan.started, "");
  await sleep(calmMs);
  /** @type {Record<string, number>} */
  const elapsedMs = {};
  for (const id of plan.order) {
    const extension = vscode.extensions.getExtension(id);
    if (extension === undefined) throw new Error(`${id} is not installed`);
    if (extension.isActive) throw new Error(`${id} was active before it was measured`);
    const before = performance.now();
    await extension.activate();
    elapsedMs[id] = performance.now() - before;
  }
  writeFileSync(plan.results, JSON.stringify(elapsedMs));
};
