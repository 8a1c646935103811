/** Judges a run of mocha by what its reporter wrote, never by what was printed. */

import { existsSync, readFileSync } from "node:fs";

const nothing = { passed: 0, failed: 0, pending: 0, failures: [] };

/**
 * A run counts as good only with exit code 0, a results file, and at least one test in it. What is wrong beyond
 * failed tests counts as one more failure.
 *
 * @param {string} ring
 * @param {string} file
 * @param {number} exitCode
 * @returns {import("./jsonReporter.cjs").Results}
 */
export function judge(ring, file, exitCode) {
  const wrote = existsSync(file);
  /** @type {import("./jsonReporter.cjs").Results} */
  const results = JSON.parse(wrote ? readFileSync(file, "utf8") : JSON.stringify(nothing));
  const wrong = !wrote
    ? `the run wrote no results (exit code ${exitCode})`
    : results.passed + results.failed === 0
      ? "no tests were found"
      : exitCode !== 0 && results.failed === 0
        ? `the run ended with exit code ${exitCode}`
        : null;
  const failures = results.failures.map((title) => `${ring}: ${title}`);
  if (wrong === null) return { ...results, failures };
  return { ...results, failed: results.failed + 1, failures: [...failures, `${ring}: ${wrong}`] };
}
