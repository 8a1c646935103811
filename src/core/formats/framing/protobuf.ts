/** Reads the wire format of protocol buffers: fields in the order in which they lie, nothing decoded in advance. */

/** Malformed bytes inside one message. Caught by the reader that opened the message, which makes it a problem. */
export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

const DECODER = new TextDecoder("utf-8");
const EXACT = 2 ** 53;

export class ProtobufReader {
  private readonly view: DataView;
  private at = 0;
  private varintStart = 0;
  field = 0;
  wire = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Moves to the next field; false at the end. */
  next(): boolean {
    if (this.at >= this.bytes.length) return false;
    const tag = this.unsigned();
    this.field = Math.floor(tag / 8);
    this.wire = tag % 8;
    if (this.field === 0) throw new ProtobufError("field number 0");
    return true;
  }

  /** A uint64 varint as the nearest number. Bits beyond the 64th are dropped, as protocol buffers do. */
  unsigned(): number {
    const value = this.varint();
    return value < EXACT ? value : Number(BigInt.asUintN(64, this.lastVarint()));
  }

  /** An int64 varint as the nearest number: negative ones take ten bytes. */
  signed(): number {
    const value = this.varint();
    return value < EXACT ? value : Number(BigInt.asIntN(64, this.lastVarint()));
  }

  /** Exact below 2^53. */
  private varint(): number {
    let value = 0;
    this.varintStart = this.at;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new ProtobufError("varint cut short");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new ProtobufError("varint longer than ten bytes");
  }

  double(): number {
    return this.view.getFloat64(this.advance(8), true);
  }

  float(): number {
    return this.view.getFloat32(this.advance(4), true);
  }

  fixed32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  message(): Uint8Array {
    const length = this.unsigned();
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  text(): string {
    return DECODER.decode(this.message());
  }

  skip(): void {
    switch (this.wire) {
      case 0:
        this.unsigned();
        return;
      case 1:
        this.advance(8);
        return;
      case 2:
        this.message();
        return;
      case 5:
        this.advance(4);
        return;
      default:
        throw new ProtobufError(`wire type ${this.wire}`);
    }
  }

  private advance(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new ProtobufError("field cut short");
    this.at = start + length;
    return start;
  }

  /** The varint read last, exactly: for the few that are beyond 2^53. */
  private lastVarint(): bigint {
    let value = 0n;
    for (let i = this.at - 1; i >= this.varintStart; i--) {
      value = (value << 7n) | BigInt((this.bytes[i] as number) & 0x7f);
    }
    return value;
  }
}
