/**
 * `npm start [-- FOLDER] [--check]`: installs what is missing, builds, and opens the real editor with the extension
 * on a folder with runs, the sample unless one is given. With --check: headless, and compares what the Timeline has
 * drawn with the terminal's answers.
 *
 * The editor is the VS Code that ONSET_VSCODE names; or, where there is a display, one that is installed or can be
 * downloaded; or a local VS Code server, to be opened in a browser.
 */

import { statSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { desktopAt, downloadDesktop, findDesktop, hasDisplay } from "./desktop.mjs";
import { main, run, Stop } from "./processes.mjs";
import { startServer } from "./server.mjs";
import { build, cache, ensureDependencies, root } from "./setup.mjs";
import { address } from "./workbench.mjs";

await main(async () => {
  const { folder, check } = readArguments();
  await ensureDependencies();
  await build();
  if (check) return (await import("./check.mjs")).checkTimeline(folder);
  const desktop = await chooseDesktop();
  return desktop === null ? serve(folder) : openWindow(desktop, folder);
});

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { check: { type: "boolean", default: false } },
    });
    // npm runs scripts in the project's folder; the user may be elsewhere.
    const here = process.env.INIT_CWD ?? process.cwd();
    const [given, ...more] = positionals;
    if (more.length > 0) throw new Error("One folder can be opened, not several.");
    const folder =
      given === undefined ? path.join(root, "samples/grokking") : path.resolve(here, given);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Error(`${folder} is not a folder.`);
    }
    return { folder, check: values.check };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stop(`${reason}\nUsage: npm start -- [FOLDER] [--check]`);
  }
}

/** @returns {Promise<string | null>} null: there is none to be had, or no display for it */
async function chooseDesktop() {
  const forced = process.env.ONSET_VSCODE;
  if (forced !== undefined && forced !== "") {
    const program = desktopAt(forced);
    if (program !== null) return program;
    throw new Stop(`ONSET_VSCODE is "${forced}", where there is no VS Code.`);
  }
  if (!hasDisplay()) return null;
  return findDesktop() ?? (await downloadDesktop());
}

/**
 * A window with settings and extensions of its own; ends when the window is closed.
 *
 * @param {string} program
 * @param {string} folder
 */
function openWindow(program, folder) {
  console.log(`Opening ${folder} in ${program} …`);
  const env = { ...process.env };
  delete env.ELECTRON_RUN_AS_NODE;
  const args = [
    folder,
    `--extensionDevelopmentPath=${root}`,
    `--user-data-dir=${path.join(cache, "start/user")}`,
    `--extensions-dir=${path.join(cache, "start/extensions")}`,
    "--new-window",
    "--disable-updates",
    "--disable-workspace-trust",
    "--skip-release-notes",
    "--skip-welcome",
    // Chromium's sandbox does not work for root.
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
  return run(program, args, { env });
}

/**
 * Runs until Ctrl+C.
 *
 * @param {string} folder
 * @returns {Promise<never>}
 */
async function serve(folder) {
  const dataDir = path.join(cache, "start/server");
  const server = await startServer({ dataDir, extensions: [root] });
  const { port } = server;
  console.log(
    `\nOnset is running in VS Code ${server.version}. Open this address in a browser:\n\n` +
      `    ${address(server, folder)}\n\n` +
      "From another machine, forward the port first, then open the same address there:\n\n" +
      `    ssh -L ${port}:127.0.0.1:${port} ${process.env.USER ?? "USER"}@HOST\n\n` +
      "Click the Onset icon at the left; press F1 and type “Onset” for what can be asked. Ctrl+C stops the server.",
  );
  await server.ended;
  throw new Stop(`The VS Code server ended. It printed:\n${server.log()}`);
}
