/** Every command, with arguments in place of a person's answers. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { parse, type ParseError } from "jsonc-parser";
import * as vscode from "vscode";
import { eventually } from "../support/eventually.js";
import { jsonlSeries } from "../support/jsonlText.js";
import { removeFolder, temporaryFolder } from "../support/temporaryFolder.js";
import { onsetJson } from "../support/terminal.js";
import { allRuns, command, keyOf, whenRows, workspacePath } from "./editor.js";

/** Names, sizes and times of all files under the run directories. */
function runFiles(): string[] {
  return ["grokking", "pythia", "roberta"].flatMap((directory) =>
    readdirSync(workspacePath(directory), { recursive: true, encoding: "utf8" }).map((name) => {
      const { size, mtimeMs } = statSync(workspacePath(directory, name));
      return `${directory}/${name} ${size} ${mtimeMs}`;
    }),
  );
}

function tabsOf(viewType: string): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType),
    );
}

async function closeTabs(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}

describe("commands", () => {
  let keys: readonly string[];
  let untouched: string[];

  before(async () => {
    await command("onset.refresh");
    keys = (await allRuns()).map(({ key }) => key);
  });
  beforeEach(() => {
    untouched = runFiles();
  });
  afterEach(async () => {
    assert.deepEqual(runFiles(), untouched, "a run directory was written to");
    await closeTabs();
  });

  it("refresh tells how many runs there are, as the terminal does", async () => {
    const { answer } = await onsetJson(["runs", workspacePath()]);
    assert.equal(await command("onset.refresh"), (answer["runs"] as readonly unknown[]).length);
  });

  for (const question of ["grokking", "answers LAMBADA", "test_acc >= 0.95 for 1", "loss spike"]) {
    it(`when answers ${question} as the terminal does`, async () => {
      const rows = await whenRows({ question, runs: keys });
      const { answer } = await onsetJson(["when", question, workspacePath()]);
      const results = answer["results"] as Readonly<Record<string, unknown>>[];
      assert.ok(rows && rows.length > 0);
      const plain = JSON.parse(JSON.stringify(rows)) as Readonly<Record<string, unknown>>[];
      const ofTerminal = results.map(({ record: _record, ...row }) => row);
      const ofWindow = plain.map(({ key: _key, text: _text, ...row }) => row);
      assert.deepEqual(ofWindow, ofTerminal);
    });
  }

  it("when asks the compared runs where none are given", async () => {
    const only = [await keyOf("adamw_d256_s0.jsonl")];
    assert.deepEqual(await command("onset.compareOnly", { runs: only }), only);
    const rows = await whenRows({ question: "grokking" });
    assert.deepEqual(
      rows?.map(({ key, text }) => ({ key, text })),
      [{ key: only[0], text: "(1,000, 1,100]" }],
    );
  });

  it("when refuses what is no question, with the reason", async () => {
    await assert.rejects(
      whenRows({ question: "test_acc >", runs: keys }),
      /"test_acc >" is no question: ./,
    );
  });

  it("whichRuns sorts runs into those that show it by the step, do not, and are not known", async () => {
    const answer = await command("onset.whichRuns", { question: "grokking", step: 1200 });
    assert.ok(answer);
    const rows = await whenRows({ question: "grokking", runs: keys });
    const present = rows?.filter(({ by }) => by !== null && by <= 1200).map(({ key }) => key);
    assert.ok(present && present.length > 0);
    assert.deepEqual(
      answer.present.map(({ key }) => key),
      present,
    );
    const all = [...answer.present, ...answer.absent, ...answer.unknown].map(({ key }) => key);
    assert.deepEqual(all.sort(), [...new Set(all)].sort());
  });

  it("compareAtStep shows the Timeline and answers what differs there", async () => {
    const runs = [await keyOf("adamw_d256_s0.jsonl"), await keyOf("muon_d256_s0.jsonl")];
    await command("onset.compareOnly", { runs });
    assert.equal(await command("onset.setBaseline", { key: runs[0] ?? "" }), runs[0]);
    const answer = await command("onset.compareAtStep", { step: 100 });
    assert.equal(answer?.step, 100);
    const [baseline, other] = answer.rows.filter(({ metric }) => metric === "test_acc");
    assert.deepEqual(
      [baseline?.run, baseline?.isBaseline, other?.run, other?.isBaseline],
      [runs[0], true, runs[1], false],
    );
    assert.equal(baseline?.value, 0.07444444298744202);
    assert.equal(other?.value, 0.8372222185134888);
    assert.equal(other.difference?.delta, 0.8372222185134888 - 0.07444444298744202);
    await eventually(() => {
      assert.equal(tabsOf("onset.timeline").length, 1);
    });
  });

  it("diffCheckpoints opens the Diff and answers as the terminal does", async () => {
    const a = { key: await keyOf("roberta"), step: 500 };
    const b = { key: a.key, step: 1500 };
    const diff = await command("onset.diffCheckpoints", a, b);
    const { answer } = await onsetJson(["diff", "roberta@500", "roberta@1500", workspacePath()]);
    const { metrics } = JSON.parse(JSON.stringify(diff)) as { metrics: unknown };
    assert.deepEqual(metrics, answer["metrics"]);
    await eventually(() => {
      assert.equal(tabsOf("onset.diff").length, 1);
    });
  });

  it("diffCheckpoints takes what is selected in the tree", async () => {
    const [a, b] = [500, 1000].map((step) => ({ key: "", step }));
    assert.ok(a && b);
    const key = await keyOf("roberta");
    const selected = [a, b].map(({ step }) => ({ key, step }));
    const diff = await command("onset.diffCheckpoints", selected[0], selected);
    assert.deepEqual([diff?.a.step, diff?.b.step], [500, 1000]);
  });

  it("annotateStep writes beside onset.json", async () => {
    const file = workspacePath(".onset", "annotations.json");
    rmSync(file, { force: true });
    const first = { run: null, step: 1000, text: "rate lowered" };
    assert.deepEqual(
      await command("onset.annotateStep", { step: 1000, text: " rate lowered " }),
      first,
    );
    const second = { run: "roberta", step: 500, text: "first checkpoint" };
    assert.deepEqual(await command("onset.annotateStep", second), second);
    const { annotations } = JSON.parse(readFileSync(file, "utf8")) as {
      annotations: Readonly<Record<string, unknown>>[];
    };
    const written = annotations.map(({ author, at, ...rest }) => {
      assert.ok(typeof author === "string" && author !== "");
      assert.ok(Math.abs(Date.parse(String(at)) - Date.now()) < 60_000);
      return rest;
    });
    assert.deepEqual(written, [first, second]);
  });

  it("annotateStep leaves a file alone that it does not understand", async () => {
    const file = workspacePath(".onset", "annotations.json");
    writeFileSync(file, "{ notes: of somebody");
    try {
      await assert.rejects(command("onset.annotateStep", { step: 1, text: "mine" }));
      assert.equal(readFileSync(file, "utf8"), "{ notes: of somebody");
    } finally {
      rmSync(file);
    }
  });

  it("openTimeline opens one tab, however often, and compares what it is told", async () => {
    const runs = [await keyOf("muon_d256_s1.jsonl")];
    assert.equal(await command("onset.openTimeline", { runs, behaviour: "grokking" }), true);
    assert.equal(await command("onset.openTimeline"), true);
    await eventually(() => {
      assert.equal(tabsOf("onset.timeline").length, 1);
    });
    const rows = await whenRows({ question: "grokking" });
    assert.deepEqual(
      rows?.map(({ key }) => key),
      runs,
    );
  });

  it("addFolder puts a folder into the settings, and its runs are found", async () => {
    const folder = await temporaryFolder({
      "elsewhere/metrics.jsonl": jsonlSeries("loss", [
        [0, 2],
        [1, 1],
      ]),
    });
    const settings = (): unknown => vscode.workspace.getConfiguration("onset").get("folders");
    const count = await command("onset.refresh");
    try {
      assert.equal(await command("onset.addFolder", folder), folder);
      assert.equal(await command("onset.addFolder", folder), folder);
      assert.deepEqual(settings(), [folder]);
      assert.equal(await command("onset.refresh"), count + 1);
      assert.ok((await allRuns()).some(({ key }) => key.startsWith(folder)));
    } finally {
      await vscode.workspace
        .getConfiguration("onset")
        .update("folders", undefined, vscode.ConfigurationTarget.Workspace);
      await removeFolder(folder);
    }
    assert.equal(await command("onset.refresh"), count);
  });

  it("setBaseline and compareOnly tell what is compared now", async () => {
    const [first, second] = keys;
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(await command("onset.compareOnly", { runs: [second, first] }), [
      first,
      second,
    ]);
    const third = await keyOf("roberta");
    assert.equal(await command("onset.setBaseline", { key: third }), third);
    const answer = await command("onset.compareAtStep", { step: 500 });
    assert.ok(answer?.rows.some(({ run, isBaseline }) => run === third && isBaseline));
  });

  it("revealRun and showLog do as they say", async () => {
    assert.equal(await command("onset.revealRun", { key: await keyOf("roberta") }), true);
    assert.equal(await command("onset.revealRun", { key: "/no/such/run" }), false);
    assert.equal(await command("onset.showLog"), true);
  });

  it("clearCache says how much it has freed", async () => {
    await command("onset.clearCache");
    assert.equal(await command("onset.clearCache"), 0);
  });
});

