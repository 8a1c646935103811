/** The Examples page in Chromium, answered by the worker on the sample workspace. */

import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { ExamplesAnswer } from "../../../src/core/index.js";
import type { ExamplesIntent, ExamplesQuestions } from "../../../src/protocol/panelProtocol.js";
import { eventually } from "../../support/eventually.js";
import { Chromium, type OpenedPage } from "../../support/pages.js";
import { ExamplesHost } from "../../support/panelHosts.js";
import { inProject } from "../../support/root.js";
import { removeFolder, temporaryFolder, writeFiles } from "../../support/temporaryFolder.js";
import { workerOn, type WorkerOn } from "../../support/workerOn.js";

const CHOICE = { task: null, filter: null, metric: null, cut: null };
const ALL = { persistence: null, example: null, step: null, from: 0, to: 1e6 };

describe("the Examples page", () => {
  let chromium: Chromium;
  let sample: WorkerOn;
  let run: string;
  let answer: ExamplesAnswer;
  let host: ExamplesHost;
  let opened: OpenedPage<ExamplesQuestions> | null = null;

  before(async function () {
    this.timeout(60_000);
    chromium = await Chromium.start();
    sample = await workerOn(inProject("samples", "grokking"));
    run = sample.key("wd1-seed0");
    answer = await sample.client.ask("examples", { run, ...CHOICE, ...ALL });
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
    key: string | null,
    state: "drawn" | "empty" = "drawn",
    kept?: ExamplesIntent,
  ): Promise<Page> {
    host = new ExamplesHost(worker, key);
    opened = await chromium.open({ page: "examples", handlers: host.handlers, state: kept });
    await opened.page.waitForSelector(`body[data-state="${state}"]`);
    return opened.page;
  }

  it("counts what was learned and forgotten, and lists the clusters", async () => {
    const page = await open(sample, run);
    const { counts, clusters, rows } = answer.learned ?? {};
    assert.ok(counts && clusters && rows);
    const lead = (await page.locator(".lead").textContent()) ?? "";
    for (const count of [rows.of, counts.learned, counts.neverLearned, counts.unforgettable]) {
      assert.ok(lead.includes(count.toLocaleString("en-US")), `${count} in ${lead}`);
    }
    assert.equal(await page.locator(".clusters li").count(), clusters.length);
  });

  it("paints a full cell where an example was right, and none where it was wrong", async () => {
    const page = await open(sample, run);
    const { learned } = answer;
    assert.ok(learned);
    const steps = learned.checkpoints.length;
    const raster = page.locator(".raster");
    const colors = await raster.evaluate((box, count) => {
      const canvas = box.querySelector("canvas");
      const context = canvas?.getContext("2d");
      if (!canvas || !context) return [];
      const width = Math.max(2, Math.min(28, (box.clientWidth - 120 - 4) / count));
      const ratio = window.devicePixelRatio;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      return [2, 5, 11].map((row) =>
        Array.from({ length: count }, (_, c) => {
          const x = Math.floor((120 + (c + 0.5) * width) * ratio);
          const y = Math.floor((34 + (row + 0.4) * 16) * ratio);
          return data[4 * (y * canvas.width + x) + 3] ?? 0;
        }),
      );
    }, steps);
    const { stride, bytes } = learned.rows.raster;
    for (const [index, row] of [2, 5, 11].entries()) {
      const expected = Array.from({ length: steps }, (_, c) => {
        return (((bytes[row * stride + (c >> 2)] ?? 0) >> (2 * (c & 3))) & 3) === 1;
      });
      assert.deepEqual(
        colors[index]?.map((alpha) => alpha > 0),
        expected,
        `row ${row}`,
      );
    }
  });

  it("is moved through by keyboard, says what is there, and shows the example through training", async () => {
    const page = await open(sample, run);
    const raster = page.locator(".raster");
    await raster.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const example = answer.learned?.rows.examples[2];
    const step = answer.learned?.checkpoints[1]?.step;
    assert.ok(example && step !== undefined);
    const spoken = page.locator("p.spoken");
    await eventually(async () => {
      assert.ok((await spoken.textContent())?.startsWith(`example ${example.id},`));
    });
    assert.deepEqual(host.askedFor("moveCursor").at(-1), { step });
    await page.keyboard.press("Enter");
    await page.locator("h2", { hasText: `Example ${example.id}` }).waitFor();
    assert.equal(await page.locator(".outcomes li").count(), answer.learned?.checkpoints.length);
    assert.equal(host.askedFor("story").at(-1)?.step, step);
    await page.locator("vscode-button", { hasText: "Close" }).click();
    assert.equal(await page.locator(".story").isVisible(), false);
  });

  it("goes to the example that it is asked to show, wherever that is in the order of learning", async () => {
    const last = answer.learned?.rows.examples.at(-1);
    const step = answer.learned?.checkpoints[3]?.step ?? NaN;
    assert.ok(last && last.row > 1024);
    const example = { id: last.id, step };
    const page = await open(sample, run, "drawn", { run, ...CHOICE, example });
    await page.locator("h2", { hasText: `Example ${last.id}` }).waitFor();
    const { id, step: told } = host.askedFor("story").at(-1) ?? {};
    assert.deepEqual([id, told], [last.id, step]);
    await eventually(async () => {
      const text = (await page.locator("p.spoken").textContent()) ?? "";
      assert.ok(text.startsWith(`example ${last.id},`), text);
    });
    assert.equal((await page.evaluate(() => window.keptState as ExamplesIntent)).example, null);
  });

  it("shows all examples where the one that is asked for is not there", async () => {
    const example = { id: "none such", step: 0 };
    const page = await open(sample, run, "drawn", { run, ...CHOICE, example });
    await eventually(() => {
      assert.equal(host.askedFor("examples").at(-1)?.example, "none such");
    });
    assert.equal(await page.locator(".story").isVisible(), false);
  });

  it("asks only for the rows in view of a hundred thousand", async function () {
    this.timeout(60_000);
    const folder = await temporaryFolder();
    const digits = (right: number): string => "1".repeat(right).padEnd(100_000, "0");
    await writeFiles(folder, {
      "big/metrics.jsonl": '{"step": 0, "loss": 1}\n{"step": 10, "loss": 0.5}\n',
      "big/outcomes.jsonl": [0, 30_000, 60_000, 90_000]
        .map((right, i) => `{"step": ${i * 10}, "qa": "${digits(right)}"}\n`)
        .join(""),
    });
    const worker = await workerOn(folder);
    try {
      const page = await open(worker, worker.key("big"));
      assert.deepEqual(
        host.askedFor("examples").map(({ from, to }) => [from, to]),
        [[0, 1024]],
      );
      await page.locator(".raster").evaluate((box) => box.scrollTo(0, 50_000 * 16));
      await eventually(() => {
        const asked = host.askedFor("examples").slice(1);
        assert.ok(asked.length >= 1 && asked.length <= 3, `${asked.length}`);
        assert.ok(asked.some(({ from, to }) => from <= 50_000 && 50_000 < to));
      });
      await page.locator(".raster").focus();
      await page.keyboard.press("End");
      await eventually(async () => {
        assert.match((await page.locator("p.spoken").textContent()) ?? "", /not learned by 30/);
      });
    } finally {
      worker.client.dispose();
      await removeFolder(folder);
    }
  });

  it("says so where no run records single examples", async () => {
    const page = await open(sample, null, "empty");
    assert.match((await page.locator(".note").textContent()) ?? "", /^No run/);
  });
});
