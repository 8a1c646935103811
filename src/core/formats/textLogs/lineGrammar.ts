/**
 * The interface that every family of text logs has: what one line of it says. Adding a family is one file and one line in
 * `index.ts`.
 */

import type { ConfigValue } from "../../model/config.js";

/** A metric's name and value as a line gives them; null where the line says that nothing was recorded (`N/A`). */
export type Field = readonly [name: string, value: number | null];

/** What a line says. A line may hold only configuration: then its step is null. */
export interface ParsedLine {
  readonly step: number | null;
  readonly fields: readonly Field[];
  readonly config?: readonly (readonly [key: string, value: ConfigValue])[];
  /** What the step counts, where that is not plainly the optimiser step. */
  readonly axis?: string;
  /** The epoch that the line names beside its step: steps that go back while it goes on count within each epoch. */
  readonly epoch?: number;
}

/** What a grammar remembers from line to line: plain data, kept in the cursor. */
export interface LineState {
  /** The step that a heading gave to the lines below it; null where there is none. */
  step: number | null;
  /** Name of the section that the line lies in, where the family has such; `""` elsewhere. */
  section: string;
  /** Numbers of a block whose step comes later in it. */
  pending: readonly Field[];
  /** True once steps turned out to count within each epoch: lines that name both are placed by the epoch. */
  readonly byEpoch: boolean;
}

export interface LineGrammar {
  readonly format: string;
  /** The system as users name it. */
  readonly system: string;
  /** Occurs in every text of the family; tried on whole texts, so it must be quick to fail. */
  readonly mark: RegExp;
  /** Lines with numbers that a file's beginning must have at least. */
  readonly evidence: number;
  /**
   * True for grammars that fit logs of any origin: asked last, and only believed where the steps rise and a name is one
   * of those that are measured in training.
   */
  readonly isGeneric: boolean;
  /** `line` comes without colours, and without time and rank in front. Null for a line that is none of the family's. */
  parse(line: string, state: LineState): ParsedLine | null;
}

export function freshState(byEpoch = false): LineState {
  return { step: null, section: "", pending: [], byEpoch };
}
