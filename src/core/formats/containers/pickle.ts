/**
 * Reads Python's pickles without Python, protocols 0 to 5. It only builds plain data and placeholders: nothing that a
 * pickle names is looked up, imported or called. Time and memory are bounded by the number of bytes.
 */

import { reasonOf } from "../../model/problem.js";
import { PersistentId, PickleGlobal, PickleObject, type PickleValue } from "./pickleValues.js";

export type PickleResult =
  | {
      readonly ok: true;
      readonly value: PickleValue;
      /** Offset behind the pickle: legacy PyTorch files hold several, one after the other. */
      readonly end: number;
    }
  | { readonly ok: false; readonly reason: string; readonly offset: number };

class PickleError extends Error {
  override readonly name = "PickleError";
}

/** More values than this are in no checkpoint's description. */
const MAX_OPERATIONS = 8_000_000;
/** Dicts, sets and objects, which take hundreds of bytes each for one byte of pickle. */
const MAX_COLLECTIONS = 300_000;
const MAX_INTEGER_BYTES = 1024;
const MAX_LINE = 1024 * 1024;

export function readPickle(bytes: Uint8Array, start = 0): PickleResult {
  const machine = new PickleMachine(bytes, start);
  try {
    const value = machine.run();
    return { ok: true, value, end: machine.at };
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    return { ok: false, reason: reasonOf(error), offset: machine.at };
  }
}

const UTF8 = new TextDecoder("utf-8");
/** The mark on the stack: nothing else can be this symbol. */
const MARK = Symbol("mark");
type Slot = PickleValue | typeof MARK;

