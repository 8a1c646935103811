/**
 * Gives evaluations that lie in another tree to the run that they are of: where the user says so in `onset.json`, else
 * where their model's path or name ends as one run's does. What could be of two runs is given to none.
 */

import { nameOf, type ConfiguredRun } from "../discovery/identifyRuns.js";
import { isEvaluations, isGenericOutput } from "../discovery/directoryRoles.js";
import { namedRun, runOfModel, type NamedRun } from "../discovery/modelNames.js";
import { modelWithoutStep } from "../formats/evaluated.js";
import { readerOf } from "../formats/index.js";
import { evaluationStem } from "../formats/stepNames.js";
import { baseName, directoryOf, isInside, relativePath, resolvePath } from "../io/path.js";
import { problem, type Problem } from "../model/problem.js";
import { CheckpointList } from "../model/checkpointList.js";
import type { JoinedBy, RunDir, Source } from "../model/run.js";
import { evaluationRule, type EvaluationRule, type OnsetFile } from "../query/onsetFile.js";

/** What the decision needs to know of the runs that were found. */
export interface JoinInput {
  readonly runs: readonly RunDir[];
  readonly onsetFileOf: (run: RunDir) => OnsetFile;
  /** The model that a file of evaluations is of, as the file says it. */
  readonly modelIn: (source: Source) => Promise<string | null>;
  readonly configured: (run: RunDir) => Promise<ConfiguredRun>;
}

/** Some evaluations of one run, as discovery found them, and where they go. */
export interface Join {
  readonly from: RunDir;
  readonly files: ReadonlySet<string>;
  readonly model: string | null;
  /** Key of the run that they are of; null where they stay by themselves. */
  readonly into: string | null;
  readonly by: JoinedBy;
}

interface Unit extends Omit<Join, "into" | "by"> {
  readonly first: string;
  readonly rule: EvaluationRule | null;
}

export interface Joins {
  readonly joins: readonly Join[];
  readonly problems: readonly Problem[];
}

/** Decides; O(evaluations × runs). Reads one file of each run of evaluations, and that only where there is a choice. */
export async function decideJoins(input: JoinInput, signal?: AbortSignal): Promise<Joins> {
  const trained = input.runs.filter((run) => !isOnlyEvaluations(run));
  const units = await unitsOf(input, trained.length > 0, signal);
  const isAsked = units.some(({ rule }) => rule === null);
  const named = isAsked ? (await Promise.all(trained.map(input.configured))).map(namedRun) : [];
  const problems: Problem[] = [];
  const joins: Join[] = [];
  const open: Unit[] = [];
  for (const unit of units) {
    if (unit.rule) {
      const join = ruledJoin(unit, unit.rule, input, problems);
      if (join) joins.push(join);
      continue;
    }
    // Results that name no model are of the one that their folder, or what their names have in common, is called after.
    const match = runOfModel(unit.model ?? nameOf(unit.from), unit.first, named);
    const isIts = match.kind === "several" && match.runs.includes(unit.from);
    if (isIts || (match.kind === "one" && match.run === unit.from)) continue;
    if (match.kind === "one") joins.push({ ...unit, into: match.run.key, by: match.by });
    else if (!isOnlyEvaluations(unit.from)) joins.push({ ...unit, into: null, by: "directory" });
    else {
      open.push(unit);
      if (match.kind === "several") problems.push(ambiguity(unit, match.runs));
    }
  }
  joins.push(...(await joinsByPlace(open, joins, named, input)));
  return { joins, problems };
}

export function isOnlyEvaluations({ sources, checkpoints }: RunDir): boolean {
  return checkpoints.length === 0 && sources.length > 0 && sources.every(isEvaluation);
}

export function isEvaluation({ format }: Source): boolean {
  return readerOf(format).kind === "evaluation";
}

/**
 * Evaluations that may go elsewhere: of runs that are nothing else, those that a rule fits, and those of several models in
 * one trained run.
 */
