/** Catalogs over files in memory, with what tests ask of them most. */

import { answerWhen, type WhenResult } from "../../src/core/answers/when.js";
import { Catalog } from "../../src/core/catalog/catalog.js";
import type { Files } from "../../src/core/io/files.js";
import { MemoryFiles } from "../../src/core/io/memoryFiles.js";

/** Discovers `/w` in a tree of files. */
export async function catalogOf(
  tree: Readonly<Record<string, string | Uint8Array>>,
): Promise<Catalog> {
  return discovered(new MemoryFiles(tree));
}

export async function discovered(files: Files, path = "/w"): Promise<Catalog> {
  const catalog = new Catalog(files, { isExcluded: () => false });
  await catalog.discover([{ path, name: path }]);
  return catalog;
}

/** Answers for all runs, by run id. */
export async function whenById(
  catalog: Catalog,
  question: string,
): Promise<Map<string, WhenResult>> {
  const keys = catalog.runs().map(({ key }) => key);
  const results = new Map<string, WhenResult>();
  for await (const result of answerWhen(catalog, question, keys))
    results.set(result.run.id, result);
  return results;
}

export function idsOf(catalog: Catalog): string[] {
  return catalog.runs().map(({ key }) => catalog.idOf(key));
}

export function problemCodes(catalog: Catalog): string[] {
  return [...new Set(catalog.problems().map(({ code }) => code))].sort();
}
