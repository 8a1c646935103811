/** The checkpoint formats, more particular ones first, and what the names of directories and files say. */

import { accelerate, accelerateNamed } from "./accelerate.js";
import type { CheckpointFormat, Naming, Surroundings } from "./checkpointFormat.js";
import { composer } from "./composer.js";
import { dcp } from "./dcp.js";
import { deepSpeed } from "./deepSpeed.js";
import { directory } from "./directory.js";
import { fairseq, fairseqEpoch } from "./fairseq.js";
import { hfExport } from "./hfExport.js";
import { hfTrainer } from "./hfTrainer.js";
import { hubCache } from "./hubCache.js";
import { levanter } from "./levanter.js";
import { lightning } from "./lightning.js";
import { megatron } from "./megatron.js";
import { ANY_STEP, PREFIX_N } from "./namings.js";
import { nanochat } from "./nanochat.js";
import { nanotron } from "./nanotron.js";
import { olmo } from "./olmo.js";
import { olmoCore } from "./olmoCore.js";
import { orbax } from "./orbax.js";
import { t5x } from "./t5x.js";
import { tensorflow } from "./tensorflow.js";
import { torchtitan } from "./torchtitan.js";
import { otherFiles, safetensorsFile, torchFile } from "./weightFiles.js";

export const checkpointFormats: readonly CheckpointFormat[] = [
  hfTrainer,
  deepSpeed,
  megatron,
  composer,
  lightning,
  fairseq,
  fairseqEpoch,
  nanochat,
  tensorflow,
  olmoCore,
  olmo,
  levanter,
  hfExport,
  hubCache,
  torchtitan,
  nanotron,
  accelerate,
  accelerateNamed,
  t5x,
  orbax,
  dcp,
  safetensorsFile,
  torchFile,
  ...otherFiles,
  directory,
];

const byFormat = new Map(checkpointFormats.map((format) => [format.format, format]));

/** The format of that name; one that is not known is judged like a directory of weights. */
export function checkpointFormatOf(format: string): CheckpointFormat {
  return byFormat.get(format) ?? directory;
}

/** What a name says. */
export interface CheckpointName {
  /** Null where only a look inside tells it. */
  readonly step: number | null;
  readonly naming: Naming;
  /** Formats whose checkpoints have such names. Of several, a look tells which. */
  readonly formats: readonly CheckpointFormat[];
  /** True where the name is not enough, though it has no other meaning: something of a checkpoint must lie inside. */
  readonly isDoubtful?: boolean;
}

type Namings = ReadonlyMap<Naming, readonly CheckpointFormat[]>;

/** Namings that overlap with others: these come last, so that a name is of a more particular one where it can be. */
const OVERLAPPING: readonly Naming[] = [ANY_STEP, PREFIX_N];

function namingsOf(part: "directories" | "files"): Namings {
  const namings = new Map<Naming, CheckpointFormat[]>();
  for (const format of checkpointFormats) {
    for (const naming of format[part] ?? []) {
      namings.set(naming, [...(namings.get(naming) ?? []), format]);
    }
  }
  const order = (naming: Naming): number => OVERLAPPING.indexOf(naming);
  return new Map([...namings].sort(([a], [b]) => order(a) - order(b)));
}

const directories = namingsOf("directories");
const files = namingsOf("files");

/** Nothing without one of these names a checkpoint. */
const DIGIT_OR_WORD = /\d|last|latest|best|final/i;

/** What a directory's name says, or null when it names no checkpoint. Asked of every directory there is. */
export function checkpointDirectoryName(name: string): CheckpointName | null {
  if (!DIGIT_OR_WORD.test(name)) return null;
  // Names that lie side by side are alike.
  if (asBefore && !OVERLAPPING.includes(asBefore[0])) {
    const [naming, formats] = asBefore;
    const step = stepBy(naming, name);
    if (step !== undefined) return { step, naming, formats };
  }
  for (const entry of directories) {
    const [naming, formats] = entry;
    const step = stepBy(naming, name);
    if (step === undefined) continue;
    asBefore = entry;
    return { step, naming, formats };
  }
  return null;
}

/** The naming that fitted last: only for speed. */
let asBefore: readonly [Naming, readonly CheckpointFormat[]] | null = null;

/** The endings of files that can be checkpoints, and no ending, for the one of T5X. */
const FILE = /\.(?:safetensors|ckpt|pt|pth|bin|npz|msgpack|h5|gguf|index)$|^checkpoint_\d+$/i;

/** The same for a file. Its formats are those of every naming that says the same: what lies beside it decides. */
export function checkpointFileName(name: string): CheckpointName | null {
  if (!FILE.test(name)) return null;
  let found: { step: number | null; naming: Naming; formats: CheckpointFormat[] } | null = null;
  for (const [naming, formats] of files) {
    const step = stepBy(naming, name);
    if (step === undefined) continue;
    if (found) {
      const isSame = found.step === step && found.naming.counts === naming.counts;
      if (isSame) found.formats.push(...formats);
    } else found = { step, naming, formats: [...formats] };
  }
  return found;
}

/** Undefined where the name is none of this naming; null where it is, and holds no step. */
function stepBy({ pattern }: Naming, name: string): number | null | undefined {
  const match = pattern.exec(name);
  if (!match) return undefined;
  const digits = match.groups?.["step"];
  if (digits === undefined) return null;
  const step = Number(digits) * (match.groups?.["k"] === undefined ? 1 : 1000);
  return Number.isSafeInteger(step) ? step : undefined;
}

/** The format, of several of that name, that recognises what is there; null when none does. */
export function recogniseCheckpoint(
  formats: readonly CheckpointFormat[],
  place: Surroundings,
): CheckpointFormat | null {
  return formats.find((format) => format.recognises?.(place) ?? true) ?? null;
}
