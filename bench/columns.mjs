/**
 * What a point costs in memory and in time, from 100,000 to 10,000,000 points of a run; and what a frame of the Timeline
 * costs beside one pass over the points that it shows, for 20 runs. Medians of interleaved rounds; what is compared is equal
 * first. Exits with 1 above a limit.
 *
 *     node bench/columns.mjs [--points N]
 *
 * `--points` is how many points each of the 20 runs has.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { main } from "../scripts/processes.mjs";
import { root } from "../scripts/setup.mjs";

const { values } = parseArgs({ options: { points: { type: "string", default: "1000000" } } });

await main(async () => {
  const outfile = path.join(root, "dist/bench/columnsOnce.cjs");
  await build({
    entryPoints: [path.join(root, "bench/columnsOnce.ts")],
    ...{ outfile, bundle: true, platform: "node", format: "cjs", target: "node20" },
    mainFields: ["module", "main"],
    loader: { ".wasm": "binary" },
    logLevel: "warning",
  });
  const folder = await mkdtemp(path.join(tmpdir(), "onset-columns-"));
  try {
    // Memory can only be measured where garbage is collected on demand.
    const args = ["--expose-gc", outfile, folder, values.points];
    const child = spawn(process.execPath, args, { stdio: "inherit" });
    await once(child, "exit");
    return child.exitCode ?? 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
