/**
 * What the readers of evaluations share: which model was evaluated and how, the step that its name says, and the names
 * of metrics: `task/metric`, `task@5/metric` with 5 shots, ` (limit 100)` behind it where only a part was evaluated.
 */

import { baseName } from "../io/path.js";
import { isPlainObject } from "../model/config.js";
import { PointBuffer, type PointColumns } from "../model/series.js";
import { numberOf } from "./json.js";
import { stepInName } from "./stepNames.js";

/** The model that a file of evaluations is about, as the file says it. */
export interface Evaluated {
  /** Name or path of the model, as written. */
  readonly model: string | null;
  /** Branch, tag or commit of the model. */
  readonly revision: string | null;
  readonly step: number | null;
  /** Examples shown before the question, where all tasks of the file have the same number. */
  readonly shots: number | null;
  /** Not null where only a part of the examples was evaluated: the number, or the share, as written. */
  readonly limit: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

const STEP_KEYS = ["iteration", "step", "global_step", "training_step", "checkpoint_step"];
/** The more particular ones first: a revision names the checkpoint of a model, an adapter's path that of the adapter. */
const REVISION_KEYS = ["revision", "model_revision", "checkpoint", "checkpoint_path", "peft"];
const MODEL_KEYS = [
  "peft",
  "delta",
  "pretrained",
  "model_path",
  "model_name_or_path",
  "model_name",
  "model",
  "name",
  "path",
];

/** `pretrained=a/b,revision=step1000` as fields: split on `,` and on the first `=`. */
export function parseModelArgs(args: unknown): Fields {
  if (isPlainObject(args)) return args;
  const fields: [string, string][] = [];
  for (const part of typeof args === "string" ? args.split(",") : []) {
    const cut = part.indexOf("=");
    if (cut <= 0) continue;
    const value = part.slice(cut + 1).trim();
    fields.push([part.slice(0, cut).trim(), /^(["'])(.*)\1$/.exec(value)?.[2] ?? value]);
  }
  return Object.fromEntries(fields);
}

/** The step that the fields about a model say: as a number, else in a revision, else in a name or path. */
export function stepOfModel(...places: readonly Fields[]): number | null {
  for (const place of places) {
    for (const key of STEP_KEYS) {
      const field = place[key];
      const step = typeof field === "string" && /^\d+$/.test(field) ? Number(field) : field;
      if (Number.isSafeInteger(step) && (step as number) >= 0) return step as number;
    }
  }
  for (const keys of [REVISION_KEYS, MODEL_KEYS]) {
    for (const place of places) {
      for (const key of keys) {
        const text = place[key];
        const step = typeof text === "string" ? stepInPath(text) : null;
        if (step !== null) return step;
      }
    }
  }
  return null;
}

/** What a checkpoint's model lies in, below the directory that is named after the step. */
const INSIDE =
  /^(hf|hf[-_]?(model|checkpoint|export)|huggingface|converted|models?|weights|pytorch_model|consolidated|unsharded|merged|policy|actor|adapter|lora|default|final)$/i;

/** The step that a path or name ends with: `runs/a/step1000/hf`. Directories above are stages and the like. */
export function stepInPath(path: string): number | null {
  return stepPart(path.split(/[\\/]+/))?.step ?? null;
}

/** The part of a path that is named after its step. Digits alone are one below a directory of checkpoints. */
function stepPart(parts: readonly string[]): { at: number; step: number } | null {
  for (let at = parts.length - 1; at >= 0; at--) {
    const part = parts[at] ?? "";
    const isNumbered = /^\d{1,15}$/.test(part) && NUMBERED.test(parts[at - 1] ?? "");
    const step = isNumbered ? Number(part) : stepInName(part);
    if (step !== null) return { at, step };
    if (part !== "" && !INSIDE.test(part)) return null;
  }
  return null;
}

const NUMBERED = /^(checkpoints?|ckpts?|steps?|iterations?)$/i;

export function modelOf(...places: readonly Fields[]): string | null {
  return firstText(MODEL_KEYS, places);
}

export function revisionOf(...places: readonly Fields[]): string | null {
  return firstText(["revision", "model_revision"], places);
}

function firstText(keys: readonly string[], places: readonly Fields[]): string | null {
  for (const place of places) {
    for (const key of keys) {
      const text = place[key];
      if (typeof text === "string" && text !== "") return text;
    }
  }
  return null;
}

/** A limit as it is written; null where everything was evaluated. */
export function limitOf(limit: unknown): string | null {
  if (limit === null || limit === undefined || limit === "None") return null;
  return typeof limit === "string" ? limit : JSON.stringify(limit);
}

/**
 * A model's name or path without its step and what lies below that, to tell whether two evaluations are of one run:
 * `a/pythia-70m` of `a/pythia-70m-step1000`, `/runs/a` of `/runs/a/checkpoint-500/hf`.
 */
export function modelWithoutStep(model: string): string {
  const parts = model.split(/[\\/]+/);
  const at = stepPart(parts)?.at;
  if (at === undefined) return model;
  const rest = (parts[at] ?? "").replace(STEP_IN_MODEL, "").replace(/^[-_.@=]+|[-_.@=]+$/g, "");
  const isOnlyStep = rest === "" || INSIDE.test(rest) || /^\d+$/.test(rest);
  return parts
    .slice(0, at)
    .concat(isOnlyStep ? [] : [rest])
    .join("/");
}

const STEP_IN_MODEL =
  /[-_.@]?(?:global_?step|step|iteration|iter|checkpoint|ckpt)[-_=]?\d+k?(?![a-z0-9])/i;

/** True for the keys of a standard error: it is a property of its metric. */
export function isStandardError(key: string): boolean {
  return /_stderr(?:,|$)/.test(key);
}

export interface Measured {
  readonly task: string;
  readonly shots: number;
  readonly metric: string;
  readonly value: number | null;
  readonly stderr?: number;
  readonly higherIsBetter?: boolean;
}

/** The points of one evaluation: all at one step and one time. */
export class EvaluationPoints {
  readonly higherIsBetter = new Map<string, boolean>();
  private readonly points = new PointBuffer();
  private readonly allShots = new Set<number>();

  constructor(
    private readonly step: number,
    private readonly madeAt: number | null,
  ) {}

  get length(): number {
    return this.points.length;
  }

  /** The number of shots of all tasks, null where they differ. */
  get shots(): number | null {
    const [only] = this.allShots;
    return this.allShots.size === 1 && only !== undefined ? only : null;
  }

  add(measured: Measured, limit: string | null = null): void {
    const { task, shots, metric, value, stderr, higherIsBetter } = measured;
    const name =
      `${task}${shots > 0 ? `@${shots}` : ""}/${metric}` +
      (limit === null ? "" : ` (limit ${limit})`);
    this.allShots.add(shots);
    this.points.add(this.points.idOf(name), this.step, this.madeAt ?? NaN, value, stderr);
    if (higherIsBetter !== undefined) this.higherIsBetter.set(name, higherIsBetter);
  }

  /** All numbers of a task's object, with the standard errors beside them; objects inside give dotted names. */
  addFields(
    task: string,
    shots: number,
    fields: Fields,
    limit: string | null = null,
    prefix = "",
  ): void {
    for (const [key, field] of Object.entries(fields)) {
      if (isPlainObject(field) && prefix.split(".").length < 4) {
        this.addFields(task, shots, field, limit, `${prefix}${key}.`);
      }
      const value = numberOf(field);
      if (value === undefined || isStandardError(key)) continue;
      const stderr = numberOf(fields[`${key}_stderr`]) ?? NaN;
      this.add({ task, shots, metric: prefix + key, value, stderr }, limit);
    }
  }

  take(): PointColumns {
    return this.points.take();
  }
}

export function objectOf(value: unknown): Record<string, unknown> {
  return isPlainObject(value) ? value : {};
}

/** A time in a file's name: `2025-06-09T18-36-41.285612` as seconds since 1970, taken for UTC. */
export function timeInName(path: string): number | null {
  const iso = /(\d{4}-\d\d-\d\d)[T-](\d\d)[-:](\d\d)[-:](\d\d)(\.\d+)?/.exec(baseName(path));
  if (!iso) return null;
  const time = Date.parse(`${iso[1]}T${iso[2]}:${iso[3]}:${iso[4]}Z`) / 1000;
  return Number.isNaN(time) ? null : time + Number(iso[5] ?? 0);
}
