/** The only door of core. */

export { answerDiff, type DiffAnswer } from "./answers/diff.js";
export { toJson } from "./answers/json.js";
export { answerRun, referenceOf, type RunAnswer, type RunReference } from "./answers/runs.js";
export { answerWhen, understand, type WhenResult } from "./answers/when.js";
export { Catalog, type Folder, type LoadedRun } from "./catalog/catalog.js";
export { FileError, type ByteSource, type Entry, type Files, type FileStamp } from "./io/files.js";
export { toSlashes } from "./io/path.js";
export { formatInterval, formatStep } from "./model/interval.js";
export type { Problem } from "./model/problem.js";
export type { RunDir } from "./model/run.js";
export { BUILT_IN } from "./query/query.js";
export { nearest } from "./query/parseQuery.js";
export { VERSION } from "./version.js";
export { answerAtStep, type AtStepAnswer, type AtStepQuestion } from "./answers/atStep.js";
export {
  answerKeyHover,
  answerStepHover,
  type KeyHover,
  type KeyHoverQuestion,
  type StepHover,
} from "./answers/hover.js";
export {
  answerTimeline,
  type Band,
  type Mark,
  type MarkKind,
  type StepAnnotation,
  type TimelineAnswer,
  type TimelineChart,
  type TimelineQuestion,
} from "./answers/timeline.js";
export { answerCheckpoints, answerTree, type CheckpointRow, type TreeRun } from "./answers/tree.js";
export { answerWhichRuns, type WhichRuns } from "./answers/whichRuns.js";
export { withBehaviour } from "./query/withBehaviour.js";
export { behavioursOf } from "./query/onsetFile.js";
export { formatQuery } from "./query/query.js";
