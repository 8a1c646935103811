/** The samples under `test/fixtures/formats`, found by pattern: a file with an `.expected.json` beside it. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readerOf } from "../../src/core/formats/index.js";
import type { Reader } from "../../src/core/formats/reader.js";
import { fixture } from "./root.js";

export interface Sample {
  /** Path below the folder of all samples. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** The reader that its top folder names. */
  readonly reader: Reader;
  /** Absolute path of what is expected. */
  readonly expected: string;
  bytes(): Uint8Array;
}

const EXPECTED = ".expected.json";

export function formatSamples(): Sample[] {
  const folder = fixture("formats");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) =>
    path.replaceAll("\\", "/"),
  );
  return names
    .filter((path) => path.endsWith(EXPECTED))
    .map((path) => {
      const stem = path.slice(0, -EXPECTED.length);
      const candidates = names.filter(
        (name) =>
          name !== path &&
          dirname(name) === dirname(path) &&
          (name === stem || (name.startsWith(`${stem}.`) && !name.endsWith(EXPECTED))),
      );
      const name = candidates.find((candidate) => candidate === stem) ?? candidates[0];
      if (name === undefined) throw new Error(`${path} has no sample beside it`);
      const file = join(folder, name).replaceAll("\\", "/");
      return {
        name,
        file,
        reader: readerOf(path.split("/", 1)[0] ?? ""),
        expected: join(folder, path),
        bytes: () => new Uint8Array(readFileSync(file)),
      };
    });
}
