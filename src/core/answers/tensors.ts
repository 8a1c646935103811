/** What the header of a safetensors file says: its tensors, and where its bytes are. No tensor is read. */

import type { SafetensorsHeader, TensorInfo } from "../formats/safetensors.js";

/** Most tensors that are listed one by one; all are counted. */
const MAX_LISTED = 100_000;
/** Most entries of the metadata that are shown, and characters of each. */
const MAX_METADATA = 1_000;
const MAX_TEXT = 2_000;

export interface TensorGroup {
  /** A dtype, or the part of the names that its tensors have in common. */
  readonly name: string;
  readonly tensors: number;
  readonly parameters: number;
  readonly bytes: number;
}

export interface TensorsAnswer {
  readonly kind: "tensors";
  readonly total: Omit<TensorGroup, "name">;
  /** In the order of their bytes in the file; at most 100,000. */
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly bytes: number;
  }[];
  /** Largest first. */
  readonly dtypes: readonly TensorGroup[];
  /** In the order of the file. */
  readonly layers: readonly TensorGroup[];
  readonly metadata: readonly (readonly [key: string, value: string])[];
}

/** O(tensors). */
export function describeTensors({ tensors, metadata }: SafetensorsHeader): TensorsAnswer {
  const dtypes = groupsOf(tensors, ({ dtype }) => dtype);
  return {
    kind: "tensors",
    total: {
      tensors: tensors.length,
      parameters: dtypes.reduce((sum, { parameters }) => sum + parameters, 0),
      bytes: dtypes.reduce((sum, { bytes }) => sum + bytes, 0),
    },
    tensors: tensors
      .slice(0, MAX_LISTED)
      .map(({ name, dtype, shape, begin, end }) => ({ name, dtype, shape, bytes: end - begin })),
    dtypes: dtypes.sort((a, b) => b.bytes - a.bytes),
    layers: groupsOf(tensors, ({ name }) => layerOf(name)).slice(0, MAX_LISTED),
    metadata: [...metadata]
      .slice(0, MAX_METADATA)
      .map(([key, value]) => [shortened(key), shortened(value)]),
  };
}

function groupsOf(
  tensors: readonly TensorInfo[],
  nameOf: (tensor: TensorInfo) => string,
): TensorGroup[] {
  const groups = new Map<string, { tensors: number; parameters: number; bytes: number }>();
  for (const tensor of tensors) {
    const name = nameOf(tensor);
    const group = groups.get(name) ?? { tensors: 0, parameters: 0, bytes: 0 };
    groups.set(name, group);
    group.tensors += 1;
    group.parameters += tensor.shape.reduce((product, size) => product * size, 1);
    group.bytes += tensor.end - tensor.begin;
  }
  return [...groups].map(([name, group]) => ({ name, ...group }));
}

/** `model.layers.3` of `model.layers.3.mlp.experts.7.w1`; without a number, all but the name's last part. */
export function layerOf(name: string): string {
  const numbered = /^(?:.*?[./])??\d+(?=[./])/.exec(name);
  if (numbered) return numbered[0];
  const cut = Math.max(name.lastIndexOf("."), name.lastIndexOf("/"));
  return cut > 0 ? name.slice(0, cut) : name;
}

function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
