/** The Diff in Chromium, answered by the worker on the sample workspace. */

import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { DiffAnswer } from "../../../src/core/index.js";
import type { DiffIntent, DiffQuestions } from "../../../src/protocol/panelProtocol.js";
import { formatConfigValue, formatSigned, formatValue } from "../../../webview/shared/format.js";
import { intervalText } from "../../../webview/shared/intervalText.js";
import { eventually } from "../../support/eventually.js";
import { jsonlText } from "../../support/jsonlText.js";
import { Chromium, type OpenedPage } from "../../support/pages.js";
import { DiffHost } from "../../support/panelHosts.js";
import { inProject } from "../../support/root.js";
import { safetensorsFile, type WrittenTensor } from "../../support/safetensorsFile.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";
import { workerOn, type WorkerOn } from "../../support/workerOn.js";

const HOSTILE = `<img src=x onerror="document.title='breached'">`;

describe("the Diff page", () => {
  let chromium: Chromium;
  let sample: WorkerOn;
  let intent: DiffIntent;
  let host: DiffHost;
  let opened: OpenedPage<DiffQuestions> | null = null;

  before(async () => {
    chromium = await Chromium.start();
    sample = await workerOn(inProject("samples", "grokking"));
    intent = {
      a: { key: sample.key("wd0-seed0"), step: 4000 },
      b: { key: sample.key("wd1-seed0"), step: 4000 },
    };
  });
  after(async () => {
    sample.client.dispose();
    await chromium.stop();
  });
  afterEach(async () => {
    const complaints = opened?.complaints ?? [];
    await opened?.close();
    opened = null;
    assert.deepEqual(complaints, []);
  });

  async function open(
    worker: WorkerOn,
    wanted: DiffIntent | null,
    state: "drawn" | "empty" | "failed" = "drawn",
    kept?: unknown,
  ): Promise<Page> {
    host = new DiffHost(worker, wanted);
    opened = await chromium.open({ page: "diff", handlers: host.handlers, state: kept });
    await opened.page.waitForSelector(`body[data-state="${state}"]`);
    return opened.page;
  }

  function answerOf({ a, b }: DiffIntent): Promise<DiffAnswer> {
    return sample.client.ask("diff", { a, b });
  }

  it("shows every metric of both sides with the numbers answered", async () => {
    const page = await open(sample, intent);
    const { metrics } = await answerOf(intent);
    assert.equal(metrics.length, 5);
    assert.ok(metrics.some(({ divergence }) => divergence !== null));
    const expected = metrics.map(({ metric, a, b, delta, ratio, verdict, better, divergence }) => [
      metric,
      formatValue(a ?? NaN),
      formatValue(b ?? NaN),
      `${formatSigned(delta ?? NaN)} ${better === null || delta === 0 ? "" : better ? "better" : "worse"}`,
      ratio === null ? "" : `${ratio.toFixed(1)}×`,
      verdict,
      divergence === null ? "" : intervalText(divergence),
    ]);
    assert.deepEqual(await cellsOf(tableOf(page, "Metrics of")), expected);
    assert.equal(await page.locator("h2").first().textContent(), "Metrics (5 of 5)");
  });

  it("shows the config keys that differ, with both values", async () => {
    const page = await open(sample, intent);
    const { config } = await answerOf(intent);
    assert.ok(config.some(({ key }) => key === "weight_decay"));
    const expected = config.map(({ key, a, b }) => [
      key,
      formatConfigValue(a),
      formatConfigValue(b),
    ]);
    assert.deepEqual(await cellsOf(tableOf(page, "Config keys that differ")), expected);
    await page.locator("vscode-button", { hasText: "side by side" }).click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("openConfigDiff"), [intent]);
    });
  });

  it("says of one run at two steps that its config is the same", async () => {
    const a = { key: intent.b.key, step: 1000 };
    const page = await open(sample, { a, b: { ...a, step: 2000 } });
    const text = await page.locator("section[aria-label='config']").textContent();
    assert.match(text ?? "", /One run, at 1,000 and 2,000: its config is the same\./);
    assert.equal(await page.locator("vscode-button", { hasText: "side by side" }).count(), 0);
  });

  it("filters metrics by name, and by whether they differ", async () => {
    const key = intent.b.key;
    const same = { a: { key, step: 3000 }, b: { key, step: 3500 } };
    const page = await open(sample, same);
    const { metrics } = await answerOf(same);
    const different = metrics.filter(({ delta }) => delta !== 0).map(({ metric }) => metric);
    assert.ok(different.length > 0 && different.length < metrics.length);
    await page.locator("vscode-checkbox").click();
    const shown = tableOf(page, "Metrics of");
    await eventually(async () => {
      assert.deepEqual(await namesOf(shown), different);
    });
    await page.locator("vscode-checkbox").click();
    await page.locator("vscode-text-field input").fill("LOSS");
    await eventually(async () => {
      assert.deepEqual((await namesOf(shown)).sort(), ["held_out/loss", "train/loss"]);
    });
    assert.equal(await page.locator("h2").first().textContent(), "Metrics (2 of 5)");
    await page.locator("vscode-text-field input").fill("nothing like it");
    await page.locator("p", { hasText: "No metric fits." }).waitFor();
  });

  it("swaps its sides", async () => {
    const page = await open(sample, intent);
    await page.locator("vscode-button", { hasText: "Swap" }).click();
    const swapped = { a: intent.b, b: intent.a };
    await eventually(() => {
      assert.deepEqual(host.askedFor("diff").at(-1), swapped);
    });
    const { a, b } = await answerOf(swapped);
    await page
      .locator("caption", {
        hasText: `Metrics of ${a.run.label} at 4,000 and ${b.run.label} at 4,000`,
      })
      .waitFor();
    assert.deepEqual(await page.evaluate(() => window.keptState), swapped);
  });

  it("lets both sides be chosen: a run, and a checkpoint of it", async () => {
    const page = await open(sample, intent);
    const [left, right] = [page.locator(".side").first(), page.locator(".side").last()];
    const { label } = sample.snapshot.runs.find(({ id }) => id.endsWith("wd0-seed1")) ?? {};
    assert.ok(label);
    await choose(left, "A", label);
    const a = { key: sample.key("wd0-seed1"), step: 4000 };
    await eventually(() => {
      assert.deepEqual(host.askedFor("diff").at(-1), { ...intent, a });
    });
    const rows = await sample.client.ask("checkpoints", { key: intent.b.key });
    const steps = right.locator("vscode-dropdown[aria-label='step'] vscode-option");
    assert.deepEqual(
      await steps.allTextContents(),
      rows.map(({ step }) => step.toLocaleString("en-US")),
    );
    await choose(right, "step", "1,000");
    await eventually(() => {
      assert.deepEqual(host.askedFor("diff").at(-1), { a, b: { ...intent.b, step: 1000 } });
    });
  });

  it("comes back with the checkpoints that it showed", async () => {
    const page = await open(sample, null, "drawn", intent);
    assert.deepEqual(host.askedFor("ready"), [{ intent }]);
    const { a } = await answerOf(intent);
    await page.locator("caption", { hasText: a.run.label }).first().waitFor();
  });

  it("shows what the window wants to be seen", async () => {
    const page = await open(sample, intent);
    const wanted = { a: { ...intent.a, step: 500 }, b: intent.b };
    opened?.peer.tell("intent", wanted);
    await page.locator("caption", { hasText: "at 500 and" }).waitFor();
    assert.deepEqual(host.askedFor("diff").at(-1), wanted);
  });

  it("counts examples gained and lost by task, and shows each of them", async () => {
    const page = await open(sample, intent);
    const all = { task: null, filter: null, metric: null, cut: null };
    const { a, b } = intent;
    const answer = await sample.client.ask("exampleDiff", {
      ...{ a, b, ...all, changes: ["gained", "lost"], from: 0, to: 1e6 },
    });
    const [task] = answer.tasks;
    assert.ok(task && task.gained > 0 && task.note === null);
    const section = page.locator("section[aria-label='examples']");
    const table = tableOf(page, "Examples by task");
    await table.waitFor();
    const counts = [task.gained, task.lost, task.bothRight, task.bothWrong, task.unknown];
    assert.deepEqual((await cellsOf(table))[0]?.slice(1, 6), [
      ...counts.map((count) => count.toLocaleString("en-US")),
    ]);
    const grid = section.locator("[role=grid]");
    assert.equal(await grid.getAttribute("aria-rowcount"), String(answer.rows.of + 1));
    const [first] = answer.rows.examples;
    const head = grid.locator("[role=rowheader]").first();
    await eventually(async () => {
      assert.equal(await head.textContent(), first?.id);
    });
    await grid.locator("[data-row='0'][data-column='0']").focus();
    await page.keyboard.press("Enter");
    await eventually(() => {
      assert.deepEqual(host.askedFor("openExamples"), [
        { run: b.key, task: task.task, filter: task.filter, example: first?.id },
      ]);
    });
    await choose(section, "show", "lost");
    await eventually(() => {
      assert.deepEqual(host.askedFor("examples").at(-1)?.changes, ["lost"]);
    });
  });

  it("says of examples and weights why they are not compared", async () => {
    const page = await open(sample, { ...intent, b: { ...intent.b, step: 4001 } });
    await page.locator("td", { hasText: "b: " }).first().waitFor();
    const weights = page.locator("section[aria-label='weights']");
    await weights.getByText("B: no checkpoint at step 4,001").waitFor();
    assert.equal(await page.locator("section[aria-label='examples'] [role=grid]").count(), 0);
  });

  it("shows the tensors that only one checkpoint has, or that have another shape", async () => {
    const tensor = (shape: readonly number[], from: number): WrittenTensor => {
      const bytes = shape.reduce((product, size) => product * size, 1);
      return { dtype: "U8", shape, data_offsets: [from, from + bytes] };
    };
    const log = jsonlText([{ step: 1, loss: 1 }]);
    const folder = await temporaryFolder({
      "a/metrics.jsonl": log,
      "a/step1.safetensors": safetensorsFile(
        { w: tensor([2, 3], 0), [HOSTILE]: tensor([1], 6) },
        7,
      ),
      "b/metrics.jsonl": log,
      "b/step1.safetensors": safetensorsFile({ w: tensor([3, 3], 0) }, 9),
    });
    const worker = await workerOn(folder);
    try {
      const [a, b] = worker.snapshot.runs;
      assert.ok(a && b);
      const page = await open(worker, { a: { key: a.key, step: 1 }, b: { key: b.key, step: 1 } });
      const rows = page.locator("section[aria-label='weights'] .grid-row");
      await rows.nth(1).waitFor();
      assert.deepEqual(
        await rows.evaluateAll((all) =>
          all.map((row) => Array.from(row.children, (cell) => cell.textContent)),
        ),
        [
          ["w", "changed", "U8 2 × 3", "U8 3 × 3"],
          [HOSTILE, "− only in A", "U8 1", "—"],
        ],
      );
      assert.equal(await page.locator("main img").count(), 0);
    } finally {
      worker.client.dispose();
      await removeFolder(folder);
    }
  });

  it("says how checkpoints are chosen when there are none yet", async () => {
    const page = await open(sample, null, "empty");
    const text = await page.locator(".note").textContent();
    assert.match(text ?? "", /^No checkpoints are chosen\./);
    assert.deepEqual(host.askedFor("diff"), []);
  });

  it("shows in words that a run is gone", async () => {
    const page = await open(sample, { ...intent, b: { key: "/gone", step: 1 } }, "failed");
    assert.equal(await page.locator(".note").textContent(), "no such run");
    assert.equal(await page.locator("section").first().isVisible(), false);
  });

  it("has its controls upgraded by the toolkit", async () => {
    const page = await open(sample, intent);
    const tags = [
      "vscode-button",
      "vscode-checkbox",
      "vscode-dropdown",
      "vscode-option",
      "vscode-text-field",
    ];
    for (const tag of tags) {
      const upgraded = await page
        .locator(tag)
        .evaluateAll((all) => all.map((one) => one.matches(":defined") && one.shadowRoot !== null));
      assert.ok(upgraded.length > 0 && upgraded.every((is) => is), tag);
    }
  });

  it("takes names and values from files as text, and shows values that are no finite numbers", async () => {
    const folder = await temporaryFolder({
      "a/config.json": JSON.stringify({ [HOSTILE]: HOSTILE, lr: 1 }),
      "a/metrics.jsonl": jsonlText([{ step: 1, [HOSTILE]: 1, loss: NaN }]),
      "b/config.json": JSON.stringify({ lr: 2 }),
      "b/metrics.jsonl": jsonlText([{ step: 1, [HOSTILE]: 2, loss: Infinity }]),
    });
    const worker = await workerOn(folder);
    try {
      const [a, b] = worker.snapshot.runs;
      assert.ok(a && b);
      const sides = { a: { key: a.key, step: 1 }, b: { key: b.key, step: 1 } };
      const page = await open(worker, sides);
      const rows = await cellsOf(tableOf(page, "Metrics of"));
      assert.deepEqual(rows.find(([metric]) => metric === "loss")?.slice(1, 3), ["NaN", "∞"]);
      assert.ok(rows.some(([metric]) => metric === HOSTILE));
      const config = await cellsOf(tableOf(page, "Config keys that differ"));
      assert.deepEqual(
        config.find(([key]) => key === HOSTILE),
        [HOSTILE, HOSTILE, "—"],
      );
      assert.equal(await page.locator("main img").count(), 0);
      assert.notEqual(await page.title(), "breached");
    } finally {
      worker.client.dispose();
      await removeFolder(folder);
    }
  });
});

function tableOf(page: Page, caption: string): Locator {
  return page.locator("table").filter({ has: page.locator("caption", { hasText: caption }) });
}

function cellsOf(table: Locator): Promise<(string | null)[][]> {
  return table
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => Array.from(row.children, (cell) => cell.textContent)));
}

async function namesOf(table: Locator): Promise<string[]> {
  return table.locator("tbody th").allTextContents();
}

async function choose(side: Locator, picker: string, option: string): Promise<void> {
  const control = side.locator(`vscode-dropdown[aria-label='${picker}']`);
  await control.click();
  await control.locator("vscode-option").getByText(option, { exact: true }).click();
}
