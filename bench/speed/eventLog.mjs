/** Writes event files as training loops do: the same tags at every step, in a cycle or in random order. */

import { closeSync, openSync, writeSync } from "node:fs";

const TABLE = new Int32Array(256).map((_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** @param {Uint8Array} bytes @param {number} from @param {number} to */
function masked(bytes, from, to) {
  let crc = -1;
  for (let i = from; i < to; i++) crc = (TABLE[(crc ^ (bytes[i] ?? 0)) & 255] ?? 0) ^ (crc >>> 8);
  crc = ~crc;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Uniform numbers in [0, 1), the same for the same seed. @param {number} seed */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * @typedef {object} EventLog
 * @property {string} file
 * @property {readonly string[]} tags
 * @property {number} steps
 * @property {"cycle" | "random"} order of the tags of a step
 * @property {number} seed
 */

/** @param {EventLog} log */
export function writeEventLog({ file, tags, steps, order, seed }) {
  const random = randomNumbers(seed);
  const encoder = new TextEncoder();
  const names = tags.map((tag) => encoder.encode(tag));
  const buffer = new Uint8Array(1 << 20);
  const view = new DataView(buffer.buffer);
  const out = openSync(file, "w");
  let at = 0;
  /** @param {(start: number) => number} data writes from `start` on and returns its end */
  const record = (data) => {
    if (buffer.length - at < 4096) {
      writeSync(out, buffer, 0, at);
      at = 0;
    }
    const start = at + 12;
    const end = data(start);
    view.setUint32(at, end - start, true);
    view.setUint32(at + 4, 0, true);
    view.setUint32(at + 8, masked(buffer, at, at + 8), true);
    view.setUint32(end, masked(buffer, start, end), true);
    at = end + 4;
  };
  record((start) => {
    buffer[start] = 0x09;
    view.setFloat64(start + 1, 1_700_000_000, true);
    const version = encoder.encode("brain.Event:2");
    buffer[start + 9] = 0x1a;
    buffer[start + 10] = version.length;
    buffer.set(version, start + 11);
    return start + 11 + version.length;
  });
  const turns = names.map((_, i) => i);
  let time = 1_700_000_000;
  for (let step = 0; step < steps; step++) {
    if (order === "random") {
      for (let i = turns.length - 1; i > 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [turns[i], turns[j]] = [turns[j] ?? 0, turns[i] ?? 0];
      }
    }
    for (const tag of turns) {
      time += random() * 0.01;
      const name = names[tag] ?? new Uint8Array();
      const value = Math.exp(-step / steps) * (tag + 1) + random() * 0.1;
      record((start) => {
        let p = start;
        buffer[p] = 0x09;
        view.setFloat64(p + 1, time, true);
        p += 9;
        if (step > 0) {
          buffer[p++] = 0x10;
          for (let rest = step; ; rest = Math.floor(rest / 128)) {
            buffer[p++] = (rest & 127) | (rest > 127 ? 128 : 0);
            if (rest <= 127) break;
          }
        }
        const size = name.length + 7;
        buffer[p++] = 0x2a;
        buffer[p++] = size + 2;
        buffer[p++] = 0x0a;
        buffer[p++] = size;
        buffer[p++] = 0x0a;
        buffer[p++] = name.length;
        buffer.set(name, p);
        p += name.length;
        buffer[p++] = 0x15;
        view.setFloat32(p, value, true);
        return p + 4;
      });
    }
  }
  writeSync(out, buffer, 0, at);
  closeSync(out);
}
