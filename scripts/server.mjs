/** Starts and stops the local VS Code server: the one place which does. It listens on 127.0.0.1 only. */

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { Stop } from "./processes.mjs";
import { ensureServer } from "./setup.mjs";

const startLimitMs = 60_000;
const stopLimitMs = 5_000;
/** That end us, and with us the server: the last is a terminal that closes. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/** A window without anything that asks, greets or phones home. */
const quietWindow = {
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.autofetch": false,
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "json.schemaDownload.enable": false,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.showReleaseNotes": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/**
 * @typedef {object} Server
 * @property {string} url
 * @property {number} port
 * @property {string} version of VS Code
 * @property {() => string} log what it has printed
 * @property {Promise<void>} ended
 * @property {() => Promise<void>} stop
 */

/**
 * @param {object} options
 * @param {string} options.dataDir for settings, state and logs
 * @param {readonly string[]} [options.extensions] folders of extensions to install, by link
 * @param {boolean} [options.smokeTest] pages may name an extension under development and its tests. It also
 *   suppresses notifications.
 * @param {Record<string, string>} [options.env] for the extension host, on top of ours
 * @returns {Promise<Server>}
 */
export async function startServer({ dataDir, extensions = [], smokeTest = false, env = {} }) {
  const { node, main, version } = await ensureServer();
  const settings = path.join(dataDir, "data/Machine/settings.json");
  await mkdir(path.dirname(settings), { recursive: true });
  await writeFile(settings, JSON.stringify(quietWindow, null, 2));
  const extensionsDir = path.join(dataDir, "extensions");
  await install(extensions, extensionsDir);

  const args = [
    main,
    ...["--host", "127.0.0.1", "--port", "0"],
    "--without-connection-token",
    "--accept-server-license-terms",
    "--disable-telemetry",
    "--disable-experiments",
    "--disable-workspace-trust",
    ...["--server-data-dir", dataDir, "--extensions-dir", extensionsDir],
    ...(smokeTest ? ["--enable-smoke-test-driver"] : []),
  ];
  // Its own process group, so that its children can be stopped with it.
  const child = spawn(node, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...outsideOfVsCode(), ...env },
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.once("close", () => resolve()));
  const stop = stopper(child, ended);

  let log = "";
  /** @type {Promise<string>} */
  const address = new Promise((resolve, reject) => {
    const listen = (/** @type {string} */ text) => {
      log += text;
      const line = /Web UI available at (\S+)/.exec(log);
      if (line?.[1] !== undefined) resolve(line[1]);
    };
    child.stdout.setEncoding("utf8").on("data", listen);
    child.stderr.setEncoding("utf8").on("data", listen);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Stop(`The VS Code server ended with code ${code}.`)));
    setTimeout(
      () => reject(new Stop(`The VS Code server did not start in ${startLimitMs / 1000} s.`)),
      startLimitMs,
    ).unref();
  });
  try {
    const port = Number(new URL(await address).port);
    return { url: `http://127.0.0.1:${port}`, port, version, log: () => log, ended, stop };
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Stop(`${reason} It printed:\n${log}`);
  }
}

/**
 * Links folders of extensions where the server looks for installed ones. It loads what its list names.
 *
 * @param {readonly string[]} folders
 * @param {string} extensionsDir made anew
 */
async function install(folders, extensionsDir) {
  await rm(extensionsDir, { recursive: true, force: true });
  await mkdir(extensionsDir, { recursive: true });
  const list = folders.map((folder) => {
    /** @type {Record<"publisher" | "name" | "version", string>} */
    const { publisher, name, version } = JSON.parse(
      readFileSync(path.join(folder, "package.json"), "utf8"),
    );
    const id = `${publisher}.${name}`;
    return { id, version, folder, link: `${id}-${version}` };
  });
  for (const { folder, link } of list) await symlink(folder, path.join(extensionsDir, link));
  const entries = list.map(({ id, version, link }) => ({
    identifier: { id },
    version,
    relativeLocation: link,
    location: { $mid: 1, path: path.join(extensionsDir, link), scheme: "file" },
  }));
  await writeFile(path.join(extensionsDir, "extensions.json"), JSON.stringify(entries));
}

/** Our environment, without what a terminal of VS Code adds: a server started there would hand over to that window. */
function outsideOfVsCode() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$)/.test(name),
    ),
  );
}

/**
 * Ends the child's process group: when asked to, and in any case when this process ends.
 *
 * @param {import("node:child_process").ChildProcess} child started as the head of a group
 * @param {Promise<void>} ended
 */
function stopper(child, ended) {
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // Nobody is left in the group.
    }
  };
  const atExit = () => kill("SIGKILL");
  const interrupted = () => process.exit(130);
  process.once("exit", atExit);
  // Not once: Ctrl+C comes twice where npm hands it on, and the second must not end us halfway.
  for (const signal of signals) process.on(signal, interrupted);
  return async () => {
    kill("SIGTERM");
    const timer = setTimeout(atExit, stopLimitMs);
    await ended;
    clearTimeout(timer);
    kill("SIGKILL");
    process.off("exit", atExit);
    for (const signal of signals) process.off(signal, interrupted);
  };
}
