/** Reads what a run's configuration lies in: a file of keys, or a directory of them. */

import type { Files } from "../io/files.js";
import { readConfig, type ConfigResult } from "./configFile.js";
import { isMlflowConfig, readMlflowConfig } from "./mlflowRun.js";

/** Throws a `FileError` where the file cannot be opened. */
export async function readConfigSource(files: Files, path: string): Promise<ConfigResult> {
  if (isMlflowConfig(path)) return readMlflowConfig(files, path);
  const source = await files.open(path);
  try {
    return await readConfig(source, path);
  } finally {
    await source.close();
  }
}
