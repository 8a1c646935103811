/** `onset describe`: the shape of a metric in each run, and what the runs say together. */

import { answerDescribe, describeShape, toJson } from "../core/index.js";
import { hintMetric, type Call } from "./call.js";
import { formatTable } from "./table.js";

const HEADER = ["run", "points", "values", "sharpness", "width", "L", "B", ""];

export async function describe({ catalog, words, json, law }: Call): Promise<number> {
  const metric = words[0] ?? "";
  const keys = catalog.runs().map(({ key }) => key);
  const answer = await answerDescribe(catalog, metric, keys, { law });
  if (json) process.stdout.write(`${toJson(answer, 1)}\n`);
  else if (answer.runs.length === 0) await hintMetric(catalog, metric);
  else {
    const { runs, together } = describeShape(answer);
    process.stdout.write(formatTable([HEADER, ...runs], [1, 3, 4, 5, 6]));
    process.stdout.write(together.map((line) => `${line}\n`).join(""));
  }
  return answer.runs.length > 0 ? 0 : 1;
}
