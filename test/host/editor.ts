/** What the suites of this ring share: the opened workspace, Onset's commands with their types, and a window of their own. */

import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import type { CommandId, Commands } from "../../src/extension/commands/ids.js";
import { Arrangement } from "../../src/extension/services/arrangement.js";
import { Comparison } from "../../src/extension/services/comparison.js";
import { Expectations } from "../../src/extension/services/expectations.js";
import { RunStates } from "../../src/extension/services/runStates.js";
import { RunStore } from "../../src/extension/services/runStore.js";
import type { WhenRow } from "../../src/protocol/workerProtocol.js";
import { WorkerClient } from "../../src/node/workerClient.js";

/** Of the whole extension, as it is installed. */
export function onsetExtension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension("onset.onset");
  assert.ok(found, "the extension is not there");
  return found;
}

/** Of the workspace that is opened, with slashes. */
export function workspacePath(...parts: readonly string[]): string {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, "no folder is open");
  return join(folder.uri.fsPath, ...parts).replace(/\\/g, "/");
}

/** Runs one of Onset's commands. */
export async function command<K extends CommandId>(
  id: K,
  ...args: Parameters<Commands[K]>
): Promise<ReturnType<Commands[K]>> {
  return vscode.commands.executeCommand(id, ...args);
}

/** *When did …* of a question about each run. */
export async function whenRows(
  args: Parameters<Commands["onset.when"]>[0],
): Promise<readonly WhenRow[] | undefined> {
  const answer = await command("onset.when", args);
  assert.ok(answer === undefined || "map" in answer, "the question is about several runs");
  return answer;
}

/** Key of a run by its id's end, for all runs that Onset knows. */
export async function keyOf(idEnd: string): Promise<string> {
  const found = (await allRuns()).find(({ id }) => id.endsWith(idEnd));
  assert.ok(found, `no run ${idEnd}`);
  return found.key;
}

export async function allRuns(): Promise<readonly { key: string; id: string }[]> {
  const answer = await command("onset.whichRuns", { question: "first non-finite", step: 0 });
  assert.ok(answer);
  return [...answer.present, ...answer.absent, ...answer.unknown];
}

/** A worker, store and comparison as the extension makes them, for suites that look behind the commands. */
export class OwnWindow implements vscode.Disposable {
  readonly crashes: string[] = [];
  readonly log = vscode.window.createOutputChannel("Onset tests", { log: true });
  readonly worker = new WorkerClient(
    join(onsetExtension().extensionPath, "dist", "worker.js"),
    {
      found: (snapshot) => {
        this.store.accept(snapshot);
      },
      progress: (state) => {
        this.store.progress(state);
      },
    },
    (reason) => this.crashes.push(reason),
  );
  readonly store: RunStore = new RunStore(this.worker, this.log);
  readonly comparison = new Comparison(this.store, new Memory());
  readonly expectations = new Expectations(this.store, this.log);
  readonly states = new RunStates(this.store, this.expectations, this.log);
  readonly arrangement = new Arrangement(new Memory());

  key(idEnd: string): string {
    const found = this.store.snapshot.runs.find(({ id }) => id.endsWith(idEnd));
    assert.ok(found, `no run ${idEnd}`);
    return found.key;
  }

  dispose(): void {
    this.arrangement.dispose();
    this.states.dispose();
    this.expectations.dispose();
    this.comparison.dispose();
    this.store.dispose();
    this.worker.dispose();
    this.log.dispose();
  }
}

export class Memory implements vscode.Memento {
  private readonly values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.values.keys()];
  }

  get<T>(key: string, otherwise?: T): T | undefined {
    return (this.values.get(key) as T | undefined) ?? otherwise;
  }

  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
}
