/** Why a file is no part of any run's metrics, from its name alone. */

import { extensionOf } from "../io/path.js";

/** The closed list of reasons in the terminal's contract. */
export type UnreadReason =
  | "not-training-data"
  | "licence-or-docs"
  | "source-code"
  | "duplicate-of"
  | "payload"
  | "no-step"
  | "damaged"
  | "unsupported";

const DOCS =
  /^(licen[cs]e|copying|notice|authors|contributors|readme|changelog|history|citation|sources|model_?card)([._-].*)?$/i;
const DOC_EXTENSIONS = new Set([".md", ".rst", ".adoc", ".pdf", ".tex", ".bib", ".html", ".htm"]);

const CODE = new Set(
  (
    ".py .pyi .pyx .ipynb .sh .bash .zsh .fish .bat .ps1 .js .mjs .cjs .ts .tsx .jsx .c .h .cc .cpp .hpp .cu .cuh .rs .go " +
    ".java .kt .scala .swift .r .jl .m .lua .pl .rb .sql .cmake .ninja .proto .gin .j2 .jinja .patch .diff"
  ).split(" "),
);
const CODE_NAMES =
  /^(makefile|dockerfile|cmakelists\.txt|justfile|snakefile|\.gitignore|\.gitattributes)$/i;

const PAYLOAD = new Set(
  (
    ".safetensors .bin .pt .pth .ckpt .npz .npy .msgpack .h5 .hdf5 .gguf .ggml .onnx .tflite .distcp .index .pkl .pickle " +
    ".joblib .ocdbt .zarr .mdl .pdparams .params .t7 .caffemodel"
  ).split(" "),
);
const PAYLOAD_NAMES =
  /\.data-\d{5}-of-\d{5}$|^(rng_state|optimizer|scheduler|scaler|random_states)[\w.-]*$|^\.metadata$|^__\d+_\d+\.distcp$/i;
/** Of Orbax and T5X: what describes the arrays, and the pieces that they are stored in. */
const ARRAYS =
  /^(_METADATA|_CHECKPOINT_METADATA|_sharding|orbax\.checkpoint|\.zarray|zarr\.json|process_\d+|[0-9a-f]{32}|PINNED|checkpoint|\d+(\.\d+)*)$/;

/** Weights, optimiser state and other tensors, by name. */
export function isPayload(name: string): boolean {
  return PAYLOAD.has(extensionOf(name)) || PAYLOAD_NAMES.test(name) || ARRAYS.test(name);
}

/** Files of data, whatever they are called: `history.json` is no change log. */
const DATA = new Set(
  ".json .jsonl .ndjson .csv .tsv .parquet .arrow .feather .db .sqlite".split(" "),
);

/** The reason that a name gives; `not-training-data` where it gives none. */
export function unreadReason(name: string): UnreadReason {
  if ((DOCS.test(name) && !DATA.has(extensionOf(name))) || DOC_EXTENSIONS.has(extensionOf(name)))
    return "licence-or-docs";
  if (CODE.has(extensionOf(name)) || CODE_NAMES.test(name)) return "source-code";
  return isPayload(name) ? "payload" : "not-training-data";
}