async function unitsOf(
  { runs, onsetFileOf, modelIn }: JoinInput,
  isAnyTrained: boolean,
  signal: AbortSignal | undefined,
): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const from of runs) {
    const file = onsetFileOf(from);
    const sources = from.sources.filter(isEvaluation);
    const isAlone = isOnlyEvaluations(from);
    const [first] = sources;
    // A file that is a run by itself says in its rows whose they are.
    if (!first || from.file !== null) continue;
    if (isAlone && !isAnyTrained && file.evaluations.length === 0) continue;
    signal?.throwIfAborted();
    const rest: Source[] = [];
    const ruled = new Map<EvaluationRule, Source[]>();
    const model = isAlone || file.evaluations.length > 0 ? await modelIn(first) : null;
    for (const source of sources) {
      const rule = ruleOf(file, source, model ?? nameOf(from));
      if (rule === null) rest.push(source);
      else ruled.set(rule, [...(ruled.get(rule) ?? []), source]);
    }
    for (const [rule, own] of ruled) units.push(unitOf(from, own, model, rule));
    if (isAlone && rest.length > 0) units.push(unitOf(from, rest, model));
    else if (!isAlone) units.push(...(await byModel(from, rest, modelIn)));
  }
  return units;
}

function unitOf(
  from: RunDir,
  sources: readonly Source[],
  model: string | null,
  rule: EvaluationRule | null = null,
): Unit {
  const files = sources.map(({ file }) => file);
  return { from, files: new Set(files), first: files[0] ?? from.directory, model, rule };
}

function ruleOf(file: OnsetFile, source: Source, model: string): EvaluationRule | null {
  if (file.evaluations.length === 0) return null;
  const place = relativePath(directoryOf(file.path ?? "/"), source.file);
  return evaluationRule(file, place, [model, modelWithoutStep(model)]);
}

/** The evaluations of a trained run by their models, where its files are so named that there may be several. */
async function byModel(
  from: RunDir,
  sources: readonly Source[],
  modelIn: JoinInput["modelIn"],
): Promise<Unit[]> {
  const byPlace = new Map<string, Source[]>();
  for (const source of sources) {
    const stem = evaluationStem(baseName(source.file));
    const place = `${directoryOf(source.file).replace(/[^/]*(step|iter|checkpoint|ckpt)[^/]*$/i, "")} ${stem}`;
    byPlace.set(place, [...(byPlace.get(place) ?? []), source]);
  }
  if (byPlace.size <= 1) return [];
  const found = new Map<string | null, { model: string | null; sources: Source[] }>();
  for (const own of byPlace.values()) {
    const model = await modelIn(own[0] as Source);
    const identity = identityOf({ model });
    const group = found.get(identity) ?? { model, sources: [] };
    found.set(identity, group);
    group.sources.push(...own);
  }
  found.delete(null);
  if (found.size <= 1) return [];
  return [...found.values()].map(({ model, sources: own }) => unitOf(from, own, model));
}

function ruledJoin(
  unit: Unit,
  { run, line, pattern }: EvaluationRule,
  { runs, onsetFileOf }: JoinInput,
  problems: Problem[],
): Join | null {
  const by = "onset.json";
  if (run === null) return isOnlyEvaluations(unit.from) ? null : { ...unit, into: null, by };
  const path = onsetFileOf(unit.from).path ?? "/";
  const key = resolvePath(directoryOf(path), run);
  const found = runs.filter((one) => one.key === key || one.id === run);
  const [only] = found;
  if (only && found.length === 1) {
    return only.key === unit.from.key ? null : { ...unit, into: only.key, by };
  }
  const message = `line ${line}: "${run}", whose "${pattern}" should be, is ${only ? "several runs" : "no run"}`;
  problems.push(problem("onset-file/unknown-run", path, message, { line }));
  return null;
}

/**
 * What lies in a run's own folder of evaluations is of that run, unless the folder holds several models: then only what
 * names the run is.
 */
async function joinsByPlace(
  open: readonly Unit[],
  joins: readonly Join[],
  named: readonly NamedRun[],
  { modelIn }: JoinInput,
): Promise<Join[]> {
  const within = new Map<RunDir, Unit[]>();
  for (const unit of open) {
    const container = containerOf(unit, named);
    if (container) within.set(container, [...(within.get(container) ?? []), unit]);
  }
  const found: Join[] = [];
  for (const [{ key: into, sources }, units] of within) {
    const others = joins.filter((join) => join.into === into && join.by !== "onset.json");
    const models = new Set([...units, ...others].map(identityOf));
    const own = sources.find(isEvaluation);
    if (own) models.add(identityOf({ model: await modelIn(own) }));
    models.delete(null);
    if (models.size <= 1)
      found.push(...units.map((unit): Join => ({ ...unit, into, by: "directory" })));
  }
  return found;
}

