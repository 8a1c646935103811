/** The tensors of two checkpoints by their names, dtypes and shapes: what was added, removed, or changed. Values are not read. */

import type { Catalog } from "../catalog/catalog.js";
import type { Tensor } from "../formats/containers/tensor.js";
import { formatStep } from "../model/interval.js";
import type { RunAtStep } from "./diff.js";

/** Most tensors that are listed one by one; all are counted. */
const MAX_LISTED = 20_000;

export interface TensorShape {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** A tensor that only one side has, or that the sides have in another shape or dtype. */
export interface TensorChange {
  readonly name: string;
  readonly a: TensorShape | null;
  readonly b: TensorShape | null;
}

export interface WeightSide {
  /** The checkpoint; null where the run has none at the step. */
  readonly path: string | null;
  readonly tensors: number;
  /** Numbers in all tensors. */
  readonly parameters: number;
  /** Why nothing is known of its tensors, else null. */
  readonly reason: string | null;
}

export interface WeightDiffAnswer {
  readonly a: WeightSide;
  readonly b: WeightSide;
  /** Null where one side's tensors are not known. */
  readonly differences: {
    readonly same: number;
    readonly added: number;
    readonly removed: number;
    readonly changed: number;
    /** In the order of A, then what only B has; at most 20,000. */
    readonly tensors: readonly TensorChange[];
  } | null;
}

/** Reads headers and descriptions only. O(tensors). */
export async function answerWeightDiff(
  catalog: Catalog,
  a: RunAtStep,
  b: RunAtStep,
): Promise<WeightDiffAnswer> {
  const [sideA, sideB] = await Promise.all([tensorsAt(catalog, a), tensorsAt(catalog, b)]);
  return {
    a: describe(sideA),
    b: describe(sideB),
    differences: sideA.tensors && sideB.tensors ? compare(sideA.tensors, sideB.tensors) : null,
  };
}

interface Side {
  readonly path: string | null;
  readonly tensors: readonly Tensor[] | null;
  readonly reason: string | null;
}

/** Of several checkpoints at the step, the first whose tensors are known. */
async function tensorsAt(catalog: Catalog, { key, step }: RunAtStep): Promise<Side> {
  const run = catalog.run(key);
  if (!run) throw new Error(`run ${key} is gone`);
  let side: Side = {
    path: null,
    tensors: null,
    reason: `no checkpoint at step ${formatStep(step)}`,
  };
  for (const checkpoint of run.checkpoints) {
    if (checkpoint.step !== step) continue;
    const { path } = checkpoint;
    const list = await catalog.tensors(checkpoint);
    if (list.ok) return { path, tensors: list.tensors, reason: null };
    if (side.path === null) side = { path, tensors: null, reason: list.reason };
  }
  return side;
}

function describe({ path, tensors, reason }: Side): WeightSide {
  return {
    path,
    tensors: tensors?.length ?? 0,
    parameters: (tensors ?? []).reduce(
      (sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    ),
    reason,
  };
}

function compare(a: readonly Tensor[], b: readonly Tensor[]): WeightDiffAnswer["differences"] {
  const inB = new Map(b.map((tensor) => [tensor.name, tensor]));
  const tensors: TensorChange[] = [];
  const counts = { same: 0, added: 0, removed: 0, changed: 0 };
  const list = (change: TensorChange): void => {
    if (tensors.length < MAX_LISTED) tensors.push(change);
  };
  for (const { name, dtype, shape } of a) {
    const other = inB.get(name);
    inB.delete(name);
    if (!other) {
      counts.removed += 1;
      list({ name, a: { dtype, shape }, b: null });
    } else if (other.dtype === dtype && other.shape.join() === shape.join()) counts.same += 1;
    else {
      counts.changed += 1;
      list({ name, a: { dtype, shape }, b: { dtype: other.dtype, shape: other.shape } });
    }
  }
  for (const { name, dtype, shape } of inB.values()) {
    counts.added += 1;
    list({ name, a: null, b: { dtype, shape } });
  }
  return { ...counts, tensors };
}
