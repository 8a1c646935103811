/** *Onsets*: behaviours × runs in the order of acquisition, with survival curves by recipe. */

import * as vscode from "vscode";
import type { OnsetsIntent, OnsetsQuestions } from "../../protocol/panelProtocol.js";
import { Disposables } from "../lifecycle.js";
import type { Comparison } from "../services/comparison.js";
import type { RunStore } from "../services/runStore.js";
import { PanelHost } from "./panelHost.js";

const NO_INTENT: OnsetsIntent = { filter: "", key: null, question: null };

export class OnsetsPanel implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly host: PanelHost<OnsetsQuestions>;
  private current: OnsetsIntent = NO_INTENT;

  constructor(extensionUri: vscode.Uri, store: RunStore, comparison: Comparison) {
    const run = (command: string, ...args: readonly unknown[]): null => {
      void vscode.commands.executeCommand(command, ...args);
      return null;
    };
    this.host = this.own.add(
      new PanelHost<OnsetsQuestions>(extensionUri, {
        viewType: "onset.onsets",
        page: "onsets",
        title: "Onsets",
        handlers: {
          ready: async ({ intent }) => {
            if (isIntent(intent)) this.current = intent;
            await store.start();
            return { intent: this.current, comparison: comparison.state };
          },
          onsets: async (_params, signal) => {
            const runs = comparison.runs();
            const [answer, { keys }] = await Promise.all([
              store.ask("onsets", { runs }, signal),
              store.ask("vocabulary", { runs }, signal),
            ]);
            return { answer, keys };
          },
          survival: ({ question, key }, signal) =>
            store.ask("survival", { text: question, runs: comparison.runs(), key }, signal),
          cell: async ({ run: key, question }, signal) => {
            const [result] = await store.ask("record", { text: question, run: key }, signal);
            if (!result) throw new Error("the run has no answer any more.");
            return result;
          },
          openTimeline: ({ question, step }) =>
            run("onset.openTimeline", { behaviour: question, ...(step === null ? {} : { step }) }),
          copyRecord: async ({ run: key, question }) => {
            const results = await store.ask("record", { text: question, run: key });
            await vscode.env.clipboard.writeText(
              JSON.stringify({ query: question, results }, null, 1),
            );
            return null;
          },
          saveBehaviour: ({ question }) => run("onset.saveBehaviour", { question }),
          ask: () => run("onset.when"),
          chooseRuns: () => run("onset.runs.focus"),
        },
      }),
    );
    const changed = (): void => {
      this.host.tell("changed", comparison.state);
    };
    this.own.add(store.onDidChange(changed));
    this.own.add(comparison.onDidChange(changed));
    this.own.add(
      store.onDidGrow((grown) => {
        if (grown.some(({ key }) => comparison.has(key))) changed();
      }),
    );
  }

  open(wanted: Partial<OnsetsIntent> = {}): void {
    this.current = { ...this.current, ...wanted };
    const wasOpen = this.host.isOpen;
    this.host.open();
    if (wasOpen) this.host.tell("intent", this.current);
  }

  get isVisible(): boolean {
    return this.host.isVisible;
  }

  dispose(): void {
    this.own.dispose();
  }
}

function isIntent(value: unknown): value is OnsetsIntent {
  if (typeof value !== "object" || value === null) return false;
  const { filter, key, question } = value as Record<string, unknown>;
  const isText = (one: unknown): boolean => one === null || typeof one === "string";
  return typeof filter === "string" && isText(key) && isText(question);
}
