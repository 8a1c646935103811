/** Runs as a sweep over weight decay leaves them: those with decay grok, those without only memorise. */

import { jsonlText } from "./jsonlText.js";

export const SWEEP_LAST = 200;

/** Files of `wd<decay>-s<seed>/` with a config and a log of both accuracies. */
export function sweepFiles(
  directory: string,
  decays: readonly number[],
  seeds: readonly number[],
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const decay of decays) {
    for (const seed of seeds) {
      const run = `${directory}/wd${decay}-s${seed}`;
      files[`${run}/config.yaml`] = `optimizer: adamw\nweight_decay: ${decay}\nseed: ${seed}\n`;
      files[`${run}/metrics.jsonl`] = jsonlText(rows(decay, seed));
    }
  }
  return files;
}

function rows(decay: number, seed: number): Record<string, number>[] {
  const groksAt = decay > 0 ? 100 + 10 * seed : Infinity;
  return Array.from({ length: SWEEP_LAST / 10 + 1 }, (_, i) => ({
    step: 10 * i,
    train_acc: i === 0 ? 0.01 : 1,
    test_acc: 10 * i >= groksAt ? 1 : 0.01,
  }));
}
