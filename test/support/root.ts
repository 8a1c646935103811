/** Where the project lies: tests run from `dist/test`, in Node and in the editor, whatever the current directory is. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

function findRoot(from: string): string {
  for (let directory = from; ; directory = dirname(directory)) {
    if (existsSync(join(directory, "package.json")) && existsSync(join(directory, "src"))) {
      return directory;
    }
    if (dirname(directory) === directory) throw new Error(`no project above ${from}`);
  }
}

export const projectRoot = findRoot(__dirname);

/** Absolute path of something in the project, for instance `fixture("formats", "jsonl")`. */
export function inProject(...parts: readonly string[]): string {
  return join(projectRoot, ...parts);
}

export function fixture(...parts: readonly string[]): string {
  return inProject("test", "fixtures", ...parts);
}
