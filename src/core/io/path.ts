/** Paths as text with `/` between their parts. Both separators are understood, since core also runs on Windows. */

export function toSlashes(path: string): string {
  return path.replace(/\\/g, "/");
}

export function joinPath(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function directoryOf(path: string): string {
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? "/" : path.slice(0, cut);
}

/** `path` relative to `root`, `.` for the root itself; unchanged when it is not below it. */
export function relativePath(root: string, path: string): string {
  if (path === root) return ".";
  const prefix = root.endsWith("/") ? root : `${root}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

export function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
}

/** An absolute path for `text` as written in a file in `directory`; `.` and `..` are resolved as text. */
export function resolvePath(directory: string, text: string): string {
  const path = toSlashes(text);
  const parts: string[] = [];
  const absolute = /^([A-Za-z]:)?\//.test(path);
  for (const part of (absolute ? path : `${directory}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const joined = parts.join("/");
  return /^[A-Za-z]:/.test(joined) ? joined : `/${joined}`;
}

/** The extension in lower case with its dot, `""` without one. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= 0 ? "" : name.slice(dot).toLowerCase();
}

/** Numbers within names compare as numbers: `step500` before `step1000`. */
export function compareNames(a: string, b: string): number {
  return NAMES.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

const NAMES = new Intl.Collator("en", { numeric: true });
