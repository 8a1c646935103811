/** Writes JSON lines as training loops do: a step and twenty metrics in each row, each number as short as it can be. */

import { closeSync, openSync, writeSync } from "node:fs";
import { randomNumbers } from "./eventLog.mjs";

export const METRICS = [
  ...["train/loss", "train/grad_norm", "train/lr", "train/accuracy", "train/perplexity"],
  ...["eval/loss", "eval/accuracy", "eval/perplexity", "throughput/tokens", "throughput/seconds"],
  ...Array.from({ length: 10 }, (_, i) => `layers/${i}/norm`),
];

/**
 * Rows as text, until there are so many bytes.
 *
 * @param {{ file: string, bytes: number, seed: number, head?: string, row: (step: number, values: readonly number[]) => string, tail?: string }} log
 */
export function writeRows({ file, bytes, seed, head = "", row, tail = "" }) {
  const random = randomNumbers(seed);
  const out = openSync(file, "w");
  let written = 0;
  let text = head;
  for (let step = 0; written + text.length < bytes; step++) {
    text += row(
      step,
      METRICS.map((_, i) => (random() + random() / 2 ** 32) * 10 ** ((i % 5) - 3)),
    );
    if (text.length < 1 << 20) continue;
    writeSync(out, text);
    written += text.length;
    text = "";
  }
  writeSync(out, text + tail);
  closeSync(out);
}

/** @param {{ file: string, bytes: number, seed: number }} log */
export function writeJsonLines(log) {
  writeRows({
    ...log,
    row: (step, values) =>
      `{"step":${step},${METRICS.map((name, i) => `"${name}":${values[i] ?? 0}`).join(",")}}\n`,
  });
}
