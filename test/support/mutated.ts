/** Bytes with something changed in them: flipped, overwritten, cut, left out, put in or repeated. */

import { wholeNumber } from "./random.js";
import { concat } from "./eventFile.js";

type Random = () => number;
export type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

export const MUTATIONS: readonly Mutation[] = [
  function flip(bytes, random) {
    const mutated = bytes.slice();
    for (let i = wholeNumber(random, 1, 8); i > 0; i--) {
      const at = wholeNumber(random, 0, bytes.length - 1);
      mutated[at] = (mutated[at] as number) ^ (1 << wholeNumber(random, 0, 7));
    }
    return mutated;
  },
  function overwrite(bytes, random) {
    const mutated = bytes.slice();
    const at = wholeNumber(random, 0, bytes.length - 1);
    mutated.fill(random() < 0.5 ? 0xff : 0, at, at + wholeNumber(random, 1, 16));
    return mutated;
  },
  function cutEnd(bytes, random) {
    return bytes.slice(0, wholeNumber(random, 0, bytes.length - 1));
  },
  function cutOut(bytes, random) {
    const at = wholeNumber(random, 0, bytes.length - 1);
    const end = Math.min(bytes.length, at + wholeNumber(random, 1, 64));
    return concat([bytes.subarray(0, at), bytes.subarray(end)]);
  },
  function insert(bytes, random) {
    const at = wholeNumber(random, 0, bytes.length);
    const inserted = Uint8Array.from({ length: wholeNumber(random, 1, 32) }, () =>
      wholeNumber(random, 0, 255),
    );
    return concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  },
  function repeat(bytes, random) {
    const at = wholeNumber(random, 0, bytes.length - 1);
    const end = Math.min(bytes.length, at + wholeNumber(random, 1, 512));
    return concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
];

/** One mutation, chosen at random. */
export function mutated(bytes: Uint8Array, random: Random): Uint8Array {
  const mutation = MUTATIONS[wholeNumber(random, 0, MUTATIONS.length - 1)] as Mutation;
  return bytes.length === 0 ? bytes : mutation(bytes, random);
}
