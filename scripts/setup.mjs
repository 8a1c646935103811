/**
 * Installs what is missing: dependencies, Chromium, a local VS Code server; and builds. Each step does nothing
 * where nothing is missing. Imports only Node's own modules, since nothing else may be there yet.
 */

import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { npm, run, Stop } from "./processes.mjs";

export const root = path.resolve(fileURLToPath(import.meta.url), "../..");

/** Where downloads, profiles and pictures of failures live. Never committed. */
export const cache = path.join(root, ".vscode-test");

const codeServer = "4.139.1";
/** The Node that this server was built for, which need not be the one that runs this script. */
const serverNode = "24.21.0";

export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(`Onset needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
}

/** `npm ci`, unless node_modules holds what the lock file says. */
export async function ensureDependencies() {
  checkNode();
  if (dependenciesAreThere()) return;
  console.log("Installing dependencies …");
  await npm(["ci", "--no-audit", "--no-fund"], root);
}

/**
 * npm notes in node_modules what it installed. Contents are compared, not times: a checkout touches files.
 * Optional packages are for other systems and may be absent.
 */
function dependenciesAreThere() {
  const installed = lockedPackages(path.join(root, "node_modules", ".package-lock.json"));
  if (installed === null) return false;
  const wanted = Object.entries(lockedPackages(path.join(root, "package-lock.json")) ?? {});
  return wanted.every(([name, expected]) => {
    const found = installed[name];
    if (name === "" || (expected?.optional === true && found === undefined)) return true;
    return found?.version === expected?.version && found?.integrity === expected?.integrity;
  });
}

/**
 * @typedef {object} LockedPackage
 * @property {string} version
 * @property {string} [integrity]
 * @property {boolean} [optional]
 */

/** @param {string} file */
function lockedPackages(file) {
  if (!existsSync(file)) return null;
  /** @type {{ packages: Partial<Record<string, LockedPackage>> }} */
  const lock = JSON.parse(readFileSync(file, "utf8"));
  return lock.packages;
}

/** @returns {Promise<string>} the path of a Chromium, or of a browser built from it */
export async function ensureChromium() {
  const forced = process.env.ONSET_CHROMIUM;
  if (forced !== undefined && forced !== "") {
    if (isExecutable(forced)) return forced;
    throw new Stop(`ONSET_CHROMIUM is "${forced}", which is not a program.`);
  }
  const found = findChromium();
  if (found !== null) return found;
  await installChromium();
  const installed = findChromium();
  if (installed !== null) return installed;
  throw new Stop("Chromium was installed, but is not on the PATH. Set ONSET_CHROMIUM to its path.");
}

function findChromium() {
  return (
    onPath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome") ??
    usualChromiums().find(isExecutable) ??
    null
  );
}

function usualChromiums() {
  if (process.platform === "darwin") {
    return ["/Applications", path.join(process.env.HOME ?? "", "Applications")].flatMap((folder) =>
      ["Google Chrome", "Chromium", "Microsoft Edge"].map(
        (name) => `${folder}/${name}.app/Contents/MacOS/${name}`,
      ),
    );
  }
  if (process.platform === "win32") {
    return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
      .map((name) => process.env[name])
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => [
        path.join(folder, "Google/Chrome/Application/chrome.exe"),
        path.join(folder, "Chromium/Application/chrome.exe"),
        path.join(folder, "Microsoft/Edge/Application/msedge.exe"),
      ]);
  }
  return [];
}

async function installChromium() {
  const aptGet = onPath("apt-get");
  if (aptGet === null) {
    throw new Stop(
      "No Chromium or Chrome was found. Install one, or set ONSET_CHROMIUM to its path.",
    );
  }
  const install = ["install", "-y", "--no-install-recommends", "chromium"];
  if (process.getuid?.() !== 0) {
    throw new Stop(
      "No Chromium was found, and installing it takes root. Run this, then try again:\n\n" +
        `    sudo apt-get update && sudo apt-get ${install.join(" ")}\n\n` +
        "Or set ONSET_CHROMIUM to the path of a Chromium or Chrome.",
    );
  }
  console.log("Installing Chromium …");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], install]) {
    if ((await run(aptGet, ["-q", ...args], { env })) !== 0) {
      throw new Stop(`apt-get ${args[0]} failed: Chromium could not be installed.`);
    }
  }
}

/**
 * @typedef {object} InstalledServer
 * @property {string} node the program that runs it
 * @property {string} main its entry
 * @property {string} version of VS Code
 */

/**
 * A local VS Code server, for machines without a display. Linux only: elsewhere there is a desktop.
 *
 * @returns {Promise<InstalledServer>}
 */
export async function ensureServer() {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch)) {
    throw new Stop(
      `The local VS Code server runs on Linux (x64, arm64), not on ${process.platform} ${process.arch}.`,
    );
  }
  const folder = path.join(cache, "server");
  const there = installedServer(folder);
  if (there !== null) return there;
  console.log("Installing a local VS Code server (once; about 0.8 GB in .vscode-test) …");
  await installServer(folder);
  const installed = installedServer(folder);
  if (installed !== null) return installed;
  throw new Stop(
    `The VS Code server in ${folder} is not complete. Delete the folder and try again.`,
  );
}

/**
 * @param {string} folder
 * @returns {InstalledServer | null}
 */
function installedServer(folder) {
  const modules = path.join(folder, "node_modules");
  const vscode = path.join(modules, "code-server/lib/vscode");
  const node = path.join(modules, `node-linux-${process.arch}`);
  if (
    versionOf(path.join(modules, "code-server")) !== codeServer ||
    versionOf(node) !== serverNode ||
    !existsSync(path.join(vscode, "node_modules.asar"))
  ) {
    return null;
  }
  return {
    node: path.join(node, "bin/node"),
    main: path.join(vscode, "out/server-main.js"),
    version: versionOf(vscode) ?? "unknown",
  };
}

/**
 * In a folder beside it, which takes the name when all is there: a half install is never taken for a whole one.
 *
 * @param {string} folder
 */
async function installServer(folder) {
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(path.join(cache, "server-partial-"));
  try {
    // No scripts: native modules would be compiled, and none of them is needed here.
    const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await writeFile(path.join(partial, "package.json"), "{}\n");
    await npm(
      [
        "install",
        ...quietly,
        `code-server@${codeServer}`,
        `node-linux-${process.arch}@${serverNode}`,
      ],
      partial,
    );
    const vscode = path.join(partial, "node_modules/code-server/lib/vscode");
    await npm(["install", "--omit=dev", ...quietly], vscode);
    await symlink("node_modules", path.join(vscode, "node_modules.asar"));
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** @param {...string} options of esbuild.mjs */
export async function build(...options) {
  const code = await run(process.execPath, ["esbuild.mjs", ...options], { cwd: root });
  if (code !== 0) throw new Stop("The build failed.");
}

/**
 * @param {...string} names
 * @returns {string | null} the first of the programs that is on the PATH
 */
export function onPath(...names) {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  for (const name of names) {
    for (const folder of folders) {
      const file = path.join(folder, name + suffix);
      if (isExecutable(file)) return file;
    }
  }
  return null;
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} folder of a package
 * @returns {string | null}
 */
export function versionOf(folder) {
  const file = path.join(folder, "package.json");
  if (!existsSync(file)) return null;
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}
