/** Reads what a run's configuration lies in: a file of keys, or the place that it stands for. */

import type { Files } from "../io/files.js";
import { readConfig, type ConfigResult } from "./configFile.js";
import { isMlflowMeta, readMlflowRun } from "./mlflowRun.js";

/** Throws a `FileError` where the file cannot be opened. */
export async function readConfigSource(files: Files, path: string): Promise<ConfigResult> {
  if (isMlflowMeta(path)) return readMlflowRun(files, path);
  const source = await files.open(path);
  try {
    return await readConfig(source, path);
  } finally {
    await source.close();
  }
}
