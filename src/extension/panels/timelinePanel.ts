/** *Timeline*: hands the page's questions to the worker with what the window compares. */

import * as vscode from "vscode";
import type { TimelineQuestion } from "../../core/index.js";
import {
  FIRST_TIMELINE,
  type TimelineIntent,
  type TimelineQuestions,
} from "../../protocol/panelProtocol.js";
import { Disposables } from "../lifecycle.js";
import type { Annotations } from "../services/annotations.js";
import type { Comparison } from "../services/comparison.js";
import type { RunStore } from "../services/runStore.js";
import { PanelHost } from "./panelHost.js";
import { exportPoints, exportRecord, pinMetrics, savePicture } from "./timelineExports.js";
import { timelineIntentOf } from "./timelineIntent.js";

/** Charts wider than this get no more points. */
const MAX_WIDTH = 4096;

export class TimelinePanel implements vscode.Disposable {
  private readonly own = new Disposables();
  private readonly intended = this.own.add(new vscode.EventEmitter<void>());
  /** The Timeline shows other metrics than before. */
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
            const kept = timelineIntentOf(intent);
            const wanted = this.current ?? kept ?? FIRST_TIMELINE;
            // Pins are set in the page, and known there alone.
            this.current = { ...wanted, pins: kept?.pins ?? wanted.pins };
            await store.start();
            // A window that was loaded again has no cursor yet: the page brings its own.
            if (comparison.state.step === null && typeof kept?.cursor === "number") {
              comparison.moveCursor(kept.cursor);
            }
            return { intent: this.intent, comparison: comparison.state };
          },
          timeline: (question, signal) => this.answer(question, signal),
          atStep: (question, signal) => {
            const { runs, baseline } = comparison.state;
            return store.ask("atStep", { ...question, runs, baseline }, signal);
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
          partialCheckpoints: (_, signal) =>
            store.ask("partialCheckpoints", { runs: comparison.runs() }, signal),
          copy: async ({ text }) => {
            await vscode.env.clipboard.writeText(String(text));
            return null;
          },
          save: savePicture,
          exportPoints: ({ intent, metrics, format }) =>
            exportPoints(store, { ...this.question(intent, 1), metrics }, format),
          exportRecord: ({ intent, metrics, picture }) => {
            const question = { ...this.question(intent, 1), metrics };
            return exportRecord(store, { ...question, scale: intent.scale }, picture);
          },
          pinMetrics: ({ patterns }) => pinMetrics(store, patterns),
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
    return this.current ?? FIRST_TIMELINE;
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
    const wanted = timelineIntentOf(intent);
    if (!wanted) throw new Error("a question of the Timeline is not understood");
    const isOther = JSON.stringify(wanted.metrics) !== JSON.stringify(this.current?.metrics);
    this.current = wanted;
    if (isOther) this.intended.fire();
    const annotations = await this.annotations.read();
    const { scale } = wanted;
    return this.store.ask(
      "timeline",
      { ...this.question(wanted, width), scale, annotations },
      signal,
    );
  }

  private question(intent: TimelineIntent, width: number): TimelineQuestion {
    const { metrics, axis, range, behaviour, smooth, spread, apart } = intent;
    return {
      ...{ metrics, axis, range, behaviour, smooth, spread, apart },
      runs: this.comparison.runs(),
      width: Math.min(MAX_WIDTH, Math.max(1, Math.round(Number(width) || 1))),
    };
  }
}
