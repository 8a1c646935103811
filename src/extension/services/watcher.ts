/**
 * Notices that training goes on. File events where the file system gives them; visible runs are also polled, since network
 * file systems give none. Only what has grown is read.
 */

import * as vscode from "vscode";
import type { TreeRun } from "../../core/index.js";
import { isAborted } from "../../protocol/rpc.js";
import { Current, Disposables } from "../lifecycle.js";
import { foldersOfRuns } from "./settings.js";
import type { RunStore } from "./runStore.js";

/** Events within this time are one. */
const COALESCE_MS = 200;
/** From the end of one poll to the next one's start: with the reading it stays under two seconds. */
const POLL_MS = 1500;
/** Folders are walked again this long after the last sign of a new run … */
const WALK_MS = 3000;
/** … and this long after a new file in a known run, which is a part of it nearly always. */
const WALK_RUN_MS = 15_000;

export class Watcher implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly watched = this.own.add(new Current<Disposables>());
  private watchedPaths: string | null = null;
  private readonly touched = new Set<string>();
  private coalescing: NodeJS.Timeout | undefined;
  private walkSoon: NodeJS.Timeout | undefined;
  private pollSoon: NodeJS.Timeout | undefined;
  private isReading = false;
  private isDisposed = false;

  constructor(
    private readonly store: RunStore,
    /** Keys of the runs that the user sees now. */
    private readonly visibleRuns: () => readonly string[],
    private readonly log: vscode.LogOutputChannel,
  ) {
    // Folders are watched from when their runs are first known.
    this.own.add(
      store.onDidChange(() => {
        this.watch();
        this.schedulePoll();
      }),
    );
  }

  private watch(): void {
    const folders = foldersOfRuns();
    const paths = folders.map(({ path }) => path).join("\n");
    if (paths === this.watchedPaths) return;
    this.watchedPaths = paths;
    const watched = new Disposables();
    this.watched.value = watched;
    for (const { path } of folders) {
      const pattern = new vscode.RelativePattern(vscode.Uri.file(path), "**");
      const watcher = watched.add(vscode.workspace.createFileSystemWatcher(pattern));
      watched.add(watcher.onDidChange(({ fsPath }) => this.onFile(fsPath, false)));
      watched.add(watcher.onDidCreate(({ fsPath }) => this.onFile(fsPath, true)));
      watched.add(watcher.onDidDelete(({ fsPath }) => this.onFile(fsPath, true)));
    }
  }

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.coalescing);
    clearTimeout(this.walkSoon);
    clearTimeout(this.pollSoon);
    this.own.dispose();
  }

  private onFile(fsPath: string, isNewOrGone: boolean): void {
    const path = fsPath.replace(/\\/g, "/");
    if (/\/(node_modules|\.git|\.onset)(\/|$)/.test(path)) return;
    if (path.endsWith("/onset.json")) {
      this.settle(this.store.reloadBehaviours());
      return;
    }
    const owners = this.store.snapshot.runs.filter((run) => holds(run, path));
    for (const { key } of owners) this.touched.add(key);
    if (owners.length > 0) {
      this.coalescing ??= setTimeout(() => {
        this.coalescing = undefined;
        void this.readOn([...this.touched]);
      }, COALESCE_MS);
    }
    if (isNewOrGone) this.walkLater(owners.some(({ file }) => file === null));
  }

  private walkLater(isInRun: boolean): void {
    if (isInRun && this.walkSoon) return;
    clearTimeout(this.walkSoon);
    this.walkSoon = setTimeout(
      () => {
        this.walkSoon = undefined;
        this.settle(this.store.refresh());
      },
      isInRun ? WALK_RUN_MS : WALK_MS,
    );
  }

  private schedulePoll(): void {
    if (this.isDisposed) return;
    this.pollSoon ??= setTimeout(() => {
      void this.readOn(this.visibleRuns()).then(() => {
        this.pollSoon = undefined;
        this.schedulePoll();
      });
    }, POLL_MS);
  }

  /** One reading at a time; runs touched meanwhile are read next. */
  private async readOn(keys: readonly string[]): Promise<void> {
    if (this.isReading || keys.length === 0 || !this.store.isStarted) return;
    this.isReading = true;
    for (const key of keys) this.touched.delete(key);
    try {
      await this.store.readOn(keys);
    } catch (error) {
      this.report(error);
    } finally {
      this.isReading = false;
    }
    if (this.touched.size > 0 && !this.isDisposed) await this.readOn([...this.touched]);
  }

  private settle(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.report(error);
    });
  }

  private report(error: unknown): void {
    if (!isAborted(error)) this.log.error(error instanceof Error ? error : String(error));
  }
}

function holds({ file, directory, joined }: TreeRun, path: string): boolean {
  const isBelow = (place: string): boolean =>
    path.startsWith(place.endsWith("/") ? place : `${place}/`);
  if (joined.some((evaluations) => isBelow(evaluations.directory))) return true;
  return file === null ? isBelow(directory) : path === file;
}
