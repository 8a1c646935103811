/** The Lineage in Chromium, answered by the worker. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { LineageQuestions } from "../../../src/protocol/panelProtocol.js";
import { eventually } from "../../support/eventually.js";
import { jsonlText } from "../../support/jsonlText.js";
import { Chromium, type OpenedPage } from "../../support/pages.js";
import { LineageHost } from "../../support/panelHosts.js";
import { inProject } from "../../support/root.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";
import { workerOn, type WorkerOn } from "../../support/workerOn.js";

const HOSTILE = `<img src=x onerror="document.title='breached'">`;

describe("the Lineage page", () => {
  let chromium: Chromium;
  let sample: WorkerOn;
  let host: LineageHost;
  let opened: OpenedPage<LineageQuestions> | null = null;

  before(async function () {
    this.timeout(60_000);
    chromium = await Chromium.start();
    sample = await workerOn(inProject("samples", "grokking"));
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

  async function open(worker: WorkerOn, state: "drawn" | "empty" = "drawn"): Promise<Page> {
    host = new LineageHost(worker);
    opened = await chromium.open({ page: "lineage", handlers: host.handlers });
    await opened.page.waitForSelector(`body[data-state="${state}"]`);
    return opened.page;
  }

  it("says of each branch where it started and what it changed, and draws it there", async () => {
    const page = await open(sample);
    const { rows } = await sample.client.ask("lineage", null);
    const branch = rows.findIndex(({ id }) => id.endsWith("branch-wd2-seed0"));
    const row = page.locator(".grid-row").nth(branch);
    assert.match((await row.locator(".about").textContent()) ?? "", /^from .+ at 2,000$/);
    assert.match((await row.locator(".changes").textContent()) ?? "", /weight_decay 0 → 2/);
    const parent = page.locator(".grid-row").nth(rows[branch]?.parent ?? -1);
    const from = await parent.locator(".branch").getAttribute("cx");
    const edge = await row.locator(".edge").first().getAttribute("x1");
    assert.equal(edge, from);
  });

  it("opens the Timeline with a run and its parent, by the keyboard", async () => {
    const page = await open(sample);
    const { rows } = await sample.client.ask("lineage", null);
    await page.locator("[data-row='0'][data-column='0']").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await eventually(() => {
      assert.deepEqual(host.askedFor("openTimeline"), [
        { runs: [rows[0]?.key, rows[1]?.key], step: rows[1]?.from },
      ]);
    });
  });

  it("says so where no run started from another, and takes names as text", async () => {
    const folder = await temporaryFolder({
      "a/metrics.jsonl": jsonlText([{ step: 1, loss: 1 }]),
      "b/metrics.jsonl": jsonlText([{ step: 1, loss: 1 }]),
    });
    const branched = await temporaryFolder({
      "a/metrics.jsonl": jsonlText([{ step: 1, loss: 1 }]),
      "a/config.json": JSON.stringify({ init_from: `/x/${HOSTILE}/step5`, note: HOSTILE }),
      "b/metrics.jsonl": jsonlText([{ step: 9, loss: 1 }]),
      "b/config.json": `{"init_from": "../a/step1", "__proto__": "${"p".repeat(3)}"}`,
    });
    const workers = [await workerOn(folder), await workerOn(branched)] as const;
    try {
      const page = await open(workers[0], "empty");
      const text = (await page.locator(".note").textContent()) ?? "";
      assert.match(text, /^None of the 2 runs started from another one/);
      await opened?.close();
      const drawn = await open(workers[1]);
      const body = (await drawn.locator("body").textContent()) ?? "";
      assert.ok(body.includes(HOSTILE) && body.includes("__proto__"), body);
      assert.equal(await drawn.locator("main img").count(), 0);
      assert.notEqual(await drawn.title(), "breached");
    } finally {
      for (const { client } of workers) client.dispose();
      await removeFolder(folder);
      await removeFolder(branched);
    }
  });
});
