/** Starting other programs, and ending a script in words. No dependencies: runs before any are there. */

import { spawn } from "node:child_process";

/** Something that the user can put right: shown as a sentence, without a stack. */
export class Stop extends Error {}

/**
 * Runs a program to its end, its output on ours. Resolves to the exit code; 1 when a signal ended it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a program to its end and gives its standard output; standard error goes to ours.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<{ code: number, stdout: string }>}
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => (stdout += text));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, stdout }));
  });
}

/**
 * Runs npm. On Windows npm is a batch file, which needs a shell.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export async function npm(args, cwd) {
  const code = await run("npm", args, { cwd, shell: process.platform === "win32" });
  if (code !== 0) throw new Stop(`npm ${args[0]} failed in ${cwd} (exit code ${code}).`);
}

/**
 * The body of a script: what it returns is the exit code.
 *
 * @param {() => Promise<number>} work
 */
export async function main(work) {
  try {
    process.exitCode = await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    const isOurs = !(error instanceof Stop) && !code.startsWith("ERR_PARSE_ARGS");
    if (isOurs || !(error instanceof Error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {number} limitMs
 * @param {string} what
 * @returns {Promise<T>} the work's outcome, or a `Stop` when it takes longer than the limit
 */
export async function within(work, limitMs, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const expiry = new Promise((_, reject) => {
    timer = setTimeout(
      () => reject(new Stop(`${what} took longer than ${limitMs / 1000} s.`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
