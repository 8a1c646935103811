/**
 * Decides of which format the checkpoints of one directory are. Names say most of it; where they do not, the last of the
 * checkpoints that are named alike is looked into, and the first where the last does not tell: two listings at most.
 */

import type { CheckpointFormat, Naming } from "../formats/checkpoints/checkpointFormat.js";
import { recogniseCheckpoint, type CheckpointName } from "../formats/checkpoints/index.js";
import { CheckpointLook } from "../formats/checkpoints/look.js";
import { isConfigName } from "../formats/configFile.js";
import { FileError, type Entry, type Files } from "../io/files.js";
import { compareNames, joinPath } from "../io/path.js";
import type { Checkpoint } from "../model/run.js";

export interface Settled {
  readonly checkpoints: readonly Checkpoint[];
  /** Configuration that lies in the last of them. */
  readonly configs: readonly string[];
  /** True where a look inside, or a name that means nothing else, says that they are checkpoints. */
  readonly areRecognised: boolean;
  /** Directories that are no checkpoints after all. */
  readonly others: readonly string[];
}

interface Candidate extends CheckpointName {
  readonly name: string;
}

/** Files whose step is only inside are few: each is opened. */
const MAX_OPENED = 8;

export class CheckpointSettling {
  private readonly directories = new Map<Naming, Candidate[]>();
  private readonly files: Candidate[] = [];
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

  addDirectory(name: string, named: CheckpointName): void {
    const group = this.directories.get(named.naming);
    if (group) group.push({ name, ...named });
    else this.directories.set(named.naming, [{ name, ...named }]);
  }

  /** False for a file that is none after all. */
  addFile(name: string, named: CheckpointName): boolean {
    const format = recogniseCheckpoint(named.formats, { inside: NONE, beside: this.beside() });
    if (!format) return false;
    this.files.push({ name, ...named, formats: [format] });
    return true;
  }

  async settle(): Promise<Settled> {
    for (const group of this.directories.values()) await this.settleGroup(group);
    let opened = 0;
    for (const file of this.files) {
      const [format] = file.formats;
      if (!format || (file.step === null && ++opened > MAX_OPENED)) continue;
      const path = joinPath(this.directory, file.name);
      const step = file.step ?? (await this.stepInside(path, format));
      if (step !== null) this.checkpoints.push(checkpoint(step, path, "file", format));
    }
    const { checkpoints, configs, areRecognised, others } = this;
    return { checkpoints, configs, areRecognised, others };
  }

  private async settleGroup(group: readonly Candidate[]): Promise<void> {
    const [any] = group;
    if (!any) return;
    const { formats, naming } = any;
    const isPlain = formats.length === 1 && naming.needsLook !== true;
    if (isPlain && formats[0]?.configs === undefined) {
      this.take(group, formats[0] as CheckpointFormat);
      return;
    }
    const ordered = [...group].sort(
      (a, b) => (a.step ?? 0) - (b.step ?? 0) || compareNames(a.name, b.name),
    );
    for (const end of new Set([ordered.at(-1), ordered[0]])) {
      if (!end) continue;
      const inside = await this.list(joinPath(this.directory, end.name));
      const place = { inside, beside: this.beside() };
      const format = isPlain ? (formats[0] ?? null) : recogniseCheckpoint(formats, place);
      if (!format) continue;
      const isTold = format.recognises !== undefined && inside.size > 0;
      this.areRecognised ||= isTold;
      if (!isTold && end !== ordered[0] && !isPlain) continue;
      this.take(group, format);
      await this.takeConfigs(joinPath(this.directory, end.name), inside, format);
      return;
    }
    this.others.push(...group.map(({ name }) => name));
  }

  private take(group: readonly Candidate[], format: CheckpointFormat): void {
    for (const { name, step } of group) {
      if (step === null) continue;
      const path = joinPath(this.directory, name);
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

function checkpoint(
  step: number,
  path: string,
  container: "directory" | "file",
  { format, counts }: CheckpointFormat,
): Checkpoint {
  return { step, path, container, format, ...(counts === undefined ? {} : { counts }) };
}
