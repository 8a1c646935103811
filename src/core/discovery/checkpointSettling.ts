/**
 * Decides of which format the checkpoints of one directory are. Names say most of it; where they do not, the last of the
 * checkpoints that are named alike is looked into, and the first where the last does not tell: two listings at most for
 * names that differ only in their digits.
 */

import type { CheckpointFormat, Naming } from "../formats/checkpoints/checkpointFormat.js";
import { recogniseCheckpoint, type CheckpointName } from "../formats/checkpoints/index.js";
import { CheckpointLook } from "../formats/checkpoints/look.js";
import { isConfigName } from "../formats/configFile.js";
import { FileError, type Entry, type Files } from "../io/files.js";
import { joinPath } from "../io/path.js";
import type { Checkpoint } from "../model/run.js";

export interface Settled {
  readonly checkpoints: readonly Checkpoint[];
  /** Configuration that lies in the last of them. */
  readonly configs: readonly string[];
  /** True where a look inside says that they are checkpoints, or a name that means nothing else; or all are empty. */
  readonly areRecognised: boolean;
  /** Directories that are no checkpoints after all, with what they list where they were looked into. */
  readonly others: ReadonlyMap<string, readonly Entry[] | null>;
}

/** Directories whose names differ only in their digits. Their number is large, and so they are kept as columns. */
interface Group {
  readonly naming: Naming;
  readonly formats: readonly CheckpointFormat[];
  readonly isDoubtful: boolean;
  readonly names: string[];
  readonly steps: (number | null)[];
}

interface FileCandidate {
  readonly name: string;
  readonly naming: Naming;
  readonly step: number | null;
  readonly format: CheckpointFormat;
}

/** Files whose step is only inside are few: each is opened. */
const MAX_OPENED = 8;

export class CheckpointSettling {
  private readonly directories = new Map<Naming, Map<string, Group>>();
  private readonly files: FileCandidate[] = [];
  private readonly checkpoints: Checkpoint[] = [];
  private readonly configs: string[] = [];
  private readonly others = new Map<string, readonly Entry[] | null>();
  /** What the directories that were looked into list. */
  private readonly listed = new Map<string, readonly Entry[]>();
  private areRecognised = false;
  private names: ReadonlySet<string> | null = null;

  constructor(
    private readonly disk: Files,
    private readonly limit: <T>(task: () => Promise<T>) => Promise<T>,
    private readonly directory: string,
    private readonly entries: readonly Entry[],
  ) {}

  addDirectory(name: string, { naming, formats, step, isDoubtful = false }: CheckpointName): void {
    const groups = this.directories.get(naming) ?? new Map<string, Group>();
    this.directories.set(naming, groups);
    const shape = name.replace(/\d+/g, "0");
    const group = groups.get(shape);
    if (group) {
      group.names.push(name);
      group.steps.push(step);
    } else groups.set(shape, { naming, formats, isDoubtful, names: [name], steps: [step] });
  }

  /** False for a file that is none after all. */
  addFile(name: string, named: CheckpointName): boolean {
    const { naming, formats, step } = named;
    const format = recogniseCheckpoint(formats, { inside: NONE, beside: this.beside(), naming });
    if (!format) return false;
    this.files.push({ name, naming, step, format });
    return true;
  }

  async settle(): Promise<Settled> {
    for (const groups of this.directories.values()) {
      for (const group of groups.values()) {
        if (group.steps.includes(null)) await this.settleStepless(group);
        else await this.settleGroup(group);
      }
    }
    let opened = 0;
    for (const { name, naming, step: named, format } of this.files) {
      if (named === null && ++opened > MAX_OPENED) continue;
      const path = joinPath(this.directory, name);
      const step = named ?? (await this.stepInside(path, "file", format, []));
      if (step === null) continue;
      this.checkpoints.push(checkpoint(step, path, "file", format, naming));
      this.areRecognised = true;
    }
    const { checkpoints, configs, areRecognised, others } = this;
    return { checkpoints, configs, areRecognised, others };
  }

  private async settleGroup(group: Group): Promise<void> {
    const { formats, naming, isDoubtful } = group;
    const only = formats.length === 1 && naming.needsLook !== true ? formats[0] : undefined;
    if (only && !isDoubtful) {
      this.areRecognised = true;
      this.take(group, only);
      const path = joinPath(this.directory, endsOf(group)[0] ?? "");
      if (only.configs) await this.takeConfigs(path, await this.list(path), only);
      return;
    }
    let areEmpty = true;
    let isOfCheckpoint = false;
    for (const end of endsOf(group)) {
      const path = joinPath(this.directory, end);
      const inside = await this.list(path);
      areEmpty &&= inside.size === 0;
      const format = recogniseCheckpoint(formats, { inside, beside: this.beside(), naming });
      if (format?.recognises !== undefined && inside.size > 0) {
        this.areRecognised = true;
        this.take(group, format);
        await this.takeConfigs(path, inside, format);
        return;
      }
      isOfCheckpoint ||= [...inside].some((name) => OF_CHECKPOINT.test(name));
    }
    const plain = only ?? formats.find((candidate) => candidate.recognises === undefined);
    const needsContent = isDoubtful || naming.needsLook === true;
    if (plain && (isOfCheckpoint || (areEmpty && !needsContent))) {
      this.areRecognised = true;
      this.take(group, plain);
      const path = joinPath(this.directory, endsOf(group)[0] ?? "");
      if (plain.configs) await this.takeConfigs(path, await this.list(path), plain);
    } else for (const name of group.names) this.addOther(name);
  }

