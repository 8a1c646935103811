/** Folders of runs that are hostile or extreme in one way each: names that would be markup, too many, too few, no numbers. */

import { eventFile } from "./eventFile.js";
import { jsonlText } from "./jsonlText.js";

/** Does something that a test can see if it is ever taken for markup. */
export const MARKUP = `<img src=x onerror="document.title='breached'">`;
/** A link that would call a command, and an icon, where an editor reads Markdown or labels. */
export const LINK = "[x](command:onset.refresh) $(trash)";
/** Ends a cell of a table, a code span and a line. */
export const CELL = "a|b`c`\n## d";
/** Turns what is written behind it. */
export const RIGHT_TO_LEFT = "kind\u202eevil";
/** No text for XML, and a command for a terminal. */
export const CONTROLS = "bell\u0007\u001b[31mred\u0000";
/** Half a character. */
export const HALF = "half\ud800";
/** As text is once it has been bytes. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}
export const LONG = `long/${"n".repeat(295)}`;

/** Names of metrics, config keys, tasks and examples: nothing in them is anything but text. */
export const HOSTILE_NAMES = [
  ...[MARKUP, "__proto__", "constructor", "toString", LINK, CELL, RIGHT_TO_LEFT, CONTROLS, HALF],
  ...[LONG, "$number", "=1+1", "</script><b>bold</b>"],
];

/** Names that a directory can have, too. */
const DIRECTORIES = [
  ...["<img src=x onerror=alert(1)>", "__proto__", "constructor", "toString", "a|b`c`) (d"],
  ...[RIGHT_TO_LEFT, "[x](command:onset.refresh) $(trash)", "n".repeat(240)],
];

const STEPS = [0, 1, 10, 100, 1000];

type FilesOf = Readonly<Record<string, string | Uint8Array>>;

function fieldsOf(names: readonly string[], value: (index: number) => unknown): FilesOf {
  return Object.fromEntries(names.map((name, i) => [name, value(i)])) as FilesOf;
}

/** As a question names a metric. */
export function quoted(name: string): string {
  return `"${name.replace(/["\\]/g, "\\$&")}"`;
}

/** Runs, metrics, config keys, behaviours, tasks and examples by hostile names, one run started from another. */
export function hostileFiles(): FilesOf {
  const behaviours = HOSTILE_NAMES.map((name) => [
    `${name} comes`,
    { when: `${quoted(name)} > 0.5`, note: name },
  ]);
  const files = DIRECTORIES.map((directory, run) => {
    const log = STEPS.map((step, i) => ({
      step,
      ...fieldsOf(HOSTILE_NAMES, (at) => (i + at + run) / 6),
      loss: 4 - i,
    }));
    const config = {
      ...fieldsOf(HOSTILE_NAMES, (at) => (at % 2 === 0 ? directory : run)),
      ...(run === 1 ? { init_from: `../${DIRECTORIES[0] ?? ""}/step10` } : {}),
    };
    const examples = STEPS.flatMap((step, i) =>
      HOSTILE_NAMES.flatMap((id, at) =>
        [MARKUP, "__proto__"].map((task) => ({
          ...{ step, task, example_id: id, correct: Number(i > (at + run) % 5) },
          ...{ question: `${MARKUP} ${id}?`, answer: id, target: MARKUP },
        })),
      ),
    );
    return {
      [`${directory}/metrics.jsonl`]: jsonlText(log),
      [`${directory}/config.json`]: jsonlText([config]),
      [`${directory}/examples.jsonl`]: jsonlText(examples),
    };
  });
  return Object.assign(
    { "onset.json": JSON.stringify({ behaviours: Object.fromEntries(behaviours) as unknown }) },
    ...files,
    {
      "logged/events.out.tfevents.1700000000.host": eventFile(
        STEPS.map((step) => ({
          ...{ step, wallTime: step },
          scalars: HOSTILE_NAMES.map((tag) => ({ tag, value: step })),
        })),
      ),
    },
  ) as FilesOf;
}

/** Five hundred runs of a sweep with a seed each. */
export function manyRuns(): FilesOf {
  return Object.assign(
    {},
    ...Array.from({ length: 500 }, (_, run) => ({
      [`sweep/run${run}/metrics.jsonl`]: jsonlText(
        STEPS.map((step, i) => ({ step, "eval/acc": (i * (run + 1)) / 2000, loss: 4 - i / 2 })),
      ),
      [`sweep/run${run}/config.yaml`]: `lr: ${run / 1000}\nseed: ${run % 5}\n`,
    })),
  ) as FilesOf;
}

/** Two runs with five thousand metrics each, in logs and in an event file. */
export function manyMetrics(): FilesOf {
  const names = Array.from({ length: 5000 }, (_, i) => `layer${i % 50}/unit${i}/norm`);
  const log = (run: number): string =>
    jsonlText(
      STEPS.map((step, i) => ({ step, ...fieldsOf(names, (at) => i * at + run), loss: i })),
    );
  const scalars = names.map((tag, value) => ({ tag, value }));
  return {
    "a/metrics.jsonl": log(0),
    "b/metrics.jsonl": log(1),
    "logged/events.out.tfevents.1700000000.host": eventFile(
      [0, 10].map((step) => ({ step, wallTime: step, scalars })),
    ),
  };
}

/** Two runs with a single point each. */
export function onePoint(): FilesOf {
  return {
    "a/metrics.jsonl": jsonlText([{ step: 0, loss: 2, "eval/acc": 0.5 }]),
    "b/metrics.jsonl": jsonlText([{ step: 0, loss: 3, "eval/acc": 0.25 }]),
  };
}

/** Two runs whose values are no numbers, the second one's from the second step on. */
export function noNumbers(): FilesOf {
  const log = (value: (i: number) => number): string =>
    jsonlText(STEPS.map((step, i) => ({ step, loss: value(i), "eval/acc": NaN })));
  return {
    "a/metrics.jsonl": log(() => NaN),
    "b/metrics.jsonl": log((i) => (i === 0 ? 3 : i === 1 ? Infinity : -Infinity)),
  };
}

/** Values on both sides of zero, for a logarithmic axis. */
export function negativeValues(): FilesOf {
  const log = (sign: number): string =>
    jsonlText(STEPS.map((step, i) => ({ step, margin: sign * (i - 2), reward: -i - 1 })));
  return { "a/metrics.jsonl": log(1), "b/metrics.jsonl": log(-1) };
}
