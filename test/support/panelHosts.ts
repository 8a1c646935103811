/**
 * The host's side of the panels without an editor: questions go to the worker as the panels send them, and the
 * comparison is a plain field.
 */

import type { StepAnnotation } from "../../src/core/index.js";
import type {
  Comparison,
  DiffIntent,
  DiffQuestions,
  TimelineIntent,
  TimelineQuestions,
} from "../../src/protocol/panelProtocol.js";
import type { Handlers } from "../../src/protocol/rpc.js";
import { noting, type Asked } from "./pages.js";
import type { WorkerOn } from "./workerOn.js";

export class TimelineHost {
  readonly asked: Asked[] = [];
  readonly handlers: Handlers<TimelineQuestions>;
  intent: TimelineIntent = { metrics: [], scale: "log", behaviour: null };
  annotations: readonly StepAnnotation[] = [];
  /** When set, the next answers fail with it. */
  failure: string | null = null;
  comparison: Comparison;

  constructor({ client, snapshot }: WorkerOn) {
    const runs = snapshot.runs.map(({ key }) => key);
    const first = snapshot.runs.find(({ parent }) => parent === null);
    this.comparison = { runs, baseline: first?.key ?? null, step: null, known: runs.length };
    this.handlers = noting<TimelineQuestions>(
      {
        ready: ({ intent }) => {
          this.intent = intent ?? this.intent;
          return { intent: this.intent, comparison: this.comparison };
        },
        timeline: ({ intent, width }, signal) => {
          if (this.failure !== null) throw new Error(this.failure);
          this.intent = intent;
          const { runs: compared } = this.comparison;
          const { annotations } = this;
          const question = { ...intent, runs: compared, range: null, width, annotations };
          return client.ask("timeline", question, signal);
        },
        atStep: ({ metrics, step }, signal) => {
          const { runs: compared, baseline } = this.comparison;
          return client.ask("atStep", { runs: compared, baseline, metrics, step }, signal);
        },
        moveCursor: ({ step }) => {
          this.comparison = { ...this.comparison, step };
          return null;
        },
        setBaseline: ({ run }) => {
          this.comparison = { ...this.comparison, baseline: run };
          return null;
        },
        openDiff: () => null,
        annotate: () => null,
        ask: () => null,
        chooseRuns: () => null,
      },
      this.asked,
    );
  }

  /** Parameters of the questions of a kind, oldest first. */
  askedFor<K extends keyof TimelineQuestions>(kind: K): Parameters<TimelineQuestions[K]>[0][] {
    return paramsOf(this.asked, kind) as Parameters<TimelineQuestions[K]>[0][];
  }
}

export class DiffHost {
  readonly asked: Asked[] = [];
  readonly handlers: Handlers<DiffQuestions>;

  constructor({ client, snapshot }: WorkerOn, intent: DiffIntent | null) {
    const runs = snapshot.runs.map(({ key, label }) => ({ key, label }));
    this.handlers = noting<DiffQuestions>(
      {
        ready: ({ intent: kept }) => ({ intent: intent ?? kept, runs }),
        steps: async ({ key }) => {
          const rows = await client.ask("checkpoints", { key });
          return rows.map(({ step, label }) => ({ step, label }));
        },
        diff: (question, signal) => client.ask("diff", question, signal),
        openConfigDiff: () => null,
        moveCursor: () => null,
      },
      this.asked,
    );
  }

  askedFor<K extends keyof DiffQuestions>(kind: K): Parameters<DiffQuestions[K]>[0][] {
    return paramsOf(this.asked, kind) as Parameters<DiffQuestions[K]>[0][];
  }
}

function paramsOf(asked: readonly Asked[], kind: string): unknown[] {
  return asked.filter((one) => one.kind === kind).map(({ params }) => params);
}
