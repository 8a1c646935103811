/** A file system in memory, for tests and for text that an editor holds unsaved. */

import { FileError, type ByteSource, type Entry, type Files, type FileStamp } from "./files.js";

export class MemoryFiles implements Files {
  private readonly contents = new Map<string, Uint8Array>();
  private clock = 0;
  private readonly stamps = new Map<string, FileStamp>();

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  write(path: string, content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const inode = this.stamps.get(path)?.inode ?? ++this.clock;
    this.contents.set(path, bytes);
    this.stamps.set(path, { size: bytes.length, modifiedMs: ++this.clock, inode });
  }

  remove(path: string): void {
    this.contents.delete(path);
    this.stamps.delete(path);
  }

  list(directory: string): Promise<readonly Entry[]> {
    const prefix = directory.endsWith("/") ? directory : `${directory}/`;
    const entries = new Map<string, Entry>();
    for (const path of this.contents.keys()) {
      if (!path.startsWith(prefix)) continue;
      const rest = path.slice(prefix.length);
      const slash = rest.indexOf("/");
      const name = slash < 0 ? rest : rest.slice(0, slash);
      entries.set(name, { name, kind: slash < 0 ? "file" : "directory" });
    }
    if (entries.size === 0) return Promise.reject(notFound(directory));
    return Promise.resolve([...entries.values()]);
  }

  stat(path: string): Promise<FileStamp & { kind: Entry["kind"] }> {
    const stamp = this.stamps.get(path);
    if (stamp) return Promise.resolve({ ...stamp, kind: "file" });
    return this.list(path).then(() => ({ size: 0, modifiedMs: 0, inode: 0, kind: "directory" }));
  }

  open(path: string): Promise<ByteSource> {
    const stamp = this.stamps.get(path);
    if (!stamp) return Promise.reject(notFound(path));
    return Promise.resolve(new MemorySource(stamp, () => this.contents.get(path)));
  }

  realPath(path: string): Promise<string> {
    return Promise.resolve(path);
  }
}

class MemorySource implements ByteSource {
  constructor(
    readonly stamp: FileStamp,
    private readonly content: () => Uint8Array | undefined,
  ) {}

  read(start: number, into: Uint8Array): Promise<number> {
    const bytes = this.content();
    if (!bytes) return Promise.reject(new FileError("not-found", "", "gone while it was read"));
    const part = bytes.subarray(start, start + into.length);
    into.set(part);
    return Promise.resolve(part.length);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function notFound(path: string): FileError {
  return new FileError("not-found", path, "no such file or directory");
}
