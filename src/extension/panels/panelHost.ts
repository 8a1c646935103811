/** A page in the editor area that is there once, and comes back after a reload. */

import * as vscode from "vscode";
import type { PageEvents } from "../../protocol/panelProtocol.js";
import type { Questions } from "../../protocol/rpc.js";
import { Current, Disposables } from "../lifecycle.js";
import { Page, type PageKind } from "./page.js";

export interface PanelKind<Q extends Questions> extends PageKind<Q> {
  readonly viewType: string;
}

/** The one panel of a kind: made when it is first opened, shown again afterwards. */
export class PanelHost<Q extends Questions> implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly current = this.own.add(new Current<Page<Q>>());

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly kind: PanelKind<Q>,
  ) {
    this.own.add(
      vscode.window.registerWebviewPanelSerializer(kind.viewType, {
        // The page keeps its own intent and brings it with its first question.
        deserializeWebviewPanel: (panel) => {
          this.adopt(panel);
          return Promise.resolve();
        },
      }),
    );
  }

  get isVisible(): boolean {
    return this.current.value?.panel.visible ?? false;
  }

  get isOpen(): boolean {
    return this.current.value !== undefined;
  }

  open(): void {
    const open = this.current.value;
    if (open) {
      open.panel.reveal(undefined, false);
      return;
    }
    const { viewType, title } = this.kind;
    this.adopt(vscode.window.createWebviewPanel(viewType, title, vscode.ViewColumn.Active, {}));
  }

  tell<K extends keyof PageEvents>(kind: K, value: PageEvents[K]): void {
    this.current.value?.peer.tell(kind, value);
  }

  dispose(): void {
    this.current.value?.panel.dispose();
    this.own.dispose();
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const page = new Page<Q>(this.extensionUri, panel, this.kind);
    panel.onDidDispose(() => {
      if (this.current.value === page) this.current.value = undefined;
    });
    this.current.value = page;
  }
}
