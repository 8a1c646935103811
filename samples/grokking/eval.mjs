#!/usr/bin/env node
/**
 * Held-out accuracy of one checkpoint of this workspace, without Python.
 *
 *     node eval.mjs runs/wd1-seed0/checkpoints/step1250.safetensors
 *
 * Prints `{"step": …, "held_out/acc": …, "outcomes": "0110…"}`.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const path = process.argv[2];
if (path === undefined) {
  console.error("usage: node eval.mjs CHECKPOINT.safetensors");
  process.exit(2);
}

try {
  console.log(JSON.stringify(accuracyOf(path)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** @param {string} file */
function accuracyOf(file) {
  const { tensors, metadata } = readCheckpoint(file);
  /** @type {{ p: number, pairs: number[] }} */
  const split = JSON.parse(readFileSync(join(dirname(file), "..", "held_out.json"), "utf8"));
  const outcomes = evaluate(tensors, split.p, split.pairs);
  const correct = outcomes.filter(Boolean).length;
  return {
    step: Number(metadata.step),
    "held_out/acc": correct / outcomes.length,
    outcomes: outcomes.map(Number).join(""),
  };
}

/**
 * @typedef {{ rows: number, columns: number, data: Float32Array }} Matrix
 * @typedef {{ data_offsets: [number, number], shape: [number, number] }} Entry
 * @param {string} file
 */
function readCheckpoint(file) {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  /** @type {{ __metadata__: { step: string } } & Record<string, Entry>} */
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length));
  const { __metadata__: metadata, ...entries } = header;
  const data = bytes.subarray(8 + length);
  /** @type {Record<string, Matrix>} */
  const found = {};
  for (const [name, entry] of Object.entries(entries)) {
    const [begin, end] = entry.data_offsets;
    if (end > data.length) throw new Error(`${file} is cut short: ${name} ends at byte ${end}`);
    const copy = new Uint8Array(data.subarray(begin, end));
    const [rows, columns] = entry.shape;
    found[name] = { rows, columns, data: new Float32Array(copy.buffer) };
  }
  return { tensors: found, metadata };
}

/**
 * Whether the model answers (a + b) mod p, pair by pair. Pairs are given as a · p + b.
 *
 * @param {Record<string, Matrix>} weights
 * @param {number} p
 * @param {number[]} pairs
 */
function evaluate(weights, p, pairs) {
  return pairs.map((pair) => {
    const a = Math.floor(pair / p);
    const b = pair % p;
    const embedded = add(row(weights["embed_a.weight"], a), row(weights["embed_b.weight"], b));
    const hidden = multiply(embedded, weights["hidden.weight"]).map((x) => Math.max(0, x));
    const logits = multiply(hidden, weights["output.weight"]);
    return logits.indexOf(Math.max(...logits)) === (a + b) % p;
  });
}

/**
 * @param {Matrix | undefined} matrix
 * @param {number} index
 */
function row(matrix, index) {
  if (!matrix) throw new Error("the checkpoint lacks a weight of this model");
  return matrix.data.subarray(index * matrix.columns, (index + 1) * matrix.columns);
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 */
function add(x, y) {
  return x.map((value, i) => value + (y[i] ?? 0));
}

/**
 * A row vector times a matrix.
 *
 * @param {Float32Array} vector
 * @param {Matrix | undefined} matrix
 */
function multiply(vector, matrix) {
  if (!matrix) throw new Error("the checkpoint lacks a weight of this model");
  const product = new Float32Array(matrix.columns);
  for (let i = 0; i < matrix.rows; i++) {
    for (let j = 0; j < matrix.columns; j++) {
      product[j] =
        (product[j] ?? 0) + (vector[i] ?? 0) * (matrix.data[i * matrix.columns + j] ?? 0);
    }
  }
  return product;
}
