/**
 * MosaicML Composer: `logs-rank0.txt` (`[metric][batch=100]: loss/train/total: 2.5`, `[hyperparameter]: key: value`) and
 * its console, where indented lines follow a heading `[batch=10/4800]:`. Batches within an epoch count anew: behind the
 * first epoch only `time/batch` says which batch of the run it is.
 */

import type { Field, LineGrammar, LineState, ParsedLine } from "./lineGrammar.js";
import { numberIn, stepIn } from "./lineText.js";

const METRIC = /^\[metric\]\[batch=(\d+)\]:\s*(\S.*)$/;
const HYPERPARAMETER = /^\[hyperparameter\]:\s*([^:\s][^:]*):\s*(.*)$/;
const HEADING = /^(?:\[epoch=(\d+)(?:\/\d+)?\])?\[batch=(\d+)(?:\/\d+)?\]:?\s*$/;
const INDENTED = /^\s+(?:(?:Train|Eval) )?([\w./@-]+):\s*(\S+)\s*$/;

export const composer: LineGrammar = {
  format: "composer-log",
  system: "Composer",
  mark: /^(?:\[metric\])?(?:\[epoch=\d+(?:\/\d+)?\])?\[batch=\d+(?:\/\d+)?\]:/m,
  evidence: 1,
  isGeneric: false,
  parse(line, state) {
    const metric = METRIC.exec(line);
    if (metric) return oneField(stepIn(metric[1] ?? ""), metric[2] ?? "");
    const hyperparameter = HYPERPARAMETER.exec(line);
    if (hyperparameter) {
      const text = (hyperparameter[2] ?? "").trim();
      const value = /^-?\d+(\.\d*)?(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
      return { step: null, fields: [], config: [[(hyperparameter[1] ?? "").trim(), value]] };
    }
    return inBlock(line, state);
  },
};

function oneField(step: number, text: string): ParsedLine | null {
  const colon = text.lastIndexOf(":");
  const value = colon < 0 ? undefined : numberIn(text.slice(colon + 1));
  const name = text.slice(0, Math.max(0, colon)).trim();
  return value === undefined || name === "" ? null : { step, fields: [[name, value]] };
}

function inBlock(line: string, state: LineState): ParsedLine | null {
  const heading = HEADING.exec(line);
  if (heading) {
    const isFirstEpoch = heading[1] === undefined || Number(heading[1]) === 0;
    state.step = isFirstEpoch ? stepIn(heading[2] ?? "") : null;
    state.section = "block";
    return null;
  }
  const indented = state.section === "block" ? INDENTED.exec(line) : null;
  if (!indented) {
    if (/^\S/.test(line)) {
      state.step = null;
      state.section = "";
    }
    return null;
  }
  const name = indented[1] ?? "";
  const value = numberIn(indented[2] ?? "");
  if (state.step === null && name === "time/batch" && typeof value === "number") state.step = value;
  const fields: Field[] = value === undefined ? [] : [[name, value]];
  return state.step === null || fields.length === 0 ? null : { step: state.step, fields };
}
