/** *Examples*: when each example of an evaluation was learned, and its text. */

import * as vscode from "vscode";
import type { ExamplesIntent, ExamplesQuestions } from "../../protocol/panelProtocol.js";
import { Disposables } from "../lifecycle.js";
import type { Comparison } from "../services/comparison.js";
import type { RunStore } from "../services/runStore.js";
import { PanelHost } from "./panelHost.js";

const NO_INTENT: ExamplesIntent = {
  ...{ run: null, task: null, filter: null, metric: null, cut: null },
  example: null,
};

export class ExamplesPanel implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly host: PanelHost<ExamplesQuestions>;
  private current: ExamplesIntent = NO_INTENT;

  constructor(extensionUri: vscode.Uri, store: RunStore, comparison: Comparison) {
    this.host = this.own.add(
      new PanelHost<ExamplesQuestions>(extensionUri, {
        viewType: "onset.examples",
        page: "examples",
        title: "Examples",
        handlers: {
          ready: async ({ intent }) => {
            if (isIntent(intent) && this.current.run === null) this.current = intent;
            await store.start();
            const withExamples = new Set(await store.ask("runsWithExamples", null));
            const runs = store.snapshot.runs.filter(({ key }) => withExamples.has(key));
            const compared =
              runs.find(({ key }) => key === comparison.baseline) ??
              runs.find(({ key }) => comparison.has(key)) ??
              runs[0];
            const isKnown = runs.some(({ key }) => key === this.current.run);
            if (!isKnown) this.current = { ...NO_INTENT, run: compared?.key ?? null };
            return {
              intent: this.current,
              runs: runs.map(({ key, label, id }) => ({
                key,
                label: label === id ? id : `${label} · ${id}`,
              })),
            };
          },
          examples: ({ intent, example, from, to }, signal) => {
            if (!isIntent(intent) || intent.run === null) {
              throw new Error("a question of the Examples is not understood");
            }
            this.current = intent;
            const { run, task, filter, metric, cut } = intent;
            const choice = { task, filter, metric, cut };
            const question = { persistence: null, example, step: null, from, to };
            return store.ask("examples", { run, ...choice, ...question }, signal);
          },
          story: ({ intent, id, step }, signal) => {
            if (!isIntent(intent) || intent.run === null) {
              throw new Error("a question of the Examples is not understood");
            }
            const { run, task, filter, metric, cut } = intent;
            const choice = { task, filter, metric, cut };
            return store.ask("exampleStory", { run, choice, id, step }, signal);
          },
          moveCursor: ({ step }) => {
            if (Number.isFinite(step)) comparison.moveCursor(step);
            return null;
          },
          openFile: async ({ file }) => {
            // Only files of examples of the run that is shown: a page names no others.
            const run = store.snapshot.runs.find(({ key }) => key === this.current.run);
            if (run && file.startsWith(`${run.root}/`)) {
              await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: true });
            }
            return null;
          },
        },
      }),
    );
    const changed = (): void => {
      this.host.tell("changed", comparison.state);
    };
    this.own.add(
      store.onDidGrow((grown) => {
        if (grown.some(({ key }) => key === this.current.run)) changed();
      }),
    );
    this.own.add(
      comparison.onDidMoveCursor((step) => {
        this.host.tell("cursorMoved", { step });
      }),
    );
  }

  get isVisible(): boolean {
    return this.host.isVisible;
  }

  open(wanted: Partial<ExamplesIntent> = {}): void {
    const isOther = wanted.run !== undefined && wanted.run !== this.current.run;
    this.current = { ...(isOther ? NO_INTENT : this.current), ...wanted };
    const wasOpen = this.host.isOpen;
    this.host.open();
    if (wasOpen) this.host.tell("intent", this.current);
  }

  dispose(): void {
    this.own.dispose();
  }
}

function isIntent(value: unknown): value is ExamplesIntent {
  if (typeof value !== "object" || value === null) return false;
  const { run, task, filter, metric, cut, example = null } = value as Record<string, unknown>;
  const isText = (one: unknown): boolean => one === null || typeof one === "string";
  return (
    [run, task, filter, metric].every(isText) &&
    (cut === null || typeof cut === "number") &&
    isExample(example)
  );
}

function isExample(value: unknown): value is ExamplesIntent["example"] {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const { id, step } = value as Record<string, unknown>;
  return typeof id === "string" && Number.isFinite(step);
}
