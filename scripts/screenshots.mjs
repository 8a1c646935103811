/**
 * Pictures of every view × theme × width.
 *
 *     node scripts/screenshots.mjs [FOLDER] [VIEW]
 */

import path from "node:path";
import { main, run } from "./processes.mjs";
import { build, cache, ensureChromium, ensureDependencies, root } from "./setup.mjs";

await main(async () => {
  const [folder = path.join(cache, "screenshots"), ...view] = process.argv.slice(2);
  await ensureDependencies();
  process.env.ONSET_CHROMIUM = await ensureChromium();
  await build("--tests");
  const script = path.join(root, "dist/test/runners/screenshots.js");
  const code = await run(process.execPath, [script, path.resolve(folder), ...view]);
  console.log(`Pictures: ${folder}`);
  return code;
});
