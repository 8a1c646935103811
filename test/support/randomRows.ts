/** Metric logs as text with everything that training loops write, and some things that none should. */

import { wholeNumber } from "./random.js";

type Random = () => number;

function pick<T>(random: Random, options: readonly T[]): T {
  return options[wholeNumber(random, 0, options.length - 1)] as T;
}

/** A number as writers write it, or, with that chance, anything else. */
function randomNumber(random: Random, oddness: number): string {
  if (random() < oddness) {
    return pick(random, [
      ...["null", "NaN", "-Infinity", "Infinity", "true", "false", '"nan"', '"-inf"', '"text"'],
      ...['""', '" inf "', "[1, 2]", "{}", '{"a": 1}', '{"_type": "histogram", "n": 3}'],
      ...["1e999", "-1e-999", "0.1000000000000000055511151231257827", "-0", "1E5", "12e+2"],
      ...["9007199254740993", "123456789012345678901234567890", "2.2250738585072011e-308"],
      ...["01", "1.", ".5", "+1", "-", "1e", "0x10", "abc", ""],
    ]);
  }
  const number = (random() - 0.5) * 10 ** wholeNumber(random, -8, 12);
  return pick(random, [
    () => String(number),
    () => String(Math.round(number)),
    () => number.toFixed(wholeNumber(random, 0, 6)),
    () => number.toExponential(wholeNumber(random, 0, 16)),
  ])();
}

const KEYS = [
  ...["loss", "train/loss", "lr", "eval/acc", "acc", "acc_stderr", "grad norm", "é", "0", "12"],
  ...["epoch", "tokens", "tokens_seen", "time", "timestamp", "_timestamp", "note", "type", "note2"],
  ...["split", "model", "seed", "run", "metric", "value", "config", "metrics", "nested", "list"],
  ...["\ud800", "\ud801"],
];
const USUAL_KEYS = new Set(KEYS.slice(0, 13));

interface Kind {
  readonly keys: readonly string[];
  readonly odd: number;
  readonly blank: string;
  readonly words: readonly string[];
}

function randomKind(random: Random, stepKey: string, oddness: number): Kind {
  const count = wholeNumber(random, 1, 6);
  const others = Array.from({ length: count }, () => pick(random, KEYS));
  const usual = random() < 0.6 ? others.filter((key) => USUAL_KEYS.has(key)) : others;
  const keys = [...usual];
  if (random() < 0.95) keys.splice(wholeNumber(random, 0, keys.length), 0, stepKey);
  return {
    keys: random() < 0.9 ? [...new Set(keys)] : keys,
    odd: random() < 0.5 ? 0 : oddness,
    blank: pick(random, ["", " ", " "]),
    words: pick(random, [["a"], ["train", "eval"], ["x 1", "x 2", "ünï"], ["a\\nb", "nan", "q"]]),
  };
}

