/** The Onsets page in Chromium, answered by the worker on the sample workspace. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { OnsetsAnswer } from "../../../src/core/index.js";
import type { OnsetsIntent, OnsetsQuestions } from "../../../src/protocol/panelProtocol.js";
import { eventually } from "../../support/eventually.js";
import { Chromium, type OpenedPage } from "../../support/pages.js";
import { OnsetsHost } from "../../support/panelHosts.js";
import { inProject } from "../../support/root.js";
import { removeFolder, temporaryFolder, writeFiles } from "../../support/temporaryFolder.js";
import { workerOn, type WorkerOn } from "../../support/workerOn.js";

describe("the Onsets page", () => {
  let chromium: Chromium;
  let sample: WorkerOn;
  let answer: OnsetsAnswer;
  let host: OnsetsHost;
  let opened: OpenedPage<OnsetsQuestions> | null = null;

  before(async function () {
    this.timeout(60_000);
    chromium = await Chromium.start();
    sample = await workerOn(inProject("samples", "grokking"));
    answer = await sample.client.ask("onsets", {
      runs: sample.snapshot.runs.map(({ key }) => key),
    });
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
    worker = sample,
    state: "drawn" | "empty" = "drawn",
    kept?: OnsetsIntent,
  ): Promise<Page> {
    host = new OnsetsHost(worker);
    opened = await chromium.open({ page: "onsets", handlers: host.handlers, state: kept });
    await opened.page.waitForSelector(`body[data-state="${state}"]`);
    return opened.page;
  }

  function cell(page: Page, row: number, column: number) {
    return page.locator(`[data-row="${row}"][data-column="${column}"]`);
  }

  it("shows a row per behaviour in the order of acquisition, a column per run", async () => {
    const page = await open();
    const heads = await page.locator("[role=rowheader] button").allTextContents();
    assert.deepEqual(
      heads,
      answer.rows.slice(0, heads.length).map(({ label }) => label),
    );
    const grid = page.getByRole("grid");
    assert.equal(await grid.getAttribute("aria-rowcount"), String(answer.rows.length + 1));
    assert.equal(await grid.getAttribute("aria-colcount"), String(answer.runs.length + 1));
    const medians = answer.rows.map(({ median }) => median?.by ?? Infinity);
    assert.deepEqual(
      medians,
      [...medians].sort((a, b) => a - b),
    );
  });

  it("says in each cell what the terminal answers, and draws the interval where it lies", async () => {
    const page = await open();
    const heads = await page
      .locator("[role=columnheader] .column-head")
      .evaluateAll((all) => all.map((head) => head.getAttribute("title") ?? ""));
    assert.ok(heads.length > 2);
    for (const [column, head] of heads.entries()) {
      const label = head.split("\n")[1];
      const run = answer.runs.findIndex((one) => one.run.label === label);
      const found = answer.rows[0]?.cells.find((one) => one.run === run);
      const spoken = await cell(page, 0, column).locator(".spoken").textContent();
      assert.ok(spoken?.startsWith(found?.text ?? "?"), `${head}: ${spoken}`);
    }
    const steps = answer.rows.flatMap(({ cells }) =>
      cells.flatMap(({ after, by }) => [after, by].filter((one) => one !== null)),
    );
    const [first, last] = [Math.min(...steps), Math.max(...steps)];
    const share = (step: number): number =>
      (Math.log10(1 + step) - Math.log10(1 + first)) /
      (Math.log10(1 + last) - Math.log10(1 + first));
    const shown = answer.rows[0]?.cells.find(({ status }) => status === "observed");
    assert.ok(shown);
    const bar = page.locator(".bar.observed").first();
    const [box, track] = [await bar.boundingBox(), await bar.locator("..").boundingBox()];
    assert.ok(box && track);
    const rows = answer.rows[0]?.cells ?? [];
    const bars = rows.map(({ by }) => track.x + share(by ?? 0) * track.width);
    assert.ok(
      bars.some((right) => Math.abs(box.x + box.width - right) <= 3.5),
      `${box.x + box.width} ${bars.join()}`,
    );
  });

  it("draws what never came open, and says so", async () => {
    const page = await open();
    const row = answer.rows.findIndex(({ cells }) => cells.some(({ by }) => by === null));
    assert.ok(row >= 0);
    await page.locator("[role=grid]").evaluate((grid, at) => grid.scrollTo(0, at * 40), row);
    const open_ = page.locator(`[aria-rowindex="${row + 2}"] .bar.right-censored`).first();
    assert.equal(await open_.evaluate((bar) => getComputedStyle(bar).borderRightWidth), "0px");
    const text = await page
      .locator(`[aria-rowindex="${row + 2}"] .interval`)
      .filter({ hasText: "not by" })
      .first()
      .textContent();
    assert.match(text ?? "", /^not by /);
  });

  it("shows what is behind a cell, by keyboard, and where the step lies in the Timeline", async () => {
    const page = await open();
    await cell(page, 0, 0).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    const detail = page.getByRole("region", { name: "behind the cell" });
    await detail.locator("h2").waitFor();
    const asked = host.askedFor("cell").at(-1);
    assert.ok(asked);
    const [result] = await sample.client.ask("record", { text: asked.question, run: asked.run });
    assert.ok(result);
    const text = (await detail.textContent()) ?? "";
    assert.ok(text.includes(result.record.method), text);
    assert.ok(text.includes(`${result.evaluations}`));
    await detail.locator("vscode-button", { hasText: "Open Timeline" }).click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("openTimeline").at(-1), {
        question: asked.question,
        step: result.by ?? result.after,
      });
    });
    await detail.locator("vscode-button", { hasText: "Copy record" }).click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("copyRecord").at(-1), asked);
    });
  });

  it("draws the survival curves of the chosen row, by seed group or by a config key", async () => {
    const page = await open();
    const lines = page.locator(".survival li");
    await lines.first().waitFor();
    const row = answer.rows[1];
    assert.ok(row);
    await page.locator("[role=rowheader] button", { hasText: row.label }).first().click();
    const expected = await sample.client.ask("survival", {
      text: row.question,
      runs: host.comparison.runs,
      key: null,
    });
    await eventually(async () => {
      assert.deepEqual(await lines.allTextContents(), expected.lines);
    });
    assert.deepEqual(await page.evaluate(() => window.keptState), {
      filter: "",
      key: null,
      question: row.question,
    });
    await page.locator("vscode-dropdown").click();
    await page.locator("vscode-option", { hasText: "weight_decay" }).first().click();
    await eventually(async () => {
      const texts = await lines.allTextContents();
      assert.ok(
        texts.some((text) => text.startsWith("weight_decay 0:")),
        texts.join("; "),
      );
    });
  });

  it("filters behaviours as one types, and says when none is left", async () => {
    const page = await open();
    const field = page.locator("vscode-text-field").locator("input");
    await field.fill("grok");
    await eventually(async () => {
      const heads = await page.locator("[role=rowheader] button").allTextContents();
      assert.ok(heads.length > 0 && heads.every((head) => head.includes("grok")), heads.join());
    });
    await field.fill("nothing is called so");
    await page.waitForSelector('body[data-state="empty"]');
    assert.match((await page.locator(".note").textContent()) ?? "", /No behaviour's name/);
  });

  it("comes back as it was", async () => {
    const question = answer.rows[1]?.question ?? "";
    const page = await open(sample, "drawn", { filter: "", key: null, question });
    await page.locator(".row-head.chosen").waitFor();
    assert.equal(host.askedFor("survival")[0]?.question, question);
  });

  it("says what to do where there is nothing to show", async () => {
    const folder = await temporaryFolder();
    const worker = await workerOn(folder);
    try {
      const page = await open(worker, "empty");
      assert.match((await page.locator(".note").textContent()) ?? "", /^No runs are compared/);
    } finally {
      worker.client.dispose();
      await removeFolder(folder);
    }
  });

  it("draws only what is in view of many behaviours and runs", async function () {
    this.timeout(60_000);
    const folder = await temporaryFolder();
    const behaviours = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`level ${i}`, `acc > ${i / 60}`]),
    );
    await writeFiles(folder, {
      "onset.json": JSON.stringify({ behaviours }),
      ...Object.fromEntries(
        Array.from({ length: 80 }, (_, run) => [
          `r${run}/metrics.jsonl`,
          Array.from(
            { length: 12 },
            (_unused, i) => `{"step": ${i * 10}, "acc": ${i / 11}}\n`,
          ).join(""),
        ]),
      ),
    });
    const worker = await workerOn(folder);
    try {
      const page = await open(worker);
      assert.ok((await page.locator("[role=gridcell]").count()) < 1500);
      await cell(page, 0, 0).focus();
      await page.keyboard.press("Control+End");
      await eventually(async () => {
        assert.equal(
          await page.evaluate(() => document.activeElement?.getAttribute("data-column")),
          "79",
        );
      });
    } finally {
      worker.client.dispose();
      await removeFolder(folder);
    }
  });
});
