/** Reads one file of examples with the step of its checkpoint, which the results beside it say. */

import { readers } from "../formats/index.js";
import { examplesReaderOf } from "../formats/examples/index.js";
import type { ExamplesChunk } from "../formats/examples.js";
import { HEAD_BYTES, START } from "../formats/reader.js";
import { FileError, readRange, type Files } from "../io/files.js";
import { baseName } from "../io/path.js";
import { problem } from "../model/problem.js";
import type { ExamplesSource } from "../model/run.js";

/** All examples have their step, or the file gives one problem that there is none. Throws `FileError`. */
export async function* readExamples(
  files: Files,
  source: ExamplesSource,
  signal?: AbortSignal,
): AsyncGenerator<ExamplesChunk, void> {
  const { file, results } = source;
  const step = results === null ? null : await stepOfResults(files, results, signal);
  const opened = await files.open(file);
  try {
    const chunks = examplesReaderOf(source.format).read(
      { source: opened, file, run: source.run ?? null },
      signal,
    );
    for await (const { examples, problems } of chunks) {
      const placed = examples.flatMap((example) =>
        example.step !== null ? [example] : step === null ? [] : [{ ...example, step }],
      );
      if (placed.length < examples.length) {
        yield { examples: placed, problems: [problem("examples/no-step", file, NO_STEP)] };
        return;
      }
      yield { examples: placed, problems };
    }
  } finally {
    await opened.close();
  }
}

const NO_STEP = "no results beside it say the step of its checkpoint; not read";

/** The step that a file of results is of, by whichever reader claims it. */
async function stepOfResults(
  files: Files,
  file: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  try {
    const source = await files.open(file);
    try {
      const head = await readRange(source, 0, HEAD_BYTES);
      const name = baseName(file);
      const reader = readers.find((one) => {
        const { kind } = one.claims(name, null);
        return kind === "yes" || (kind === "look" && one.claims(name, head).kind === "yes");
      });
      if (reader?.kind !== "evaluation") return null;
      for await (const { evaluated } of reader.read({ source, file, from: START }, signal)) {
        if (evaluated?.step !== null && evaluated !== undefined) return evaluated.step;
      }
      return null;
    } finally {
      await source.close();
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return null;
  }
}