class PickleMachine {
  at: number;
  private readonly view: DataView;
  private readonly stack: Slot[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private collections = 0;

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
  ) {
    this.at = start;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
      const code = this.byte();
      if (code === 0x2e) return this.pop();
      this.step(code);
    }
    throw new PickleError(`has more than ${MAX_OPERATIONS} operations`);
  }

  /** One operation, by its letter in Python's `pickletools`. */
  private step(code: number): void {
    if (this.stepPlain(code) || this.stepText(code) || this.stepCollection(code)) return;
    this.stepObject(code);
  }

  /** Numbers, booleans, None, framing. */
  private stepPlain(code: number): boolean {
    switch (code) {
      case 0x80: // PROTO
        if (this.byte() > 5) throw new PickleError("has a protocol above 5");
        return true;
      case 0x95: // FRAME
        this.length8();
        return true;
      case 0x4e: // N
        this.push(null);
        return true;
      case 0x88: // NEWTRUE
        this.push(true);
        return true;
      case 0x89: // NEWFALSE
        this.push(false);
        return true;
      case 0x4a: // J
        this.push(this.view.getInt32(this.advance(4), true));
        return true;
      case 0x4b: // K
        this.push(this.byte());
        return true;
      case 0x4d: // M
        this.push(this.view.getUint16(this.advance(2), true));
        return true;
      case 0x8a: // LONG1
        this.push(this.integer(this.byte()));
        return true;
      case 0x8b: // LONG4
        this.push(this.integer(this.length4()));
        return true;
      case 0x47: // G
        this.push(this.view.getFloat64(this.advance(8), false));
        return true;
      case 0x49: // I
        this.push(intOfLine(this.line()));
        return true;
      case 0x4c: // L
        this.push(intOfLine(this.line().replace(/L$/, "")));
        return true;
      case 0x46: // F
        this.push(floatOfLine(this.line()));
        return true;
      default:
        return false;
    }
  }

  /** Texts and bytes. */
  private stepText(code: number): boolean {
    switch (code) {
      case 0x58: // X
        this.push(this.text(this.length4()));
        return true;
      case 0x8c: // SHORT_BINUNICODE
        this.push(this.text(this.byte()));
        return true;
      case 0x8d: // BINUNICODE8
        this.push(this.text(this.length8()));
        return true;
      case 0x55: // U
        this.push(latin1(this.slice(this.byte())));
        return true;
      case 0x54: // T
        this.push(latin1(this.slice(this.length4())));
        return true;
      case 0x53: // S
        this.push(quotedText(latin1(this.lineBytes())));
        return true;
      case 0x56: // V
        this.push(escapedText(latin1(this.lineBytes())));
        return true;
      case 0x43: // C
        this.push(this.slice(this.byte()));
        return true;
      case 0x42: // B
        this.push(this.slice(this.length4()));
        return true;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        this.push(this.slice(this.length8()));
        return true;
      case 0x97: // NEXT_BUFFER
        throw new PickleError("keeps its data in buffers outside of the file");
      case 0x98: // READONLY_BUFFER
        return true;
      default:
        return false;
    }
  }

  /** Lists, tuples, dicts, sets, and the memo. */
  private stepCollection(code: number): boolean {
    switch (code) {
      case 0x28: // (
        this.marks.push(this.stack.length);
        this.stack.push(MARK);
        return true;
      case 0x5d: // ]
      case 0x29: // )
        this.push([]);
        return true;
      case 0x7d: // }
        this.push(new Map());
        return true;
      case 0x8f: // EMPTY_SET
        this.push(new Set());
        return true;
      case 0x6c: // l
      case 0x74: // t
        this.push(this.popMark());
        return true;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.push(this.popMany(code - 0x84));
        return true;
      case 0x64: // d
        this.push(new Map());
        this.setItems(this.takeBelow());
        return true;
      case 0x61: // a
        this.append([this.pop()]);
        return true;
      case 0x65: // e
        this.append(this.popMark());
        return true;
      case 0x73: // s
        this.setItems(this.popMany(2));
        return true;
      case 0x75: // u
        this.setItems(this.popMark());
        return true;
      case 0x90: // ADDITEMS
        this.addItems(this.popMark());
        return true;
      case 0x91: // FROZENSET
        this.push(new Set(this.popMark()));
        return true;
      case 0x30: // 0
        if (this.stack.at(-1) === MARK) this.popMark();
        else this.pop();
        return true;
      case 0x31: // 1
        this.popMark();
        return true;
      case 0x32: // 2
        this.push(this.top());
        return true;
      default:
        return this.stepMemo(code);
    }
  }

  private stepMemo(code: number): boolean {
    switch (code) {
      case 0x71: // q
        this.memo.set(this.byte(), this.top());
        return true;
      case 0x72: // r
        this.memo.set(this.length4(), this.top());
        return true;
      case 0x94: // MEMOIZE
        this.memo.set(this.memo.size, this.top());
        return true;
      case 0x70: // p
        this.memo.set(Number(this.line()), this.top());
        return true;
      case 0x68: // h
        this.push(this.remembered(this.byte()));
        return true;
      case 0x6a: // j
        this.push(this.remembered(this.length4()));
        return true;
      case 0x67: // g
        this.push(this.remembered(Number(this.line())));
        return true;
      default:
        return false;
    }
  }

  /** Everything that Python would import or call: placeholders. */
  private stepObject(code: number): void {
    switch (code) {
      case 0x63: // c
        this.push(new PickleGlobal(this.line(), this.line()));
        return;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.popMany(2);
        if (typeof module !== "string" || typeof name !== "string") {
          throw new PickleError("names a class by something that is not text");
        }
        this.push(new PickleGlobal(module, name));
        return;
      }
      case 0x82: // EXT1
        this.push(new PickleGlobal("copyreg", `extension ${this.byte()}`));
        return;
      case 0x83: // EXT2
        this.push(
          new PickleGlobal("copyreg", `extension ${this.view.getUint16(this.advance(2), true)}`),
        );
        return;
      case 0x84: // EXT4
        this.push(new PickleGlobal("copyreg", `extension ${this.length4()}`));
        return;
      case 0x52: // R
      case 0x81: {
        // NEWOBJ
        const [callable = null, args = null] = this.popMany(2);
        this.push(made(callable, args));
        return;
      }
      case 0x92: {
        // NEWOBJ_EX
        const [callable = null, args = null, named = null] = this.popMany(3);
        const object = new PickleObject(callable, args);
        object.state = named;
        this.push(object);
        return;
      }
      case 0x62: {
        // b
        const state = this.pop();
        const target = this.top();
        if (target instanceof PickleObject) target.state = state;
        return;
      }
      case 0x69: {
        // i
        const callable = new PickleGlobal(this.line(), this.line());
        this.push(made(callable, this.popMark()));
        return;
      }
      case 0x6f: {
        // o
        const [callable = null, ...args] = this.popMark();
        this.push(made(callable, args));
        return;
      }
      case 0x50: // P
        this.push(new PersistentId(this.line()));
        return;
      case 0x51: // Q
        this.push(new PersistentId(this.pop()));
        return;
      default:
        throw new PickleError(`has the unknown operation 0x${code.toString(16).padStart(2, "0")}`);
    }
  }

  private append(items: readonly PickleValue[]): void {
    const target = this.top();
    const list = target instanceof PickleObject ? target.items : target;
    if (!Array.isArray(list)) throw new PickleError("appends to something that is no list");
    for (const item of items) list.push(item);
  }

  private addItems(items: readonly PickleValue[]): void {
    const target = this.top();
    if (!(target instanceof Set)) throw new PickleError("adds to something that is no set");
    for (const item of items) target.add(item);
  }

  private setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    const map = target instanceof PickleObject ? target.entries : target;
    if (!(map instanceof Map)) throw new PickleError("sets items of something that is no dict");
    if (items.length % 2 === 1) throw new PickleError("has a key without a value");
    for (let i = 0; i < items.length; i += 2) {
      map.set(items[i] as PickleValue, items[i + 1] as PickleValue);
    }
  }

  /** What lies between the last mark and the value on top, which stays on top. */
  private takeBelow(): PickleValue[] {
    const top = this.pop();
    const items = this.popMark();
    this.push(top);
    return items;
  }

  private remembered(index: number): PickleValue {
    const value = this.memo.get(index);
    if (value === undefined) throw new PickleError(`refers to memo ${index}, which is not set`);
    return value;
  }

  private push(value: PickleValue): void {
    const isLarge = value instanceof Map || value instanceof Set || value instanceof PickleObject;
    if (isLarge && ++this.collections > MAX_COLLECTIONS) {
      throw new PickleError(`has more than ${MAX_COLLECTIONS} dicts and objects`);
    }
    this.stack.push(value);
  }

  private top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined || value === MARK) throw new PickleError("finds its stack empty");
    return value;
  }

  private pop(): PickleValue {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  private popMany(count: number): PickleValue[] {
    const values: PickleValue[] = [];
    for (let i = 0; i < count; i++) values.push(this.pop());
    return values.reverse();
  }

  private popMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw new PickleError("has no mark where it needs one");
    const values = this.stack.splice(mark).slice(1);
    return values as PickleValue[];
  }

  private byte(): number {
    return this.bytes[this.advance(1)] as number;
  }

  private length4(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  private length8(): number {
    const length = Number(this.view.getBigUint64(this.advance(8), true));
    if (length > this.bytes.length) throw new PickleError(`says that ${length} bytes follow`);
    return length;
  }

  private slice(length: number): Uint8Array {
    const start = this.advance(length);
    return this.bytes.subarray(start, start + length);
  }

  private text(length: number): string {
    return UTF8.decode(this.slice(length));
  }

  /** A little-endian integer in two's complement, of at most 1,024 bytes: longer ones take time that grows squared. */
  private integer(length: number): number | bigint {
    if (length > MAX_INTEGER_BYTES) throw new PickleError(`has an integer of ${length} bytes`);
    const digits = this.slice(length);
    if (length <= 6) {
      let small = 0;
      for (let i = length - 1; i >= 0; i--) small = small * 256 + (digits[i] as number);
      const isNegative = length > 0 && (digits[length - 1] as number) >= 0x80;
      return isNegative ? small - 256 ** length : small;
    }
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i] as number);
    return narrowed(BigInt.asIntN(8 * length, value));
  }

  private line(): string {
    return UTF8.decode(this.lineBytes());
  }

  private lineBytes(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new PickleError("is cut short");
    if (end - this.at > MAX_LINE) throw new PickleError("has an endless line");
    const isWindows = this.bytes[end - 1] === 0x0d;
    const line = this.bytes.subarray(this.at, Math.max(this.at, isWindows ? end - 1 : end));
    this.at = end + 1;
    return line;
  }

  private advance(length: number): number {
    const start = this.at;
    if (start + length > this.bytes.length) throw new PickleError("is cut short");
    this.at = start + length;
    return start;
  }
}