function identityOf({ model }: Pick<Unit, "model">): string | null {
  return model === null ? null : modelWithoutStep(model);
}

/** The innermost trained run in whose folder of evaluations the unit lies. */
function containerOf({ first, from }: Unit, named: readonly NamedRun[]): RunDir | null {
  let best: RunDir | null = null;
  for (const { run } of named) {
    if (run.file !== null || run.root !== from.root || !isInside(run.directory, first)) continue;
    const [below = ""] = relativePath(run.directory, directoryOf(first)).split("/");
    if (below !== "." && !isEvaluations(below) && !isGenericOutput(below)) continue;
    if (best === null || run.directory.length > best.directory.length) best = run;
  }
  return best;
}

function ambiguity({ first, model: said, from }: Unit, runs: readonly RunDir[]): Problem {
  const model = said ?? nameOf(from);
  const names = runs.map(({ id }) => id).join(", ");
  return problem(
    "evaluations/ambiguous",
    from.sources.length === 1 ? first : directoryOf(first),
    `evaluations of ${model} could be of ${names}: they stay by themselves. Say whose they are in onset.json: ` +
      `"evaluations": {"${model}": "${runs[0]?.id ?? ""}"}`,
  );
}

/** The runs with the evaluations that are theirs; those that have nothing left are gone. */
export function applyJoins(runs: readonly RunDir[], joins: readonly Join[]): RunDir[] {
  const gone = new Map<string, Set<string>>();
  const come = new Map<string, RunDir[]>();
  const alone: RunDir[] = [];
  for (const join of joins) {
    const { from, files, into, by } = join;
    const taken = gone.get(from.key) ?? new Set();
    gone.set(from.key, taken);
    for (const file of files) taken.add(file);
    const piece = pieceOf(from, files, by);
    if (into === null) alone.push(byItself(piece, join));
    else come.set(into, [...(come.get(into) ?? []), piece]);
  }
  const left = runs.flatMap((run) => {
    const taken = gone.get(run.key);
    const rest = taken ? without(run, taken) : run;
    const pieces = come.get(run.key) ?? [];
    return rest.sources.length + rest.checkpoints.length + pieces.length === 0 && taken
      ? []
      : [pieces.reduce(withPiece, rest)];
  });
  return [...left, ...alone];
}

/** Some evaluations of a run, with the examples that belong to them. */
function pieceOf(run: RunDir, files: ReadonlySet<string>, joinedBy: JoinedBy): RunDir {
  const isWhole = run.sources.every(({ file }) => files.has(file));
  return {
    ...run,
    sources: run.sources
      .filter(({ file }) => files.has(file))
      .map((source) => ({ ...source, joinedBy })),
    examples: (run.examples ?? []).filter(({ results }) =>
      results === null ? isWhole : files.has(results),
    ),
  };
}

function without(run: RunDir, files: ReadonlySet<string>): RunDir {
  const { examples = [] } = run;
  const isKept = ({ results }: { readonly results: string | null }): boolean =>
    results === null || !files.has(results);
  return {
    ...run,
    sources: run.sources.filter(({ file }) => !files.has(file)),
    ...(examples.length === 0 ? {} : { examples: examples.filter(isKept) }),
  };
}

function withPiece(run: RunDir, piece: RunDir): RunDir {
  const examples = [...(run.examples ?? []), ...(piece.examples ?? [])];
  return {
    ...run,
    sources: [...run.sources, ...piece.sources],
    systems: [...new Set([...run.systems, ...piece.systems])],
    ...(examples.length === 0 ? {} : { examples }),
  };
}

/** A run of the evaluations that a run is not to have. */
function byItself(piece: RunDir, { model, from }: Join): RunDir {
  const part = model === null ? "evaluations" : modelWithoutStep(model);
  return {
    ...piece,
    key: `${from.key}#${part}`,
    id: `${from.id}#${part}`,
    part,
    sources: piece.sources.map(({ joinedBy: _joinedBy, ...source }) => source),
    checkpoints: CheckpointList.EMPTY,
  };
}
