/** `.metadata` of PyTorch's distributed checkpoints: names, shapes and dtypes. The pickle is read inertly. */

import { readPickle } from "./pickle.js";
import { PickleGlobal, PickleObject, fieldOf, type PickleValue } from "./pickleValues.js";
import { dtypeOf, isShape, tensorOf, type Tensor, type TensorList } from "./tensor.js";

export function tensorsOfDcpMetadata(bytes: Uint8Array): TensorList {
  const read = readPickle(bytes);
  if (!read.ok) return { ok: false, reason: `has a .metadata that ${read.reason}` };
  const described = fieldOf(read.value, "state_dict_metadata");
  if (!(described instanceof Map)) {
    return { ok: false, reason: "has a .metadata that describes no tensors" };
  }
  const tensors: Tensor[] = [];
  for (const [name, metadata] of described) {
    // Everything that is no tensor is stored as bytes, and has no size here.
    const size = sizeOf(fieldOf(metadata, "size"));
    if (typeof name !== "string" || !isShape(size)) continue;
    tensors.push(tensorOf(name, dtypeIn(fieldOf(metadata, "properties")) ?? "unknown", size));
  }
  return { ok: true, tensors };
}

function sizeOf(value: PickleValue | undefined): PickleValue | undefined {
  return value instanceof PickleObject && Array.isArray(value.args) ? value.args[0] : value;
}

/** The properties' state is a dict, or a tuple that begins with the dtype. */
function dtypeIn(properties: PickleValue | undefined): string | null {
  if (properties === undefined) return null;
  const state = properties instanceof PickleObject ? properties.state : properties;
  const dtype = Array.isArray(state) ? state[0] : fieldOf(properties, "dtype");
  return dtype instanceof PickleGlobal ? dtypeOf(dtype.path) : null;
}
