/** The local server's workbench in headless Chromium, and what to keep of it when something goes wrong. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "./server.mjs";
import { cache, ensureChromium } from "./setup.mjs";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/**
 * @typedef {object} Workbench
 * @property {import("./server.mjs").Server} server
 * @property {() => Promise<Page>} newPage a window of its own, with an extension host of its own
 */

/**
 * @typedef {object} Page
 * @property {import("playwright-core").Page} page still empty
 * @property {string[]} lines of its console so far
 */

/**
 * Starts a server with throw-away settings and a browser, and stops both when the work is done.
 *
 * @template T
 * @param {{ extensions?: readonly string[], smokeTest?: boolean, env?: Record<string, string> }} options of the
 *   server
 * @param {(workbench: Workbench) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withWorkbench(options, work) {
  const executablePath = await ensureChromium();
  const { chromium } = await import("playwright-core");
  // A short path, since sockets lie in it.
  const dataDir = await mkdtemp(path.join(tmpdir(), "onset-"));
  try {
    const server = await startServer({ dataDir, ...options });
    try {
      // A signal ends this process, and that ends both.
      const quiet = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
      const browser = await chromium.launch({ executablePath, args: flags, ...quiet });
      try {
        return await work({ server, newPage: () => newPage(browser) });
      } finally {
        await browser.close();
      }
    } finally {
      await server.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/**
 * @param {import("playwright-core").Browser} browser
 * @returns {Promise<Page>}
 */
async function newPage(browser) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  /** @type {string[]} */
  const lines = [];
  page.on("console", (message) => lines.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => lines.push(`error: ${error.message}`));
  return { page, lines };
}

/**
 * What to open: a folder of this machine, and what only a server for smoke tests listens to.
 *
 * @param {import("./server.mjs").Server} server
 * @param {string} folder
 * @param {readonly (readonly [string, string])[]} [payload]
 */
export function address(server, folder, payload = []) {
  const url = new URL(server.url);
  url.searchParams.set("folder", folder);
  if (payload.length > 0) url.searchParams.set("payload", JSON.stringify(payload));
  return url.href;
}

/**
 * Saves a picture, the page's console and the server's log, and says where they are.
 *
 * @param {string} name of the folder for them
 * @param {Page} page
 * @param {import("./server.mjs").Server} server
 */
export async function saveEvidence(name, { page, lines }, server) {
  const folder = path.join(cache, name);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "console.log"), lines.join("\n"));
  await writeFile(path.join(folder, "server.log"), server.log());
  const picture = path.join(folder, "page.png");
  await page
    .screenshot({ path: picture, timeout: 10_000 })
    .catch((/** @type {unknown} */ error) => {
      console.error("No picture could be taken:", error);
    });
  console.error(`The page's console ends with:\n${told(lines.join("\n")).slice(-15).join("\n")}\n`);
  console.error(`The server's log ends with:\n${told(server.log()).slice(-15).join("\n")}\n`);
  console.error(`Picture and full logs: ${folder}`);
}

/**
 * The server is installed without native modules and complains at length about its missing logger.
 *
 * @param {string} log
 */
function told(log) {
  return log
    .split("\n")
    .filter(
      (line) => !/^\s*$|^\s+at |^ → |spdlog|watchdog|bindings file|^Require stack|^- /.test(line),
    );
}
