/** How groups are told apart: a colour and a dash pattern that say the same. */

export interface Pattern {
  /** Index into the theme's series colours. */
  readonly color: number;
  readonly dash: readonly number[];
}

const COLORS = 6;
const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3]];

/** Of the group that comes `index`-th, from 0. */
export function patternOf(index: number): Pattern {
  return { color: index % COLORS, dash: DASHES[index % DASHES.length] ?? [] };
}

/** Groups that a legend names: colours and patterns come again before there are as many. */
export const MOST_NAMED = 24;
