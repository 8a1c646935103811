/** The only door of core. */

export {
  answerAtStep,
  type Around,
  type AtStepAnswer,
  type AtStepQuestion,
  type AtStepRow,
} from "./answers/atStep.js";
export { answerCheckpointPaths, type CheckpointPlace } from "./answers/checkpointPaths.js";
export {
  answerByConfigKey,
  answerConfigKeys,
  type ConfigKey,
  type SameValue,
} from "./answers/configKeys.js";
export { answerDescribe, type DescribeAnswer } from "./answers/describeMetric.js";
export { describeShape } from "./answers/describeShape.js";
export { answerDiff, type DiffAnswer, type RunAtStep } from "./answers/diff.js";
export {
  answerExampleDiff,
  type ChangedExample,
  type ExampleDiffAnswer,
  type ExampleDiffQuestion,
  type TaskChanges,
} from "./answers/exampleDiff.js";
export {
  answerExamples,
  answerExampleTasks,
  type ExampleRow,
  type ExamplesAnswer,
  type ExamplesQuestion,
  type LearnedExamples,
} from "./answers/examples.js";
export { answerExampleStory, type ExampleStory } from "./answers/exampleStory.js";
export type { OutcomeChange } from "./analysis/outcomeChanges.js";
export type { CheckpointOutcomes } from "./answers/exampleAnalysis.js";
export {
  metricName,
  nameOf,
  tasksNamed,
  type ExamplesChoice,
  type TaskSummary,
} from "./answers/chooseExamples.js";
export { answerExpectations, type Violation } from "./answers/expectations.js";
export { FileReader, type FileContents } from "./answers/fileContents.js";
export type { FileSeries, SeriesInFile } from "./answers/fileSeries.js";
export { answerFiles, type FileAnswer, type FileRole } from "./answers/files.js";
export {
  answerKeyHover,
  answerStepHover,
  type KeyHover,
  type KeyHoverQuestion,
  type StepHover,
} from "./answers/hover.js";
export { answerLineage, type LineageAnswer, type LineageRow } from "./answers/lineage.js";
export { toJson } from "./answers/json.js";
export type { Mark, MarkKind } from "./answers/marks.js";
export { type AxisChoice } from "./answers/axes.js";
export type { Band } from "./answers/onsetBands.js";
export {
  answerConfigHints,
  answerRunConfig,
  type ConfigHint,
  type RunConfigAnswer,
} from "./answers/runConfig.js";
export { answerRunEndings, type Ending, type RunEnding } from "./answers/runEndings.js";
export { answerRun, referenceOf, type RunAnswer, type RunReference } from "./answers/runs.js";
export {
  answerOnsets,
  type OnsetCell,
  type OnsetRow,
  type OnsetsAnswer,
} from "./answers/onsets.js";
export {
  checkOnsetFile,
  completeOnsetFile,
  explainInOnsetFile,
  type Explanation,
  type FileMark,
} from "./answers/onsetFileSupport.js";
export {
  answerTimeline,
  type PlacedBand,
  type PlacedMark,
  type StepAnnotation,
  type TimelineAnswer,
  type TimelineAxis,
  type TimelineChart,
  type TimelineQuestion,
} from "./answers/timeline.js";
export {
  exportPoints,
  partialCheckpoints,
  timelineRecord,
  type PartialCheckpoint,
  type PointsQuestion,
} from "./answers/timelineExport.js";
export type { DrawnLine, GroupBand } from "./answers/timelineLines.js";
export { answerCheckpoints, answerTree, type CheckpointRow, type TreeRun } from "./answers/tree.js";
export { answerOverRuns, type SetAnswer } from "./answers/overRuns.js";
export { answerSurvival, type SurvivalAnswer } from "./answers/survival.js";
export { recheckRecord, type Recheck, type RecordJson } from "./answers/record.js";
export { answerWhen, understand, type WhenResult } from "./answers/when.js";
export type { ShownCell, TableRows } from "./answers/tableRows.js";
export type { TensorGroup } from "./answers/tensors.js";
export {
  answerWeightDiff,
  type TensorChange,
  type TensorShape,
  type WeightDiffAnswer,
} from "./answers/weightDiff.js";
export { answerVocabulary } from "./answers/vocabulary.js";
export { answerWhichRuns, type WhichRuns } from "./answers/whichRuns.js";
export { type Spread } from "./analysis/seedBand.js";
export { type Smoothing } from "./analysis/smooth.js";
export { Catalog, type Folder, type LoadedRun } from "./catalog/catalog.js";
export { HERE, type ReadingPlace } from "./formats/readingPlace.js";
export { START, type Chunk, type Cursor, type ReadInput } from "./formats/reader.js";
export type { Cache, CachedEntry, CacheEntry } from "./io/cache.js";
export {
  FileError,
  type ByteSource,
  type Entry,
  type FileErrorCode,
  type Files,
  type FileStamp,
} from "./io/files.js";
export { emptyColumns } from "./model/series.js";
export { narrowed } from "./tables/narrowColumn.js";
export { toSlashes } from "./io/path.js";
export { formatInterval, formatStep } from "./model/interval.js";
export { shownName } from "./model/shownName.js";
export { CORRECT, outcomeIn, UNKNOWN, type Raster } from "./model/outcomes.js";
export type { Problem } from "./model/problem.js";
export type { RunDir } from "./model/run.js";
export { behavioursOf } from "./query/onsetFile.js";
export { completeQuery, type Completion, type Vocabulary } from "./query/completeQuery.js";
export { formatExpectation } from "./query/expectation.js";
export { nearest } from "./query/nearest.js";
export { withBehaviour, withPinned } from "./query/withBehaviour.js";
export { VERSION } from "./version.js";