describe("saveBehaviour", () => {
  const file = (): string => workspacePath("onset.json");
  let original: string;

  before(() => {
    original = readFileSync(file(), "utf8");
  });
  afterEach(async () => {
    // What a failed test has left unsaved would keep the editor from reading the file again.
    await vscode.window.showTextDocument(vscode.Uri.file(file()));
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await closeTabs();
    writeFileSync(file(), original);
    await eventually(async () => {
      const document = await vscode.workspace.openTextDocument(file());
      assert.equal(document.getText(), original);
    });
    await command("onset.refresh");
  });

  it("adds to onset.json, keeps its comments, and the name can be asked at once", async () => {
    const commented = original.replace("{", "{\n  // Ours, do not lose.");
    writeFileSync(file(), commented);
    await eventually(async () => {
      const document = await vscode.workspace.openTextDocument(file());
      assert.equal(document.getText(), commented);
    });
    const behaviour = { name: "knows the group", question: "test_acc > 0.99 for 2", note: "Ours." };
    assert.equal(await command("onset.saveBehaviour", behaviour), behaviour.name);
    const text = readFileSync(file(), "utf8");
    assert.ok(text.includes("// Ours, do not lose."));
    const errors: ParseError[] = [];
    const { behaviours } = parse(text, errors) as { behaviours: Record<string, unknown> };
    assert.deepEqual(errors, []);
    assert.deepEqual(behaviours[behaviour.name], { when: behaviour.question, note: "Ours." });
    assert.ok("answers LAMBADA" in behaviours);
    const runs = (await allRuns()).map(({ key }) => key);
    const [named, asked] = await Promise.all(
      [behaviour.name, behaviour.question].map((question) => whenRows({ question, runs })),
    );
    const intervals = (rows: typeof named): unknown =>
      rows?.map(({ key, after, by }) => ({ key, after, by }));
    assert.ok(named && named.length > 0);
    assert.deepEqual(intervals(named), intervals(asked));
  });

  it("replaces one of the same name, and keeps what somebody has typed and not saved", async () => {
    const document = await vscode.workspace.openTextDocument(file());
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(1, 0), "  // Typed just now.\n");
    assert.ok(await vscode.workspace.applyEdit(edit));
    await command("onset.saveBehaviour", {
      name: "answers LAMBADA",
      question: "lambada_openai/acc > 0.5",
    });
    const text = readFileSync(file(), "utf8");
    assert.ok(text.includes("// Typed just now."));
    const { behaviours } = parse(text) as { behaviours: Record<string, { when: string }> };
    assert.equal(behaviours["answers LAMBADA"]?.when, "lambada_openai/acc > 0.5");
  });

  it("saves nothing that is no question", async () => {
    await assert.rejects(
      command("onset.saveBehaviour", { name: "broken", question: "acc >>> 1" }),
      /is no question/,
    );
    assert.equal(readFileSync(file(), "utf8"), original);
  });
});
