/** Writes `.wandb` logs, apart from the code that reads them: blocks, checksums, records. */

import { crc32 as checksum } from "node:zlib";
import { bytesField, concat, doubleField, textField } from "./eventFile.js";

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
  const records = [runRecord(run)];
  if (stepMetric !== undefined) records.push(metricRecord(stepMetric));
  for (const row of rows) {
    records.push(historyRecord(Object.entries(row).map(([key, value]) => item(key, value))));
  }
  return framed(records);
}

/** Records in chunks that do not cross blocks, behind the file's header. */
export function framed(records: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0)];
  let length = 7;
  const write = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  for (const record of records) {
    let rest = record;
    for (let isFirst = true; isFirst || rest.length > 0; isFirst = false) {
      let left = BLOCK - (length % BLOCK);
      if (left < 7) {
        write(new Uint8Array(left));
        left = BLOCK;
      }
      const data = rest.subarray(0, left - 7);
      rest = rest.subarray(data.length);
      write(chunk(isFirst ? (rest.length === 0 ? 1 : 2) : rest.length === 0 ? 4 : 3, data));
    }
  }
  return concat(parts);
}

/** A piece of a record as it stands in the file: 1 a whole one, 2 the first, 3 one between, 4 the last. */
export function chunk(type: number, data: Uint8Array): Uint8Array {
  const typed = concat([Uint8Array.of(type), data]);
  const header = new DataView(new ArrayBuffer(6));
  header.setUint32(0, checksum(typed), true);
  header.setUint16(4, data.length, true);
  return concat([new Uint8Array(header.buffer), typed]);
}

/** The record of a row, of its items and what else is in it. */
export function historyRecord(
  items: readonly Uint8Array[],
  ...more: readonly Uint8Array[]
): Uint8Array {
  return bytesField(2, concat([...items.map((own) => bytesField(1, own)), ...more]));
}

/** The record that says over what metrics are drawn. */
export function metricRecord(stepMetric: string): Uint8Array {
  return bytesField(12, concat([textField(2, "*"), textField(4, stepMetric)]));
}

/** The run's own record. */
export function runRecord({ id, name, config = {}, forkedAt }: WandbRun): Uint8Array {
  const fields: Uint8Array[] = [];
  if (id !== undefined) fields.push(textField(1, id));
  const items = Object.entries(config).map(([key, value]) => bytesField(1, item(key, value)));
  fields.push(bytesField(4, concat(items)));
  if (name !== undefined) fields.push(textField(8, name));
  if (forkedAt) {
    const point = [textField(1, forkedAt.id), doubleField(2, forkedAt.step), textField(3, "_step")];
    fields.push(bytesField(23, concat(point)));
  }
  return bytesField(17, concat(fields));
}

function item(key: string, value: unknown): Uint8Array {
  return concat([textField(2, key), textField(16, JSON.stringify(value))]);
}
