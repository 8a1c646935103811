/** The manifests, in the order in which they are asked whether a file is theirs. */

import { checkpointTable } from "./checkpointTable.js";
import type { ManifestFormat } from "./manifest.js";
import { modelLines, revisionsText } from "./revisionList.js";

export const manifestFormats: readonly ManifestFormat[] = [
  checkpointTable,
  revisionsText,
  modelLines,
];

/** Names that a manifest can have: only such files are looked into. */
export function mayBeManifest(name: string): boolean {
  return /\.(csv|tsv|jsonl)$/i.test(name) || name === "revisions.txt";
}
