/** How many runs grow now, in the status bar; nothing while none does. */

import * as vscode from "vscode";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { counted } from "./labels.js";

/** Names that the tooltip lists. */
const MAX_NAMED = 10;

export class LiveStatus implements vscode.Disposable {
  private readonly own = new Disposables();
  readonly item = this.own.add(
    vscode.window.createStatusBarItem("onset.live", vscode.StatusBarAlignment.Left, 10),
  );

  constructor(private readonly store: OnsetWindow["store"]) {
    this.item.name = "Onset: live runs";
    const show = (): void => {
      this.show();
    };
    this.own.add(store.onDidGrow(show));
    this.own.add(store.onDidRest(show));
    this.own.add(store.onDidChange(show));
  }

  dispose(): void {
    this.own.dispose();
  }

  private show(): void {
    const live = this.store.live();
    if (live.length === 0) {
      this.item.hide();
      return;
    }
    this.item.text = `$(pulse) ${live.length} live`;
    const tooltip = new vscode.MarkdownString();
    tooltip.appendText(
      `${counted(live.length, "run")} ${live.length === 1 ? "grows" : "grow"} now`,
    );
    for (const { label } of live.slice(0, MAX_NAMED)) {
      tooltip.appendMarkdown("\n\n");
      tooltip.appendText(label);
    }
    if (live.length > MAX_NAMED) tooltip.appendMarkdown("\n\n…");
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `${counted(live.length, "run")} live` };
    this.item.command = {
      command: "onset.showInTimeline",
      title: "Show in Timeline",
      arguments: [{ runs: live.map(({ key }) => key) }],
    };
    this.item.show();
  }
}
