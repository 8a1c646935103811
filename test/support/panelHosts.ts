/**
 * The host's side of the panels without an editor: questions go to the worker as the panels send them, and the
 * comparison is a plain field.
 */

import type { StepAnnotation } from "../../src/core/index.js";
import {
  FIRST_TIMELINE,
  type Comparison,
  type DiffIntent,
  type DiffQuestions,
  type ExamplesIntent,
  type ExamplesQuestions,
  type FileQuestions,
  type LineageQuestions,
  type OnsetsIntent,
  type OnsetsQuestions,
  type TimelineIntent,
  type TimelineQuestions,
} from "../../src/protocol/panelProtocol.js";
import type { Handlers } from "../../src/protocol/rpc.js";
import { noting, type Asked } from "./pages.js";
import type { WorkerOn } from "./workerOn.js";

export class TimelineHost {
  readonly asked: Asked[] = [];
  readonly handlers: Handlers<TimelineQuestions>;
  intent: TimelineIntent = FIRST_TIMELINE;
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
          const question = { ...intent, runs: compared, width, annotations };
          return client.ask("timeline", question, signal);
        },
        atStep: (question, signal) => {
          const { runs: compared, baseline } = this.comparison;
          return client.ask("atStep", { ...question, runs: compared, baseline }, signal);
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
        partialCheckpoints: (_, signal) =>
          client.ask("partialCheckpoints", { runs: this.comparison.runs }, signal),
        copy: () => null,
        save: ({ name, format }) => `/saved/${name}.${format}`,
        exportPoints: ({ format }) => `/saved/timeline.${format}`,
        exportRecord: () => "/saved/timeline.md",
        pinMetrics: () => "pinned",
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
        examples: ({ intent: { a, b }, changes, from, to }, signal) => {
          const all = { task: null, filter: null, metric: null, cut: null };
          return client.ask("exampleDiff", { a, b, ...all, changes, from, to }, signal);
        },
        weights: ({ a, b }, signal) => client.ask("weightDiff", { a, b }, signal),
        openConfigDiff: () => null,
        openExamples: () => null,
        moveCursor: () => null,
      },
      this.asked,
    );
  }

  askedFor<K extends keyof DiffQuestions>(kind: K): Parameters<DiffQuestions[K]>[0][] {
    return paramsOf(this.asked, kind) as Parameters<DiffQuestions[K]>[0][];
  }
}

export class OnsetsHost {
  readonly asked: Asked[] = [];
  readonly handlers: Handlers<OnsetsQuestions>;
  intent: OnsetsIntent = { filter: "", key: null, question: null };
  comparison: Comparison;

  constructor({ client, snapshot }: WorkerOn) {
    const keys = snapshot.runs.map(({ key }) => key);
    this.comparison = { runs: keys, baseline: null, step: null, known: keys.length };
    this.handlers = noting<OnsetsQuestions>(
      {
        ready: ({ intent }) => {
          this.intent = intent ?? this.intent;
          return { intent: this.intent, comparison: this.comparison };
        },
        onsets: async () => {
          const { runs } = this.comparison;
          const answer = await client.ask("onsets", { runs });
          return { answer, keys: (await client.ask("vocabulary", { runs })).keys };
        },
        survival: ({ question, key }, signal) => {
          const { runs } = this.comparison;
          return client.ask("survival", { text: question, runs, key }, signal);
        },
        cell: async ({ run, question }) => {
          const [result] = await client.ask("record", { text: question, run });
          if (!result) throw new Error("no answer");
          return result;
        },
        openTimeline: () => null,
        copyRecord: () => null,
        saveBehaviour: () => null,
        ask: () => null,
        chooseRuns: () => null,
      },
      this.asked,
    );
  }

  askedFor<K extends keyof OnsetsQuestions>(kind: K): Parameters<OnsetsQuestions[K]>[0][] {
    return paramsOf(this.asked, kind) as Parameters<OnsetsQuestions[K]>[0][];
  }
}

export class ExamplesHost {
  readonly asked: Asked[] = [];
  readonly handlers: Handlers<ExamplesQuestions>;

  constructor({ client, snapshot }: WorkerOn, run: string | null) {
    const runs = snapshot.runs.map(({ key, label }) => ({ key, label }));
    const none: ExamplesIntent = {
      ...{ run, task: null, filter: null, metric: null, cut: null },
      example: null,
    };
    this.handlers = noting<ExamplesQuestions>(
      {
        ready: ({ intent }) => ({ intent: intent ?? none, runs }),
        examples: ({ intent, example, from, to }, signal) => {
          const { run: key, task, filter, metric, cut } = intent;
          const choice = { task, filter, metric, cut };
          const question = { persistence: null, example, step: null, from, to };
          return client.ask("examples", { run: key ?? "", ...choice, ...question }, signal);
        },
        story: ({ intent, id, step }, signal) => {
          const { run: key, task, filter, metric, cut } = intent;
          const choice = { task, filter, metric, cut };
          return client.ask("exampleStory", { run: key ?? "", choice, id, step }, signal);
        },
        moveCursor: () => null,
        openFile: () => null,
      },
      this.asked,
    );
  }

  askedFor<K extends keyof ExamplesQuestions>(kind: K): Parameters<ExamplesQuestions[K]>[0][] {
    return paramsOf(this.asked, kind) as Parameters<ExamplesQuestions[K]>[0][];
  }
}

export class FileHost {
  readonly asked: Asked[] = [];
  readonly handlers: Handlers<FileQuestions>;

  constructor({ client }: Pick<WorkerOn, "client">, file: string) {
    const name = file.slice(file.lastIndexOf("/") + 1);
    this.handlers = noting<FileQuestions>(
      {
        contents: async (_params, signal) => ({
          name,
          contents: await client.ask("fileContents", { file }, signal),
        }),
        rows: ({ from, to }, signal) => client.ask("tableRows", { file, from, to }, signal),
      },
      this.asked,
    );
  }

  askedFor<K extends keyof FileQuestions>(kind: K): Parameters<FileQuestions[K]>[0][] {
    return paramsOf(this.asked, kind) as Parameters<FileQuestions[K]>[0][];
  }
}

export class LineageHost {
  readonly asked: Asked[] = [];
  readonly handlers: Handlers<LineageQuestions>;

  constructor({ client }: Pick<WorkerOn, "client">) {
    this.handlers = noting<LineageQuestions>(
      {
        lineage: (_params, signal) => client.ask("lineage", null, signal),
        openTimeline: () => null,
        chooseRuns: () => null,
      },
      this.asked,
    );
  }

  askedFor<K extends keyof LineageQuestions>(kind: K): Parameters<LineageQuestions[K]>[0][] {
    return paramsOf(this.asked, kind) as Parameters<LineageQuestions[K]>[0][];
  }
}

function paramsOf(asked: readonly Asked[], kind: string): unknown[] {
  return asked.filter((one) => one.kind === kind).map(({ params }) => params);
}
