/** The runs whose checkpoints a manifest lists: there may be nothing else of them on this disk. */

import { decodeText } from "../formats/json.js";
import { manifestFormats } from "../formats/manifests/index.js";
import { HEAD_BYTES } from "../formats/reader.js";
import { readRange, type Files } from "../io/files.js";
import { baseName, directoryOf, relativePath } from "../io/path.js";
import { CheckpointList } from "../model/checkpointList.js";
import type { Problem } from "../model/problem.js";
import type { Checkpoint, RunDir } from "../model/run.js";

/** The longest list that is published has a tenth of this. */
const MAX_BYTES = 4 * 1024 * 1024;

export interface ListedRuns {
  readonly runs: readonly RunDir[];
  readonly problems: readonly Problem[];
}

/** Null for a file that is no manifest. Throws a `FileError`. */
export async function listedRuns(
  files: Files,
  root: string,
  file: string,
): Promise<ListedRuns | null> {
  const source = await files.open(file);
  try {
    const head = await readRange(source, 0, Math.min(HEAD_BYTES, source.stamp.size));
    const format = manifestFormats.find((candidate) => candidate.claims(baseName(file), head));
    if (!format) return null;
    const bytes = await readRange(source, 0, Math.min(MAX_BYTES, source.stamp.size));
    const { parts, problems } = format.read(decodeText(bytes), file);
    const runs = [...parts].map(([part, listed]) => {
      const checkpoints = listed.map(({ step, address, tokens, tokensFrom }): Checkpoint => ({
        ...{ step, path: address, container: "remote", format: "manifest" },
        ...(tokens === null || tokensFrom === null ? {} : { tokens, tokensFrom }),
      }));
      return listedRun(root, file, part, checkpoints);
    });
    return { runs, problems };
  } finally {
    await source.close();
  }
}

function listedRun(
  root: string,
  file: string,
  part: string,
  checkpoints: readonly Checkpoint[],
): RunDir {
  const suffix = part === "" ? "" : `#${part}`;
  return {
    key: file + suffix,
    id: relativePath(root, file) + suffix,
    root,
    directory: directoryOf(file),
    file,
    part: part === "" ? null : part,
    holdsSeveral: false,
    systems: [],
    sources: [],
    configs: [],
    checkpoints: CheckpointList.of([...checkpoints].sort((a, b) => a.step - b.step)),
  };
}
