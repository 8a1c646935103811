/** Splits bytes into lines, resumable anywhere. Knows nothing of what a line means. */

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** Longest line that is kept: a longer one is stepped over, so that a 4 GB line costs no memory. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** `line` is valid only during the call. `offset` is the line's first byte, `number` counts from 1. */
export type LineHandler = (line: Uint8Array, offset: number, number: number) => void;

export class LineSplitter {
  private carry = new Uint8Array(1024);
  private carried = 0;
  private skipping = false;
  /** Lines that were longer than `MAX_LINE_BYTES`. */
  readonly tooLong: { offset: number; number: number }[] = [];

  /** `offset` and `number` are those of the next line to come. */
  constructor(
    public offset: number,
    public number: number,
  ) {}

  /** True where a line has begun whose end has not come. */
  get isWithinLine(): boolean {
    return this.skipping || this.carried > 0;
  }

  push(piece: Uint8Array, onLine: LineHandler): void {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(NEWLINE, start);
      if (end < 0) break;
      const part = piece.subarray(start, end);
      if (this.skipping) this.finishSkipped(part.length + 1);
      else if (this.carried === 0) this.emit(part, part.length + 1, onLine);
      else {
        this.keep(part);
        this.finishKept(onLine);
      }
      start = end + 1;
    }
    const rest = piece.subarray(start);
    if (this.skipping) this.carried += rest.length;
    else this.keep(rest);
  }

  /** The bytes behind the last newline: a line that is still being written, or one without its end. */
  rest(): Uint8Array {
    return this.skipping ? new Uint8Array(0) : trimmed(this.carry.subarray(0, this.carried));
  }

  private emit(line: Uint8Array, bytes: number, onLine: LineHandler): void {
    const { offset, number } = this;
    this.offset += bytes;
    this.number += 1;
    this.carried = 0;
    onLine(trimmed(line), offset, number);
  }

  private keep(part: Uint8Array): void {
    const size = this.carried + part.length;
    if (size > MAX_LINE_BYTES) {
      this.tooLong.push({ offset: this.offset, number: this.number });
      this.skipping = true;
      this.carry = new Uint8Array(1024);
    } else {
      if (size > this.carry.length) {
        const grown = new Uint8Array(Math.max(size, this.carry.length * 2));
        grown.set(this.carry.subarray(0, this.carried));
        this.carry = grown;
      }
      this.carry.set(part, this.carried);
    }
    this.carried = size;
  }

  /** Ends the line that was kept, or stepped over where its last part made it too long. */
  private finishKept(onLine: LineHandler): void {
    if (this.skipping) this.finishSkipped(1);
    else this.emit(this.carry.subarray(0, this.carried), this.carried + 1, onLine);
  }

  private finishSkipped(bytes: number): void {
    this.offset += this.carried + bytes;
    this.number += 1;
    this.carried = 0;
    this.skipping = false;
  }
}

function trimmed(line: Uint8Array): Uint8Array {
  return line.length > 0 && line[line.length - 1] === CARRIAGE_RETURN
    ? line.subarray(0, line.length - 1)
    : line;
}
