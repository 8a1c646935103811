/**
 * A session by hand, from an empty window to a reload: everything is clicked, typed and read as a person does it, in the
 * local server's workbench. Each test goes on from the one before it, and waits for what it wants to see.
 */

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { capture } from "../../scripts/processes.mjs";
import { root } from "../../scripts/setup.mjs";
import { address, saveEvidence, withWorkbench } from "../../scripts/workbench.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Frame} Frame */

/** For a slow machine: nothing waits as long where all is well. */
const limitMs = 90_000;
const question = "held_out/acc > 0.5 for 3";

describe("a session by hand", function () {
  this.timeout(2 * limitMs);
  /** @type {import("../../scripts/workbench.mjs").Page} */
  let opened;
  /** @type {Page} */
  let page;
  /** @type {import("../../scripts/server.mjs").Server} */
  let server;
  let folder = "";
  /** @type {() => void} */
  let close = () => undefined;
  /** @type {Promise<void>} */
  let closed = Promise.resolve();
  let hasFailed = false;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "onset-"));
    const samples = path.join(root, "samples/grokking");
    await cp(samples, path.join(folder, "grokking"), { recursive: true });
    /** @type {Promise<void>} */
    const done = new Promise((resolve) => {
      close = resolve;
    });
    await new Promise((resolve, reject) => {
      closed = withWorkbench({ extensions: [root] }, async (workbench) => {
        server = workbench.server;
        opened = await workbench.newPage();
        page = opened.page;
        page.setDefaultTimeout(limitMs);
        await page.goto(address(server, path.join(folder, "grokking")));
        await page.locator(".monaco-workbench").waitFor();
        resolve(undefined);
        await done;
      });
      closed.catch(reject);
    });
  });
  beforeEach(function () {
    // What comes next relies on it.
    if (hasFailed) this.skip();
  });
  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    hasFailed = true;
    await saveEvidence("window-failure", opened, server);
  });
  after(async () => {
    close();
    await closed;
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it("opens the side panel by its icon, where the runs are listed", async () => {
    await page.locator(".activitybar a.action-label[aria-label^='Onset']").click();
    for (const name of ["wd0-seed0", "wd1-seed4", "branch-wd2-seed1"]) await row(name).waitFor();
    await row("wd0-seed0, baseline").waitFor();
  });

  it("compares the two runs whose boxes are checked", async () => {
    for (const [group, run] of /** @type {const} */ ([
      ["weight_decay=2 2 seeds", "branch-wd2-seed0"],
      ["weight_decay=1 5 seeds", "wd1-seed0"],
    ])) {
      await box(group).click();
      await isChecked(run, false);
    }
    for (const run of ["wd0-seed1", "wd0-seed2"]) {
      await box(run).click();
      await isChecked(run, false);
    }
    await box("wd1-seed0").click();
    await isChecked("wd1-seed0", true);
    await isChecked("wd0-seed0", true);
    await isChecked("wd1-seed1", false);
  });

  it("opens the Timeline from the palette, with these runs", async () => {
    await runFromPalette("Onset: Open Timeline");
    await isShown({ runs: ["runs/wd0-seed0", "runs/wd1-seed0"] });
  });

  it("takes another axis from the toolbar", async () => {
    const timeline = await frameOf("timeline");
    const scale = timeline.locator("vscode-dropdown[aria-label='scale']");
    await scale.click();
    await scale.locator("vscode-option", { hasText: "linear" }).click();
    await isShown({ axis: "step, linear" });
  });

  it("moves the cursor by keys", async () => {
    const timeline = await frameOf("timeline");
    await timeline.locator(".plot canvas").first().click();
    await page.keyboard.press("g");
    await timeline.locator(".go-to input").waitFor();
    await page.keyboard.type("1k");
    await page.keyboard.press("Enter");
    await isShown({ cursor: "At step 1,000" });
    await page.keyboard.press("ArrowRight");
    await isShown({ cursor: "At step 1,025" });
    await page.keyboard.press("Shift+ArrowRight");
    await isShown({ cursor: "At step 1,250" });
    await page.keyboard.press("ArrowLeft");
    await isShown({ cursor: "At step 1,225" });
    await page.keyboard.press("p");
    await timeline.locator(".rug .pin-a.seen").waitFor();
  });

  it("saves points, a picture and a record where it is told to", async () => {
    /** @param {string} label @param {string} name */
    const save = async (label, name) => {
      const timeline = await frameOf("timeline");
      await timeline.locator("vscode-button[title='Export or copy']").click();
      await timeline.locator(".menu button", { hasText: label }).click();
      const input = page.locator(".quick-input-widget input").first();
      const file = path.join(folder, name);
      await input.waitFor();
      await until("the name that the dialog begins with", async () => {
        assert.match(await input.inputValue(), /timeline\.\w+$/);
      });
      await input.fill(file);
      // It lists the folder that is typed before it takes the file in it.
      await until(`${name} taken by the dialog`, async () => {
        assert.equal(await input.inputValue({ timeout: 3000 }), file);
        await page.locator(".quick-input-widget .monaco-button", { hasText: "OK" }).click();
        await input.waitFor({ state: "hidden", timeout: 3000 });
      });
      await timeline.locator(".said", { hasText: `Saved ${file}` }).waitFor();
      return readFile(file, "utf8");
    };
    const rows = (await save("All points as CSV", "points.csv")).trimEnd().split("\n");
    const [head = "", ...points] = rows.map((line) => line.split(","));
    const column = (/** @type {string} */ name) => head.indexOf(name);
    const metric = "held_out/acc";
    const own = points
      .filter((row) => row[column("run")] === "runs/wd1-seed0" && row[column("metric")] === metric)
      .map((row) => [Number(row[column("step")]), Number(row[column("value")])]);
    assert.deepEqual(own, await pointsOf("runs/wd1-seed0", metric));
    assert.equal(new Set(points.map((row) => row[column("run")])).size, 2);
    assert.match(await save("Picture as SVG", "picture.svg"), /^<svg /);
    const record = await save("Record as Markdown", "record.md");
    for (const run of ["wd0-seed0", "wd1-seed0"]) assert.ok(record.includes(`runs/${run}`));
    assert.ok(record.includes("(record.svg)"));
    assert.match(await readFile(path.join(folder, "record.svg"), "utf8"), /^<svg /);
  });

  it("answers a question that is typed, as the terminal does, and goes where it began", async () => {
    const expected = await onsetOf("runs/wd1-seed0");
    await runFromPalette("Onset: When did");
    const input = page.locator(".quick-input-widget input").first();
    await page.locator(".quick-input-title", { hasText: "When did" }).waitFor();
    await page.keyboard.type(question);
    await pickerRow("ask this").waitFor();
    await page.keyboard.press("Enter");
    const shown = `(${number(expected.after)}, ${number(expected.by)}]`;
    await pickerRow(`weight_decay=1 seed=0, ${shown}`).click();
    await input.waitFor({ state: "hidden" });
    await isShown({ cursor: `From step 1,225 to ${number(expected.by)}`, behaviours: [question] });
  });

  it("tells on a key of a config what its values did", async () => {
    await page.locator(".activitybar a.action-label[aria-label^='Explorer']").click();
    for (const name of ["runs", "wd1-seed0", "config.yaml"]) {
      await page
        .locator(".explorer-folders-view .monaco-list-row", { hasText: name })
        .first()
        .click();
    }
    const key = page.locator(".view-line span", { hasText: /^weight_decay$/ }).first();
    await key.waitFor();
    const hover = page.locator(".monaco-hover", { hasText: "varies over 10 runs" }).first();
    await until("the hover", async () => {
      // The first one may say that runs are being read.
      await page.mouse.move(0, 0);
      await key.hover();
      await hover.waitFor({ timeout: 3000 });
    });
    const text = await hover.innerText();
    assert.match(text, /weight_decay/);
    assert.match(text, /generalises/);
    await page.mouse.move(0, 0);
  });

  it("comes back after a reload with the same runs, axis, question, pin and cursor", async () => {
    await page.locator(".tab", { hasText: "Timeline" }).click();
    const { by } = await onsetOf("runs/wd1-seed0");
    const before = {
      runs: ["runs/wd0-seed0", "runs/wd1-seed0"],
      axis: "step, linear",
      cursor: `From step 1,225 to ${number(by)}`,
      behaviours: [question],
    };
    await isShown(before);
    const loaded = page.waitForEvent("load");
    await runFromPalette("Developer: Reload Window");
    await loaded;
    await page.locator(".monaco-workbench").waitFor();
    await isShown(before);
    await page.locator(".activitybar a.action-label[aria-label^='Onset']").click();
    // What lies further down is not in the document until somebody scrolls there.
    await isChecked("wd0-seed0", true);
    await isChecked("wd0-seed1", false);
  });

  /** In the tree of runs, by what a screen reader says of it. @param {string} words */
  function row(words) {
    return page.locator(`.pane-body .monaco-list-row[aria-label*="${words}"]`).first();
  }

  /** @param {string} words */
  function box(words) {
    return row(words).locator("[role=checkbox]");
  }

  /** @param {string} words @param {boolean} expected */
  async function isChecked(words, expected) {
    await row(words)
      .locator(`[role=checkbox][aria-checked=${String(expected)}]`)
      .waitFor();
  }

  /** @param {string} words */
  function pickerRow(words) {
    return page.locator(`.quick-input-list .monaco-list-row[aria-label*="${words}"]`).first();
  }

  /** The command is offered as soon as the extension is known. @param {string} title */
  async function runFromPalette(title) {
    const input = page.locator(".quick-input-widget input").first();
    await until(`"${title}" in the palette`, async () => {
      await page.keyboard.press("F1");
      try {
        await input.waitFor({ timeout: 3000 });
        await input.fill(`>${title}`);
        await pickerRow(title).click({ timeout: 3000 });
      } catch (error) {
        await page.keyboard.press("Escape");
        throw error;
      }
    });
  }

  /** A page lies two frames deep, in others after each reload. @param {string} id @returns {Promise<Frame>} */
  async function frameOf(id) {
    return until(`the page ${id}`, async () => {
      for (const frame of page.frames()) {
        const isThere = await frame
          .evaluate((name) => document.getElementById(name)?.checkVisibility() === true, id)
          .catch(() => false);
        if (isThere) return frame;
      }
      throw new Error("it is not there");
    });
  }

  /**
   * Waits until the Timeline shows all of it.
   *
   * @param {{ runs?: string[], axis?: string, cursor?: string, behaviours?: string[] }} wanted
   */
  async function isShown(wanted) {
    await until(`the Timeline with ${JSON.stringify(wanted)}`, async () => {
      const timeline = await frameOf("timeline");
      const shown = await timeline.evaluate(() => {
        const bands = document.getElementById("onset-bands");
        /** @type {{ behaviour: string }[]} */
        const painted = JSON.parse(bands?.textContent || "[]");
        /** @type {string[]} */
        const runs = JSON.parse(bands?.dataset["runs"] ?? "[]");
        return {
          state: document.body.dataset["state"],
          runs,
          axis: document.querySelector(".axis-title > span")?.textContent ?? "",
          cursor: document.querySelector("vscode-panel-tab")?.textContent ?? "",
          behaviours: [...new Set(painted.map(({ behaviour }) => behaviour))],
        };
      });
      assert.deepEqual({ ...shown, ...wanted, state: "drawn" }, shown);
    });
  }

  /** As the terminal lists them. @param {string} run @param {string} metric */
  async function pointsOf(run, metric) {
    const { stdout } = await capture(process.execPath, [
      ...[path.join(root, "dist/cli.js"), "metrics", path.join(folder, "grokking")],
      ...["--run", run, "--metric", metric, "--format", "csv"],
    ]);
    const [head = [], ...points] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    return points.map((row) => ["step", "value"].map((name) => Number(row[head.indexOf(name)])));
  }

  /** What the terminal answers. @param {string} run */
  async function onsetOf(run) {
    const cli = path.join(root, "dist/cli.js");
    const { stdout } = await capture(process.execPath, [cli, "when", question, folder, "--json"]);
    /** @type {{ results: { run: { id: string }, after: number, by: number }[] }} */
    const { results } = JSON.parse(stdout);
    const found = results.find(({ run: { id } }) => id.endsWith(run));
    assert.ok(found);
    return found;
  }
});

/** @param {number} step */
function number(step) {
  return step.toLocaleString("en-US");
}

/**
 * Tries again until it works.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
async function until(what, attempt) {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw new Error(`Not seen: ${what}.`, { cause: error });
      await sleep(100);
    }
  }
}
