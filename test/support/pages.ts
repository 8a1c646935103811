/**
 * Built pages in Chromium, as the editor loads them: the same document and content policy, `acquireVsCodeApi`, and a
 * channel that carries JSON with typed arrays apart. The other end of the channel is the host's `Peer`.
 */

import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type Page } from "playwright-core";
import { pageHtml } from "../../src/extension/panels/pageHtml.js";
import type { NoQuestions, PageEvents } from "../../src/protocol/panelProtocol.js";
import { Peer, type Handlers, type Questions } from "../../src/protocol/rpc.js";
import { decodeMessage, encodeMessage } from "../../src/protocol/wire.js";
import { inProject } from "./root.js";
import type { Theme } from "./themes.js";

declare global {
  interface Window {
    /** The state that the page has kept; undefined while it has kept none. */
    keptState?: unknown;
    toHost(message: string): Promise<void>;
    violated(what: string): Promise<void>;
    fromHost(message: string): void;
  }
}

const PAGES = ["timeline", "diff", "onsets", "examples", "file", "lineage"] as const;
const PAGE_PATH = new RegExp(`^/(${PAGES.join("|")})(?:\\.(js|css))?$`);

export interface Asked {
  readonly kind: string;
  readonly params: unknown;
}

export interface OpenedPage<Q extends Questions> {
  readonly page: Page;
  readonly peer: Peer<Q, NoQuestions, Record<never, never>, PageEvents>;
  /** Errors and warnings of the page, exceptions in it, and breaches of its content policy. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

export interface Opening<Q extends Questions> {
  readonly page: (typeof PAGES)[number];
  readonly handlers: Handlers<Q>;
  /** What `getState()` gives. */
  readonly state?: unknown;
  /** The editor's colours; none where left out. */
  readonly theme?: Theme;
  /** Pixels. */
  readonly width?: number;
  readonly height?: number;
}

export class Chromium {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
  ) {}

  static async start(): Promise<Chromium> {
    const browser = await chromium.launch({
      executablePath: process.env["ONSET_CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
    return new Chromium(browser, await serve());
  }

  async stop(): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A page of nothing, of the same size. */
  async blank(): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1200, height: 900 } });
    return context.newPage();
  }

  async open<Q extends Questions>(opening: Opening<Q>): Promise<OpenedPage<Q>> {
    const { port } = this.server.address() as AddressInfo;
    const context = await this.browser.newContext({
      viewport: { width: opening.width ?? 1200, height: opening.height ?? 900 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
    await page.exposeFunction("violated", (what: string) => complaints.push(what));
    let hear: (message: unknown) => void = () => undefined;
    await page.exposeFunction("toHost", (text: string) => {
      hear(decodeMessage(JSON.parse(text)));
    });
    const peer = new Peer<Q, NoQuestions, Record<never, never>, PageEvents>(
      {
        post: (message) => {
          const packed = pack(encodeMessage(message));
          // A page that is gone drops it, as the editor's do.
          page.evaluate((text) => window.fromHost(text), packed).catch(() => undefined);
        },
        listen: (handler) => {
          hear = handler;
        },
      },
      opening.handlers,
    );
    await page.addInitScript(actAsEditor, opening.state);
    if (opening.theme) await page.addInitScript(dress, opening.theme);
    await page.goto(`http://127.0.0.1:${port}/${opening.page}`);
    const close = async (): Promise<void> => {
      peer.close("the page was closed");
      await context.close();
    };
    return { page, peer, complaints, close };
  }
}

/** Notes each question before it is answered. */
export function noting<Q extends Questions>(handlers: Handlers<Q>, asked: Asked[]): Handlers<Q> {
  const noted = Object.entries<Handlers<Q>[keyof Q]>(handlers).map(([kind, handler]) => [
    kind,
    (params: never, signal: AbortSignal) => {
      asked.push({ kind, params });
      return handler(params, signal);
    },
  ]);
  return Object.fromEntries(noted) as Handlers<Q>;
}

async function serve(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    answer(path, `http://${request.headers.host ?? ""}`).then(
      ({ type, body }) => response.writeHead(200, { "content-type": type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function answer(path: string, origin: string): Promise<{ type: string; body: string }> {
  const [, page = "", extension] = PAGE_PATH.exec(path) ?? [];
  if (path === "/favicon.ico") return { type: "image/x-icon", body: "" };
  if (page === "") throw new Error(`nothing at ${path}`);
  if (extension === undefined) {
    const parts = { page, title: page, nonce: "0123456789abcdef", cspSource: origin };
    const [script, style] = [`/${page}.js`, `/${page}.css`];
    return { type: "text/html", body: pageHtml({ ...parts, script, style }) };
  }
  const type = extension === "js" ? "text/javascript" : "text/css";
  const file = inProject("dist", "webview", `${page}.${extension}`);
  return { type, body: await readFile(file, "utf8") };
}

/** JSON with typed arrays apart: what a message of the editor can carry, and no more. */
function pack(message: unknown): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { $view: value.constructor.name, bytes: bytes.toString("base64") };
  });
}

/** Runs in the page: its variables and classes as the editor gives them, as soon as there is a body. */
export function dress({ classes, kind, variables }: Theme): void {
  const put = (): boolean => {
    const { documentElement: root, body } = document as {
      documentElement: HTMLElement | null;
      body: HTMLElement | null;
    };
    if (!root || !body) return false;
    body.className = classes;
    body.dataset["vscodeThemeKind"] = kind;
    root.removeAttribute("style");
    for (const [name, value] of Object.entries(variables)) root.style.setProperty(name, value);
    return true;
  };
  if (put()) return;
  const observer = new MutationObserver(() => {
    if (put()) observer.disconnect();
  });
  observer.observe(document, { childList: true, subtree: true });
}

/** Runs in the page, before its own script. */
function actAsEditor(kept: unknown): void {
  let isAcquired = false;
  Object.assign(window, {
    acquireVsCodeApi: () => {
      if (isAcquired) throw new Error("the editor's API has been acquired already");
      isAcquired = true;
      return {
        postMessage: (message: unknown) => void window.toHost(JSON.stringify(message)),
        getState: () => kept,
        setState: (state: unknown) => {
          window.keptState = JSON.parse(JSON.stringify(state));
        },
      };
    },
    fromHost: (text: string) => {
      const data: unknown = JSON.parse(text, (_key, value: unknown) => {
        if (typeof value !== "object" || value === null || !("$view" in value)) return value;
        const { $view, bytes } = value as { $view: string; bytes: string };
        const letters = atob(bytes);
        const { buffer } = new Uint8Array(letters.length).map((_, i) => letters.charCodeAt(i));
        return $view === "Float64Array" ? new Float64Array(buffer) : new Uint8Array(buffer);
      });
      window.dispatchEvent(new MessageEvent("message", { data }));
    },
  });
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
    void window.violated(`${violatedDirective} breached by ${blockedURI}`);
  });
}
