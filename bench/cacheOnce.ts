/** Opens a folder once, in a process of its own, until its first chart is there; prints how long that took as JSON. */

import { createHash } from "node:crypto";
import { answerTimeline } from "../src/core/answers/timeline.js";
import { Catalog } from "../src/core/catalog/catalog.js";
import { DiskCache } from "../src/node/diskCache.js";
import { fsFiles } from "../src/node/fsFiles.js";

const [folder = ".", metric = "", cached = ""] = process.argv.slice(2);

async function openOnce(): Promise<void> {
  const cache =
    cached === ""
      ? null
      : new DiskCache(cached, Infinity, (message) => {
          throw new Error(message);
        });
  const start = performance.now();
  const catalog = new Catalog(fsFiles, { isExcluded: () => false, cache });
  await catalog.discover([{ path: folder, name: "bench" }]);
  const runs = catalog.runs().map(({ key }) => key);
  for (const key of runs) await catalog.load(key);
  const readMs = performance.now() - start;
  const choices = { axis: "step", behaviour: "", smooth: null, spread: null, apart: [] };
  const question = { runs, metrics: [metric], width: 800, range: null, ...choices };
  const answer = await answerTimeline(catalog, question, (x) => x, []);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000;
  await catalog.kept();
  const hash = createHash("sha256");
  let points = 0;
  for (const key of runs) {
    const { table } = await catalog.load(key);
    points += table.length;
    if (process.argv.includes("--whole")) hash.update(table.toIpc(table.metricNames().slice(0, 1)));
  }
  const drawn = hash.update(JSON.stringify(answer.charts)).digest("hex");
  process.stdout.write(JSON.stringify({ readMs, ms, cpuMs, points, drawn }));
}

void openOnce();
