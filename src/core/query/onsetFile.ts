/** `onset.json`: saved behaviours, and what a workspace knows of its metrics. */

import {
  findNodeAtLocation,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from "jsonc-parser";
import { nestsTooDeeply } from "../formats/nesting.js";
import type { Direction } from "../model/metric.js";
import { problem, type Problem } from "../model/problem.js";
import { BehaviourNames, type Meaning } from "./behaviourNames.js";
import { parseExpectation, type Expectation } from "./expectation.js";
import { formatQuery } from "./formatQuery.js";
import { jsonStringAt } from "./jsonString.js";
import { parseQuery, type Mention, type ParsedQuery } from "./parseQuery.js";
import { AXES, BUILT_IN, type AxisName, type Predicate } from "./query.js";

export const ONSET_FILE = "onset.json";

export interface Behaviour {
  readonly name: string;
  readonly predicate: Predicate;
  /** The question as written. */
  readonly when: string;
  readonly note: string | null;
  readonly expectation: Expectation | null;
  /** Which way is better, for levels that are derived from the series; null for that of the metric. */
  readonly direction: Direction | null;
  /** The axis on which its intervals are told too; null for steps alone. */
  readonly axis: AxisName | null;
  /** Where it stands in the file; null for one that is built in. */
  readonly place: BehaviourPlace | null;
}

/** Characters of the file's text, from 0. */
export interface BehaviourPlace {
  /** Of the name, with its quotes. */
  readonly start: number;
  readonly end: number;
  /** Names in the question, placed in the file. */
  readonly mentions: readonly Mention[];
}

export interface MetricSettings {
  readonly direction: Direction | null;
  readonly chance: number | null;
  readonly items: number | null;
}

/** Whose evaluations are: `pattern` names their files, a folder of them or their model; `*` stands for any text. */
export interface EvaluationRule {
  readonly pattern: string;
  /** The run's place, relative to `onset.json`; null where the evaluations stay by themselves. */
  readonly run: string | null;
  readonly line: number;
}

export interface OnsetFile {
  readonly path: string | null;
  /** The saved behaviours that can be asked. */
  readonly behaviours: ReadonlyMap<string, Behaviour>;
  /** What their names mean in a question, built-in ones included. */
  readonly names: BehaviourNames;
  /** By metric name; `*` in a name stands for any text. */
  readonly metrics: ReadonlyMap<string, MetricSettings>;
  /** In the order of the file: the first that fits counts. */
  readonly evaluations: readonly EvaluationRule[];
  /** Sets of metrics by name: names of metrics, in which `*` stands for any text. */
  readonly pinned: ReadonlyMap<string, readonly string[]>;
  readonly problems: readonly Problem[];
}

export const NO_ONSET_FILE: OnsetFile = {
  path: null,
  behaviours: new Map(),
  names: new BehaviourNames(),
  metrics: new Map(),
  evaluations: [],
  pinned: new Map(),
  problems: [],
};

/** Reads what is right and lists the rest as problems with their lines; comments and trailing commas are allowed. */
export function parseOnsetFile(text: string, path: string): OnsetFile {
  if (nestsTooDeeply(text)) {
    const message = "does not parse: it is nested too deeply";
    return { ...NO_ONSET_FILE, path, problems: [problem("onset-file/not-parsed", path, message)] };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const problems = new PlacedProblems(text, path);
  const [error] = errors;
  if (error) {
    const message = `does not parse: ${printParseErrorCode(error.error)}`;
    problems.add("onset-file/not-parsed", error.offset, message);
  }
  const { behaviours, names } = readBehaviours(text, entriesOf(root, "behaviours"), problems);
  const metrics = new Map<string, MetricSettings>();
  for (const { name, value } of entriesOf(root, "metrics")) {
    metrics.set(name, readMetric(name, value, problems));
  }
  const evaluations = entriesOf(root, "evaluations").flatMap(({ name, value }) =>
    readEvaluationRule(name, value, problems),
  );
  const pinned = new Map(
    entriesOf(root, "pinned").map(({ name, value }) => [name, readPinned(name, value, problems)]),
  );
  return { path, behaviours, names, metrics, evaluations, pinned, problems: problems.sorted() };
}

class PlacedProblems {
  private readonly list: Problem[] = [];
  private readonly lineStarts: number[] = [0];

  constructor(
    text: string,
    private readonly path: string,
  ) {
    for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) {
      this.lineStarts.push(i + 1);
    }
  }

  lineAt(offset: number): number {
    const next = this.lineStarts.findIndex((start) => start > offset);
    return next < 0 ? this.lineStarts.length : next;
  }

  add(code: string, offset: number, message: string): void {
    const line = this.lineAt(offset);
    this.list.push(problem(code, this.path, `line ${line}: ${message}`, { line, offset }));
  }

  sorted(): Problem[] {
    return this.list.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
  }
}

interface Entry {
  readonly name: string;
  readonly key: Node;
  readonly value: Node;
}

function entriesOf(root: Node | undefined, key: string): Entry[] {
  const node = root ? findNodeAtLocation(root, [key]) : undefined;
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children }) => {
    const [name, value] = children ?? [];
    return name && value ? [{ name: name.value as string, key: name, value }] : [];
  });
}

