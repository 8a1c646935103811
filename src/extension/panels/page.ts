/** A page in a webview: its document, its content policy and its channel. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { NoQuestions, PageEvents } from "../../protocol/panelProtocol.js";
import { Peer, type Handlers, type Questions } from "../../protocol/rpc.js";
import { decodeMessage, encodeMessage } from "../../protocol/wire.js";
import { Disposables } from "../lifecycle.js";
import { pageHtml } from "./pageHtml.js";

export interface PageKind<Q extends Questions> {
  /** Name of the page's bundle in `dist/webview`. */
  readonly page: string;
  readonly title: string;
  readonly handlers: Handlers<Q>;
}

/** Fills a panel, and goes with it. */
export class Page<Q extends Questions> implements vscode.Disposable {
  readonly peer: Peer<Q, NoQuestions, Record<never, never>, PageEvents>;
  private readonly own = new Disposables();

  constructor(
    extensionUri: vscode.Uri,
    readonly panel: vscode.WebviewPanel,
    { page, title, handlers }: PageKind<Q>,
  ) {
    const { webview } = panel;
    const root = vscode.Uri.joinPath(extensionUri, "dist", "webview");
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, "media", "onset-light.svg"),
      dark: vscode.Uri.joinPath(extensionUri, "media", "onset-dark.svg"),
    };
    webview.options = { enableScripts: true, localResourceRoots: [root] };
    this.peer = new Peer<Q, NoQuestions, Record<never, never>, PageEvents>(
      {
        post: (message) => {
          // A page that is hidden or gone drops it, and asks anew when it is back.
          void webview.postMessage(encodeMessage(message));
        },
        listen: (handler) => {
          this.own.add(
            webview.onDidReceiveMessage((message) => {
              handler(decodeMessage(message));
            }),
          );
        },
      },
      handlers,
    );
    this.own.add(
      panel.onDidDispose(() => {
        this.dispose();
      }),
    );
    const source = (extension: string): string =>
      webview.asWebviewUri(vscode.Uri.joinPath(root, `${page}.${extension}`)).toString();
    webview.html = pageHtml({
      page,
      title,
      nonce: randomBytes(16).toString("hex"),
      cspSource: webview.cspSource,
      script: source("js"),
      style: source("css"),
    });
  }

  dispose(): void {
    this.peer.close("the panel was closed");
    this.own.dispose();
  }
}
