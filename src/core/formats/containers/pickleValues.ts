/** What a pickle holds once it is read: plain data, and placeholders for everything that Python would have to call. */

/** A class or function by name. It is never looked up. */
export class PickleGlobal {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** What a call would have made: the callable with its arguments, and what was filled in afterwards. */
export class PickleObject {
  state: PickleValue = null;
  /** Made when first needed: a hostile pickle can ask for many objects. */
  private filled: Map<PickleValue, PickleValue> | null = null;
  private appended: PickleValue[] | null = null;

  constructor(
    readonly callable: PickleValue,
    readonly args: PickleValue,
  ) {}

  get entries(): Map<PickleValue, PickleValue> {
    return (this.filled ??= new Map<PickleValue, PickleValue>());
  }

  get items(): PickleValue[] {
    return (this.appended ??= []);
  }

  /** Dotted name of the class or function, `""` where the pickle calls something that has none. */
  get className(): string {
    return this.callable instanceof PickleGlobal ? this.callable.path : "";
  }
}

/** A reference to something outside the pickle, for instance a tensor's storage. */
export class PersistentId {
  constructor(readonly id: PickleValue) {}
}

/** Tuples are lists here. Integers beyond 2^53 are bigints. Structures may be cyclic: walk them with a limit. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleGlobal
  | PickleObject
  | PersistentId;

/** The entry of a dict, or of an object's state, under a text key. */
export function fieldOf(value: PickleValue | undefined, key: string): PickleValue | undefined {
  if (value instanceof Map) return value.get(key);
  if (!(value instanceof PickleObject)) return undefined;
  const { state } = value;
  if (value.entries.has(key)) return value.entries.get(key);
  // Classes with slots give a pair: the dict, and the slots.
  if (Array.isArray(state)) {
    return fieldOf(state[0], key) ?? fieldOf(state[1], key);
  }
  return state instanceof Map ? state.get(key) : undefined;
}

/** The number under a path of keys, where there is one; integers beyond 2^53 are not rounded but left out. */
export function numberAt(value: PickleValue, ...path: readonly string[]): number | undefined {
  let at: PickleValue | undefined = value;
  for (const key of path) at = fieldOf(at, key);
  return typeof at === "number" ? at : undefined;
}

const MAX_NODES = 100_000;
const MAX_DEPTH = 32;

/**
 * The value as JSON would hold it, for configurations: objects become their attributes, an enumeration's member its
 * value, a class its name. Tensors, bytes and what nests deeper than 32 levels are left out, as is all beyond 100,000
 * values.
 */
export function plainOf(value: PickleValue): unknown {
  let budget = MAX_NODES;
  const visit = (node: PickleValue, depth: number): unknown => {
    budget -= 1;
    if (budget < 0 || depth > MAX_DEPTH) return undefined;
    if (node === null || typeof node !== "object") return node;
    if (Array.isArray(node)) return node.map((item) => visit(item, depth + 1) ?? null);
    if (node instanceof Set) return [...node].map((item) => visit(item, depth + 1) ?? null);
    if (node instanceof Map) return visitEntries(node, depth);
    if (node instanceof PickleGlobal) return node.path;
    if (node instanceof PickleObject) return visitObject(node, depth);
    return undefined;
  };
  const visitEntries = (map: ReadonlyMap<PickleValue, PickleValue>, depth: number): unknown => {
    const entries: [string, unknown][] = [];
    for (const [key, item] of map) {
      if (typeof key !== "string" && typeof key !== "number") continue;
      const plain = visit(item, depth + 1);
      if (plain !== undefined) entries.push([String(key), plain]);
    }
    return Object.fromEntries(entries);
  };
  const visitObject = (node: PickleObject, depth: number): unknown => {
    // Of OmegaConf's nodes only what they hold is of interest.
    if (node.className.startsWith("omegaconf.")) {
      const held = fieldOf(node, "_content") ?? fieldOf(node, "_val");
      return held === undefined ? undefined : visit(held, depth + 1);
    }
    if (node.state instanceof Map) return visitEntries(node.state, depth);
    if (Array.isArray(node.state) && node.state[0] instanceof Map) {
      return visitEntries(node.state[0], depth);
    }
    if (node.entries.size > 0) return visitEntries(node.entries, depth);
    const args = Array.isArray(node.args) ? node.args : [];
    const isNamed = /^torch\._utils\.|^numpy\./.test(node.className);
    // `IntervalStrategy("steps")`, `PosixPath("a", "b")`, `device("cuda", 0)`.
    if (isNamed || args.length === 0 || args.length > 16) return undefined;
    const plain = args.filter((arg) => typeof arg === "string" || typeof arg === "number");
    if (plain.length !== args.length) return undefined;
    return args.length === 1 ? plain[0] : plain.join(/Path$/.test(node.className) ? "/" : ":");
  };
  return visit(value, 0);
}
