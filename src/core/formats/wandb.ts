/**
 * W&B's `.wandb` logs, checksums verified: the rows of the history, the configuration and the run's own record. Console
 * text, machine statistics and whom the run belongs to are stepped over. By the kernel for them or, where there is no
 * WebAssembly, plainly. What rows mean: `wandbReading.ts`.
 */

import { readRange, type ByteSource } from "../io/files.js";
import type { ConfigValue } from "../model/config.js";
import { NOTHING_TOLD, type Told } from "../model/told.js";
import { emptyColumns } from "../model/series.js";
import { BlockLog } from "./framing/blockLog.js";
import { ProtobufError } from "./framing/protobuf.js";
import { Kernel } from "./kernels/kernel.js";
import { readWandb } from "./kernels/readWandb.js";
import { ProblemList } from "./problems.js";
import { NO, START, YES, type Chunk, type Cursor, type Reader, type ReadInput } from "./reader.js";
import { HEADER, readBlocks, WandbReading } from "./wandbReading.js";
import { readWandbRecord, type RunRecord, type WandbHandlers } from "./wandbRecords.js";

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const { source, file, from } = input;
  if (from.offset === 0) {
    const header = await readRange(source, 0, HEADER.length);
    if (header.some((byte, i) => byte !== HEADER[i])) {
      const problems = new ProblemList(file);
      problems.add("wandb/bad-header", "does not begin as a W&B log of version 0; not read");
      yield { points: emptyColumns(), problems: problems.take(true) };
      return START;
    }
    // Empty, or cut inside the header: the run was killed at once, or has only begun.
    if (header.length < HEADER.length) return from;
  }
  const reading = new WandbReading(input);
  const kernel = Kernel.take();
  if (!kernel) return yield* readBlocks(reading, signal);
  const cursor = yield* readWandb(kernel, reading, signal);
  kernel.giveBack();
  return cursor;
}

/** Blocks in which the run's own records lie; they come before any row. */
const TOLD_BLOCKS = 2;

async function tell(source: ByteSource): Promise<Told> {
  const header = await readRange(source, 0, HEADER.length);
  if (HEADER.some((byte, i) => header[i] !== byte)) return NOTHING_TOLD;
  const config = new Map<string, ConfigValue>();
  let record: RunRecord | null = null;
  const handlers: WandbHandlers = {
    onHistory: () => undefined,
    onStepMetric: () => undefined,
    onConfig: (own) => {
      for (const [key, value] of own) config.set(key, value);
    },
    onRun: (run) => {
      record = run;
      handlers.onConfig(run.config);
    },
  };
  const log = new BlockLog(source, HEADER.length);
  for (let block = 0, done = false; block < TOLD_BLOCKS && !done; block++) {
    ({ done } = await log.step({
      onRecord: (data) => {
        try {
          readWandbRecord(data, handlers);
        } catch (error) {
          if (!(error instanceof ProtobufError)) throw error;
        }
      },
      onDamaged: () => undefined,
    }));
  }
  // Assigned in a callback, which the compiler does not follow.
  const run = record as RunRecord | null;
  return {
    config,
    id: run?.id ?? null,
    name: run?.displayName ?? null,
    parent: run?.parent ?? null,
  };
}

export const wandb: Reader = {
  format: "wandb",
  system: "Weights & Biases",
  kind: "log",
  claims: (name) => (name.endsWith(".wandb") ? YES : NO),
  tell,
  read,
};
