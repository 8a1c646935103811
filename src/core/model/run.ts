/** A run: where it was found, and what is known of it once it is read. */

import type { CheckpointList } from "./checkpointList.js";
import type { Config } from "./config.js";
import type { MetricKind } from "./metric.js";

/** What a file is read for. `split` is the directory (`train`, `validation`) that tells two writers of a run apart. */
export interface Source {
  /** Absolute path. */
  readonly file: string;
  /** Format of the reader that claims it. */
  readonly format: string;
  readonly split: string | null;
  /** Logs of a run with the same stream continue one another, in the order of their paths; null for a log by itself. */
  readonly stream: string | null;
  /** The place within the stream, where paths do not tell it. */
  readonly order?: string;
  /** How an evaluation of another tree came to this run; absent in the run's own. */
  readonly joinedBy?: JoinedBy;
}

/**
 * What says that an evaluation is of a run: it lies in the run's directory; the path or the name of its model ends as the
 * run's; the run's config names the model; the user said so.
 */
export type JoinedBy = "directory" | "path" | "name" | "config" | "onset.json";

/** A file of what the model made of each example of an evaluation. */
export interface ExamplesSource {
  /** Absolute path. */
  readonly file: string;
  /** Format of the reader of examples that claims it. */
  readonly format: string;
  /** The file of results that says the checkpoint's step; null where the examples say it themselves, or nothing does. */
  readonly results: string | null;
  /** The run that the rows name, of a table of several. */
  readonly run?: string;
}

export type CheckpointState = "complete" | "partial" | "weights-only" | "remote";

/** A checkpoint as discovery sees it: from its name alone. */
export interface Checkpoint {
  readonly step: number;
  /** Absolute path of the directory or file; of a remote one its address, or the place and revision that name it. */
  readonly path: string;
  /** `remote`: known from a manifest or a git ref, and not on this disk. */
  readonly container: "directory" | "file" | "remote";
  /** The naming it follows, for instance `hf-trainer` or `safetensors`. */
  readonly format: string;
  /** What `step` counts where it is no training step: saves of Accelerate, epochs of fairseq. */
  readonly counts?: "saves" | "epochs";
  /** Tokens seen until then, where a manifest or the name of a revision says it, and which of them does. */
  readonly tokens?: number;
  readonly tokensFrom?: string;
}

/** A checkpoint after a look inside. `bytes` is null where nobody asked or nobody could tell. */
export interface CheckpointInspection {
  readonly state: CheckpointState;
  readonly bytes: number | null;
  /** Why it is partial, in one line. */
  readonly reason: string | null;
  /** What the checkpoint itself says of when it was made, where it does; its name can say otherwise. */
  readonly step?: number;
  readonly tokens?: number;
  /** Where the number of tokens is from; present where `tokens` is. */
  readonly tokensFrom?: string;
  readonly epoch?: number;
  /** True where a later save deletes it. */
  readonly temporary?: boolean;
}

/** Where a run is and which files make it, found from names. Nothing of it has been parsed yet. */
export interface RunDir {
  /** Absolute path of the directory or file, `#part` appended: names the run for as long as it lies there. */
  readonly key: string;
  /** Path relative to the folder searched, `/`-separated, `#part` appended where one place holds several runs. */
  readonly id: string;
  /** The folder that was searched. */
  readonly root: string;
  readonly directory: string;
  /** The file, where one file is the run. */
  readonly file: string | null;
  /** The name within the file or directory, where that holds several runs. */
  readonly part: string | null;
  /** True for a file whose rows say to which run they belong: which runs it holds is known once it is read. */
  readonly holdsSeveral: boolean;
  readonly systems: readonly string[];
  readonly sources: readonly Source[];
  /** None where absent. They are no source of metrics. */
  readonly examples?: readonly ExamplesSource[];
  readonly configs: readonly string[];
  readonly checkpoints: CheckpointList;
}

/** Where a writer itself says that it goes on from an earlier step: what it logged from there on before is superseded. */
export interface RestartMark {
  /** Index of the point that follows; the number of points, where none does yet. */
  readonly at: number;
  readonly step: number;
}

/** A contiguous part of a run between restarts. */
export interface Attempt {
  readonly first: number;
  readonly last: number;
  /** True when a later attempt repeats steps of this one: its points from there on are kept, and drawn dashed. */
  readonly superseded: boolean;
}

export interface MetricSummary {
  readonly name: string;
  readonly kind: MetricKind;
  /** What its steps count, where they count something else than the run's. */
  readonly axis?: string;
  readonly points: number;
  readonly first: { readonly step: number; readonly value: number };
  readonly last: { readonly step: number; readonly value: number };
}

/** Run B started from checkpoint `step` of run `run`. */
export interface Lineage {
  /** Key of the parent where it is among the runs found, else null. */
  readonly key: string | null;
  /** The parent as the config names it. */
  readonly text: string;
  readonly step: number | null;
}

/** A run among its neighbours: what needs configs of all runs, but no metrics. */
export interface RunIdentity {
  readonly label: string;
  /** Directory that holds the runs of one experiment, relative to the folder searched; `""` for the folder itself. */
  readonly experiment: string;
  readonly config: Config;
  readonly seed: string | number | null;
  /** Equal for runs that differ only in their seed; null where no seed is known. */
  readonly seedGroup: string | null;
  readonly parent: Lineage | null;
}
