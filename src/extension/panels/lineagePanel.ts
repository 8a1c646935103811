/** *Lineage*: which run started from which checkpoint of which other, and what it changed. */

import * as vscode from "vscode";
import type { LineageQuestions } from "../../protocol/panelProtocol.js";
import { Disposables } from "../lifecycle.js";
import type { Comparison } from "../services/comparison.js";
import type { RunStore } from "../services/runStore.js";
import { PanelHost } from "./panelHost.js";

export class LineagePanel implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly host: PanelHost<LineageQuestions>;

  constructor(extensionUri: vscode.Uri, store: RunStore, comparison: Comparison) {
    this.host = this.own.add(
      new PanelHost<LineageQuestions>(extensionUri, {
        viewType: "onset.lineage",
        page: "lineage",
        title: "Lineage",
        handlers: {
          lineage: async (_params, signal) => {
            await store.start();
            return store.ask("lineage", null, signal);
          },
          openTimeline: ({ runs, step }) => {
            const known = runs.filter((key) => store.run(key) !== undefined);
            const at = step === null ? {} : { step };
            void vscode.commands.executeCommand("onset.openTimeline", { runs: known, ...at });
            return null;
          },
          chooseRuns: () => {
            void vscode.commands.executeCommand("onset.runs.focus");
            return null;
          },
        },
      }),
    );
    const changed = (): void => {
      this.host.tell("changed", comparison.state);
    };
    this.own.add(store.onDidChange(changed));
    this.own.add(store.onDidGrow(changed));
  }

  open(): void {
    this.host.open();
  }

  dispose(): void {
    this.own.dispose();
  }
}
