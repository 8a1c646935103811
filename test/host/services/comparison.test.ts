import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { sweepFiles } from "../../support/sweep.js";
import { removeFolder, temporaryFolder, writeFiles } from "../../support/temporaryFolder.js";
import { OwnWindow, workspacePath } from "../editor.js";

describe("Comparison", () => {
  let onset: OwnWindow;
  const idsOf = (keys: readonly string[]): string[] =>
    keys.map((key) => onset.store.run(key)?.id ?? key);

  before(async () => {
    await writeFiles(workspacePath(), sweepFiles("many", [0, 1, 2, 3, 4, 5, 6], [0, 1]));
  });
  after(() => {
    rmSync(workspacePath("many"), { recursive: true });
  });
  beforeEach(() => {
    onset = new OwnWindow();
  });
  afterEach(() => {
    onset.dispose();
  });

  it("begins with the experiment that has most to read, a dozen runs of it at most", async () => {
    assert.deepEqual(onset.comparison.runs(), []);
    assert.equal(onset.comparison.baseline, null);
    await onset.store.start();
    const ids = idsOf(onset.comparison.runs());
    assert.equal(ids.length, 12);
    assert.ok(ids.every((id) => id.startsWith("many/")));
    assert.equal(onset.comparison.baseline, onset.comparison.runs()[0]);
  });

  it("begins in the workspace, however much there is in an added folder", async () => {
    const folder = await temporaryFolder(
      sweepFiles("larger", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 1, 2]),
    );
    const folders = (value: unknown): Thenable<void> =>
      vscode.workspace
        .getConfiguration("onset")
        .update("folders", value, vscode.ConfigurationTarget.Workspace);
    await folders([folder]);
    try {
      await onset.store.start();
      assert.ok(onset.store.snapshot.runs.some(({ id }) => id.startsWith("larger/")));
      assert.ok(idsOf(onset.comparison.runs()).every((id) => id.startsWith("many/")));
      onset.store.accept({
        ...onset.store.snapshot,
        runs: onset.store.snapshot.runs.filter(({ root }) => root === folder),
      });
      assert.equal(onset.comparison.runs().length, 12);
    } finally {
      await folders(undefined);
      await removeFolder(folder);
    }
  });

  it("is what was chosen, in the order of the tree, without runs that are gone", async () => {
    await onset.store.start();
    const [a, b] = [onset.key("many/wd3-s0"), onset.key("many/wd1-s1")];
    await onset.comparison.set([a, "/gone", b]);
    assert.deepEqual(idsOf(onset.comparison.runs()), ["many/wd1-s1", "many/wd3-s0"]);
    assert.equal(onset.comparison.has(a), true);
    assert.equal(onset.comparison.has("/gone"), false);
  });

  it("takes runs in and out, and tells of it", async () => {
    await onset.store.start();
    const [a, b, c] = ["wd0-s0", "wd1-s0", "wd2-s0"].map((name) => onset.key(`many/${name}`));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    await onset.comparison.set([a, b]);
    let told = 0;
    const listening = onset.comparison.onDidChange(() => (told += 1));
    await onset.comparison.toggle(
      new Map([
        [a, false],
        [c, true],
      ]),
    );
    listening.dispose();
    assert.deepEqual(onset.comparison.runs(), [b, c]);
    assert.equal(told, 1);
  });

  it("has a baseline that joins it, and another one when that is taken out", async () => {
    await onset.store.start();
    const [a, b] = [onset.key("many/wd0-s0"), onset.key("many/wd6-s1")];
    await onset.comparison.set([a]);
    await onset.comparison.setBaseline(b);
    const known = onset.store.snapshot.runs.length;
    assert.deepEqual(onset.comparison.state, { runs: [a, b], baseline: b, step: null, known });
    await onset.comparison.toggle(new Map([[b, false]]));
    assert.equal(onset.comparison.baseline, a);
  });

  it("takes for a baseline a run that has most to read and is no branch, and keeps to it", async () => {
    await onset.store.start();
    const { snapshot } = onset.store;
    const [a, b, c] = ["wd0-s0", "wd1-s0", "wd2-s0"].map((name) => onset.key(`many/${name}`));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    const accept = (files: Readonly<Record<string, number>>): void => {
      const runs = snapshot.runs.map((run) => ({
        ...run,
        files: files[run.key] ?? 1,
        parent: run.key === c ? { key: a, text: "wd0-s0", step: 10 } : null,
      }));
      onset.store.accept({ ...snapshot, runs });
    };
    accept({ [b]: 3, [c]: 9 });
    await onset.comparison.set([a, b, c]);
    assert.equal(onset.comparison.baseline, b);
    accept({ [a]: 5, [b]: 3 });
    assert.equal(onset.comparison.baseline, b);
    await onset.comparison.set([a, c]);
    assert.equal(onset.comparison.baseline, a);
    await onset.comparison.set([c]);
    assert.equal(onset.comparison.baseline, c);
    await onset.comparison.set([]);
    assert.equal(onset.comparison.baseline, null);
  });

  it("has one cursor, and tells of it only when it moves", () => {
    const steps: number[] = [];
    const listening = onset.comparison.onDidMoveCursor((step) => steps.push(step));
    for (const step of [10, 10, 20]) onset.comparison.moveCursor(step);
    listening.dispose();
    assert.deepEqual(steps, [10, 20]);
    assert.equal(onset.comparison.state.step, 20);
  });
});
