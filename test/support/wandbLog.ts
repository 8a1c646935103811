/** Writes `.wandb` logs, apart from the code that reads them: blocks, checksums, records. */

import { crc32 as checksum } from "node:zlib";
import { concat } from "./eventFile.js";

const BLOCK = 32_768;

export interface WandbRun {
  readonly id?: string;
  readonly name?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  /** The run and step that it was forked at. */
  readonly forkedAt?: { readonly id: string; readonly step: number };
}

/** A log of one run: its own record, a step metric if given, then one record per row. */
export function wandbLog(
  run: WandbRun,
  rows: readonly Readonly<Record<string, unknown>>[],
  stepMetric?: string,
): Uint8Array {
  const records = [bytes(17, runRecord(run))];
  if (stepMetric !== undefined)
    records.push(bytes(12, concat([text(2, "*"), text(4, stepMetric)])));
  for (const row of rows) {
    const items = Object.entries(row).map(([key, value]) => bytes(1, item(key, value)));
    records.push(bytes(2, concat(items)));
  }
  return framed(records);
}

/** Records in chunks that do not cross blocks, behind the file's header. */
export function framed(records: readonly Uint8Array[]): Uint8Array {
  const out: number[] = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0];
  for (const record of records) {
    let rest = record;
    for (let isFirst = true; isFirst || rest.length > 0; isFirst = false) {
      let left = BLOCK - (out.length % BLOCK);
      if (left < 7) {
        for (; left > 0; left--) out.push(0);
        left = BLOCK;
      }
      const data = rest.subarray(0, left - 7);
      rest = rest.subarray(data.length);
      const type = isFirst ? (rest.length === 0 ? 1 : 2) : rest.length === 0 ? 4 : 3;
      const crc = checksum(concat([Uint8Array.of(type), data]));
      const header = new DataView(new ArrayBuffer(7));
      header.setUint32(0, crc, true);
      header.setUint16(4, data.length, true);
      header.setUint8(6, type);
      out.push(...new Uint8Array(header.buffer), ...data);
    }
  }
  return Uint8Array.from(out);
}

function runRecord({ id, name, config = {}, forkedAt }: WandbRun): Uint8Array {
  const fields: Uint8Array[] = [];
  if (id !== undefined) fields.push(text(1, id));
  const items = Object.entries(config).map(([key, value]) => bytes(1, item(key, value)));
  fields.push(bytes(4, concat(items)));
  if (name !== undefined) fields.push(text(8, name));
  if (forkedAt) {
    const value = new DataView(new ArrayBuffer(9));
    value.setUint8(0, 2 * 8 + 1);
    value.setFloat64(1, forkedAt.step, true);
    const point = [text(1, forkedAt.id), new Uint8Array(value.buffer), text(3, "_step")];
    fields.push(bytes(23, concat(point)));
  }
  return concat(fields);
}

function item(key: string, value: unknown): Uint8Array {
  return concat([text(2, key), text(16, JSON.stringify(value))]);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

function bytes(field: number, data: Uint8Array): Uint8Array {
  return concat([varint(field * 8 + 2), varint(data.length), data]);
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return Uint8Array.from([...out, value]);
}
