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
import { BUILT_IN, type Query } from "./query.js";
import { parseQuery } from "./parseQuery.js";

export const ONSET_FILE = "onset.json";

export interface Behaviour {
  readonly name: string;
  readonly query: Query;
  /** The question as written. */
  readonly when: string;
  readonly note: string | null;
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
  readonly behaviours: ReadonlyMap<string, Behaviour>;
  /** By metric name; `*` in a name stands for any text. */
  readonly metrics: ReadonlyMap<string, MetricSettings>;
  /** In the order of the file: the first that fits counts. */
  readonly evaluations: readonly EvaluationRule[];
  readonly problems: readonly Problem[];
}

export const NO_ONSET_FILE: OnsetFile = {
  path: null,
  behaviours: new Map(),
  metrics: new Map(),
  evaluations: [],
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
  const problems: Problem[] = [];
  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
  const add = (code: string, offset: number, message: string): void => {
    const line = lineAt(offset);
    problems.push(problem(code, path, `line ${line}: ${message}`, { line, offset }));
  };
  const error = errors[0];
  if (error) {
    add(
      "onset-file/not-parsed",
      error.offset,
      `does not parse: ${printParseErrorCode(error.error)}`,
    );
  }
  const behaviours = new Map<string, Behaviour>();
  for (const [name, node] of entriesOf(root, "behaviours")) {
    const when = node.type === "string" ? node : findNodeAtLocation(node, ["when"]);
    if (when?.type !== "string") {
      add("onset-file/no-when", node.offset, `behaviour "${name}" has no "when" with a question`);
      continue;
    }
    const question = when.value as string;
    const parsed = parseQuery(question, new Map([...behaviours].map(([key, b]) => [key, b.query])));
    if (!parsed.ok) {
      const { message, offset } = parsed.error;
      const where = when.offset + 1 + Math.min(offset, question.length);
      add("onset-file/bad-question", where, `behaviour "${name}": ${message}`);
      continue;
    }
    const note = findNodeAtLocation(node, ["note"])?.value as unknown;
    behaviours.set(name, {
      name,
      query: parsed.query,
      when: question,
      note: typeof note === "string" ? note : null,
    });
  }
  const metrics = new Map<string, MetricSettings>();
  for (const [name, node] of entriesOf(root, "metrics")) {
    const field = (key: string): unknown => findNodeAtLocation(node, [key])?.value as unknown;
    const direction = field("direction");
    const chance = field("chance");
    const items = field("items");
    if (direction !== undefined && direction !== "higher" && direction !== "lower") {
      add(
        "onset-file/bad-metric",
        node.offset,
        `direction of "${name}" is not "higher" or "lower"`,
      );
    }
    if (chance !== undefined && !(typeof chance === "number" && chance >= 0 && chance < 1)) {
      add("onset-file/bad-metric", node.offset, `chance of "${name}" is not a number in [0, 1)`);
    }
    metrics.set(name, {
      direction: direction === "higher" || direction === "lower" ? direction : null,
      chance: typeof chance === "number" && chance >= 0 && chance < 1 ? chance : null,
      items: typeof items === "number" && items > 0 ? items : null,
    });
  }
  const evaluations: EvaluationRule[] = [];
  for (const [pattern, { value, type, offset }] of entriesOf(root, "evaluations")) {
    const run = value as unknown;
    if (typeof run === "string" || type === "null") {
      evaluations.push({
        pattern,
        run: typeof run === "string" ? run : null,
        line: lineAt(offset),
      });
    } else {
      add("onset-file/bad-evaluations", offset, `run of "${pattern}" is not a text or null`);
    }
  }
  return { path, behaviours, metrics, evaluations, problems };
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

function entriesOf(root: Node | undefined, key: string): [string, Node][] {
  const node = root ? findNodeAtLocation(root, [key]) : undefined;
  if (node?.type !== "object") return [];
  return (node.children ?? []).flatMap(({ children }) => {
    const [name, value] = children ?? [];
    return name && value ? [[name.value as string, value] as [string, Node]] : [];
  });
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

/** Saved behaviours by name, then the built-in ones that no saved one replaces. */
export function behavioursOf(file: OnsetFile): Map<string, Query> {
  const all = new Map<string, Query>();
  for (const [name, { query }] of file.behaviours) all.set(name, query);
  for (const [name, query] of BUILT_IN) if (!all.has(name)) all.set(name, query);
  return all;
}