/** Behaviours may name others, above or below them; one that comes back to itself is refused. */
function readBehaviours(
  text: string,
  entries: readonly Entry[],
  problems: PlacedProblems,
): Pick<OnsetFile, "behaviours" | "names"> {
  const questions = new Map<string, Node>();
  for (const { name, value } of entries) {
    const when = value.type === "string" ? value : findNodeAtLocation(value, ["when"]);
    if (when?.type === "string") questions.set(name, when);
    else {
      const message = `behaviour "${name}" has no "when" with a question`;
      problems.add("onset-file/no-when", value.offset, message);
    }
  }
  const parsed = new Map<string, ParsedQuery>();
  const open: string[] = [];
  const parse = (name: string, when: Node): ParsedQuery => {
    let query = parsed.get(name);
    if (!query) {
      open.push(name);
      query = parseQuery(when.value as string, names);
      open.pop();
      parsed.set(name, query);
    }
    return query;
  };
  const meaningOf = (name: string, when: Node): Meaning => {
    const cycle = open.indexOf(name);
    if (cycle >= 0) {
      return {
        ok: false,
        reason: `"${name}" names itself: ${[...open.slice(cycle), name].join(" → ")}`,
      };
    }
    if (open.length >= MAX_CHAIN)
      return { ok: false, reason: "behaviours name one another in too long a chain" };
    const query = parse(name, when);
    if (!query.ok) return { ok: false, reason: `"${name}" is no question: ${query.error.message}` };
    if (query.query.kind === "predicate") return { ok: true, predicate: query.query };
    return { ok: false, reason: `"${name}" asks about several runs` };
  };
  const names = new BehaviourNames(
    new Map([...questions].map(([name, when]) => [name, () => meaningOf(name, when)])),
  );
  const behaviours = new Map<string, Behaviour>();
  for (const { name, key, value } of entries) {
    const when = questions.get(name);
    if (!when) continue;
    const query = parse(name, when);
    const { placeOf } = jsonStringAt(text, when);
    if (!query.ok) {
      const { message, offset } = query.error;
      problems.add("onset-file/bad-question", placeOf(offset), `behaviour "${name}": ${message}`);
      continue;
    }
    if (query.query.kind !== "predicate") {
      const message = `behaviour "${name}" asks about several runs: a behaviour is what one run shows`;
      problems.add("onset-file/bad-question", when.offset, message);
      continue;
    }
    const mentions = query.mentions.map((mention) => ({
      ...mention,
      start: placeOf(mention.start),
      end: placeOf(mention.end),
    }));
    behaviours.set(name, {
      name,
      predicate: query.query,
      when: when.value as string,
      ...readSettings(name, value, problems),
      place: { start: key.offset, end: key.offset + key.length, mentions },
    });
  }
  return { behaviours, names };
}

/** Behaviours that may name one another in a row. */
const MAX_CHAIN = 100;

function readSettings(
  name: string,
  node: Node,
  problems: PlacedProblems,
): Pick<Behaviour, "note" | "expectation" | "direction" | "axis"> {
  const text = (key: string): { value: string | null; offset: number } => {
    const found = findNodeAtLocation(node, [key]);
    const value: unknown = found?.value;
    return {
      value: typeof value === "string" ? value : null,
      offset: found?.offset ?? node.offset,
    };
  };
  const refuse = (key: string, what: string): null => {
    const message = `${key} of behaviour "${name}" is not ${what}`;
    problems.add("onset-file/bad-behaviour", text(key).offset, message);
    return null;
  };
  const expect = text("expect").value;
  const direction = text("direction").value;
  const axis = text("axis").value;
  return {
    note: text("note").value,
    expectation:
      expect === null
        ? null
        : (parseExpectation(expect) ?? refuse("expect", '"by 10k tokens", "present" or "never"')),
    direction:
      direction === null || direction === "higher" || direction === "lower"
        ? direction
        : refuse("direction", '"higher" or "lower"'),
    axis:
      axis === null
        ? null
        : (AXES.find((one) => one === axis) ?? refuse("axis", `one of ${AXES.join(", ")}`)),
  };
}

