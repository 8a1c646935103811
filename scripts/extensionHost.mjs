/**
 * Runs code inside a real extension host of the local server: a module with `run()`, as VS Code's own tests are
 * run. The workbench must be in a browser for that; its page is told by two hooks what the module prints and when it
 * is done.
 */

import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Stop, within } from "./processes.mjs";
import { address, saveEvidence } from "./workbench.mjs";

const startLimitMs = 90_000;

/**
 * @param {object} options
 * @param {import("./workbench.mjs").Workbench} options.workbench for smoke tests, or it ignores what it is told
 * @param {string} options.folder to open
 * @param {string} options.extension folder of the extension under development, which contains the module
 * @param {string} options.module with `run()`
 * @param {string} options.started file that the module writes first
 * @param {number} options.limitMs
 * @param {(line: string) => void} options.onLine gets what the module prints
 * @returns {Promise<number>} the exit code: 0 when `run()` came to its end without an error
 */
export async function runInExtensionHost(options) {
  const { workbench, folder, started, limitMs, onLine } = options;
  const { server } = workbench;
  const opened = await workbench.newPage();
  const { page } = opened;
  try {
    /** @type {Promise<number>} */
    const done = new Promise((resolve) => {
      void page.exposeFunction("codeAutomationExit", resolve);
    });
    await page.exposeFunction(
      "codeAutomationLog",
      (/** @type {string} */ _type, /** @type {unknown[]} */ words) => onLine(words.join(" ")),
    );
    const remote = `vscode-remote://127.0.0.1:${server.port}`;
    await page.goto(
      address(server, folder, [
        ["extensionDevelopmentPath", remote + encodeURI(options.extension)],
        ["extensionTestsPath", remote + encodeURI(options.module)],
        ["skipWelcome", "true"],
      ]),
    );
    await within(
      Promise.race([appears(started), done]),
      startLimitMs,
      "The start of the tests in the extension host",
    );
    return await within(done, limitMs, "The run in the extension host");
  } catch (error) {
    await saveEvidence("failure", opened, server);
    if (!existsSync(started)) {
      throw new Stop(
        `${error instanceof Error ? error.message : String(error)}\n` +
          "The module was never loaded: the server does not allow it, the address is not the one that the page " +
          "shows, or the extension was not found.",
      );
    }
    throw error;
  } finally {
    await page.close();
  }
}

/** @param {string} file */
async function appears(file) {
  while (!existsSync(file)) await sleep(100, undefined, { ref: false });
}
