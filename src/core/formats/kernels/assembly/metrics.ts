/**
 * Metrics by name, kept from file to file: runs of a sweep log the same ones, so the second file meets none that is new.
 * What is true of one file only carries that file's number.
 */

import { equalBytes, reserve } from "./memory";

/** A metric, and what its next record is expected to look like. */
@unmanaged
export class Metric {
  /** The file that `place` is of. */
  file: u32;
  /** Its place among the file's metrics, in the order of their first points. */
  place: u32;
  /** Its place among all names that the host has given. */
  name: u32;
  /** The file that `kind` is of; of any other one it is 0. */
  kindFile: u32;
  kind: u32;

  /** The next record of an event file: its length and that one's checksum; 0 where none was met. */
  length: u32;
  lengthCrc: u32;
  /** Bytes of the step's varint. */
  stepBytes: u32;
  /** The bytes between step and value, of which `expected` is a copy, and those behind the value, which follow there. */
  before: u32;
  after: u32;
  expected: usize;
  capacity: u32;
  /** The metric whose record came after this one's the last time. */
  next: usize;
  /** Checksum of the last record's data, with the bits of the three fields that change. */
  crc: u32;
  valueBits: u32;
  stepBits: u64;
  wallBits: u64;
  /** Tables of the checksum at the last byte of wall time, step and value. */
  wallTable: usize;
  stepTable: usize;
  valueTable: usize;
  /** 1 where the expected record holds a tensor or metadata, which mean what the file says of the tag. */
  needsKind: u32;
  /** 1 where all records of the tag are for the plain code. */
  isPlain: u32;

  /** What W&B's clients write under the name. */
  role: u32;
  /** The row of a W&B log that it was last in, counted. */
  row: u32;
  /** The file that `last` is of: the step of its last row. */
  lastFile: u32;
  last: f64;
}

/** Bytes in the hash table that mean a metric: what `kind` of them tells apart. */
@unmanaged
export class Name {
  hash: u32;
  length: u32;
  text: usize;
  /** 0 while it is not known what the bytes name. */
  metric: usize;
  /** What came after it the last time. */
  next: usize;
}

/** The name itself; an event's tag, which may be no UTF-8; how an item of a W&B log begins. Added to hashes. */
export const NAME: u32 = 0;
export const TAG: u32 = 0x9e3779b9;
export const ITEM: u32 = 0x3c6ef372;

let slots: usize = 0;
let mask: u32 = 0;
let count: u32 = 0;

/** FNV's way of mixing, by eight bytes. May read up to seven bytes behind the text. */
function hashOf(text: usize, length: u32): u32 {
  let hash: u64 = (length as u64) ^ 0xcbf29ce484222325;
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    hash = (hash ^ load<u64>(text + i)) * 0x9e3779b97f4a7c15;
    hash ^= hash >>> 29;
  }
  if (i < length) {
    const rest = load<u64>(text + i) & (~(0 as u64) >>> (64 - ((length - i) << 3)));
    hash = (hash ^ rest) * 0x9e3779b97f4a7c15;
    hash ^= hash >>> 29;
  }
  return (hash ^ (hash >>> 32)) as u32;
}

/** The metric that bytes of a kind mean, 0 where none is known. */
export function find(text: usize, length: u32, kind: u32): usize {
  const at = lookUp(text, length, hashOf(text, length) + kind);
  return at == 0 ? 0 : changetype<Name>(at).metric;
}

/** The same as a `Name`, which is entered where it is not known. */
export function nameOf(text: usize, length: u32, kind: u32): Name {
  const hash = hashOf(text, length) + kind;
  const at = lookUp(text, length, hash);
  return at != 0 ? changetype<Name>(at) : enter(text, length, hash);
}

function lookUp(text: usize, length: u32, hash: u32): usize {
  if (slots == 0) return 0;
  let i = hash & mask;
  while (true) {
    const at = load<usize>(slots + ((i as usize) << 2));
    if (at == 0) return 0;
    const name = changetype<Name>(at);
    if (
      name.hash == hash &&
      name.length == length &&
      equalBytes(name.text, text, length as usize)
    ) {
      return at;
    }
    i = (i + 1) & mask;
  }
}

/** A new metric of a name. */
export function define(name: Name, index: u32): void {
  const metric = changetype<Metric>(reserve(offsetof<Metric>()));
  metric.name = index;
  name.metric = changetype<usize>(metric);
}

function enter(text: usize, length: u32, hash: u32): Name {
  if (count * 2 >= mask) grow();
  const name = changetype<Name>(reserve(offsetof<Name>()));
  name.hash = hash;
  name.length = length;
  name.text = reserve((length as usize) + 16);
  memory.copy(name.text, text, length as usize);
  insert(name);
  count += 1;
  return name;
}

function insert(name: Name): void {
  let i = name.hash & mask;
  while (load<usize>(slots + ((i as usize) << 2)) != 0) i = (i + 1) & mask;
  store<usize>(slots + ((i as usize) << 2), changetype<usize>(name));
}

function grow(): void {
  const old = slots;
  const size = mask + 1;
  mask = old == 0 ? 1023 : size * 2 - 1;
  slots = reserve(((mask as usize) + 1) << 2);
  if (old == 0) return;
  for (let i: u32 = 0; i < size; i++) {
    const at = load<usize>(old + ((i as usize) << 2));
    if (at != 0) insert(changetype<Name>(at));
  }
}