/** Plain containers that protocol 2 has no operation for; everything else is a placeholder. */
function made(callable: PickleValue, args: PickleValue): PickleValue {
  const name = callable instanceof PickleGlobal ? callable.path : "";
  const first = Array.isArray(args) ? args[0] : undefined;
  switch (name) {
    case "collections.OrderedDict":
    case "collections.defaultdict":
      return Array.isArray(args) && (args.length === 0 || name.endsWith("defaultdict"))
        ? new Map<PickleValue, PickleValue>()
        : new PickleObject(callable, args);
    case "builtins.set":
    case "builtins.frozenset":
    case "__builtin__.set":
    case "__builtin__.frozenset":
      return Array.isArray(first) ? new Set(first) : new Set<PickleValue>();
    case "torch.Size":
      return Array.isArray(first) ? first : [];
    case "_codecs.encode":
      return typeof first === "string" ? bytesOfLatin1(first) : new PickleObject(callable, args);
    default:
      return new PickleObject(callable, args);
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function intOfLine(text: string): PickleValue {
  if (text === "00") return false;
  if (text === "01") return true;
  if (!/^[+-]?\d{1,2500}$/.test(text)) throw new PickleError("has an integer that is none");
  return narrowed(BigInt(text));
}

function floatOfLine(text: string): number {
  const word = /^([+-]?)(inf|nan)$/i.exec(text);
  if (word) {
    if (word[2]?.toLowerCase() === "nan") return NaN;
    return word[1] === "-" ? -Infinity : Infinity;
  }
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new PickleError("has a number that is none");
  return value;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return text;
}

function bytesOfLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Python's `repr` of a text. */
function quotedText(line: string): string {
  const quote = line[0];
  if ((quote !== "'" && quote !== '"') || line.length < 2 || !line.endsWith(quote)) {
    throw new PickleError("has a text without quotes");
  }
  return line.slice(1, -1).replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, escape: string) => {
    if (escape.length === 3) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return { n: "\n", r: "\r", t: "\t" }[escape] ?? escape;
  });
}

/** Python's `raw-unicode-escape`. */
function escapedText(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, escaped);
}

function escaped(all: string, short: string | undefined, long: string | undefined): string {
  const point = parseInt(short ?? long ?? "", 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : all;
}
