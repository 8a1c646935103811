import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import * as vscode from "vscode";
import { eventually } from "../../support/eventually.js";
import { sweepFiles } from "../../support/sweep.js";
import { writeFiles } from "../../support/temporaryFolder.js";
import { command, whenRows, workspacePath } from "../editor.js";

/** Texts of the hovers where `word` begins in a document, tried again while runs are being read. */
async function hoverOn(document: vscode.TextDocument, word: string): Promise<string> {
  const position = document.positionAt(document.getText().indexOf(word) + 1);
  return eventually(async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      "vscode.executeHoverProvider",
      document.uri,
      position,
    );
    const text = hovers
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value)
      .join("\n");
    assert.notEqual(text, "");
    assert.ok(!text.includes("Hover again"), "still reading");
    return text;
  });
}

async function hoverNothing(document: vscode.TextDocument, word: string): Promise<void> {
  const position = document.positionAt(document.getText().indexOf(word) + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    document.uri,
    position,
  );
  assert.deepEqual(hovers, []);
}

/** Arguments of the links to a command. */
function linksTo(text: string, id: string): unknown[][] {
  const pattern = new RegExp(`\\(command:${id.replace(".", "\\.")}\\?([^)]*)\\)`, "g");
  return [...text.matchAll(pattern)].map(
    ([, query = ""]) => JSON.parse(decodeURIComponent(query)) as unknown[],
  );
}

describe("hover on a key of a run config", () => {
  const directory = "sweep";
  let document: vscode.TextDocument;

  before(async () => {
    await writeFiles(workspacePath(), sweepFiles(directory, [0, 1], [0, 1, 2]));
    await command("onset.refresh");
    const config = workspacePath(directory, "wd1-s0", "config.yaml");
    document = await vscode.workspace.openTextDocument(config);
  });
  after(async () => {
    rmSync(workspacePath(directory), { recursive: true });
    await command("onset.refresh");
  });

  it("says what the key's values are and in how many runs", async () => {
    const text = await hoverOn(document, "weight_decay");
    assert.match(text, /^\*\*weight\\_decay\*\*: `1`/);
    assert.match(text, /varies over 6 runs here: `0` \(3 runs\) · `1` \(3 runs\)/);
  });

  it("says when the behaviour began by value, and what became of the metric", async () => {
    const rows = (await hoverOn(document, "weight_decay"))
      .replaceAll("&nbsp;", "")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    assert.equal(rows.length, 2);
    assert.match(rows[0] ?? "", /^\| `0` \| not by 200, 0 of 3 \|/);
    assert.match(rows[1] ?? "", /^\| `1` \| median \\\(100, 110\\\], 3 of 3 \|/);
    const sparklines = rows.map((row) => /[▁▂▃▄▅▆▇█]+/.exec(row)?.[0]);
    assert.equal(sparklines[0], "▁".repeat(8));
    assert.match(sparklines[1] ?? "", /▁.*█/);
  });

  it("links to the commands, with the runs that it speaks of", async () => {
    const text = await hoverOn(document, "weight_decay");
    const [compare] = linksTo(text, "onset.compareOnly");
    const { runs } = (compare ?? [])[0] as { runs: string[] };
    assert.equal(runs.length, 6);
    assert.equal(runs[0], workspacePath(directory, "wd1-s0"));
    assert.deepEqual(linksTo(text, "onset.openTimeline"), [[{ runs, behaviour: "grokking" }]]);
    const [diff] = linksTo(text, "onset.diffCheckpoints");
    const [own, other] = (diff ?? []) as { key: string; step: number }[];
    assert.ok(own && other);
    assert.equal(own.key, runs[0]);
    assert.match(other.key, /wd0-s\d$/);
    assert.deepEqual([own.step, other.step], [110, 110]);
    const answer = await command("onset.compareOnly", { runs });
    assert.deepEqual([...(answer ?? [])].sort(), [...runs].sort());
  });

  it("says where a key is the same everywhere", async () => {
    assert.match(await hoverOn(document, "optimizer"), /the same in all 6 runs here/);
  });

  it("is silent in a YAML file of no run", async () => {
    const other = await vscode.workspace.openTextDocument({
      language: "yaml",
      content: "weight_decay: 1\n",
    });
    await hoverNothing(other, "weight_decay");
  });
});

describe("hover on a config with hostile names", () => {
  const MARKUP = '<img src=x onerror="alert(1)"> [a](command:onset.refresh) `b` | c';
  const names = ["a) (b", "[x](command:onset.refresh)"];

  before(async () => {
    const files = names.flatMap((name, i) => [
      [`odd/${name}/config.json`, JSON.stringify({ kind: i === 0 ? MARKUP : "plain" })],
      [`odd/${name}/metrics.jsonl`, '{"step": 0, "loss": 2}\n{"step": 9, "loss": 1}\n'],
    ]);
    await writeFiles(workspacePath(), Object.fromEntries(files) as Record<string, string>);
    await command("onset.refresh");
  });
  after(async () => {
    rmSync(workspacePath("odd"), { recursive: true });
    await command("onset.refresh");
  });

  it("shows them as text, and its links lead to the runs", async () => {
    const config = workspacePath("odd", names[0] ?? "", "config.json");
    const text = await hoverOn(await vscode.workspace.openTextDocument(config), "kind");
    const [[args] = []] = linksTo(text, "onset.compareOnly") as { runs: string[] }[][];
    assert.deepEqual(
      args?.runs.map((key) => names.some((name) => key.endsWith(`odd/${name}`))),
      [true, true],
    );
    // Apart from what is code, escaped, or the address of a link of ours.
    const prose = text
      .replace(/`[^`]*`/g, "")
      .replace(/\]\(command:[^)]*\)/g, "]")
      .replace(/\\./g, "");
    assert.doesNotMatch(prose, /<img|onset\.refresh/);
    assert.doesNotMatch(text, /^\s*<img/m);
  });
});

describe("hover on a step name in Python", () => {
  let document: vscode.TextDocument;

  before(async () => {
    await writeFiles(workspacePath(), {
      "load.py": [
        'model = load("EleutherAI/pythia-410m", revision="step3000")',
        'path = "roberta/checkpoint-500/"',
        'nothing = "step777"',
        "plain = 3000",
        "",
      ].join("\n"),
    });
    document = await vscode.workspace.openTextDocument(workspacePath("load.py"));
  });
  after(() => {
    rmSync(workspacePath("load.py"));
  });

  it("says what had begun by the step in the runs that were evaluated there", async () => {
    const text = await hoverOn(document, "step3000");
    assert.match(text, /^\*\*step 3,000\*\* in 1 run/);
    const [link] = linksTo(text, "onset.openTimeline");
    const { runs, step } = (link ?? [])[0] as { runs: string[]; step: number };
    assert.equal(step, 3000);
    assert.equal(runs.length, 1);
    const [row] =
      (await whenRows({
        question: "answers LAMBADA",
        runs,
      })) ?? [];
    assert.ok(row);
    const isBy = row.by !== null && row.by <= 3000;
    assert.match(text, new RegExp(`- answers LAMBADA: .*${isBy ? "1 of 1" : "0 of 1"}`));
  });

  it("knows checkpoints by their directories' names", async () => {
    assert.match(await hoverOn(document, "checkpoint-500"), /^\*\*step 500\*\* in 1 run/);
  });

  it("is silent about a step that no run has, and about plain numbers", async () => {
    await hoverOn(document, "step3000");
    await hoverNothing(document, "step777");
    await hoverNothing(document, "3000\n");
  });
});
