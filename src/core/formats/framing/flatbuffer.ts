/** Tables of FlatBuffers, every place of which is checked: a damaged one throws a `RangeError`, it never leads astray. */

export class FlatTable {
  private readonly vtable: number;
  private readonly vtableBytes: number;

  constructor(
    readonly view: DataView,
    private readonly at: number,
  ) {
    this.vtable = at - view.getInt32(at, true);
    this.vtableBytes = view.getUint16(this.vtable, true);
    if (this.vtableBytes < 4 || this.vtable + this.vtableBytes > view.byteLength) {
      throw new RangeError("a table of its metadata is damaged");
    }
  }

  /** The table that a buffer begins with. */
  static root(bytes: Uint8Array): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return new FlatTable(view, view.getUint32(0, true));
  }

  /** Where a field lies, or null where the table leaves it out. */
  private place(field: number): number | null {
    const entry = 4 + field * 2;
    if (entry + 2 > this.vtableBytes) return null;
    const offset = this.view.getUint16(this.vtable + entry, true);
    return offset === 0 ? null : this.at + offset;
  }

  byte(field: number): number {
    const place = this.place(field);
    return place === null ? 0 : this.view.getUint8(place);
  }

  /** A 64-bit integer as a number: above 2^53 it is inexact, but still as large. */
  long(field: number): number {
    const place = this.place(field);
    return place === null ? 0 : Number(this.view.getBigInt64(place, true));
  }

  table(field: number): FlatTable | null {
    const place = this.place(field);
    return place === null ? null : new FlatTable(this.view, this.pointed(place));
  }

  /** A vector of elements of `size` bytes: where it starts and how many there are. A string is one of bytes. */
  vector(field: number, size: number): { readonly start: number; readonly length: number } {
    const place = this.place(field);
    if (place === null) return { start: 0, length: 0 };
    const at = this.pointed(place);
    const length = this.view.getUint32(at, true);
    if (at + 4 + length * size > this.view.byteLength) {
      throw new RangeError("a list of its metadata is longer than the metadata");
    }
    return { start: at + 4, length };
  }

  tables(field: number): FlatTable[] {
    const { start, length } = this.vector(field, 4);
    return Array.from({ length }, (_, i) => new FlatTable(this.view, this.pointed(start + i * 4)));
  }

  private pointed(place: number): number {
    return place + this.view.getUint32(place, true);
  }
}