/** Some lines of a few kinds, which take turns or come in any order. */
export function randomJsonLines(random: Random): Uint8Array {
  const stepKey = pick(random, ["step", "step", "_step", "iter", "epoch", "global_step", "Steps"]);
  const oddness = random() < 0.3 ? 0 : random() * 0.3;
  const kinds = Array.from({ length: wholeNumber(random, 1, 5) }, () =>
    randomKind(random, random() < 0.9 ? stepKey : "step", oddness),
  );
  const isCycle = random() < 0.5;
  const end = pick(random, ["\n", "\n", "\r\n"]);
  const stride = pick(random, [1, 1, 10, 0, 0.5]);
  const time = pick(random, [1_700_000_000, 1_700_000_000_000, 12]);
  let step = pick(random, [0, 0, 1, 1e6]);
  let epoch = 0;
  let text = random() < 0.1 ? "\ufeff" : "";
  const rows = wholeNumber(random, 0, 60);
  for (let i = 0; i < rows; i++) {
    if (random() < oddness * 0.3)
      text +=
        pick(random, ["", "  ", "broken {", "[1]", "3", "null", '{"step": 1, "loss": 1']) + end;
    const kind = isCycle ? (kinds[i % kinds.length] as Kind) : pick(random, kinds);
    step += random() < 0.8 ? stride : 0;
    if (random() < 0.1) epoch += 1;
    if (random() < oddness * 0.1) step = 0;
    const fields = kind.keys
      .filter(() => random() >= kind.odd * 0.3)
      .map((key) => `${JSON.stringify(key)}:${kind.blank}${cellOf(key, kind, i)}`);
    text += `{${fields.join(`,${kind.blank}`)}}${random() < kind.odd ? " " : ""}${end}`;
  }
  return new TextEncoder().encode(
    random() < 0.3 ? text.slice(0, -wholeNumber(random, 1, 9)) : text,
  );

  function cellOf(key: string, { odd, words }: Kind, i: number): string {
    if (key === stepKey || key === "step")
      return random() < odd * 0.2 ? randomNumber(random, 1) : String(step);
    const word = `"${pick(random, words)}"`;
    switch (key) {
      case "epoch":
        return random() < odd * 0.3 ? randomNumber(random, 1) : String(epoch);
      case "time":
      case "timestamp":
      case "_timestamp":
        return random() < 0.8 ? String(time + i / 4) : '"2024-05-01T12:00:00"';
      case "note":
      case "type":
      case "split":
      case "model":
      case "run":
      case "metric":
        return random() < odd * 0.5 ? randomNumber(random, 1) : word;
      case "note2":
        return `"text ${i}"`;
      case "seed":
        return String(wholeNumber(random, 0, 1));
      case "config":
        return random() < 0.5 ? '{"lr": 0.1, "n": {"d": 3}}' : `{"lr": ${i}}`;
      case "metrics":
      case "nested":
        return `{"in": ${randomNumber(random, odd)}, "on": {"x": ${randomNumber(random, odd)}}}`;
      case "list":
        return `[1, ${i}, "3"]`;
      default:
        return randomNumber(random, odd);
    }
  }
}

const COLUMNS = [
  ...[
    "loss",
    "train/loss",
    "lr",
    "acc",
    "acc_stderr",
    "grad norm",
    "é",
    "",
    "note",
    "time",
    "date",
  ],
  ...["epoch", "tokens", "timestamp", "note", "text", "type", "split", "model", "seed", "run"],
  ...["metric", "value", "Unnamed: 0", "a - loss", "b - loss", "metrics"],
];
const USUAL_COLUMNS = new Set(COLUMNS.slice(0, 11));

/** A header and some rows. */
export function randomDelimited(random: Random): Uint8Array {
  const delimiter = pick(random, [",", ",", ",", "\t", ";", "|", " "]);
  const stepColumn = pick(random, ["step", "step", "Step", "iter", "epoch", "checkpoint"]);
  const oddness = random() < 0.3 ? 0 : random() * 0.2;
  const sparse = random() < 0.7 ? 0 : random() * 0.5;
  const isUsual = random() < 0.6;
  const others = Array.from({ length: wholeNumber(random, 1, 7) }, () =>
    pick(random, COLUMNS),
  ).filter((name) => (!isUsual || USUAL_COLUMNS.has(name)) && (delimiter !== " " || name !== ""));
  others.splice(wholeNumber(random, 0, others.length), 0, stepColumn);
  const columns = others.map((name) => (delimiter === " " ? name.replaceAll(" ", "_") : name));
  const end = pick(random, ["\n", "\n", "\r\n"]);
  const words = pick(random, [["a"], ["train", "eval"], ["x 1", "y, 2", "z"], ["n/a", "nan", "q"]]);
  const stride = pick(random, [1, 1, 10, 0]);
  const hasComma = delimiter === ";" && random() < 0.5;
  let text = random() < 0.1 ? "\ufeff" : "";
  text += (random() < 0.1 ? "# " : "") + columns.join(delimiter) + end;
  let step = 0;
  let epoch = 0;
  const rows = wholeNumber(random, 0, 60);
  for (let i = 0; i < rows; i++) {
    if (random() < oddness * 0.3)
      text += pick(random, ["", "  ", "# note", "1", '"open', '"a ""b"""', "1,2,3,4,5"]) + end;
    step += random() < 0.8 ? stride : 0;
    if (random() < 0.1) epoch += 1;
    if (random() < oddness * 0.1) step = 0;
    const cells = columns.map((name) => cellOf(name, i));
    text += cells.join(delimiter === " " ? pick(random, [" ", " ", "  "]) : delimiter) + end;
  }
  return new TextEncoder().encode(
    random() < 0.3 ? text.slice(0, -wholeNumber(random, 1, 9)) : text,
  );

  function cellOf(name: string, i: number): string {
    if (random() < oddness * 0.3)
      return pick(random, [
        "none",
        "n/a",
        "-",
        "NA",
        "",
        " 1 ",
        '"1"',
        '"a\nb"',
        "#",
        "0x1f",
        "x;y",
      ]);
    switch (name) {
      case stepColumn:
        return random() < oddness * 0.2 ? randomNumber(random, 1) : String(step);
      case "epoch":
        return String(epoch);
      case "time":
      case "timestamp":
        return random() < 0.9 ? String(1_700_000_000 + i / 4) : "2024-05-01T12:00:00";
      case "date":
        return `2024-05-01T12:${10 + (i % 50)}:00`;
      case "note":
      case "type":
      case "split":
      case "model":
      case "run":
      case "metric":
        return pick(random, words);
      case "text":
        return `at ${i} with`;
      case "metrics":
        return "{'a': 1}";
      default: {
        if (random() < sparse) return "";
        const number = randomNumber(random, oddness);
        return hasComma ? number.replace(".", ",") : number;
      }
    }
  }
}

