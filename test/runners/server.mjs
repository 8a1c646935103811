#!/usr/bin/env node
/**
 * Takes the arguments of `code` and runs an extension's tests in the local VS Code server, with headless Chromium as
 * its window. Exits with the code of the test run.
 *
 *     server.mjs --extensionDevelopmentPath=DIR --extensionTestsPath=FILE FOLDER
 *
 * From the environment: ONSET_TEST_STARTED, the file that the tests write when they begin; ONSET_TEST_PREFIX, with
 * which their lines start among all that a workbench prints.
 */

import { runInExtensionHost } from "../../scripts/extensionHost.mjs";
import { main, Stop } from "../../scripts/processes.mjs";
import { withWorkbench } from "../../scripts/workbench.mjs";

const limitMs = 10 * 60_000;

await main(() => {
  const extension = option("extensionDevelopmentPath");
  const module = option("extensionTestsPath");
  const folder = process.argv.slice(2).find((argument) => !argument.startsWith("-"));
  if (folder === undefined) throw new Stop("No folder to open was given.");
  const started = variable("ONSET_TEST_STARTED");
  const prefix = variable("ONSET_TEST_PREFIX");
  return withWorkbench({ smokeTest: true }, (workbench) =>
    runInExtensionHost({
      ...{ workbench, folder, extension, module, started, limitMs },
      onLine: (line) => {
        const start = line.indexOf(prefix);
        if (start >= 0) console.log(line.slice(start));
      },
    }),
  );
});

/** @param {string} name */
function option(name) {
  const prefix = `--${name}=`;
  const found = process.argv.find((argument) => argument.startsWith(prefix));
  if (found === undefined) throw new Stop(`${prefix}… is missing.`);
  return found.slice(prefix.length);
}

/** @param {string} name */
function variable(name) {
  const value = process.env[name];
  if (value === undefined) throw new Stop(`${name} is not set.`);
  return value;
}
