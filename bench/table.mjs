/**
 * One table: what reading takes by Onset and by other programs, format by format, as ratios. Interleaved rounds in fresh
 * processes, medians; results are checked to be equal first. Programs that are absent are said to be. Exits with 1 where a
 * goal is missed.
 *
 *     node bench/table.mjs [--megabytes 200] [--rounds 5] [--python /usr/bin/python3]
 *
 * Polars and DuckDB come from npm, into the cache folder; pandas, NumPy and simdjson from the system:
 * `apt-get install python3-pandas libsimdjson-dev g++`. `--python` may be one that has TensorBoard or W&B, too.
 */

import { parseArgs } from "node:util";
import { main } from "../scripts/processes.mjs";
import { ensureDependencies } from "../scripts/setup.mjs";
import { goalsOf, machine, OURS } from "./speed/goals.mjs";
import { FORMATS, measureFormat } from "./speed/measure.mjs";

const { values } = parseArgs({
  options: {
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "/usr/bin/python3" },
  },
});

await main(async () => {
  await ensureDependencies();
  const options = {
    megabytes: Number(values.megabytes),
    rounds: Number(values.rounds),
    python: values.python,
  };
  console.log(`${machine()}; medians of ${options.rounds} rounds. "Ours" is the ${OURS}.\n`);
  console.log("| Format | Way | Clock | Processors | Memory | Ours is faster | Goal |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  /** @type {string[]} */
  const notes = [];
  let isMet = true;
  for (const [name, { title, goals }] of Object.entries(FORMATS)) {
    const measured = await measureFormat(name, options);
    const own = measured.ways.find((way) => way.name === OURS);
    for (const way of measured.ways) {
      const goal = goalsOf(measured, goals).find(({ of }) => of === way.name);
      if (goal && goal.reached < goal.part) isMet = false;
      const times = [way.ms, way.cpuMs].map((ms) => `${ms.toFixed(0)} ms`);
      const ratio = `${(way.ms / (own?.ms ?? NaN)).toFixed(2)} ×`;
      const cells = [title, way.name, ...times, `${way.megabytes.toFixed(0)} MB`, ratio];
      console.log(`| ${[...cells, goal ? `${goal.part} ×` : ""].join(" | ")} |`);
      if (way.note !== "") notes.push(`${title}: ${way.name} ${way.note}`);
    }
    for (const { name: peer, absent } of measured.absent)
      notes.push(`${title}: ${peer} is absent: ${absent}`);
  }
  console.log("");
  for (const note of notes) console.log(`- ${note}`);
  console.log(isMet ? "\nAll goals are met." : "\nNot all goals are met.");
  return isMet ? 0 : 1;
});
