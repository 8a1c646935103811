/** Finds the runs under a folder once, in a process of its own, and prints how it went as JSON. */

import { discoverRuns } from "../src/core/discovery/discoverRuns.js";
import { fsFiles } from "../src/node/fsFiles.js";
import type { RunDir } from "../src/core/model/run.js";

async function discoverOnce(folder: string): Promise<void> {
  const start = performance.now();
  let firstMs = 0;
  const runs: RunDir[] = [];
  await discoverRuns(fsFiles, folder, { isExcluded: () => false }, (found) => {
    runs.push(...found.runs);
    if (runs.length > 0 && firstMs === 0) firstMs = performance.now() - start;
  });
  const checkpoints = runs.reduce((sum, run) => sum + run.checkpoints.length, 0);
  // Kilobytes on Linux and macOS alike, as Node gives them.
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ runs: runs.length, checkpoints, firstMs, megabytes }));
}

void discoverOnce(process.argv[2] ?? ".");