function readMetric(name: string, node: Node, problems: PlacedProblems): MetricSettings {
  const field = (key: string): unknown => findNodeAtLocation(node, [key])?.value as unknown;
  const refuse = (message: string): null => {
    problems.add("onset-file/bad-metric", node.offset, message);
    return null;
  };
  const direction = field("direction");
  const chance = field("chance");
  const items = field("items");
  return {
    direction:
      direction === undefined
        ? null
        : direction === "higher" || direction === "lower"
          ? direction
          : refuse(`direction of "${name}" is not "higher" or "lower"`),
    chance:
      chance === undefined
        ? null
        : typeof chance === "number" && chance >= 0 && chance < 1
          ? chance
          : refuse(`chance of "${name}" is not a number in [0, 1)`),
    items: typeof items === "number" && items > 0 ? items : null,
  };
}

function readEvaluationRule(
  pattern: string,
  { value, type, offset }: Node,
  problems: PlacedProblems,
): EvaluationRule[] {
  const run: unknown = value;
  if (typeof run === "string" || type === "null") {
    const line = problems.lineAt(offset);
    return [{ pattern, run: typeof run === "string" ? run : null, line }];
  }
  problems.add("onset-file/bad-evaluations", offset, `run of "${pattern}" is not a text or null`);
  return [];
}

function readPinned(name: string, node: Node, problems: PlacedProblems): string[] {
  const patterns: unknown[] = (node.children ?? []).map(({ value }) => value as unknown);
  const texts = patterns.filter((pattern) => typeof pattern === "string");
  if (node.type !== "array" || texts.length < patterns.length) {
    const message = `pinned set "${name}" is not a list of names of metrics`;
    problems.add("onset-file/bad-pinned", node.offset, message);
  }
  return node.type === "array" ? texts : [];
}

/** The rule for evaluations in a file, whose path is relative to `onset.json`, of a model by any of its names. */
export function evaluationRule(
  { evaluations }: OnsetFile,
  file: string,
  models: readonly string[],
): EvaluationRule | null {
  const rule = evaluations.find(({ pattern }) => {
    const name = pattern.replace(/\/+$/, "").replaceAll("**", "*");
    const fits = wildcard(name);
    return (
      fits.test(file) ||
      wildcard(`${name}/*`).test(file) ||
      models.some((model) => fits.test(model))
    );
  });
  return rule ?? null;
}

export function metricSettings(file: OnsetFile, metric: string): MetricSettings | null {
  const exact = file.metrics.get(metric);
  if (exact) return exact;
  for (const [name, settings] of file.metrics) {
    if (name.includes("*") && wildcard(name).test(metric)) return settings;
  }
  return null;
}

function wildcard(name: string): RegExp {
  const parts = name.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}

const BUILT_IN_BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map(
  [...BUILT_IN].map(([name, predicate]) => [name, { ...unsaved(predicate), name }]),
);

/** Saved behaviours by name, then the built-in ones that no saved one replaces. */
export function behavioursOf(file: OnsetFile): Map<string, Behaviour> {
  const all = new Map(file.behaviours);
  for (const [name, behaviour] of BUILT_IN_BEHAVIOURS) if (!all.has(name)) all.set(name, behaviour);
  return all;
}

/** Spikes and non-finite values: they are marks on every chart, and are told of only where they are asked for. */
export function isMishap({ predicate }: Behaviour): boolean {
  const { kind } = predicate.condition;
  return kind === "non-finite" || kind === "spike";
}

/** A question that nobody saved, as a behaviour by the name of its text. */
export function unsaved(predicate: Predicate): Behaviour {
  const text = formatQuery(predicate);
  return {
    name: text,
    predicate,
    when: text,
    note: null,
    expectation: null,
    direction: null,
    axis: null,
    place: null,
  };
}
