/**
 * The host ring: the suites in a real extension host. In order: the VS Code that ONSET_TEST_VSCODE names; one that is
 * installed; one that is downloaded; the local server. Only the first works without a display, and the last.
 */

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { desktopAt, downloadDesktop, findDesktop, hasDisplay } from "../../scripts/desktop.mjs";
import { Stop } from "../../scripts/processes.mjs";
import { ensureServer, root } from "../../scripts/setup.mjs";
import { judge } from "./results.mjs";

/** @returns {Promise<import("./jsonReporter.cjs").Results>} */
export async function runHostRing() {
  const { runTests, TestRunFailedError } = await import("@vscode/test-electron");
  const vscodeExecutablePath = await chooseRunner();
  // A short path, since sockets lie in it.
  const folder = await mkdtemp(path.join(tmpdir(), "onset-"));
  const workspace = path.join(folder, "workspace");
  const results = path.join(folder, "results.json");
  try {
    await cp(path.join(root, "test/fixtures/workspace"), workspace, { recursive: true });
    const exitCode = await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(root, "dist/test/host/index.js"),
      extensionTestsEnv: {
        ONSET_TEST_RESULTS: results,
        ONSET_TEST_STARTED: path.join(folder, "started"),
        ONSET_TEST_PREFIX: "[onset-test] ",
        // Set when we were started from a VS Code ourselves.
        ELECTRON_RUN_AS_NODE: undefined,
      },
      launchArgs: [
        workspace,
        `--user-data-dir=${path.join(folder, "user")}`,
        `--extensions-dir=${path.join(folder, "extensions")}`,
      ],
    }).catch((/** @type {unknown} */ error) => {
      if (error instanceof TestRunFailedError) return error.code ?? 1;
      throw error;
    });
    return judge("host", results, exitCode);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @returns {Promise<string>} what is started with the arguments of `code` */
async function chooseRunner() {
  const forced = process.env.ONSET_TEST_VSCODE;
  if (forced !== undefined && forced !== "") {
    const program = desktopAt(forced);
    if (program === null) {
      throw new Stop(`ONSET_TEST_VSCODE is "${forced}", where there is no VS Code.`);
    }
    console.log(`Runner: the VS Code of ONSET_TEST_VSCODE (${program})`);
    return program;
  }
  const desktop = hasDisplay() ? (findDesktop() ?? (await downloadDesktop())) : null;
  if (desktop !== null) {
    console.log(`Runner: VS Code for the desktop (${desktop})`);
    return desktop;
  }
  const { version } = await ensureServer();
  console.log(`Runner: local VS Code server ${version} with headless Chromium`);
  return fileURLToPath(new URL("server.mjs", import.meta.url));
}
