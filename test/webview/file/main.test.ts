/** The read-only editors' page in Chromium, answered by the worker about files on disk. */

import assert from "node:assert/strict";
import { copyFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import type { FileQuestions } from "../../../src/protocol/panelProtocol.js";
import { eventually } from "../../support/eventually.js";
import { concat, eventFile, eventRecord, textRecord } from "../../support/eventFile.js";
import { Chromium, type OpenedPage } from "../../support/pages.js";
import { FileHost } from "../../support/panelHosts.js";
import { fixture } from "../../support/root.js";
import { safetensorsFile, type WrittenTensor } from "../../support/safetensorsFile.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";
import { workerOn, type WorkerOn } from "../../support/workerOn.js";

const HOSTILE = `<img src=x onerror="document.title='breached'">`;
const EVENTS = "events.out.tfevents.1700000000.host";

describe("the page of a file", () => {
  let chromium: Chromium;
  let folder: string;
  let worker: WorkerOn;
  let host: FileHost;
  let opened: OpenedPage<FileQuestions> | null = null;

  before(async function () {
    this.timeout(60_000);
    chromium = await Chromium.start();
    folder = await temporaryFolder();
    worker = await workerOn(folder);
  });
  after(async () => {
    worker.client.dispose();
    await removeFolder(folder);
    await chromium.stop();
  });
  afterEach(async () => {
    const complaints = opened?.complaints ?? [];
    await opened?.close();
    opened = null;
    assert.deepEqual(complaints, []);
  });

  async function open(name: string, state: "drawn" | "failed" = "drawn"): Promise<Page> {
    host = new FileHost(worker, `${folder}/${name}`);
    opened = await chromium.open({ page: "file", handlers: host.handlers });
    await opened.page.waitForSelector(`body[data-state="${state}"]`);
    return opened.page;
  }

  const write = (name: string, bytes: Uint8Array): Promise<void> =>
    writeFile(join(folder, name), bytes);

  async function writeModel(name: string, layers: number): Promise<void> {
    const header: Record<string, WrittenTensor | Record<string, string>> = {
      __metadata__: { format: "pt", [HOSTILE]: HOSTILE },
    };
    for (let i = 0; i < layers; i++) {
      header[`model.layers.${i}.w`] = {
        ...{ dtype: "BF16", shape: [4, 8], data_offsets: [i * 64, i * 64 + 64] },
      };
    }
    await write(name, safetensorsFile(header, layers * 64));
  }

  it("shows tensors by layer and one by one, of thousands only those in view", async () => {
    await writeModel("model.safetensors", 5_000);
    const page = await open("model.safetensors");
    assert.equal(await page.locator("h1").textContent(), "model.safetensors");
    assert.match(
      (await page.locator(".lead").textContent()) ?? "",
      /^5,000 tensors · 160k? parameters/i,
    );
    const grid = page.locator("[role=grid][aria-label=Tensors]");
    assert.equal(await grid.getAttribute("aria-rowcount"), "5001");
    assert.ok((await grid.locator(".grid-row").count()) < 100);
    assert.deepEqual(await grid.locator(".grid-row").first().locator("[role]").allTextContents(), [
      ...["model.layers.0.w", "4 × 8", "BF16", "64 B"],
    ]);
    await grid.locator("[data-row='0'][data-column='0']").focus();
    await page.keyboard.press("Control+End");
    await grid.getByText("model.layers.4999.w").waitFor();
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("data-row")),
      "4999",
    );
  });

  it("finds tensors by a part of their name", async () => {
    await writeModel("model.safetensors", 300);
    const page = await open("model.safetensors");
    await page.locator("section[aria-label=Tensors] vscode-text-field input").fill("LAYERS.29");
    const title = page.locator("section[aria-label=Tensors] h2");
    await eventually(async () => {
      assert.equal(await title.textContent(), "Tensors (11 of 300)");
    });
  });

  it("is drawn at once for ten gigabytes, of which nearly all is a hole", async () => {
    const elements = 5_000_000_000;
    const bytes = safetensorsFile(
      { w: { dtype: "F16", shape: [elements], data_offsets: [0, 2 * elements] } },
      0,
    );
    await write("large.safetensors", bytes);
    await truncate(join(folder, "large.safetensors"), bytes.length + 2 * elements);
    try {
      const page = await open("large.safetensors");
      assert.match((await page.locator(".lead").textContent()) ?? "", /5B parameters .* 10 GB$/);
      assert.equal(await page.locator(".problems li").count(), 0);
    } finally {
      await rm(join(folder, "large.safetensors"));
    }
  });

  it("says in a sentence what is wrong with a header", async () => {
    await write("bad.safetensors", new Uint8Array(64).fill(0xff));
    const page = await open("bad.safetensors", "failed");
    assert.match(
      (await page.locator(".note").textContent()) ?? "",
      /^bad\.safetensors says its header has \d+ bytes; not a safetensors file\.$/,
    );
  });

  it("draws the course of each metric of an event file, and opens its texts", async () => {
    const rows = [1, 2, NaN, 4].map((value, i) => ({
      ...{ step: 10 * i, wallTime: 1, scalars: [{ tag: "train/loss", value }] },
    }));
    await write(EVENTS, concat([eventFile(rows), textRecord("notes", 7, HOSTILE)]));
    const page = await open(EVENTS);
    const row = page.locator(".grid-row").first();
    assert.deepEqual(await row.locator("[role]").allTextContents(), [
      ...["train/loss", "", "4", "1", "4", "4", "0–30", "1"],
    ]);
    const path = (await row.locator("path").getAttribute("d")) ?? "";
    assert.equal(path.match(/M/g)?.length, 2, "the line is broken where nothing finite was logged");
    await page.locator("summary").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("details pre").textContent(), HOSTILE);
    assert.equal(await page.locator("details pre").isVisible(), true);
  });

  it("reads the file again when it is told that it was written", async () => {
    const record = (step: number): Uint8Array =>
      eventRecord({ step, wallTime: 1, scalars: [{ tag: "loss", value: step }] });
    await write(EVENTS, concat([eventFile([]), record(1)]));
    const page = await open(EVENTS);
    await write(EVENTS, concat([eventFile([]), record(1), record(2)]));
    opened?.peer.tell("fileChanged", null);
    await eventually(async () => {
      assert.match((await page.locator(".lead").textContent()) ?? "", /2 points · steps 1–2/);
    });
  });

  it("asks for a table's rows as they come into view", async () => {
    await copyFile(fixture("formats", "parquet", "long.parquet"), join(folder, "long.parquet"));
    const page = await open("long.parquet");
    const grid = page.locator("[role=grid][aria-label=Rows]");
    await eventually(() => {
      assert.deepEqual(host.askedFor("rows"), [{ from: 0, to: 256 }]);
    });
    await grid.locator("[data-row='0'][data-column='0']").focus();
    await page.keyboard.press("Control+End");
    await eventually(async () => {
      const asked = host.askedFor("rows").at(-1);
      assert.ok(asked && asked.from > 256);
      const row = grid.locator(".grid-row").last();
      assert.match((await row.textContent()) ?? "", /\d+.*[a-z]/);
    });
    const contents = await worker.client.ask("fileContents", { file: `${folder}/long.parquet` });
    assert.ok(contents.kind === "table");
    const { rows } = contents;
    const last = await worker.client.ask("tableRows", {
      ...{ file: `${folder}/long.parquet`, from: rows - 1, to: rows },
    });
    const shown = await grid.locator(".grid-row").last().locator("[data-column]").count();
    assert.equal(shown, last.rows[0]?.length);
  });

  it("takes names from files as text", async () => {
    await writeModel("hostile.safetensors", 1);
    await write(
      `${EVENTS}.2`,
      eventFile([
        { step: 1, wallTime: 1, scalars: [HOSTILE, "__proto__"].map((tag) => ({ tag, value: 1 })) },
      ]),
    );
    for (const name of ["hostile.safetensors", `${EVENTS}.2`]) {
      const page = await open(name);
      assert.ok((await page.locator("body").textContent())?.includes(HOSTILE), name);
      assert.equal(await page.locator("main img").count(), 0);
      assert.notEqual(await page.title(), "breached");
      await opened?.close();
    }
  });
});
