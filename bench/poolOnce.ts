/** Reads all runs under a folder once, in a process of its own, in place or by a pool; prints how that went as JSON. */

import { createHash } from "node:crypto";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Catalog } from "../src/core/catalog/catalog.js";
import { HERE } from "../src/core/formats/readingPlace.js";
import { fsFiles } from "../src/node/fsFiles.js";
import { ReadingPool } from "../src/node/readingPool.js";

const [folder = ".", script = ""] = process.argv.slice(2);

async function readOnce(): Promise<void> {
  const pool = script === "" ? null : new ReadingPool(script);
  const catalog = new Catalog(fsFiles, { isExcluded: () => false, place: pool ?? HERE });
  await catalog.discover([{ path: folder, name: "bench" }]);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const start = performance.now();
  const hash = createHash("sha256");
  const keys = catalog.runs().map(({ key }) => key);
  const sums: number[] = [];
  for await (const { table } of catalog.loadAll(keys)) {
    for (const name of table.metricNames()) {
      const curve = table.curve(name);
      sums.push(curve?.length ?? 0, curve?.valueAt((curve.length / 2) | 0) ?? 0);
    }
  }
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  const busyMs = performance.eventLoopUtilization().active;
  pool?.dispose();
  const drawn = hash.update(Float64Array.from(sums)).digest("hex");
  const pauseMs = delay.max / 1e6;
  process.stdout.write(
    JSON.stringify({ ms, cpuMs: (user + system) / 1000, busyMs, pauseMs, drawn }),
  );
}

void readOnce();
