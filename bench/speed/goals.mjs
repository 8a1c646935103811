/** What was meant to be reached, beside what was. */

import { cpus, loadavg } from "node:os";

/** With two workers. */
export const OURS = "kernel, two workers";

/**
 * Goals whose other way is there.
 *
 * @param {import("./measure.mjs").Measured} measured
 * @param {import("./measure.mjs").Format["goals"]} goals
 */
export function goalsOf({ ways }, goals) {
  const own = ways.find(({ name }) => name === OURS);
  return goals.flatMap(({ of, part }) => {
    const other = ways.find(({ name }) => name === of);
    return own && other ? [{ of, part, reached: other.ms / own.ms }] : [];
  });
}

export function machine() {
  const [cpu] = cpus();
  const load = loadavg()[0] ?? NaN;
  return `Node ${process.versions.node}, ${cpus().length} × ${cpu?.model ?? "unknown"}, load ${load.toFixed(1)}`;
}
