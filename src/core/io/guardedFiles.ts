/**
 * Files of which none is reached by a link that leads out of the folders that are read. A link within them is followed,
 * and so is one from one of these folders into another.
 */

import { FileError, type ByteSource, type Entry, type Files, type FileStamp } from "./files.js";
import { baseName, directoryOf, isInside } from "./path.js";

/** Directories whose links are remembered. In others each file is asked for where it really is, which takes longer. */
const MAX_LISTED = 20_000;
const NO_LINKS: ReadonlySet<string> = new Set();

export class GuardedFiles implements Files {
  /** The folders, and where they really are. */
  private folders: readonly { readonly path: string; readonly real: string }[] = [];

  /** Names of the links in directories that were listed: everything else in these lies where its path says. */
  private readonly links = new Map<string, ReadonlySet<string>>();

  constructor(private readonly files: Files) {}

  /** Paths that lie in none of `paths` by their text are let through: whoever asks for them means them. */
  async guard(paths: readonly string[]): Promise<void> {
    this.links.clear();
    this.folders = await Promise.all(
      paths.map(async (path) => ({ path, real: await this.realOrSame(path) })),
    );
  }

  async list(directory: string): Promise<readonly Entry[]> {
    await this.check(directory);
    const entries = await this.files.list(directory);
    if (this.links.size < MAX_LISTED || this.links.has(directory)) {
      const links = entries.filter(({ kind }) => kind === "link").map(({ name }) => name);
      this.links.set(directory, links.length === 0 ? NO_LINKS : new Set(links));
    }
    return entries;
  }

  async stat(path: string): Promise<FileStamp & { readonly kind: Entry["kind"] }> {
    await this.check(path);
    return this.files.stat(path);
  }

  async open(path: string): Promise<ByteSource> {
    await this.check(path);
    return this.files.open(path);
  }

  realPath(path: string): Promise<string> {
    return this.files.realPath(path);
  }

  private async check(path: string): Promise<void> {
    if (!this.folders.some((folder) => isInside(folder.path, path))) return;
    if (this.links.get(directoryOf(path))?.has(baseName(path)) === false) return;
    const real = await this.files.realPath(path);
    if (this.folders.some((folder) => isInside(folder.real, real))) return;
    throw new FileError("not-allowed", path, "leads out of the folder that is read; not followed");
  }

  private async realOrSame(path: string): Promise<string> {
    try {
      return await this.files.realPath(path);
    } catch (error) {
      if (error instanceof FileError) return path;
      throw error;
    }
  }
}
