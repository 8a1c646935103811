/** The points that were read, in the order of writing, and the metrics that the file has. */

import { reserve } from "./memory";
import { Metric } from "./metrics";

/** Points that there is room for. */
export const CAPACITY: u32 = 65_536;

/** A metric's place in the file, step, wall time and value of each point. */
export const metricColumn = reserve((CAPACITY as usize) << 2);
export const stepColumn = reserve((CAPACITY as usize) << 3);
export const wallColumn = reserve((CAPACITY as usize) << 3);
export const valueColumn = reserve((CAPACITY as usize) << 3);
/** Of each point 0 where no value was recorded, else 1; only where `hasUnrecorded`. */
export const recordedColumn = reserve(CAPACITY as usize);
/** Standard errors, NaN where there is none; only where `hasStderr`. */
export const stderrColumn = reserve((CAPACITY as usize) << 3);
export let hasUnrecorded: bool = false;
export let hasStderr: bool = false;

/** The file that is being read, counted. */
export let file: u32 = 0;
/** Points so far. */
export let count: u32 = 0;

/** Numbers of the names of the file's metrics, in the order of their first points. */
export let fileNames: usize = 0;
export let fileNameCount: u32 = 0;
let fileNameCapacity: u32 = 0;

export function beginFile(): void {
  file += 1;
  clear();
  fileNameCount = 0;
}

/** Forgets the points so far. */
export function clear(): void {
  count = 0;
  hasUnrecorded = false;
  hasStderr = false;
}

export function hasRoom(points: u32): bool {
  return count + points <= CAPACITY;
}

/** Gives a metric its place among those of the file. */
function enter(metric: Metric): void {
  if (fileNameCount == fileNameCapacity) {
    const grown = max(256, fileNameCapacity * 2);
    const to = reserve((grown as usize) << 2);
    memory.copy(to, fileNames, (fileNameCount as usize) << 2);
    fileNames = to;
    fileNameCapacity = grown;
  }
  store<u32>(fileNames + ((fileNameCount as usize) << 2), metric.name);
  metric.file = file;
  metric.place = fileNameCount;
  fileNameCount += 1;
}

/** Adds a point, for which there must be room. */
export function append(metric: Metric, step: f64, wallBits: u64, value: f64): void {
  if (metric.file != file) enter(metric);
  const i = count as usize;
  store<u32>(metricColumn + (i << 2), metric.place);
  store<f64>(stepColumn + (i << 3), step);
  store<u64>(wallColumn + (i << 3), wallBits);
  store<f64>(valueColumn + (i << 3), value);
  count = (i as u32) + 1;
}

/** Says more of the point that will be the next but `ahead`: whether a value was recorded, and its standard error. */
export function qualify(ahead: u32, isRecorded: bool, stderr: f64): void {
  const i = (count + ahead) as usize;
  if (!isRecorded) {
    if (!hasUnrecorded) memory.fill(recordedColumn, 1, CAPACITY as usize);
    hasUnrecorded = true;
    store<u8>(recordedColumn + i, 0);
  }
  if (!isNaN(stderr)) {
    if (!hasStderr) fillWithNaN();
    hasStderr = true;
    store<f64>(stderrColumn + (i << 3), stderr);
  }
}

function fillWithNaN(): void {
  const end = stderrColumn + ((CAPACITY as usize) << 3);
  for (let at = stderrColumn; at < end; at += 8) store<f64>(at, NaN);
}

/** Keeps a value of the row that is being read, which becomes a point with `addRow`. There must be room. */
export function keep(i: u32, metric: usize, value: f64): void {
  const at = (count + i) as usize;
  store<u32>(metricColumn + (at << 2), metric as u32);
  store<f64>(valueColumn + (at << 3), value);
}

/** The metric of a value that is kept. */
export function keptMetric(i: u32): Metric {
  return changetype<Metric>(load<u32>(metricColumn + (((count + i) as usize) << 2)) as usize);
}

/** Makes the `length` values that are kept points at one step. */
export function addRow(length: u32, step: f64, wallBits: u64): void {
  for (let i: u32 = 0; i < length; i++) {
    const metric = keptMetric(i);
    if (metric.file != file) enter(metric);
    const at = (count + i) as usize;
    store<u32>(metricColumn + (at << 2), metric.place);
    store<f64>(stepColumn + (at << 3), step);
    store<u64>(wallColumn + (at << 3), wallBits);
  }
  count += length;
}
