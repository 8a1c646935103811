/**
 * How fast logs of one format are read, every checksum verified: as a ratio to `readSync` into a buffer that is used again,
 * and to the plain reader. Exits with 1 where a goal is missed.
 *
 *     node bench/speed/readers.mjs [--format events|wandb|jsonl|csv|trainer-state] [--megabytes 200] [--rounds 5]
 *                                  [--order cycle|random] [--folder DIR] [--python PROGRAM]
 *
 * `--folder` keeps the files in DIR and uses them again. `--python` names a Python whose libraries are measured too.
 */

import { parseArgs } from "node:util";
import { main } from "../../scripts/processes.mjs";
import { goalsOf, machine } from "./goals.mjs";
import { FORMATS, measureFormat } from "./measure.mjs";

const { values } = parseArgs({
  options: {
    format: { type: "string", default: "events" },
    megabytes: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    order: { type: "string", default: "cycle" },
    folder: { type: "string" },
    python: { type: "string" },
  },
});

await main(async () => {
  const { format, folder, python } = values;
  const rounds = Number(values.rounds);
  const measured = await measureFormat(format, {
    ...{ megabytes: Number(values.megabytes), rounds, python: python ?? "" },
    ...{ order: values.order === "random" ? "random" : "cycle", others: python !== undefined },
    ...(folder === undefined ? {} : { folder }),
  });
  const { bytes, points, ways, absent } = measured;
  console.log(`${(bytes / 1e6).toFixed(0)} MB, ${points} points (${values.order}); ${machine()}`);
  console.log(`Medians of ${rounds} rounds:`);
  const [raw, plain] = ways;
  for (const { name, ms, cpuMs, megabytes, note } of ways) {
    console.log(
      `  ${name.padEnd(24)}${ms.toFixed(0).padStart(7)} ms${(bytes / ms / 1000).toFixed(0).padStart(7)} MB/s` +
        `  ${((raw?.ms ?? NaN) / ms).toFixed(3)} of readSync, ${((plain?.ms ?? NaN) / ms).toFixed(2)} of the plain reader, ` +
        `${cpuMs.toFixed(0)} ms of processors, ${megabytes.toFixed(0)} MB of memory ${note}`,
    );
  }
  for (const { name, absent: why } of absent) console.log(`  ${name} is absent: ${why}`);
  const goals = goalsOf(measured, FORMATS[format]?.goals ?? []);
  for (const { of, part, reached } of goals) {
    console.log(`Goal: ${part} of ${of} with two workers; reached: ${reached.toFixed(3)}.`);
  }
  return goals.every(({ part, reached }) => reached >= part) ? 0 : 1;
});
