/**
 * Decides of which format the checkpoints of one directory are. Names say most of it; where they do not, the last of the
 * checkpoints that are named alike is looked into, and the first where the last does not tell: two listings at most.
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
  /** Directories that are no checkpoints after all. */
  readonly others: readonly string[];
}

/** Directories that are named alike. Their number is large, and so they are kept as columns. */
interface Group {
  readonly naming: Naming;
  readonly formats: readonly CheckpointFormat[];
  readonly names: string[];
  readonly steps: (number | null)[];
}

interface FileCandidate {
  readonly name: string;
  readonly step: number | null;
  readonly format: CheckpointFormat;
}

/** Files whose step is only inside are few: each is opened. */
const MAX_OPENED = 8;

export class CheckpointSettling {
  private readonly directories = new Map<Naming, Group>();
  private readonly files: FileCandidate[] = [];
  private readonly checkpoints: Checkpoint[] = [];
  private readonly configs: string[] = [];
  private readonly others: string[] = [];
  private areRecognised = false;
  private names: ReadonlySet<string> | null = null;

  constructor(
    private readonly disk: Files,
    private readonly limit: <T>(task: () => Promise<T>) => Promise<T>,
    private readonly directory: string,
    private readonly entries: readonly Entry[],
  ) {}

  addDirectory(name: string, { naming, formats, step }: CheckpointName): void {
    const group = this.directories.get(naming);
    if (group) {
      group.names.push(name);
      group.steps.push(step);
    } else this.directories.set(naming, { naming, formats, names: [name], steps: [step] });
  }

  /** False for a file that is none after all. */
  addFile(name: string, named: CheckpointName): boolean {
    const format = recogniseCheckpoint(named.formats, { inside: NONE, beside: this.beside() });
    if (!format) return false;
    this.files.push({ name, step: named.step, format });
    return true;
  }

  async settle(): Promise<Settled> {
    for (const group of this.directories.values()) await this.settleGroup(group);
    let opened = 0;
    for (const { name, step: named, format } of this.files) {
      if (named === null && ++opened > MAX_OPENED) continue;
      const path = joinPath(this.directory, name);
      const step = named ?? (await this.stepInside(path, format));
      if (step === null) continue;
      this.checkpoints.push(checkpoint(step, path, "file", format));
      this.areRecognised = true;
    }
    const { checkpoints, configs, areRecognised, others } = this;
    return { checkpoints, configs, areRecognised, others };
  }

  private async settleGroup(group: Group): Promise<void> {
    const { formats, naming } = group;
    const [only] = formats;
    const isPlain = formats.length === 1 && naming.needsLook !== true;
    if (isPlain && only) {
      this.areRecognised = true;
      this.take(group, only);
      const path = joinPath(this.directory, endsOf(group)[0] ?? "");
      if (only.configs) await this.takeConfigs(path, await this.list(path), only);
      return;
    }
    let areEmpty = true;
    let isOfCheckpoint = false;
    let plain: CheckpointFormat | null = null;
    for (const end of endsOf(group)) {
      const path = joinPath(this.directory, end);
      const inside = await this.list(path);
      areEmpty &&= inside.size === 0;
      const format = recogniseCheckpoint(formats, { inside, beside: this.beside() });
      if (format?.recognises !== undefined && inside.size > 0) {
        this.areRecognised = true;
        this.take(group, format);
        await this.takeConfigs(path, inside, format);
        return;
      }
      plain ??= formats.find((candidate) => candidate.recognises === undefined) ?? null;
      isOfCheckpoint ||= [...inside].some((name) => OF_CHECKPOINT.test(name));
    }
    if (plain && (isOfCheckpoint || areEmpty)) {
      this.areRecognised = true;
      this.take(group, plain);
    } else this.others.push(...group.names);
  }

  private take({ names, steps }: Group, format: CheckpointFormat): void {
    for (let i = 0; i < names.length; i++) {
      const step = steps[i] ?? null;
      if (step === null) continue;
      const path = joinPath(this.directory, names[i] as string);
      this.checkpoints.push(checkpoint(step, path, "directory", format));
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
        if (inside.has(name)) this.configs.push(file);
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

  private async stepInside(path: string, format: CheckpointFormat): Promise<number | null> {
    const unknown = checkpoint(0, path, "file", format);
    const look = new CheckpointLook(this.disk, unknown, []);
    const facts = await this.limit(async () => (await format.facts?.(look)) ?? {});
    return facts.step ?? null;
  }

  private async list(directory: string): Promise<ReadonlySet<string>> {
    try {
      const entries = await this.limit(() => this.disk.list(directory));
      return new Set(entries.map(({ name }) => name));
    } catch (error) {
      if (error instanceof FileError) return NONE;
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
  /\.(safetensors|bin|pt|pth|ckpt|npz|msgpack|h5|distcp|index)$|\.index\.json$|^(config|\w+_config|tokenizer|special_tokens_map|added_tokens|vocab|(trainer_|training_)?state|\.?meta\w*|params|model\w*|optim\w*|info)\.json$|^(\.metadata|model|params|state|default|_CHECKPOINT_METADATA|zero|checkpoint)$/i;

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
  { format, counts }: CheckpointFormat,
): Checkpoint {
  return { step, path, container, format, ...(counts === undefined ? {} : { counts }) };
}
