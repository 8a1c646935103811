/** `onset runs`. */

import { answerRun, formatStep, toJson, type RunAnswer } from "../core/index.js";
import { showProgress, type Call } from "./call.js";
import { formatTable } from "./table.js";

export async function runs({ catalog, json, bytes }: Call): Promise<number> {
  const answers: RunAnswer[] = [];
  const found = catalog.runs();
  for (const { key } of found) {
    answers.push(await answerRun(catalog, key, bytes));
    showProgress(answers.length, found.length, "runs");
  }
  const write = (text: string): boolean => process.stdout.write(text);
  if (json) write(`${toJson({ runs: answers, problems: catalog.problems() }, 1)}\n`);
  else write(describe(answers));
  return answers.length > 0 ? 0 : 1;
}

function describe(answers: readonly RunAnswer[]): string {
  if (answers.length === 0) {
    return "No runs. Looked for metric logs, evaluation results and checkpoints named by their step.\n";
  }
  const header = ["run", "label", "steps", "metrics", "checkpoints", "systems"];
  const rows = answers.map(({ run, steps, metrics, checkpoints, systems }) => [
    run.id,
    run.label === run.id ? "" : run.label,
    steps.first === null ? "–" : `${formatStep(steps.first)}–${formatStep(steps.last ?? 0)}`,
    String(metrics.length),
    describeCheckpoints(checkpoints),
    systems.join(", "),
  ]);
  const joined = answers.flatMap((answer) => joinedLines(answer));
  return formatTable([header, ...rows], [3]) + joined.map((line) => `${line}\n`).join("");
}

/** What was taken from another tree is said, since it can be wrong. */
function joinedLines({ run, evaluations }: RunAnswer): string[] {
  const counts = new Map<string, number>();
  for (const { joinedBy } of evaluations) counts.set(joinedBy, (counts.get(joinedBy) ?? 0) + 1);
  counts.delete("directory");
  return [...counts].map(
    ([by, count]) =>
      `${run.id}: ${count === 1 ? "1 file" : `${count} files`} of evaluations joined by ${by}`,
  );
}

function describeCheckpoints(checkpoints: RunAnswer["checkpoints"]): string {
  const partial = checkpoints.filter(({ state }) => state === "partial").length;
  return partial === 0 ? String(checkpoints.length) : `${checkpoints.length} (${partial} partial)`;
}
