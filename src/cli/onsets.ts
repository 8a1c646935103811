/** `onset onsets`: behaviours × runs, in the order in which they were acquired. */

import { answerOnsets, formatInterval, toJson, type OnsetsAnswer } from "../core/index.js";
import { showProgress, type Call } from "./call.js";
import { csvLine, formatTable } from "./table.js";

export async function onsets({ catalog, json, csv }: Call): Promise<number> {
  const keys = catalog.runs().map(({ key }) => key);
  const answer = await answerOnsets(catalog, keys, undefined, (done, of) => {
    showProgress(done, of, "runs");
  });
  if (json) process.stdout.write(`${toJson(answer, 1)}\n`);
  else if (csv) process.stdout.write(asCsv(answer));
  else process.stdout.write(describe(answer));
  return answer.rows.length > 0 ? 0 : 1;
}

function asCsv({ runs, rows }: OnsetsAnswer): string {
  const header =
    "behaviour metric run recipe status after by confirmed sharpness expectation".split(" ");
  return [
    header,
    ...rows.flatMap(({ behaviour, metric, cells }) =>
      cells.map((cell) => {
        const { run, recipe } = runs[cell.run] as OnsetsAnswer["runs"][number];
        return [
          ...[behaviour, metric ?? "", run.id, recipe, cell.status],
          ...[cell.after ?? "", cell.by ?? "", cell.confirmed, cell.sharpness ?? ""],
          cell.expectation?.verdict ?? "",
        ];
      }),
    ),
  ]
    .map(csvLine)
    .join("");
}

function describe({ runs, rows }: OnsetsAnswer): string {
  if (runs.length === 0) return "No runs.\n";
  if (rows.length === 0) return "No behaviour has data in these runs.\n";
  return rows
    .map(({ label, question, median, present, cells }) => {
      const head = `${label}${question === label ? "" : `  (${question})`}`;
      const middle = median === null ? "" : `median ${formatInterval(median)}, `;
      const lines = [...cells]
        .sort((a, b) => (a.by ?? Infinity) - (b.by ?? Infinity))
        .map((cell) => [
          `  ${runs[cell.run]?.run.id ?? ""}`,
          cell.text,
          cell.sharpness === null ? "" : `sharpness ${cell.sharpness.toFixed(2)}`,
          cell.expectation?.verdict === "violated" ? cell.expectation.text : "",
        ]);
      return `${head}\n  ${middle}${present} of ${cells.length}\n${formatTable(lines)}`;
    })
    .join("\n");
}
