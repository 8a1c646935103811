/** Runs the terminal's commands as users do: the built bundle in a process of its own. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { inProject } from "./root.js";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let script: Promise<string> | null = null;

/** The shipped bundle, or one made like it where only the tests were built. */
function bundle(): Promise<string> {
  return (script ??= (async () => {
    const shipped = inProject("dist", "cli.js");
    if (existsSync(shipped)) return shipped;
    const outfile = join(await mkdtemp(join(tmpdir(), "onset-cli-")), "cli.js");
    await build({
      absWorkingDir: inProject(),
      entryPoints: ["src/cli/main.ts"],
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      mainFields: ["module", "main"],
      loader: { ".wasm": "binary" },
      logLevel: "silent",
    });
    return outfile;
  })());
}

/** `encoding` is `latin1` where bytes matter: one character for each. */
export async function onset(
  args: readonly string[],
  cwd = inProject(),
  encoding: BufferEncoding = "utf8",
  cacheHome = join(tmpdir(), `onset-cache-${process.pid}`),
): Promise<Ended> {
  const path = await bundle();
  return new Promise((resolve, reject) => {
    // Within the editor this process is Electron, which is Node only when it is told so.
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1", XDG_CACHE_HOME: cacheHome };
    const child = spawn(process.execPath, [path, ...args], { cwd, env });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (data: Buffer) => out.push(data));
    child.stderr.on("data", (data: Buffer) => err.push(data));
    child.on("error", reject);
    child.on("close", (code) => {
      const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString(encoding);
      resolve({ code, stdout: text(out), stderr: text(err) });
    });
  });
}

/** The document that a command prints with `--json`. */
export async function onsetJson(
  args: readonly string[],
): Promise<{ code: number | null; answer: Answer }> {
  const { code, stdout, stderr } = await onset([...args, "--json"]);
  if (stdout === "") throw new Error(`onset ${args.join(" ")} printed nothing: ${stderr}`);
  return { code, answer: JSON.parse(stdout) as Answer };
}

/** JSON as it came, looked at field by field. */
export type Answer = Readonly<Record<string, unknown>>;
