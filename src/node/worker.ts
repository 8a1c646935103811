/**
 * The worker thread: core's answers behind the questions of the host. Nothing is computed here. The threads that read files
 * for it run the same script, so that the readers are shipped once.
 */

import { parentPort, workerData } from "node:worker_threads";
import {
  answerAtStep,
  answerByConfigKey,
  answerCheckpointPaths,
  answerCheckpoints,
  answerConfigHints,
  answerConfigKeys,
  answerDescribe,
  answerDiff,
  answerExampleDiff,
  answerExamples,
  answerExampleStory,
  answerExpectations,
  answerKeyHover,
  answerLineage,
  answerOnsets,
  answerOverRuns,
  answerRunConfig,
  answerRunEndings,
  answerStepHover,
  answerSurvival,
  answerTimeline,
  answerTree,
  answerVocabulary,
  answerWeightDiff,
  answerWhen,
  answerWhichRuns,
  behavioursOf,
  Catalog,
  checkOnsetFile,
  completeOnsetFile,
  completeQuery,
  describeShape,
  explainInOnsetFile,
  exportPoints,
  FileReader,
  formatExpectation,
  formatInterval,
  partialCheckpoints,
  timelineRecord,
  understand,
  withBehaviour,
  withPinned,
  type WhenResult,
} from "../core/index.js";
import { Peer, type Handlers } from "../protocol/rpc.js";
import { stepToAxis } from "../protocol/stepScale.js";
import type {
  BehaviourEntry,
  CachePlace,
  Snapshot,
  WhenRow,
  WorkerEvents,
  WorkerQuestions,
} from "../protocol/workerProtocol.js";
import { DiskCache } from "./diskCache.js";
import { excluder } from "./excluder.js";
import { fsFiles } from "./fsFiles.js";
import { pointBytes } from "./memory.js";
import { READS } from "./readingProtocol.js";
import { serveReadings } from "./readings.js";
import { ReadingPool, type ReadingProgress } from "./readingPool.js";

const port = parentPort;
if (!port) throw new Error("worker.js runs in a worker thread only");

const pool = new ReadingPool(__filename, tellReading);
let catalog = catalogOf([], null);
const fileReader = new FileReader(fsFiles);
/** What the catalog was made with. */
let made = JSON.stringify([[], null]);
let isComplete = false;
let discovering: AbortController | null = null;

/** Found runs are told this often while folders are walked, and how far files are read. */
const TELL_EVERY_MS = 250;
let toldReading = 0;

