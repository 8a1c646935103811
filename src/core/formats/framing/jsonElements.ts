/**
 * Finds the elements of lists within one JSON document, without holding the document: a results file with a hundred
 * thousand samples is read sample by sample. Knows nothing of what an element means.
 */

import { MAX_LINE_BYTES } from "./lines.js";

/** `element` is valid only during the call; `indices` are those of the lists on the way, the element's own last. */
export type ElementHandler = (
  element: Uint8Array,
  offset: number,
  indices: readonly number[],
) => void;

interface Level {
  readonly isList: boolean;
  /** True while everything above and including this level is on the path. */
  readonly isOnPath: boolean;
  index: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export class ElementScanner {
  private readonly levels: Level[] = [];
  private inText = false;
  private isEscaped = false;
  /** The text that was read last: a key, where a colon follows. Only as long as a key of the path can be. */
  private text: number[] = [];
  private key = "";
  private at = 0;
  /** Where the element that is being read begins; -1 between elements. */
  private start = -1;
  private kept: Uint8Array = new Uint8Array(1024);
  private length = 0;
  /** Elements that were longer than a line may be. */
  readonly tooLong: { readonly offset: number }[] = [];
  private readonly longestKey: number;

  /** `path` leads to the lists: names of fields, and `*` for every element of a list. */
  constructor(private readonly path: readonly string[]) {
    this.longestKey = Math.max(0, ...path.map((name) => name.length));
  }

  push(piece: Uint8Array, onElement: ElementHandler): void {
    let from = 0;
    for (let i = 0; i < piece.length; i++, this.at++) {
      const byte = piece[i] as number;
      if (this.inText) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
        else if (byte === QUOTE) this.inText = false;
        else if (this.start < 0 && this.text.length <= this.longestKey) this.text.push(byte);
        continue;
      }
      switch (byte) {
        case QUOTE:
          this.begin();
          this.inText = true;
          if (this.start < 0) this.text = [];
          break;
        case 0x3a: // :
          if (this.start < 0) this.key = String.fromCharCode(...this.text);
          break;
        case 0x7b: // {
        case 0x5b: // [
          this.begin();
          this.open(byte === 0x5b);
          break;
        case 0x7d: // }
        case 0x5d: // ]
          if (this.isEnd()) this.end(piece, from, i, onElement);
          this.levels.pop();
          break;
        case 0x2c: // ,
          if (this.isEnd()) this.end(piece, from, i, onElement);
          this.next();
          break;
        default:
          if (byte > 0x20) this.begin();
      }
      if (this.start === this.at) from = i;
    }
    if (this.start >= 0) this.keep(piece.subarray(from));
  }

  private open(isList: boolean): void {
    const above = this.levels.at(-1);
    const wanted = this.path[this.levels.length - 1];
    const isOnPath =
      above === undefined || (above.isOnPath && wanted === (above.isList ? "*" : this.key));
    this.levels.push({ isList, isOnPath: isOnPath && this.start < 0, index: 0 });
  }

  /** True directly inside a list that the path leads to. */
  private isWithin(): boolean {
    const top = this.levels.at(-1);
    return (
      top !== undefined && top.isList && top.isOnPath && this.levels.length === this.path.length + 1
    );
  }

  private begin(): void {
    if (this.start < 0 && this.isWithin()) {
      this.start = this.at;
      this.length = 0;
    }
  }

  private isEnd(): boolean {
    return this.start >= 0 && this.isWithin();
  }

  private end(piece: Uint8Array, from: number, to: number, onElement: ElementHandler): void {
    const offset = this.start;
    this.start = -1;
    const indices = this.levels.flatMap(({ isList, index }) => (isList ? [index] : []));
    if (this.length === 0) onElement(trimmed(piece.subarray(from, to)), offset, indices);
    else if (this.append(piece.subarray(from, to))) {
      onElement(trimmed(this.kept.subarray(0, this.length)), offset, indices);
    } else this.tooLong.push({ offset });
    this.length = 0;
  }

  private next(): void {
    const top = this.levels.at(-1);
    if (top) top.index += 1;
  }

  private keep(part: Uint8Array): void {
    if (this.length > MAX_LINE_BYTES) this.length += part.length;
    else this.append(part);
  }

  /** False where the element has become too long: then only its length is counted. */
  private append(part: Uint8Array): boolean {
    const size = this.length + part.length;
    if (size <= MAX_LINE_BYTES) {
      if (size > this.kept.length) {
        const grown = new Uint8Array(Math.max(size, this.kept.length * 2));
        grown.set(this.kept.subarray(0, this.length));
        this.kept = grown;
      }
      this.kept.set(part, this.length);
    }
    this.length = size;
    return size <= MAX_LINE_BYTES;
  }
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] as number) <= 0x20) end -= 1;
  return bytes.subarray(0, end);
}
