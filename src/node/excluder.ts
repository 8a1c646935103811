/** Globs of paths that are not looked at, as in the editor's `files.exclude`. */

import picomatch from "picomatch";

/** True for paths, relative to the folder, that one of the globs matches, or that lie below one that does. */
export function excluder(globs: readonly string[]): (path: string) => boolean {
  if (globs.length === 0) return () => false;
  const matches = picomatch([...globs], { dot: true });
  return (path) => matches(path) || matches(`${path}/`);
}
