/** What the extension host runs: the core and host suites of the build, whichever runner started the host. */

import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import * as vscode from "vscode";

const built = path.resolve(__dirname, "..");

export async function run(): Promise<void> {
  writeFileSync(variable("ONSET_TEST_STARTED"), "");
  const prefix = variable("ONSET_TEST_PREFIX");
  console.log(`${prefix}VS Code ${vscode.version}`);
  const mocha = new Mocha({
    ui: "bdd",
    timeout: 20_000,
    reporter: path.resolve(built, "../../test/runners/jsonReporter.cjs"),
    reporterOptions: { output: variable("ONSET_TEST_RESULTS"), prefix },
  });
  const suites = ["core", "host"].flatMap(suitesOf);
  if (suites.length === 0) throw new Error(`no suites in ${built}`);
  for (const suite of suites) mocha.addFile(suite);
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

function suitesOf(ring: string): string[] {
  const folder = path.join(built, ring);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.js"))
    .sort()
    .map((name) => path.join(folder, name));
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
