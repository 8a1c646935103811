/** Builds the kernels: AssemblyScript in `src/core/formats/kernels/assembly` to the bytes that bundles embed. */

import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { run, Stop } from "./processes.mjs";

const root = path.resolve(fileURLToPath(import.meta.url), "../..");
const sources = "src/core/formats/kernels/assembly";
const built = "src/core/formats/kernels/kernels.wasm";

/** How bundles embed it. */
export const embedded = /** @type {const} */ ({ ".wasm": "binary" });

/** Compiles, unless what was built is newer than all that it is made of. */
export async function buildKernels() {
  if (isCurrent()) return;
  const code = await run(process.execPath, [
    path.join(root, "node_modules/assemblyscript/bin/asc.js"),
    `${sources}/index.ts`,
    ...["--baseDir", root, "--outFile", built, "--runtime", "stub", "--use", "abort="],
    ...["-O3", "--converge", "--noAssert", "--enable", "simd"],
  ]);
  if (code !== 0) throw new Stop("The kernels do not compile.");
}

function isCurrent() {
  const output = path.join(root, built);
  if (!existsSync(output)) return false;
  const { mtimeMs } = statSync(output);
  const made = readdirSync(path.join(root, sources)).map((name) => path.join(root, sources, name));
  return [...made, fileURLToPath(import.meta.url)].every(
    (file) => statSync(file).mtimeMs <= mtimeMs,
  );
}
