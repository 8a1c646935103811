/**
 * Opens a folder in the real editor, headless, shows the Timeline, and compares each onset that it has painted with
 * what `onset when` answers in a terminal.
 */

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { capture, Stop } from "./processes.mjs";
import { cache, root } from "./setup.mjs";
import { address, saveEvidence, withWorkbench } from "./workbench.mjs";

const command = "Onset: Open Timeline";
const commandLimitMs = 60_000;
const drawLimitMs = 120_000;
/** Runs are shown as they are found: what is drawn counts when it has stayed the same for this long. */
const calmMs = 2_000;

/**
 * @typedef {object} Ends of an onset, in steps; null where the end is open
 * @property {number | null} after
 * @property {number | null} by
 */

/** @typedef {{ run: string, behaviour: string, metric: string, drawn: Ends, tolerance: Ends } & Ends} Band */
/**
 * @typedef {object} Timeline
 * @property {string | null} state
 * @property {string} message
 * @property {Band[]} bands
 * @property {string[]} runs ids
 * @property {string[]} metrics that have a chart
 * @property {string[]} behaviours that could be shaded
 */
/** @typedef {{ run: { id: string }, metric: string | null, status: string } & Ends} Answer */

/** Shown as marks, and shaded only where they are asked for. */
const marked = ["first non-finite", "loss spike"];

/**
 * @param {string} folder
 * @returns {Promise<number>} exit code
 */
export function checkTimeline(folder) {
  return withWorkbench({ extensions: [root] }, async ({ server, newPage }) => {
    const opened = await newPage();
    const { page } = opened;
    await mkdir(cache, { recursive: true });
    try {
      await page.goto(address(server, folder));
      await runFromPalette(page);
      const timeline = await calmTimeline(page);
      const picture = path.join(cache, "timeline.png");
      await page.screenshot({ path: picture });
      console.log(`Picture: ${picture}`);
      const differences = await compare(timeline, folder);
      if (differences.length > 0) throw new Stop(differences.join("\n"));
      return 0;
    } catch (error) {
      await saveEvidence("check-failure", opened, server);
      throw error instanceof Error ? new Stop(`The check failed: ${error.message}`) : error;
    }
  });
}

/**
 * As a user does it. The command is offered as soon as the server's extensions are known.
 *
 * @param {import("playwright-core").Page} page
 */
async function runFromPalette(page) {
  await page.locator(".monaco-workbench").waitFor({ timeout: commandLimitMs });
  const input = page.locator(".quick-input-widget input").first();
  const row = page.locator(`.quick-input-list .monaco-list-row[aria-label^="${command}"]`).first();
  const end = Date.now() + commandLimitMs;
  while (Date.now() < end) {
    await page.keyboard.press("F1");
    try {
      await input.waitFor({ timeout: 3_000 });
      await input.fill(`>${command}`);
      await row.waitFor({ timeout: 3_000 });
      await row.click();
      return;
    } catch {
      // Something took the focus, or the extension is not there yet.
      await page.keyboard.press("Escape");
    }
  }
  throw new Stop(`the command palette did not offer "${command}" in ${commandLimitMs / 1000} s.`);
}

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Timeline>} once it is drawn and no longer changes
 */
async function calmTimeline(page) {
  const end = Date.now() + drawLimitMs;
  let before = "";
  let since = Date.now();
  /** @type {Timeline | null} */
  let timeline = null;
  while (Date.now() < end) {
    timeline = await readTimeline(page);
    const now = JSON.stringify(timeline);
    if (now !== before) since = Date.now();
    before = now;
    const done = timeline !== null && timeline.state !== null;
    if (done && Date.now() - since >= calmMs) break;
    await sleep(200);
  }
  if (timeline === null) throw new Stop("no Timeline was opened.");
  if (timeline.state === null) throw new Stop("the Timeline was opened, but never drawn.");
  if (timeline.state !== "drawn") {
    throw new Stop(`the Timeline is ${timeline.state}: ${timeline.message}`);
  }
  return timeline;
}

/**
 * The page lies two frames deep.
 *
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Timeline | null>}
 */
