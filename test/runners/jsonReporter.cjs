/**
 * Mocha's reporter in all rings: a line per suite, each failure in full, and the results in a file, by which a run is
 * judged. Options: `output`, the file; `prefix`, with which each line starts.
 */

const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {number} failed
 * @property {number} pending
 * @property {string[]} failures titles
 */

module.exports = class JsonReporter extends reporters.Base {
  /**
   * @param {import("mocha").Runner} runner
   * @param {import("mocha").MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    /** @type {{ output: string, prefix?: string }} */
    const { output, prefix = "" } = options.reporterOptions;
    /** @type {Results} */
    const results = { passed: 0, failed: 0, pending: 0, failures: [] };
    const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_SUITE_END, EVENT_RUN_END } =
      Runner.constants;
    let before = { ...results };
    const print = (/** @type {string} */ text) => {
      for (const line of text.split("\n")) console.log(prefix + line);
    };

    runner.on(EVENT_TEST_PASS, () => (results.passed += 1));
    runner.on(EVENT_TEST_PENDING, () => (results.pending += 1));
    runner.on(EVENT_TEST_FAIL, (test, /** @type {unknown} */ error) => {
      results.failed += 1;
      results.failures.push(test.fullTitle());
      const reason = error instanceof Error ? error.stack : undefined;
      print(`FAILED ${test.fullTitle()}\n${reason ?? String(error)}`);
    });
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.parent?.root !== true) return;
      print(`${suite.title}: ${tally(results, before)}`);
      before = { ...results };
    });
    runner.on(EVENT_RUN_END, () => writeFileSync(output, JSON.stringify(results)));
  }
};

/** @param {Results} after @param {Results} before */
function tally(after, before) {
  const parts = [`${after.passed - before.passed} passed`];
  if (after.failed > before.failed) parts.push(`${after.failed - before.failed} failed`);
  if (after.pending > before.pending) parts.push(`${after.pending - before.pending} pending`);
  return parts.join(", ");
}
