/** Behaviours as a text can name them: by their whole names, which may hold spaces and words of the language. */

import { BUILT_IN, type Predicate } from "./query.js";

/** What a name means, or why it means nothing. */
export type Meaning =
  | { readonly ok: true; readonly predicate: Predicate }
  | { readonly ok: false; readonly reason: string };

export class BehaviourNames {
  /** Names by their first word, longest first. */
  private readonly byFirstWord = new Map<string, string[]>();
  private readonly meanings = new Map<string, () => Meaning>();

  /** `saved` win over the built-in ones. What they mean is worked out when they are named. */
  constructor(saved: ReadonlyMap<string, () => Meaning> = new Map()) {
    for (const [name, predicate] of BUILT_IN) {
      this.meanings.set(name, () => ({ ok: true, predicate }));
    }
    for (const [name, meaning] of saved) this.meanings.set(name, meaning);
    for (const name of this.meanings.keys()) {
      const first = firstWord(name);
      const names = this.byFirstWord.get(first);
      if (names) names.push(name);
      else this.byFirstWord.set(first, [name]);
    }
    for (const names of this.byFirstWord.values()) names.sort((a, b) => b.length - a.length);
  }

  has(name: string): boolean {
    return this.meanings.has(name);
  }

  names(): IterableIterator<string> {
    return this.meanings.keys();
  }

  meaning(name: string): Meaning {
    return this.meanings.get(name)?.() ?? { ok: false, reason: `"${name}" is not a behaviour` };
  }

  /** The longest name that stands at `offset` of the text as a whole. */
  nameAt(text: string, offset: number): string | null {
    const rest = text.slice(offset);
    const candidates = this.byFirstWord.get(firstWord(rest)) ?? [];
    const stands = (name: string): boolean =>
      rest.startsWith(name) && /^(?:[\s,)]|$)/.test(rest.slice(name.length));
    return candidates.find(stands) ?? null;
  }
}

function firstWord(text: string): string {
  return /^[^\s,()]*/.exec(text)?.[0] ?? "";
}
