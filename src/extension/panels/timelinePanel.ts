/** *Timeline*: hands the page's questions to the worker with what the window compares. */

import * as vscode from "vscode";
import type { TimelineIntent, TimelineQuestions } from "../../protocol/panelProtocol.js";
import { Disposables } from "../lifecycle.js";
import type { Annotations } from "../services/annotations.js";
import type { Comparison } from "../services/comparison.js";
import type { RunStore } from "../services/runStore.js";
import { PanelHost } from "./panelHost.js";

const FIRST_INTENT: TimelineIntent = { metrics: [], scale: "log", behaviour: null };
/** Charts wider than this get no more points. */
const MAX_WIDTH = 4096;

export class TimelinePanel implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly intended = this.own.add(new vscode.EventEmitter<void>());
  /** What the Timeline shows is something else than before. */
  readonly onDidChangeIntent = this.intended.event;
  private readonly host: PanelHost<TimelineQuestions>;
  /** Null until somebody wants to see something: a page that comes back after a reload brings its own. */
  private current: TimelineIntent | null = null;
  private isMovedByPage = false;

  constructor(
    extensionUri: vscode.Uri,
    private readonly store: RunStore,
    private readonly comparison: Comparison,
    private readonly annotations: Annotations,
  ) {
    this.host = this.own.add(
      new PanelHost<TimelineQuestions>(extensionUri, {
        viewType: "onset.timeline",
        page: "timeline",
        title: "Timeline",
        handlers: {
          ready: async ({ intent }) => {
            this.current ??= isIntent(intent) ? intent : FIRST_INTENT;
            await store.start();
            return { intent: this.intent, comparison: comparison.state };
          },
          timeline: (question, signal) => this.answer(question, signal),
          atStep: ({ metrics, step }, signal) => {
            const { runs, baseline } = comparison.state;
            return store.ask("atStep", { runs, baseline, metrics, step: Number(step) }, signal);
          },
          moveCursor: ({ step }) => {
            // The page is there already, and perhaps further on: it is not told of its own moves.
            this.isMovedByPage = true;
            if (Number.isFinite(step)) comparison.moveCursor(step);
            this.isMovedByPage = false;
            return null;
          },
          setBaseline: async ({ run }) => {
            if (store.run(run)) await comparison.setBaseline(run);
            return null;
          },
          openDiff: async ({ a, b }) => {
            if (store.run(a.key) && store.run(b.key)) {
              await vscode.commands.executeCommand("onset.diffCheckpoints", a, b);
            }
            return null;
          },
          annotate: async ({ step }) => {
            await vscode.commands.executeCommand("onset.annotateStep", { step });
            return null;
          },
          ask: async () => {
            await vscode.commands.executeCommand("onset.when");
            return null;
          },
          chooseRuns: async () => {
            await vscode.commands.executeCommand("onset.runs.focus");
            return null;
          },
        },
      }),
    );
    const changed = (): void => {
      this.host.tell("changed", comparison.state);
    };
    this.own.add(store.onDidChange(changed));
    this.own.add(comparison.onDidChange(changed));
    this.own.add(annotations.onDidChange(changed));
    this.own.add(
      store.onDidGrow((grown) => {
        const compared = new Set(comparison.runs());
        if (grown.some(({ key }) => compared.has(key))) changed();
      }),
    );
    this.own.add(
      comparison.onDidMoveCursor((step) => {
        if (!this.isMovedByPage) this.host.tell("cursorMoved", { step });
      }),
    );
  }

  get isVisible(): boolean {
    return this.host.isVisible;
  }

  get intent(): TimelineIntent {
    return this.current ?? FIRST_INTENT;
  }

  /** Opens or reveals it, showing what is asked for; the rest stays as it was. */
  open(wanted: Partial<TimelineIntent>): void {
    const wasOpen = this.host.isOpen;
    // A page that is made for it, or that was hidden, asks for the intent; one that is alive is told.
    if (!wasOpen || Object.keys(wanted).length > 0) this.current = { ...this.intent, ...wanted };
    this.host.open();
    if (wasOpen && this.current) this.host.tell("intent", this.current);
  }

  dispose(): void {
    this.own.dispose();
  }

  private async answer(
    { intent, width }: Parameters<TimelineQuestions["timeline"]>[0],
    signal: AbortSignal,
  ): Promise<ReturnType<TimelineQuestions["timeline"]>> {
    if (!isIntent(intent)) throw new Error("a question of the Timeline is not understood");
    const isOther = JSON.stringify(intent) !== JSON.stringify(this.current);
    this.current = intent;
    if (isOther) this.intended.fire();
    return this.store.ask(
      "timeline",
      {
        ...intent,
        runs: this.comparison.runs(),
        range: null,
        width: Math.min(MAX_WIDTH, Math.max(1, Math.round(Number(width) || 1))),
        annotations: await this.annotations.read(),
      },
      signal,
    );
  }
}

function isIntent(value: unknown): value is TimelineIntent {
  if (typeof value !== "object" || value === null) return false;
  const { metrics, scale, behaviour } = value as Record<string, unknown>;
  return (
    Array.isArray(metrics) &&
    metrics.every((metric) => typeof metric === "string") &&
    (scale === "linear" || scale === "log") &&
    (behaviour === null || typeof behaviour === "string")
  );
}
