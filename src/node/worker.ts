/** The worker thread: core's answers behind the questions of the host. Nothing is computed here. */

import { parentPort } from "node:worker_threads";
import {
  answerAtStep,
  answerCheckpoints,
  answerDiff,
  answerKeyHover,
  answerStepHover,
  answerTimeline,
  answerTree,
  answerWhen,
  answerWhichRuns,
  BUILT_IN,
  Catalog,
  formatInterval,
  formatQuery,
  understand,
  withBehaviour,
} from "../core/index.js";
import { Peer, type Handlers } from "../protocol/rpc.js";
import { stepToShare } from "../protocol/stepScale.js";
import type {
  BehaviourEntry,
  Snapshot,
  WhenRow,
  WorkerEvents,
  WorkerQuestions,
} from "../protocol/workerProtocol.js";
import { excluder } from "./excluder.js";
import { fsFiles } from "./fsFiles.js";

const port = parentPort;
if (!port) throw new Error("worker.js runs in a worker thread only");

let catalog = new Catalog(fsFiles, { isExcluded: () => false });
let exclude: readonly string[] = [];
let isComplete = false;
let discovering: AbortController | null = null;

/** Found runs are told this often while folders are walked. */
const FOUND_EVERY_MS = 250;
/** Most runs that are read to complete metric names. */
const METRIC_RUNS = 100;

const handlers: Handlers<WorkerQuestions> = {
  async discover({ folders, exclude: globs }, signal) {
    discovering?.abort();
    const controller = new AbortController();
    discovering = controller;
    signal.addEventListener("abort", () => {
      controller.abort();
    });
    if (JSON.stringify(globs) !== JSON.stringify(exclude)) {
      exclude = globs;
      catalog = new Catalog(fsFiles, { isExcluded: excluder(globs) });
    }
    isComplete = false;
    let told = 0;
    let isTelling = false;
    await catalog.discover(
      folders,
      () => {
        if (isTelling || Date.now() - told < FOUND_EVERY_MS) return;
        isTelling = true;
        void snapshot().then((found) => {
          isTelling = false;
          told = Date.now();
          if (!isComplete) peer.tell("found", found);
        });
      },
      controller.signal,
    );
    isComplete = true;
    return snapshot();
  },

  async reloadBehaviours() {
    await catalog.reloadOnsetFiles();
    return snapshot();
  },

  checkpoints: ({ key }) => answerCheckpoints(catalog, key),

  async metrics({ runs }, signal) {
    const counts = new Map<string, number>();
    for (const key of runs.slice(0, METRIC_RUNS)) {
      if (!catalog.run(key)) continue;
      for (const name of (await catalog.load(key, signal)).table.metricNames()) {
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
    return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
  },

  checkQuestion({ text }) {
    const question = understand(catalog, text);
    return question.ok ? { ok: true, name: question.name } : { ok: false, ...question.error };
  },

  async when({ text, runs }, signal) {
    const rows: WhenRow[] = [];
    for (const [index, key] of runs.entries()) {
      signal.throwIfAborted();
      if (!catalog.run(key)) continue;
      for await (const { record: _record, ...row } of answerWhen(catalog, text, [key], signal)) {
        rows.push({ ...row, key, text: formatInterval(row) });
      }
      peer.tell("progress", { done: index + 1, of: runs.length });
    }
    if (rows.length === 0) refuseNonsense(text);
    return rows;
  },

  async whichRuns({ text, step, runs }, signal) {
    const answer = await answerWhichRuns(catalog, text, step, runs, signal, (done, of) => {
      peer.tell("progress", { done, of });
    });
    if (answer.present.length + answer.absent.length + answer.unknown.length === 0) {
      refuseNonsense(text);
    }
    return answer;
  },

  diff: ({ a, b }, signal) => answerDiff(catalog, a, b, signal),

  timeline: ({ scale, annotations, ...question }, signal) =>
    answerTimeline(
      catalog,
      question,
      (step, range) => stepToShare(step, range, scale),
      annotations,
      signal,
    ),

  atStep: (question, signal) => answerAtStep(catalog, question, signal),

  hoverKey: (question, signal) => answerKeyHover(catalog, question, signal),

  hoverStep: ({ step }, signal) => answerStepHover(catalog, step, signal),

  async refresh({ runs }, signal) {
    const changed = new Set<string>();
    for (const key of runs) if (await catalog.refresh(key, signal)) changed.add(key);
    const tree = changed.size > 0 ? await answerTree(catalog, signal) : [];
    return { runs: tree.filter(({ key }) => changed.has(key)), problems: catalog.problems() };
  },

  withBehaviour: ({ text, name, when, note }) => withBehaviour(text, name, when, note),
};

/** For questions without an answer. Folders have behaviours of their own, so that one with an answer is never wrong. */
function refuseNonsense(text: string): void {
  const question = understand(catalog, text);
  if (!question.ok) throw new Error(`"${text}" is no question: ${question.error.message}`);
}

async function snapshot(): Promise<Snapshot> {
  return {
    runs: await answerTree(catalog),
    problems: catalog.problems(),
    behaviours: behaviours(),
    isComplete,
  };
}

function behaviours(): BehaviourEntry[] {
  const saved = [...catalog.onsetFile().behaviours.values()].map(({ name, when, note }) => ({
    name,
    question: when,
    note,
    isSaved: true,
  }));
  const names = new Set(saved.map(({ name }) => name));
  const builtIn = [...BUILT_IN]
    .filter(([name]) => !names.has(name))
    .map(([name, query]) => ({ name, question: formatQuery(query), note: null, isSaved: false }));
  return [...saved, ...builtIn];
}

const peer = new Peer<WorkerQuestions, Record<never, never>, Record<never, never>, WorkerEvents>(
  {
    post: (message) => {
      port.postMessage(message);
    },
    listen: (handler) => {
      port.on("message", handler);
    },
  },
  handlers,
);