async function readTimeline(page) {
  for (const frame of page.frames()) {
    const found = await frame
      .evaluate(() => {
        if (!document.querySelector("#timeline")) return null;
        const { state = null, message = "" } = document.body.dataset;
        const bands = /** @type {HTMLElement | null} */ (document.querySelector("#onset-bands"));
        return {
          ...{ state, message },
          bands: /** @type {Band[]} */ (JSON.parse(bands?.textContent || "[]")),
          runs: /** @type {string[]} */ (JSON.parse(bands?.dataset["runs"] || "[]")),
          metrics: /** @type {string[]} */ (JSON.parse(bands?.dataset["metrics"] || "[]")),
          behaviours: /** @type {string[]} */ (JSON.parse(bands?.dataset["behaviours"] || "[]")),
        };
      })
      // A frame may go while it is asked.
      .catch(() => null);
    if (found !== null) return found;
  }
  return null;
}

/**
 * @param {Timeline} timeline
 * @param {string} folder
 * @returns {Promise<string[]>} what differs, a sentence each
 */
async function compare({ bands, runs, metrics, behaviours }, folder) {
  /** @type {string[]} */
  const differences = [];
  const charts = new Set(bands.map(({ behaviour, metric }) => `${behaviour}\n${metric}`));
  const shaded = [...new Set(bands.map(({ behaviour }) => behaviour))];
  // Where nothing is shaded, no behaviour may have an answer.
  const asked = bands.length > 0 ? shaded : behaviours.filter((name) => !marked.includes(name));
  for (const behaviour of asked) {
    const answers = await answersOf(behaviour, folder);
    const painted = bands.filter((band) => band.behaviour === behaviour);
    for (const band of painted) {
      const own = answers.find(({ run, metric }) => run.id === band.run && metric === band.metric);
      differences.push(...compareBand(band, own));
    }
    for (const answer of answers) {
      const { run, metric, status } = answer;
      const isShown =
        metric !== null &&
        runs.includes(run.id) &&
        metrics.includes(metric) &&
        (bands.length === 0 || charts.has(`${behaviour}\n${metric}`));
      if (!isShown || status === "no-data") continue;
      if (painted.some((band) => band.run === run.id && band.metric === metric)) continue;
      differences.push(
        `${behaviour}, ${run.id}: the answer is ${text(answer)}, but nothing is drawn.`,
      );
    }
  }
  const counted =
    bands.length > 0
      ? `${bands.length} bands of ${shaded.join(", ")} in ${runs.length} runs`
      : `No bands in ${runs.length} runs, since no behaviour known there has an answer: this`;
  console.log(
    differences.length === 0
      ? `${counted} ${bands.length > 0 ? "agree" : "agrees"} with onset when.`
      : `Compared: ${counted}.`,
  );
  return differences;
}

/**
 * @param {Band} band
 * @param {Answer | undefined} answer
 * @returns {string[]}
 */
function compareBand(band, answer) {
  const { run, behaviour, metric, drawn, tolerance } = band;
  const where = `${behaviour} (${metric}), ${run}: `;
  if (answer === undefined || answer.status === "no-data") {
    return [`${where}a band ${text(band)} is drawn, but there is no answer.`];
  }
  if (band.after !== answer.after || band.by !== answer.by) {
    return [`${where}the band is ${text(band)}, the answer ${text(answer)}.`];
  }
  const isThere = (/** @type {"after" | "by"} */ end) => {
    const [exact, seen] = [answer[end], drawn[end]];
    if (exact === null || seen === null) return exact === seen;
    return Math.abs(seen - exact) <= (tolerance[end] ?? 0);
  };
  if (isThere("after") && isThere("by")) return [];
  return [`${where}the band ${text(band)} was painted at ${text(drawn)}.`];
}

/**
 * @param {string} behaviour
 * @param {string} folder
 * @returns {Promise<Answer[]>} one per run and metric
 */
async function answersOf(behaviour, folder) {
  const cli = path.join(root, "dist/cli.js");
  const { code, stdout } = await capture(process.execPath, [
    ...[cli, "when", behaviour, folder, "--json"],
  ]);
  // 1 says that no run has an answer.
  if (code !== 0 && code !== 1) {
    throw new Stop(`onset when "${behaviour}" ended with exit code ${code}.`);
  }
  /** @type {{ results: Answer[] }} */
  const { results } = JSON.parse(stdout);
  return results;
}

/** @param {Ends} ends */
function text({ after, by }) {
  const shown = (/** @type {number | null} */ step) =>
    step === null ? "…" : String(Number(step.toFixed(2)));
  return `(${shown(after)}, ${shown(by)}]`;
}