const handlers: Handlers<WorkerQuestions> = {
  async discover({ folders, exclude, cache = null }, signal) {
    discovering?.abort();
    const controller = new AbortController();
    discovering = controller;
    signal.addEventListener("abort", () => {
      controller.abort();
    });
    if (made !== JSON.stringify([exclude, cache])) {
      made = JSON.stringify([exclude, cache]);
      catalog = catalogOf(exclude, cache);
    }
    isComplete = false;
    let told = 0;
    let isTelling = false;
    await catalog.discover(
      folders,
      () => {
        if (isTelling || Date.now() - told < TELL_EVERY_MS) return;
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

  clearCache: ({ folder }) => diskCache(folder, 0).clear(),

  async reloadBehaviours() {
    await catalog.reloadOnsetFiles();
    return snapshot();
  },

  checkpoints: ({ key }) => answerCheckpoints(catalog, key),

  runEndings({ runs }, signal) {
    // For badges: what somebody looks at comes first.
    pool.canWait(signal);
    return answerRunEndings(catalog, runs, signal, (done) => {
      peer.tell("progress", { done, of: runs.length });
    });
  },

  configKeys: ({ runs }) => answerConfigKeys(catalog, runs),

  byConfigKey: ({ runs, key }) => answerByConfigKey(catalog, runs, key),

  vocabulary: ({ runs }, signal) => answerVocabulary(catalog, runs, signal),

  async completeQuestion({ text, offset, runs }, signal) {
    const vocabulary = await answerVocabulary(catalog, runs, signal);
    return completeQuery(text, offset, catalog.onsetFile().names, vocabulary);
  },

  checkQuestion({ text }) {
    const question = understand(catalog, text);
    if (!question.ok) return { ok: false, ...question.error };
    return question.kind === "behaviour"
      ? { ok: true, kind: "behaviour", name: question.behaviour.name }
      : { ok: true, kind: "set", name: question.name };
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

  async record({ text, run }, signal) {
    const results: WhenResult[] = [];
    for await (const result of answerWhen(catalog, text, [run], signal)) results.push(result);
    return results;
  },

  survival({ text, runs, key }, signal) {
    const question = understand(catalog, text);
    if (!question.ok) throw nonsense(text, question.error.message);
    if (question.kind !== "behaviour") throw nonsense(text, "it is about several runs");
    return answerSurvival(catalog, question.behaviour, runs, key, signal);
  },

  runsWithExamples: () =>
    catalog.runs().flatMap(({ key, examples }) => ((examples?.length ?? 0) > 0 ? [key] : [])),

  examples: ({ run, ...question }, signal) => answerExamples(catalog, run, question, signal),

  exampleStory: ({ run, choice, id, step }, signal) =>
    answerExampleStory(catalog, fsFiles, run, choice, id, step, signal),

  async describe({ metric, runs, law }, signal) {
    const answer = await answerDescribe(catalog, metric, runs, { law }, signal);
    const { runs: rows, together } = describeShape(answer);
    return { answer, rows, together };
  },

  overRuns({ text, runs }, signal) {
    const question = understand(catalog, text);
    if (!question.ok) throw nonsense(text, question.error.message);
    if (question.kind !== "set") throw nonsense(text, "it is about each run");
    return answerOverRuns(catalog, question.query, runs, signal);
  },

  onsets: ({ runs }, signal) =>
    answerOnsets(catalog, runs, signal, (done, of) => {
      peer.tell("progress", { done, of });
    }),

  expectations({ runs }, signal) {
    pool.canWait(signal);
    return answerExpectations(catalog, runs, signal);
  },

  async checkOnsetFile({ text, runs, violations }, signal) {
    return checkOnsetFile(text, await answerVocabulary(catalog, runs, signal), violations);
  },

  async completeOnsetFile({ text, offset, runs }, signal) {
    return completeOnsetFile(text, offset, await answerVocabulary(catalog, runs, signal));
  },

  explainInOnsetFile: ({ text, offset }) => explainInOnsetFile(text, offset),

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

  exampleDiff: ({ a, b, ...question }, signal) =>
    answerExampleDiff(catalog, a, b, question, signal),

  weightDiff: ({ a, b }) => answerWeightDiff(catalog, a, b),

  lineage: (_params, signal) =>
    answerLineage(catalog, signal, (done, of) => {
      peer.tell("progress", { done, of });
    }),

  timeline: ({ scale, annotations, ...question }, signal) =>
    answerTimeline(catalog, question, (x) => stepToAxis(x, scale), annotations, signal),

  atStep: (question, signal) => answerAtStep(catalog, question, signal),

  exportPoints: (question, signal) => exportPoints(catalog, question, signal),

  timelineRecord: (question, signal) =>
    timelineRecord(catalog, question, (x) => stepToAxis(x, question.scale), signal),

  partialCheckpoints: ({ runs }, signal) => partialCheckpoints(catalog, runs, signal),

  hoverKey: (question, signal) => answerKeyHover(catalog, question, signal),

  runConfig: (question, signal) => answerRunConfig(catalog, question, signal),

  configHints: (question) => answerConfigHints(catalog, question),

  checkpointPaths: ({ file, texts }) => answerCheckpointPaths(catalog, file, texts),

  hoverStep: ({ step }, signal) => answerStepHover(catalog, step, signal),

  fileContents: ({ file }, signal) => fileReader.contents(file, signal),

  tableRows: ({ file, from, to }, signal) => fileReader.rows(file, from, to, signal),

  async refresh({ runs }, signal) {
    const changed = new Set<string>();
    for (const key of runs) if (await catalog.refresh(key, signal)) changed.add(key);
    const tree = changed.size > 0 ? await answerTree(catalog, signal) : [];
    return { runs: tree.filter(({ key }) => changed.has(key)), problems: catalog.problems() };
  },

  withBehaviour: ({ text, name, when, note }) => withBehaviour(text, name, when, note),

  withPinned: ({ text, name, patterns }) => withPinned(text, name, patterns),
};

/** Tells how far large files are read, not too often, and when all of them are. */
function tellReading(progress: ReadingProgress): void {
  const now = Date.now();
  if (progress.of > 0 && now - toldReading < TELL_EVERY_MS) return;
  toldReading = now;
  peer.tell("reading", progress);
}

/** Null where nothing is to be kept: then what was kept goes. */
function catalogOf(exclude: readonly string[], cache: CachePlace | null): Catalog {
  return new Catalog(fsFiles, {
    isExcluded: excluder(exclude),
    cache: cache && cacheAt(cache),
    place: pool,
    pointBytes: pointBytes(),
  });
}

function cacheAt({ folder, megabytes }: CachePlace): DiskCache | null {
  const cache = diskCache(folder, megabytes * 2 ** 20);
  if (megabytes > 0) return cache;
  void cache.clear();
  return null;
}

function diskCache(folder: string, bytes: number): DiskCache {
  return new DiskCache(folder, bytes, (message) => {
    peer.tell("trouble", message);
  });
}

/** For questions without an answer. Folders have behaviours of their own, so that one with an answer is never wrong. */
function refuseNonsense(text: string): void {
  const question = understand(catalog, text);
  if (!question.ok) throw nonsense(text, question.error.message);
}

function nonsense(text: string, reason: string): Error {
  return new Error(`"${text}" is no question: ${reason}`);
}

async function snapshot(): Promise<Snapshot> {
  return {
    runs: await answerTree(catalog),
    problems: catalog.problems(),
    behaviours: behaviours(),
    onsetFiles: catalog.onsetFilePaths(),
    isComplete,
  };
}

function behaviours(): BehaviourEntry[] {
  return [...behavioursOf(catalog.onsetFile()).values()].map(
    ({ name, when, note, expectation, place }) => ({
      name,
      question: when,
      note,
      expectation: expectation && formatExpectation(expectation),
      isSaved: place !== null,
    }),
  );
}

const peer = new Peer<WorkerQuestions, Record<never, never>, Record<never, never>, WorkerEvents>(
  {
    post: (message) => {
      port.postMessage(message);
    },
    listen: (handler) => {
      if (workerData === READS) serveReadings(port);
      else port.on("message", handler);
    },
  },
  handlers,
);
