/** Writes a `trainer_state.json` as the Hugging Face Trainer does: a row per logged step, every tenth time one of an evaluation. */

import { writeRows } from "./jsonlLog.mjs";

/** @param {{ file: string, bytes: number, seed: number }} log */
export function writeTrainerState(log) {
  writeRows({
    ...log,
    head: '{\n  "best_metric": null,\n  "log_history": [\n',
    row: (step, [loss = 0, norm = 0, rate = 0, accuracy = 0]) => {
      const epoch = step / 7;
      const train = { epoch, grad_norm: norm, learning_rate: rate / 1e4, loss, step };
      const rows = [train, { epoch, eval_accuracy: accuracy, eval_loss: loss, step }];
      return (step % 10 === 9 ? rows : [train]).map((row) => `${textOf(row)},\n`).join("");
    },
    tail: `${textOf({ epoch: 9, step: 1e9, total_flos: 1 })}\n  ],\n  "max_steps": 1\n}\n`,
  });
}

/** @param {object} row */
function textOf(row) {
  return JSON.stringify(row, null, 2).replace(/^/gm, "    ");
}
