/** A VS Code for the desktop: given by its path, found where it is usually installed, or downloaded. */

import { existsSync, realpathSync, statSync } from "node:fs";
import path from "node:path";
import { cache, isExecutable, onPath, root } from "./setup.mjs";

/** Is there a screen to open a window on? */
export function hasDisplay() {
  if (process.platform !== "linux") return true;
  return [process.env.DISPLAY, process.env.WAYLAND_DISPLAY].some(Boolean);
}

/** @returns {string | null} the program itself, not its command-line starter */
export function findDesktop() {
  const starters = [onPath("code"), onPath("code-insiders"), ...usualPlaces()];
  for (const starter of starters) {
    const program = starter === null ? null : desktopAt(starter);
    if (program !== null) return program;
  }
  return null;
}

function usualPlaces() {
  if (process.platform === "darwin") {
    return ["/Applications", path.join(process.env.HOME ?? "", "Applications")].flatMap(
      (folder) => [
        path.join(folder, "Visual Studio Code.app"),
        path.join(folder, "Visual Studio Code - Insiders.app"),
      ],
    );
  }
  if (process.platform === "win32") {
    return [path.join(process.env.LOCALAPPDATA ?? "", "Programs"), process.env.PROGRAMFILES ?? ""]
      .filter((folder) => path.isAbsolute(folder))
      .map((folder) => path.join(folder, "Microsoft VS Code"));
  }
  return ["/usr/share/code", "/opt/visual-studio-code", "/snap/code/current/usr/share/code"];
}

/**
 * @param {string} given a program, its folder, a macOS application, or the `code` of the command line, which comes
 *   back at once and so cannot be waited for
 * @returns {string | null} the program
 */
export function desktopAt(given) {
  if (!existsSync(given)) return null;
  const real = realpathSync(given);
  // The `code` in a remote terminal speaks to a window elsewhere.
  if (real.includes("remote-cli")) return null;
  const folder = path.basename(path.dirname(real)) === "bin" ? path.resolve(real, "../..") : real;
  if (statSync(folder).isFile()) return isExecutable(folder) ? folder : null;
  return (
    [
      ...["code", "code-insiders", "Code.exe", "Code - Insiders.exe"],
      // In a macOS application the starter lies in Contents/Resources/app/bin.
      ...["Contents/MacOS/Code", "Contents/MacOS/Electron"],
      ...["../../MacOS/Code", "../../MacOS/Electron"],
    ]
      .map((name) => path.join(folder, name))
      .find(isExecutable) ?? null
  );
}

/** @returns {Promise<string | null>} the program; null, with a line about why, where it cannot be had */
export async function downloadDesktop() {
  try {
    const { downloadAndUnzipVSCode } = await import("@vscode/test-electron");
    return await downloadAndUnzipVSCode({ cachePath: cache, extensionDevelopmentPath: root });
  } catch (error) {
    console.log(
      `VS Code could not be downloaded: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}