/** A `trainer_state.json`, whole or cut. */
export function randomTrainerState(random: Random): Uint8Array {
  const before = pick(random, [
    ...["{", "{", '{"best_metric": null, "x": {"log_history": [1]}, '],
    '{"a": [[1], "]"], ',
  ]);
  return randomList(random, `${before}"log_history": `, ', "max_steps": 7}');
}

/** A list of rows, as a document or as a field of one, whole or cut. */
export function randomHistory(random: Random): Uint8Array {
  return random() < 0.5
    ? randomList(random, "", "")
    : randomList(random, '{"name": "x", "history": ', "}");
}

function randomList(random: Random, open: string, close: string): Uint8Array {
  const [line, blank] = pick(random, [
    ["\n", " "],
    ["\n", " "],
    ["", ""],
    ["\r\n", " "],
    ["", " "],
  ]);
  const oddness = random() < 0.3 ? 0 : random() * 0.2;
  const kinds = Array.from({ length: wholeNumber(random, 1, 4) }, () =>
    [
      "step",
      "epoch",
      ...Array.from({ length: wholeNumber(random, 0, 6) }, () => pick(random, KEYS)),
    ]
      .filter((key) => random() < 0.95 && key !== "split")
      .sort(() => random() - 0.5),
  );
  const isCycle = random() < 0.5;
  const stride = pick(random, [1, 10, 0, 0.5]);
  let step = 0;
  const rows = Array.from({ length: wholeNumber(random, 0, 60) }, (_, i) => {
    step += random() < 0.6 ? stride : 0;
    if (random() < oddness * 0.3)
      return pick(random, ["[1]", "3", "{", "}", '"a"', "", '{"step": 1}']);
    const keys = (isCycle ? kinds[i % kinds.length] : pick(random, kinds)) ?? [];
    const fields = keys.map((key) => {
      const isPlace = key === "step" || (key === "epoch" && random() > oddness);
      const text = key === "note" ? `"at ${i}"` : randomNumber(random, oddness);
      const cell = isPlace ? String(key === "step" ? step : step / 7) : text;
      return `${line}${blank.repeat(6)}"${key}":${blank}${cell}`;
    });
    return `{${fields.join(",")}${line}${blank.repeat(4)}}`;
  });
  const list = rows.map((row) => `${line}${blank.repeat(4)}${row}`).join(",");
  const text = `${open}[${list}${line}]${close}`;
  return new TextEncoder().encode(
    random() < 0.3 ? text.slice(0, -wholeNumber(random, 1, 99)) : text,
  );
}
