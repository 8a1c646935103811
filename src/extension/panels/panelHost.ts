/** A page in the editor area: its content policy, its channel, its coming back after a reload. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { NoQuestions, PageEvents } from "../../protocol/panelProtocol.js";
import { Peer, type Handlers, type Questions } from "../../protocol/rpc.js";
import { decodeMessage, encodeMessage } from "../../protocol/wire.js";
import { Current, Disposables } from "../lifecycle.js";
import { pageHtml } from "./pageHtml.js";

export interface PanelKind<Q extends Questions> {
  readonly viewType: string;
  /** Name of the page's bundle in `dist/webview`. */
  readonly page: string;
  readonly title: string;
  readonly handlers: Handlers<Q>;
}

class Page<Q extends Questions> implements vscode.Disposable {
  readonly peer: Peer<Q, NoQuestions, Record<never, never>, PageEvents>;
  private readonly own = new Disposables();

  constructor(
    readonly panel: vscode.WebviewPanel,
    handlers: Handlers<Q>,
  ) {
    this.peer = new Peer<Q, NoQuestions, Record<never, never>, PageEvents>(
      {
        post: (message) => {
          // A page that is hidden or gone drops it, and asks anew when it is back.
          void panel.webview.postMessage(encodeMessage(message));
        },
        listen: (handler) => {
          this.own.add(
            panel.webview.onDidReceiveMessage((message) => {
              handler(decodeMessage(message));
            }),
          );
        },
      },
      handlers,
    );
  }

  dispose(): void {
    this.peer.close("the panel was closed");
    this.own.dispose();
  }
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
    const { webview } = panel;
    const root = vscode.Uri.joinPath(this.extensionUri, "dist", "webview");
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.extensionUri, "media", "onset-light.svg"),
      dark: vscode.Uri.joinPath(this.extensionUri, "media", "onset-dark.svg"),
    };
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    const page = new Page<Q>(panel, this.kind.handlers);
    panel.onDidDispose(() => {
      page.dispose();
      if (this.current.value === page) this.current.value = undefined;
    });
    this.current.value = page;
    webview.html = this.html(webview, root);
  }

  private html(webview: vscode.Webview, root: vscode.Uri): string {
    const { page, title } = this.kind;
    const source = (extension: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(root, `${page}.${extension}`)).toString();
    return pageHtml({
      page,
      title,
      nonce: randomBytes(16).toString("hex"),
      cspSource: webview.cspSource,
      script: source("js"),
      style: source("css"),
    });
  }
}
