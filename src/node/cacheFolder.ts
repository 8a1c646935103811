/** Where programs of a user keep what can be made again: by the conventions of the system. */

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** XDG's base directories, but where the system has its own place. Relative paths there are ignored, as XDG says. */
export function userCacheFolder(
  platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "onset");
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "onset");
  if (platform === "win32") {
    return join(local ?? join(homedir(), "AppData", "Local"), "onset", "Cache");
  }
  return join(homedir(), ".cache", "onset");
}
