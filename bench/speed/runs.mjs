/** Writes runs of ten metrics, one file each. */

import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import { writeEventLog } from "./eventLog.mjs";

export const TAGS = Array.from({ length: 10 }, (_, i) => `eval/reward-${i}`);

/**
 * @param {string} folder
 * @param {{ format: string, files: number, points: number }} options `points` in all
 */
export async function writeRuns(folder, { format, files, points }) {
  const steps = Math.floor(points / files / TAGS.length);
  for (let i = 0; i < files; i++) {
    const directory = path.join(folder, `run-${i}`);
    await mkdir(directory, { recursive: true });
    if (format === "csv") await writeCsv(path.join(directory, "metrics.csv"), steps);
    else {
      const file = path.join(directory, "events.out.tfevents.1700000000.host");
      writeEventLog({ file, tags: TAGS, steps, order: "cycle", seed: i + 1 });
    }
  }
}

/** @param {string} file @param {number} steps */
async function writeCsv(file, steps) {
  const out = await open(file, "w");
  let text = `step,${TAGS.join(",")}\n`;
  for (let step = 0; step < steps; step++) {
    const noise = ((step * 7919) % 97) / 500;
    const cells = TAGS.map((_, i) => (Math.sin(step / 1000 + i) + noise).toFixed(5));
    text += `${step},${cells.join(",")}\n`;
    if (text.length < 1 << 20 && step < steps - 1) continue;
    await out.write(text);
    text = "";
  }
  await out.close();
}
