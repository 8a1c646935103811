/** What an editor shows of `onset.json` while it is written: marks with mends, completions, what words mean. */

import { escapeJson } from "../query/jsonString.js";
import { completeQuery, type Completion, type Vocabulary } from "../query/completeQuery.js";
import { quote } from "../query/formatQuery.js";
import { nearest } from "../query/nearest.js";
import { parseOnsetFile, type OnsetFile } from "../query/onsetFile.js";
import { stringInOnsetFile } from "../query/onsetFileText.js";
import type { Violation } from "./expectations.js";
import { WORD_DOCS } from "../query/wordDocs.js";

/** Places are characters of the text, from 0. */
export interface FileMark {
  readonly start: number;
  readonly end: number;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly fix: { readonly title: string; readonly text: string } | null;
}

/**
 * What is wrong in the text, metrics that no run has, and behaviours that runs do not hold to as expected. An empty
 * vocabulary knows nothing, so no metric is called unknown then.
 */
export function checkOnsetFile(
  text: string,
  vocabulary: Vocabulary,
  violations: readonly Pick<Violation, "behaviour" | "text">[] = [],
): FileMark[] {
  const file = parseOnsetFile(text, "onset.json");
  const problems = file.problems.map(({ offset = 0, message }): FileMark => ({
    start: offset,
    end: wordEnd(text, offset),
    severity: "error",
    message: message.replace(/^line \d+: /, ""),
    fix: null,
  }));
  const marks = [...problems, ...unknownNames(file, vocabulary), ...unexpected(file, violations)];
  return marks.sort((a, b) => a.start - b.start);
}

/** One mark per behaviour: what was found in how many runs, the most frequent first. */
function unexpected(
  { behaviours }: OnsetFile,
  violations: readonly Pick<Violation, "behaviour" | "text">[],
): FileMark[] {
  return [...behaviours.values()].flatMap(({ name, place }): FileMark[] => {
    const texts = violations.filter(({ behaviour }) => behaviour === name).map(({ text }) => text);
    if (texts.length === 0 || place === null) return [];
    const shown = [...new Set(texts)].slice(0, MAX_TEXTS).join("; ");
    const runs = texts.length === 1 ? "1 run" : `${texts.length} runs`;
    const { start, end } = place;
    return [
      {
        start,
        end,
        severity: "warning",
        message: `not as expected in ${runs}: ${shown}`,
        fix: null,
      },
    ];
  });
}

const MAX_TEXTS = 3;

function unknownNames({ behaviours }: OnsetFile, vocabulary: Vocabulary): FileMark[] {
  const { metrics, tasks, isWhole } = vocabulary;
  if (!isWhole) return [];
  const known = { metric: new Set(metrics), task: new Set(tasks) };
  return [...behaviours.values()].flatMap(({ place }) =>
    (place?.mentions ?? []).flatMap(({ kind, name, start, end }): FileMark[] => {
      if (kind === "behaviour" || known[kind].size === 0 || known[kind].has(name)) return [];
      const near = nearest(name, known[kind]);
      return [
        {
          start,
          end,
          severity: "warning",
          message: `no run that was read has the ${kind} "${name}"${near === null ? "" : `; the nearest is "${near}"`}`,
          fix:
            near === null ? null : { title: `Replace by "${near}"`, text: escapeJson(quote(near)) },
        },
      ];
    }),
  );
}

/** The end of what stands at `offset`: a mark of one character is hard to see. */
function wordEnd(text: string, offset: number): number {
  const rest = /^"[^"\n]*"?|^[^\s",(){}[\]]+/.exec(text.slice(offset))?.[0].length ?? 0;
  return Math.min(text.length, offset + Math.max(1, rest));
}

/** Completions in a question, or of a metric's name as a key of `metrics`, with their places in the text. */
export function completeOnsetFile(
  text: string,
  offset: number,
  vocabulary: Vocabulary,
): Completion[] {
  const found = stringInOnsetFile(text, offset);
  if (!found) return [];
  const { string, role } = found;
  if (role === "metric") {
    const [start, end] = [string.placeOf(0), string.placeOf(string.value.length)];
    return vocabulary.metrics.map((label): Completion => {
      return { kind: "metric", label, insert: escapeJson(label), start, end };
    });
  }
  const { names } = parseOnsetFile(text, "onset.json");
  return completeQuery(string.value, string.indexAt(offset), names, vocabulary).map(
    (completion) => ({
      ...completion,
      insert: escapeJson(completion.insert),
      start: string.placeOf(completion.start),
      end: string.placeOf(completion.end),
    }),
  );
}

export interface Explanation {
  readonly start: number;
  readonly end: number;
  /** Markdown of ours, and the name that it is about, which is anybody's text. */
  readonly text: string;
  readonly name: string;
}

/** What the word at `offset` of a question means; null where it is no word of the language and no known name. */
export function explainInOnsetFile(text: string, offset: number): Explanation | null {
  const found = stringInOnsetFile(text, offset);
  if (found?.role !== "question") return null;
  const { string } = found;
  const index = string.indexAt(offset);
  const before = /[\w]*$/.exec(string.value.slice(0, index))?.[0].length ?? 0;
  const behind = /^[\w]*/.exec(string.value.slice(index))?.[0].length ?? 0;
  const word = string.value.slice(index - before, index + behind);
  const doc = Object.hasOwn(WORD_DOCS, word) ? WORD_DOCS[word] : undefined;
  const isPartOfName = /[/.-]/.test(
    (string.value[index - before - 1] ?? "") + (string.value[index + behind] ?? ""),
  );
  if (doc === undefined || isPartOfName) return null;
  return {
    start: string.placeOf(index - before),
    end: string.placeOf(index + behind),
    text: doc,
    name: word,
  };
}
