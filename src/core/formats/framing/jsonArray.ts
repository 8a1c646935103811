/**
 * Splits the elements out of one array of a JSON document, piece by piece: the document itself, or a field of the object
 * that it is. Follows strings and brackets only, and so needs neither the whole document nor its end.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** An element longer than this is stepped over. */
export const MAX_ELEMENT_BYTES = 16 * 1024 * 1024;

const MAX_KEY = 64;

/** `element` is valid only during the call; null for one that is too long. `offset` is that of its first byte. */
export type ElementHandler = (element: Uint8Array | null, offset: number) => void;

export class JsonArraySplitter {
  /** Bytes that were pushed. */
  private offset = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** The last string of the outer object, and whether it is the key of the value that follows. */
  private key: number[] = [];
  private isKey = false;
  /** Start of the element in progress, or -1. */
  private elementAt = -1;
  private carry = new Uint8Array(1024);
  private carried = 0;
  private readonly wanted: number[] | null;
  /** Depth of the elements, once the array has begun; 0 before. */
  private inner = 0;
  /** True once the array's end was met. */
  ended = false;

  /** The array under `key` of the outermost object; the outermost array where `key` is null. */
  constructor(key: string | null) {
    this.wanted = key === null ? null : [...new TextEncoder().encode(key)];
  }

  /** True once all brackets that were opened are closed again. */
  get isWhole(): boolean {
    return this.offset > 0 && this.depth === 0 && !this.inString && this.inner === 0;
  }

  /** True once the array's beginning was met. */
  get found(): boolean {
    return this.inner > 0;
  }

  /** True within the array where no element has begun. */
  get isBetween(): boolean {
    return this.found && this.depth === this.inner && this.elementAt < 0 && !this.ended;
  }

  /** Says that between two elements there were so many bytes more: elements, and what stands between them. */
  pass(bytes: number): void {
    this.offset += bytes;
  }

  push(piece: Uint8Array, onElement: ElementHandler): void {
    this.pushTo(piece, onElement, false);
  }

  /** Takes no more bytes than those up to the end of an element and what separates it from the next one: how many. */
  pushOne(piece: Uint8Array, onElement: ElementHandler): number {
    return this.pushTo(piece, onElement, true);
  }

  private pushTo(piece: Uint8Array, onElement: ElementHandler, isOne: boolean): number {
    let start = this.elementAt >= 0 ? 0 : -1;
    for (let i = 0; i < piece.length && !this.ended; i++) {
      const byte = piece[i] as number;
      if (this.inString) {
        this.takeInString(byte);
        continue;
      }
      if (this.inner > 0 && this.depth === this.inner) {
        const isEnd = byte === CLOSE_LIST || byte === CLOSE_OBJECT;
        if (byte === COMMA || isEnd) {
          if (start >= 0) this.finish(piece.subarray(start, i), onElement);
          start = -1;
          this.ended = isEnd;
          if (!isOne) continue;
          this.offset += i + 1;
          return i + 1;
        }
        if (start < 0 && byte > 0x20) {
          start = i;
          this.elementAt = this.offset + i;
        }
      }
      this.take(byte);
    }
    if (start >= 0) this.keep(piece.subarray(start));
    this.offset += piece.length;
    return piece.length;
  }

  private takeInString(byte: number): void {
    if (this.escaped) this.escaped = false;
    else if (byte === BACKSLASH) this.escaped = true;
    else if (byte === QUOTE) this.inString = false;
    if (this.inString && this.inner === 0 && this.depth === 1 && this.key.length <= MAX_KEY) {
      this.key.push(byte);
    }
  }

  private take(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.inString = true;
        if (this.inner === 0 && this.depth === 1) this.key = [];
        return;
      case COLON:
        this.isKey = this.depth === 1;
        return;
      case COMMA:
        this.isKey = false;
        return;
      case OPEN_LIST:
        if (this.inner === 0 && this.isWanted()) this.inner = this.depth + 1;
        this.depth += 1;
        return;
      case OPEN_OBJECT:
        this.depth += 1;
        return;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.depth -= 1;
    }
  }

  private isWanted(): boolean {
    const { wanted } = this;
    if (wanted === null) return this.depth === 0;
    const isField = this.depth === 1 && this.isKey && this.key.length === wanted.length;
    return isField && this.key.every((byte, i) => byte === wanted[i]);
  }

  private keep(part: Uint8Array): void {
    const size = this.carried + part.length;
    if (size <= MAX_ELEMENT_BYTES) {
      if (size > this.carry.length) {
        const grown = new Uint8Array(Math.max(size, this.carry.length * 2));
        grown.set(this.carry.subarray(0, this.carried));
        this.carry = grown;
      }
      this.carry.set(part, this.carried);
    }
    this.carried = size;
  }

  private finish(part: Uint8Array, onElement: ElementHandler): void {
    const at = this.elementAt;
    this.elementAt = -1;
    if (this.carried === 0) {
      onElement(part.length <= MAX_ELEMENT_BYTES ? part : null, at);
      return;
    }
    this.keep(part);
    const isWhole = this.carried <= MAX_ELEMENT_BYTES;
    onElement(isWhole ? this.carry.subarray(0, this.carried) : null, at);
    this.carried = 0;
  }
}