  private addOther(name: string): void {
    this.others.set(name, this.listed.get(joinPath(this.directory, name)) ?? null);
  }

  /** Directories whose name says no step are few: each is looked into. */
  private async settleStepless({ naming, formats, names }: Group): Promise<void> {
    for (const [at, name] of names.entries()) {
      const path = joinPath(this.directory, name);
      const entries = at < MAX_OPENED ? await this.entriesOf(path) : [];
      const inside = new Set(entries.map((entry) => entry.name));
      const format = recogniseCheckpoint(formats, { inside, beside: this.beside(), naming });
      const step = format && (await this.stepInside(path, "directory", format, entries));
      if (format === null || step === null) {
        this.addOther(name);
        continue;
      }
      this.areRecognised = true;
      this.checkpoints.push(checkpoint(step, path, "directory", format));
      await this.takeConfigs(path, inside, format);
    }
  }

  private take({ naming, names, steps }: Group, format: CheckpointFormat): void {
    for (let i = 0; i < names.length; i++) {
      const step = steps[i] ?? null;
      if (step === null) continue;
      const path = joinPath(this.directory, names[i] as string);
      this.checkpoints.push(checkpoint(step, path, "directory", format, naming));
    }
  }

  private async takeConfigs(
    path: string,
    inside: ReadonlySet<string>,
    format: CheckpointFormat,
  ): Promise<void> {
    for (const name of format.configs ?? []) {
      const file = joinPath(path, name);
      if (!name.endsWith("/")) {
        const [first = "", second] = name.split("/");
        const isThere =
          inside.has(first) &&
          (second === undefined || (await this.list(joinPath(path, first))).has(second));
        if (isThere) this.configs.push(file);
      } else if (inside.has(name.slice(0, -1))) {
        const directory = file.slice(0, -1);
        for (const config of await this.list(directory)) {
          if (isConfigName(config) || /\.ya?ml$/i.test(config)) {
            this.configs.push(joinPath(directory, config));
          }
        }
      }
    }
  }

  private async stepInside(
    path: string,
    container: "directory" | "file",
    format: CheckpointFormat,
    entries: readonly Entry[],
  ): Promise<number | null> {
    const unknown = checkpoint(0, path, container, format);
    const look = new CheckpointLook(this.disk, unknown, entries);
    const facts = await this.limit(async () => (await format.facts?.(look)) ?? {});
    return facts.step ?? null;
  }

  private async list(directory: string): Promise<ReadonlySet<string>> {
    const entries = await this.entriesOf(directory);
    return entries.length === 0 ? NONE : new Set(entries.map(({ name }) => name));
  }

  private async entriesOf(directory: string): Promise<readonly Entry[]> {
    try {
      const entries = await this.limit(() => this.disk.list(directory));
      this.listed.set(directory, entries);
      return entries;
    } catch (error) {
      if (error instanceof FileError) return [];
      throw error;
    }
  }

  private beside(): ReadonlySet<string> {
    this.names ??= new Set(this.entries.map(({ name }) => name));
    return this.names;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Directories named `step1` are no checkpoints by that alone: one must hold something of one, and not only results. */
const OF_CHECKPOINT =
  /\.(safetensors|bin|pt|pth|ckpt|npz|msgpack|h5|distcp|index)$|\.index\.json$|^(config|\w+_config|tokenizer|special_tokens_map|added_tokens|vocab|(trainer_|training_)?state|\.?meta\w*|params|model\w*|optim\w*|info)\.json$|^(\.metadata|model|params|state|default|_CHECKPOINT_METADATA|zero|checkpoint|mp_rank_\d+)$/i;

/** The name with the last step and the one with the first, once where they are the same. */
function endsOf({ names, steps }: Group): string[] {
  let first = 0;
  let last = 0;
  for (let i = 1; i < names.length; i++) {
    const step = steps[i] ?? 0;
    if (step < (steps[first] ?? 0)) first = i;
    if (step > (steps[last] ?? 0)) last = i;
  }
  return [...new Set([last, first])].flatMap((at) => names[at] ?? []);
}

function checkpoint(
  step: number,
  path: string,
  container: "directory" | "file",
  { format, counts: own }: CheckpointFormat,
  naming?: Naming,
): Checkpoint {
  const counts = own ?? naming?.counts;
  return { step, path, container, format, ...(counts === undefined ? {} : { counts }) };
}
