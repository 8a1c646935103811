/** What publishers say of their suites of models, by the names under which they publish them. */

import { baseName } from "../io/path.js";
import { transformer, type Parameters } from "./parameters.js";
import type { RunDir } from "./run.js";

export interface PublishedRun {
  /** Runs of one group differ in their seed alone. */
  readonly group: string;
  readonly seed: number;
  /** The step of what has no step in its name: the `main` revision, the final model. */
  readonly lastStep: number;
  readonly sequencesPerStep: number;
  readonly tokensPerSequence: number;
  /** Null where they are not those that a step's operations are counted by. */
  readonly parameters: Parameters | null;
  /** Who says so. */
  readonly from: string;
  /** What is to be known of the tokens. */
  readonly note?: string;
}

/** The run that a directory, a repository or a folder of the hub's cache is named after; null for any other name. */
export function publishedRun(name: string): PublishedRun | null {
  const own = name.replace(/\.git$/, "");
  return pythia(own) ?? multiberts(own);
}

/** The same for a run that was found: of the part that it is of its directory, else of that. */
export function publishedRunOf({
  directory,
  part,
  systems,
}: Pick<RunDir, "directory" | "part" | "systems">): PublishedRun | null {
  // Folders such as `pythia-v0/pythia-160m` hold models that had another batch size.
  if (/[-_/]v0(?=\/|$)/.test(directory)) return null;
  const name = part ?? baseName(directory);
  return (
    publishedRun(systems.includes(MULTIBERTS_SYSTEM) ? `multiberts-${name}` : name) ??
    publishedRun(name)
  );
}

/** The system of directories that are laid out as its archives are: the seed's directory says only the seed. */
export const MULTIBERTS_SYSTEM = "MultiBERTs";

/** Only names as published: variants with another batch size, and `-v0`, have other numbers. */
const PYTHIA =
  /^(?:models--EleutherAI--)?(pythia-(14m|31m|70m|160m|410m|1b|1\.4b|2\.8b|6\.9b|12b)(?:-deduped)?)(?:-seed(\d+))?$/;

/** Layers and width of each size, as published. */
const PYTHIA_SHAPES: Readonly<Record<string, readonly [layers: number, width: number]>> = {
  "14m": [6, 128],
  "31m": [6, 256],
  "70m": [6, 512],
  "160m": [12, 768],
  "410m": [24, 1024],
  "1b": [16, 2048],
  "1.4b": [24, 2048],
  "2.8b": [32, 2560],
  "6.9b": [32, 4096],
  "12b": [36, 5120],
};

function pythia(name: string): PublishedRun | null {
  const [, group, size = "", seed] = PYTHIA.exec(name) ?? [];
  if (group === undefined) return null;
  const shape = PYTHIA_SHAPES[size];
  return {
    group,
    seed: Number(seed ?? 1234),
    lastStep: 143_000,
    sequencesPerStep: 1024,
    tokensPerSequence: 2048,
    parameters: shape ? transformer(...shape, `${shape[0]} layers of width ${shape[1]}`) : null,
    from: "published for Pythia",
  };
}

const MULTIBERTS = /^(?:models--)?(?:google(?:-|--))?multiberts-seed[_-](\d+)(?:-(?:step_)?\d+k)?$/;

function multiberts(name: string): PublishedRun | null {
  const seed = MULTIBERTS.exec(name)?.[1];
  if (seed === undefined) return null;
  return {
    group: "multiberts",
    seed: Number(seed),
    lastStep: 2_000_000,
    sequencesPerStep: 256,
    tokensPerSequence: 512,
    parameters: null,
    from: "published for MultiBERTs",
    note: "padding among them",
  };
}
