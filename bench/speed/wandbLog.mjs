/** Writes logs of W&B as training loops do: a row of metrics per step, with console text, summaries and statistics among them. */

import { closeSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import { randomNumbers } from "./eventLog.mjs";

const BLOCK = 32 * 1024;
const HEADER = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0];

/** @param {number} value @returns {number[]} */
function varint(value) {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

/** @param {number} field @param {Uint8Array | string} content */
function bytesField(field, content) {
  const data = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(data.length)]), data]);
}

/** @param {string} name @param {number | string} value */
function item(name, value) {
  return bytesField(1, Buffer.concat([bytesField(2, name), bytesField(16, String(value))]));
}

/**
 * @typedef {object} WandbLog
 * @property {string} file
 * @property {readonly string[]} names of the metrics of each row
 * @property {number} bytes that it has at least
 * @property {number} seed
 */

/** @param {WandbLog} log */
export function writeWandbLog({ file, names, bytes, seed }) {
  const random = randomNumbers(seed);
  const out = openSync(file, "w");
  let at = 0;
  /** @type {Uint8Array[]} */
  let parts = [];
  /** @param {Uint8Array} part */
  const write = (part) => {
    parts.push(part);
    at += part.length;
    if (parts.length < 4096) return;
    writeSync(out, Buffer.concat(parts));
    parts = [];
  };
  /** @param {Uint8Array} data */
  const record = (data) => {
    let from = 0;
    for (let isFirst = true; isFirst || from < data.length;) {
      const left = BLOCK - (at % BLOCK);
      if (left < 7) {
        write(new Uint8Array(left));
        continue;
      }
      const piece = data.subarray(from, from + left - 7);
      from += piece.length;
      const isLast = from >= data.length;
      const typed = Buffer.concat([
        Buffer.from([isFirst ? (isLast ? 1 : 2) : isLast ? 4 : 3]),
        piece,
      ]);
      isFirst = false;
      const header = Buffer.alloc(6);
      header.writeUInt32LE(crc32(typed), 0);
      header.writeUInt16LE(piece.length, 4);
      write(Buffer.concat([header, typed]));
    }
  };
  write(Uint8Array.from(HEADER));
  record(bytesField(17, bytesField(1, `run${seed}`)));
  record(bytesField(12, Buffer.concat([bytesField(2, "*"), bytesField(4, "train/global_step")])));
  for (let step = 0; at < bytes; step++) {
    const time = 1_700_000_000 + step * 1.5 + random();
    const items = names.map((name, i) =>
      item(name, Math.exp(-step / 1e5) * (i + 1) + random() * random()),
    );
    items.push(item("train/global_step", step), item("_timestamp", time));
    items.push(item("_runtime", time - 1_700_000_000), item("_step", step));
    const row = Buffer.concat(items);
    record(bytesField(2, row));
    record(bytesField(13, Buffer.concat([bytesField(3, `step ${step}: loss ${random()}`)])));
    if (step % 10 === 0) {
      record(bytesField(3, row));
      record(
        bytesField(7, Buffer.concat(Array.from({ length: 20 }, (_, i) => item(`gpu.${i}`, i)))),
      );
    }
  }
  writeSync(out, Buffer.concat(parts));
  closeSync(out);
}
