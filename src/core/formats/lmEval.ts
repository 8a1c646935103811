/**
 * Results of EleutherAI's lm-evaluation-harness, one JSON per checkpoint: the current layout, the older one without
 * filters (as published with Pythia), rows per prompt, and the short form with `table_results` only.
 */

import { baseName, directoryOf } from "../io/path.js";
import { flattenConfig, isPlainObject, type Config, type ConfigValue } from "../model/config.js";
import { toWallTime } from "./columns.js";
import {
  EvaluationPoints,
  isStandardError,
  limitOf,
  modelOf,
  modelWithoutStep,
  objectOf,
  parseModelArgs,
  revisionOf,
  stepInPath,
  stepOfModel,
  timeInName,
} from "./evaluated.js";
import { decodeText, numberOf, readJson } from "./json.js";
import { emptyColumns } from "../model/series.js";
import { ProblemList } from "./problems.js";
import {
  LOOK,
  NO,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type Reader,
  type ReadInput,
} from "./reader.js";
import { digitsOfEvaluationFile, stepInName } from "./stepNames.js";

/** How the result files of all known versions begin, or go on behind `versions` and `config`. */
const MARK =
  /"results"\s*:\s*(\{\s*"[^"]+"\s*:\s*\{\s*"[^"]+"\s*:\s*[^{[\s]|\[\s*\{[^}]*"task_name")|"table_results"\s*:\s*\{/;

function claims(name: string, head: Uint8Array | null): Claim {
  if (!/\.json$/i.test(name)) return NO;
  if (head === null) return LOOK;
  return MARK.test(decodeText(head)) ? YES : NO;
}

async function* read(input: ReadInput): AsyncGenerator<Chunk, Cursor> {
  const { source, file } = input;
  const problems = new ProblemList(file);
  const end: Cursor = { offset: source.stamp.size, line: 1, memory: null };
  const parsed = await readJson(source);
  if (!parsed.ok || !isPlainObject(parsed.value)) {
    const reason = parsed.ok ? "not an object" : parsed.reason;
    problems.add("lm-eval/not-json", `not a result file: ${reason}; not read`);
    yield { points: emptyColumns(), problems: problems.take(true) };
    return end;
  }
  const document = parsed.value;
  const config = objectOf(document["config"]);
  const args = parseModelArgs(config["model_args"] ?? document["model_args"]);
  const step = settleStep(file, stepInContent(document, config, args), problems);
  const madeAt = madeAtOf(file, document);
  const points = new EvaluationPoints(step ?? NaN, madeAt);
  if (step !== null) {
    new Results(document, config, points).addAll();
    if (points.length === 0) {
      problems.add("lm-eval/no-metrics", "holds no task with a number; nothing to read");
    }
  }
  yield {
    points: points.take(),
    problems: problems.take(true),
    evaluated: {
      model: modelOf(args, { path: args["load"] ?? args["save"] }, document),
      revision: revisionOf(args, config),
      step,
      shots: points.shots,
      limit: limitOf(config["limit"]),
    },
    ...(step === null ? {} : { config: configOf(document, config) }),
    higherIsBetter: points.higherIsBetter,
    ...(madeAt === null ? {} : { madeAt }),
  };
  return end;
}

/**
 * The step from the file's name, checked against its content; else from the content, its directory, or digits that the
 * name ends with.
 */
function settleStep(file: string, inside: number | null, problems: ProblemList): number | null {
  const name = baseName(file);
  const named = stepInName(name);
  const placed = stepInName(baseName(directoryOf(file)));
  const step = named ?? inside ?? placed ?? digitsOfEvaluationFile(name);
  const said = [
    ["the name", named],
    ["the content", inside],
    ["the directory", placed],
  ] as const;
  const known = said.filter(([, one]) => one !== null);
  if (known.some(([, one]) => one !== step)) {
    const words = known.map(([where, one]) => `${where} says step ${one ?? ""}`).join(", ");
    problems.add("lm-eval/step-disagrees", `${words}; ${known[0]?.[0] ?? ""}'s is used`);
  }
  if (step === null) {
    problems.add(
      "lm-eval/no-step",
      "no step in its name, its revision or its model's path; not read. Name it like `…_step1000.json`",
    );
  }
  return step;
}

/** A whole GPT-NeoX configuration counts only by its `iteration`: its other keys name paths of all kinds. */
function stepInContent(
  document: Record<string, unknown>,
  config: Record<string, unknown>,
  args: Readonly<Record<string, unknown>>,
): number | null {
  const { iteration, revision, peft, pretrained } = args;
  const { model_revision, model_name } = { ...config, ...document };
  const named = stepOfModel({ iteration, revision, peft }, { revision: model_revision });
  if (named !== null) return named;
  for (const text of [pretrained, model_name]) {
    const step = typeof text === "string" ? stepInPath(text) : null;
    if (step !== null) return step;
  }
  return null;
}

function madeAtOf(file: string, document: Record<string, unknown>): number | null {
  const date = toWallTime(document["date"]);
  if (!Number.isNaN(date)) return date;
  const american = /(\d\d)-(\d\d)-(\d{4})-(\d\d)-(\d\d)-(\d\d)/.exec(baseName(file));
  if (!american) return timeInName(file);
  const [, month, day, year, hour, minute, second] = american;
  return toWallTime(`${year}-${month}-${day}T${hour}:${minute}:${second}`);
}

/** What identifies the model. A whole GPT-NeoX configuration counts, without what changes from step to step. */
function configOf(document: Record<string, unknown>, config: Record<string, unknown>): Config {
  const args = config["model_args"] ?? document["model_args"];
  if (isPlainObject(args)) {
    const flat = flattenConfig(args);
    flat.delete("iteration");
    return flat;
  }
  const model = parseModelArgs(args)["pretrained"] ?? document["model_name"];
  const named = new Map<string, ConfigValue>();
  if (typeof model === "string") named.set("model", modelWithoutStep(model));
  return named;
}

/** Walks the results and adds a point per task and metric. */
class Results {
  private readonly limit: string | null;

  constructor(
    private readonly document: Record<string, unknown>,
    private readonly config: Record<string, unknown>,
    private readonly points: EvaluationPoints,
  ) {
    this.limit = limitOf(config["limit"]);
  }

  addAll(): void {
    const results = this.document["results"];
    if (Array.isArray(results)) this.addRows(results);
    else if (isPlainObject(results)) this.addTasks(results);
    else this.addTasks(objectOf(this.document["table_results"]));
    const groups = objectOf(this.document["groups"]);
    const known = objectOf(results);
    this.addTasks(
      Object.fromEntries(Object.entries(groups).filter(([task]) => !Object.hasOwn(known, task))),
    );
  }

  /** One row per task, prompt and metric; the task is called as in `table_results`. */
  private addRows(rows: readonly unknown[]): void {
    for (const row of rows) {
      if (!isPlainObject(row) || typeof row["task_name"] !== "string") continue;
      const prompt = row["prompt_name"];
      const name = typeof prompt === "string" ? `${row["task_name"]}+${prompt}` : row["task_name"];
      this.addTask(name, row["task_name"], row);
    }
  }

  private addTasks(tasks: Record<string, unknown>): void {
    for (const [task, metrics] of Object.entries(tasks)) {
      if (isPlainObject(metrics)) this.addTask(task, task, metrics);
    }
  }

  private addTask(prompted: string, task: string, fields: Record<string, unknown>): void {
    const shots = this.shotsOf(task);
    const directions = objectOf(objectOf(this.document["higher_is_better"])[task]);
    for (const [key, field] of Object.entries(fields)) {
      const value = typeof field === "string" ? numberOf(field) : field;
      if (typeof value !== "number" || isStandardError(key) || isCount(key)) continue;
      const cut = key.lastIndexOf(",");
      const name = cut < 0 ? key : key.slice(0, cut);
      const filter = cut < 0 ? "none" : key.slice(cut + 1);
      const stderr = numberOf(fields[cut < 0 ? `${key}_stderr` : `${name}_stderr,${filter}`]);
      const higher = directions[name];
      const metric = filter === "none" ? name : key;
      const measured = { task: prompted, shots, metric, value, stderr: stderr ?? NaN };
      this.points.add(
        typeof higher === "boolean" ? { ...measured, higherIsBetter: higher } : measured,
        this.limit,
      );
    }
  }

  /** The file's own count of shots; a directory's or file's name is never believed. */
  private shotsOf(task: string): number {
    return (
      this.ownShots(task) ?? this.shotsOfGroup(task) ?? numberIn(this.config["num_fewshot"]) ?? 0
    );
  }

  private ownShots(task: string): number | undefined {
    return (
      numberIn(objectOf(this.document["n-shot"])[task]) ??
      numberIn(objectOf(objectOf(this.document["configs"])[task])["num_fewshot"])
    );
  }

  /** A group without a count of its own: that of its tasks, where all have the same. */
  private shotsOfGroup(group: string): number | undefined {
    const groups = objectOf(this.document["group_subtasks"]);
    const counts = new Set<number>();
    const seen = new Set<string>();
    const open = [group];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const own = name === group ? undefined : this.ownShots(name);
      const below = groups[name];
      if (own !== undefined) counts.add(own);
      else if (Array.isArray(below)) open.push(...below.filter((one) => typeof one === "string"));
    }
    const [only] = counts;
    return counts.size === 1 ? only : undefined;
  }
}

function numberIn(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function isCount(key: string): boolean {
  return /^(sample_len|sample_count|n_samples)(,|$)/.test(key);
}

export const lmEval: Reader = {
  format: "lm-eval",
  system: "lm-evaluation-harness",
  kind: "evaluation",
  claims,
  read,
};
