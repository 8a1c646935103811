/** *Diff*: two checkpoints, of one run or of two. */

import * as vscode from "vscode";
import type { DiffIntent, DiffQuestions } from "../../protocol/panelProtocol.js";
import type { RunAtStep } from "../../protocol/workerProtocol.js";
import { Disposables } from "../lifecycle.js";
import type { Comparison } from "../services/comparison.js";
import type { RunStore } from "../services/runStore.js";
import type { ExamplesPanel } from "./examplesPanel.js";
import { PanelHost } from "./panelHost.js";

export class DiffPanel implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly host: PanelHost<DiffQuestions>;
  private current: DiffIntent | null = null;

  constructor(
    extensionUri: vscode.Uri,
    store: RunStore,
    comparison: Comparison,
    examples: ExamplesPanel,
  ) {
    this.host = this.own.add(
      new PanelHost<DiffQuestions>(extensionUri, {
        viewType: "onset.diff",
        page: "diff",
        title: "Diff",
        handlers: {
          ready: async ({ intent }) => {
            if (isIntent(intent)) this.current ??= intent;
            const { runs } = await store.start();
            return {
              intent: this.current,
              runs: runs.map(({ key, label, id }) => ({
                key,
                label: label === id ? id : `${label} · ${id}`,
              })),
            };
          },
          steps: async ({ key }) => {
            const rows = await store.ask("checkpoints", { key });
            return rows.map(({ step, label }) => ({ step, label }));
          },
          diff: (intent, signal) => {
            if (!isIntent(intent)) throw new Error("a question of the Diff is not understood");
            this.current = intent;
            return store.ask("diff", intent, signal);
          },
          examples: ({ intent, changes, from, to }, signal) => {
            if (!isIntent(intent)) throw new Error("a question of the Diff is not understood");
            const all = { task: null, filter: null, metric: null, cut: null };
            return store.ask("exampleDiff", { ...intent, ...all, changes, from, to }, signal);
          },
          weights: (intent, signal) => {
            if (!isIntent(intent)) throw new Error("a question of the Diff is not understood");
            return store.ask("weightDiff", intent, signal);
          },
          openExamples: ({ run, task, filter, example: id }) => {
            const step = this.current?.b.step;
            const example = id === null || step === undefined ? null : { id, step };
            const choice = { task, filter: filter ?? "none", metric: null, cut: null };
            examples.open({ run, ...choice, example });
            return null;
          },
          openConfigDiff: async (intent) => {
            if (isIntent(intent)) await openConfigDiff(store, intent);
            return null;
          },
          moveCursor: ({ step }) => {
            if (Number.isFinite(step)) comparison.moveCursor(step);
            return null;
          },
        },
      }),
    );
    const changed = (): void => {
      this.host.tell("changed", comparison.state);
    };
    this.own.add(store.onDidChange(changed));
    this.own.add(
      store.onDidGrow((grown) => {
        const shown = [this.current?.a.key, this.current?.b.key];
        if (grown.some(({ key }) => shown.includes(key))) changed();
      }),
    );
  }

  open(intent: DiffIntent): void {
    const wasOpen = this.host.isOpen;
    this.current = intent;
    this.host.open();
    if (wasOpen) this.host.tell("intent", intent);
  }

  dispose(): void {
    this.own.dispose();
  }
}

/** The editor's own diff of the two config files. */
async function openConfigDiff(store: RunStore, intent: DiffIntent): Promise<void> {
  const { a, b, configFiles } = await store.ask("diff", intent);
  if (configFiles.a === null || configFiles.b === null) {
    throw new Error("one of the runs has no config file.");
  }
  await vscode.commands.executeCommand(
    "vscode.diff",
    vscode.Uri.file(configFiles.a),
    vscode.Uri.file(configFiles.b),
    `${a.run.label} ↔ ${b.run.label}`,
  );
}

function isIntent(value: unknown): value is DiffIntent {
  if (typeof value !== "object" || value === null) return false;
  const { a, b } = value as Record<string, unknown>;
  return isRunAtStep(a) && isRunAtStep(b);
}

function isRunAtStep(value: unknown): value is RunAtStep {
  if (typeof value !== "object" || value === null) return false;
  const { key, step } = value as Record<string, unknown>;
  return typeof key === "string" && typeof step === "number" && Number.isFinite(step);
}
