/** `onset files`. */

import { answerFiles, toJson, type FileAnswer } from "../core/index.js";
import { fsFiles } from "../node/fsFiles.js";
import { showProgress, type Call } from "./call.js";
import { formatTable } from "./table.js";

export async function files({ catalog, json }: Call): Promise<number> {
  const answers = await answerFiles(catalog, fsFiles, (done, of) => {
    showProgress(done, of, "runs");
  });
  if (json) process.stdout.write(`${toJson({ files: answers }, 1)}\n`);
  else process.stdout.write(describe(answers));
  return answers.length > 0 ? 0 : 1;
}

function describe(answers: readonly FileAnswer[]): string {
  if (answers.length === 0) return "No files.\n";
  const header = ["file", "role", "points", "run", "why not read"];
  const rows = answers.map(({ file, role, points, runs, reason, detail }) => [
    file,
    role ?? "",
    points === 0 ? "" : String(points),
    runs.length > 1 ? `${runs[0] ?? ""} and ${runs.length - 1} more` : (runs[0] ?? ""),
    [reason, detail].filter((text) => text !== null).join(": "),
  ]);
  return formatTable([header, ...rows], [2]);
}
