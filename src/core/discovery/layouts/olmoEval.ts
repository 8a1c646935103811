/** The output directory of olmo-eval: `metrics.json` beside `predictions/<model>/…-predictions.jsonl`. */

import { olmesPredictions } from "../../formats/examples/olmesPredictions.js";
import { OLMES_SUMMARY } from "../../formats/olmes.js";
import { olmoEval } from "../../formats/olmoEval.js";
import { HEAD_BYTES } from "../../formats/reader.js";
import { FileError, readRange, type Files } from "../../io/files.js";
import { joinPath } from "../../io/path.js";
import type { ExamplesSource } from "../../model/run.js";
import type { Laid, Layout, Place } from "./layout.js";

async function lay({ path }: Place, files: Files): Promise<Laid> {
  const results = joinPath(path, OLMES_SUMMARY);
  const source = await files.open(results);
  try {
    const head = await readRange(source, 0, HEAD_BYTES);
    if (olmoEval.claims(OLMES_SUMMARY, head).kind !== "yes") {
      return { belongsTo: "here", taken: new Set() };
    }
  } finally {
    await source.close();
  }
  return {
    belongsTo: "here",
    taken: new Set([OLMES_SUMMARY, "predictions", "requests"]),
    evaluations: [{ file: results, format: olmoEval.format, split: null, stream: null }],
    examples: await predictionsIn(joinPath(path, "predictions"), results, files),
  };
}

async function predictionsIn(
  directory: string,
  results: string,
  files: Files,
): Promise<ExamplesSource[]> {
  const found: ExamplesSource[] = [];
  try {
    for (const model of await files.list(directory)) {
      if (model.kind !== "directory") continue;
      const inside = joinPath(directory, model.name);
      for (const { name } of await files.list(inside)) {
        if (olmesPredictions.claims(name, null).kind === "no") continue;
        found.push({ file: joinPath(inside, name), format: olmesPredictions.format, results });
      }
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
  }
  return found;
}

export const olmoEvalLayout: Layout = {
  system: olmoEval.system,
  claims: (place) => place.has(OLMES_SUMMARY) && place.has("predictions"),
  lay,
};
