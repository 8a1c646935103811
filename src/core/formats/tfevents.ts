/** TensorBoard event files, by the kernel for them or, where there is no WebAssembly, plainly. What they mean: `events.ts`. */

import { readRange, type ByteSource } from "../io/files.js";
import { NOTHING_TOLD, type Told } from "../model/told.js";
import { EventReading, readRecords } from "./events.js";
import { beginsAsRecord, RecordSplitter } from "./framing/tfRecord.js";
import { Kernel } from "./kernels/kernel.js";
import { readByKernel } from "./kernels/readEvents.js";
import {
  LOOK,
  NO,
  START,
  YES,
  type Chunk,
  type Claim,
  type Cursor,
  type Reader,
  type ReadInput,
} from "./reader.js";

async function* read(input: ReadInput, signal?: AbortSignal): AsyncGenerator<Chunk, Cursor> {
  const reading = new EventReading(input);
  const { offset } = input.from;
  const kernel = Kernel.take();
  if (!kernel) return yield* readRecords(reading, offset, signal);
  const cursor = yield* readByKernel(kernel, reading, offset, signal);
  kernel.giveBack();
  return cursor;
}

/** Bytes at a file's beginning that are looked at for what the run was configured with. */
const TOLD_BYTES = 64 * 1024;

async function tell(source: ByteSource): Promise<Told> {
  const reading = new EventReading({ source, file: "", from: START });
  new RecordSplitter(0).push(await readRange(source, 0, TOLD_BYTES), reading);
  return { ...NOTHING_TOLD, config: reading.found.config };
}

/** `events.out.tfevents.<time>.<host>…` as writers name it, but for what tools put beside it. */
const USUAL_NAME = /tfevents\.\d{9,}(?!.*\.(?:profile-empty|json|txt|csv|zip|gz)$)/;

function claims(name: string, head: Uint8Array | null): Claim {
  if (!/tfevents/.test(name) || name.endsWith(".profile-empty")) return NO;
  if (USUAL_NAME.test(name)) return YES;
  if (head === null) return LOOK;
  return head.length === 0 || beginsAsRecord(head) ? YES : NO;
}

export const tfevents: Reader = {
  format: "tfevents",
  system: "TensorBoard",
  kind: "log",
  claims,
  tell,
  read,
};
