/**
 * The samples in a log of Inspect: those of `.eval` by their summaries, which lie in one entry of the zip, and those of the
 * JSON form. A log is an evaluation as well: its samples have the step that it says.
 */

import { isPlainObject } from "../../model/config.js";
import { listZip, unpack, type ZipListing } from "../containers/zipEntries.js";
import type {
  Example,
  ExamplesChunk,
  ExamplesInput,
  ExamplesReader,
  ExampleText,
  Place,
} from "../examples.js";
import { inspect } from "../inspect.js";
import { decodeText, numberOf, parseJson, readJson } from "../json.js";
import { objectOf } from "../evaluated.js";
import { ProblemList } from "../problems.js";
import { YES } from "../reader.js";
import { proseOf, wordOf, type Row } from "./exampleLines.js";
import { readElementText, readExampleElements } from "./elements.js";

const MAX_ENTRY_BYTES = 256 * 1024 * 1024;
const isZipped = (file: string): boolean => /\.eval$/i.test(file);

/** How Inspect itself counts the marks that scorers give. */
const MARKS: Readonly<Record<string, number>> = { C: 1, I: 0, P: 0.5, N: 0 };

function valueOf(value: unknown): number | null {
  if (typeof value === "string" && Object.hasOwn(MARKS, value)) return MARKS[value] ?? null;
  const number = numberOf(value);
  if (number !== undefined) return number;
  return typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value))
    ? Number(value)
    : null;
}

/** By scorer; by scorer and name where one gives several values. */
function outcomesOf(scores: unknown): Map<string, number> {
  const outcomes = new Map<string, number>();
  for (const [scorer, score] of Object.entries(objectOf(scores))) {
    const { value } = objectOf(score);
    const values = isPlainObject(value)
      ? Object.entries(value).map(([name, one]) => [`${scorer}.${name}`, one] as const)
      : [[scorer, value] as const];
    for (const [name, one] of values) {
      const outcome = valueOf(one);
      if (outcome !== null) outcomes.set(name, outcome);
    }
  }
  return outcomes;
}

/** A sample that was run several times is an example for each. */
function idOf({ id, epoch }: Row): string | null {
  const word = wordOf(id);
  return word !== null && typeof epoch === "number" && epoch > 1
    ? `${word} (epoch ${epoch})`
    : word;
}

function exampleOf(task: string, row: Row, place: Place | null): Example[] | string {
  const id = idOf(row);
  if (id === null) return "no id";
  return [
    { task, id, filter: null, hash: null, step: null, outcomes: outcomesOf(row["scores"]), place },
  ];
}

async function* read(
  input: ExamplesInput,
  signal?: AbortSignal,
): AsyncGenerator<ExamplesChunk, void> {
  if (isZipped(input.file)) return yield* readZipped(input);
  // The header stands before the samples or behind them.
  const document = await readJson(input.source);
  const { task } = document.ok ? objectOf(objectOf(document.value)["eval"]) : {};
  const name = typeof task === "string" ? task : "task";
  return yield* readExampleElements(
    input,
    ["samples"],
    (row, place) => exampleOf(name, row, place),
    signal,
  );
}

async function* readZipped(input: ExamplesInput): AsyncGenerator<ExamplesChunk, void> {
  const { source, file } = input;
  const problems = new ProblemList(file);
  const listing = await listZip(source);
  const header = await jsonOf(input, listing, "header.json", problems);
  const journal = header ?? (await jsonOf(input, listing, "_journal/start.json", problems));
  const { task } = objectOf(objectOf(journal)["eval"]);
  const name = typeof task === "string" ? task : "task";
  const summaries = listing.entries.has("summaries.json")
    ? ["summaries.json"]
    : [...listing.entries.keys()].filter((entry) => entry.startsWith("_journal/summaries/"));
  for (const entry of summaries) {
    const rows = await jsonOf(input, listing, entry, problems);
    const examples = (Array.isArray(rows) ? rows.filter(isPlainObject) : []).flatMap((row) => {
      const own = listing.entries.get(
        `samples/${wordOf(row["id"]) ?? ""}_epoch_${Number(row["epoch"] ?? 1)}.json`,
      );
      const found = exampleOf(name, row, own ? { at: own.offset, length: own.storedBytes } : null);
      if (typeof found !== "string") return found;
      problems.add("examples/bad-element", `${entry}: ${found}; not read`);
      return [];
    });
    yield { examples, problems: problems.take() };
  }
  yield { examples: [], problems: problems.take(true) };
}

/** Null where there is no such entry, or with a problem where it cannot be read. */
async function jsonOf(
  { source }: ExamplesInput,
  { entries }: ZipListing,
  name: string,
  problems: ProblemList,
): Promise<unknown> {
  const entry = entries.get(name);
  if (!entry) return null;
  const unpacked = await unpack(source, entry, MAX_ENTRY_BYTES);
  const parsed = unpacked.ok ? parseJson(decodeText(unpacked.bytes)) : unpacked;
  if (parsed.ok) return parsed.value;
  problems.add("examples/damaged", `${name} ${parsed.reason}; not read`);
  return null;
}

/** Long texts are kept once, as attachments. */
function textOf(row: Row): ExampleText | null {
  const id = idOf(row);
  if (id === null) return null;
  const attachments = objectOf(row["attachments"]);
  const attached = (text: string | null): string | null =>
    text?.replace(/attachment:\/\/([0-9a-f]{32})/g, (all, key: string) => {
      const own = attachments[key];
      return typeof own === "string" ? own : all;
    }) ?? null;
  const output = objectOf(row["output"]);
  const choices: unknown[] = Array.isArray(output["choices"]) ? output["choices"] : [];
  const answers = choices.map((choice) => contentOf(objectOf(choice)["message"]));
  return {
    id,
    question: attached(
      Array.isArray(row["input"]) ? proseOf(row["input"].map(contentOf)) : proseOf(row["input"]),
    ),
    answer: attached(proseOf(answers) ?? proseOf(output["completion"])),
    target: attached(proseOf(row["target"])),
  };
}

/** The text of a chat's message: as a whole, or in parts. */
function contentOf(message: unknown): unknown {
  const { content } = objectOf(message);
  return Array.isArray(content)
    ? content.map((part: unknown) =>
        isPlainObject(part) ? (part["text"] ?? part["reasoning"] ?? null) : part,
      )
    : content;
}

async function textAt(input: ExamplesInput, place: Place): Promise<ExampleText | null> {
  if (!isZipped(input.file)) return readElementText(input, place, textOf);
  const listing = await listZip(input.source);
  const entry = [...listing.entries.values()].find(({ offset }) => offset === place.at);
  if (!entry?.name.startsWith("samples/")) return null;
  const row = await jsonOf(input, listing, entry.name, new ProblemList(input.file));
  return isPlainObject(row) ? textOf(row) : null;
}

export const inspectSamples: ExamplesReader = {
  format: "inspect-samples",
  within: [inspect.format],
  claims: () => YES,
  resultsAmong: () => null,
  read,
  textAt,
};
