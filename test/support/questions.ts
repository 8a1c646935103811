/** Questions for tests, written briefly. */

import assert from "node:assert/strict";
import { BehaviourNames } from "../../src/core/query/behaviourNames.js";
import { parseQuery } from "../../src/core/query/parseQuery.js";
import {
  predicateOf,
  type Condition,
  type Expression,
  type Predicate,
  type Query,
} from "../../src/core/query/query.js";
import type { Comparison } from "../../src/core/analysis/sensitivity.js";

export function metric(name: string): Expression {
  return { kind: "metric", name };
}

export function number(value: number): Expression {
  return { kind: "number", value };
}

export function comparison(
  left: string | Expression,
  operator: Comparison,
  right: number | Expression,
  persistence = 2,
): Predicate {
  const condition: Condition = {
    kind: "compare",
    left: typeof left === "string" ? metric(left) : left,
    operator,
    right: typeof right === "number" ? number(right) : right,
  };
  return predicateOf(condition, persistence);
}

/** Names that mean what the texts say. */
export function behavioursNamed(texts: Readonly<Record<string, string>>): BehaviourNames {
  const plain = new BehaviourNames();
  return new BehaviourNames(
    new Map(
      Object.entries(texts).map(([name, text]) => [
        name,
        () => ({ ok: true, predicate: predicateIn(text, plain) }),
      ]),
    ),
  );
}

export function queryIn(text: string, behaviours = new BehaviourNames()): Query {
  const parsed = parseQuery(text, behaviours);
  assert.ok(parsed.ok, parsed.ok ? "" : `${text}: ${parsed.error.message}`);
  return parsed.query;
}

export function predicateIn(text: string, behaviours = new BehaviourNames()): Predicate {
  const query = queryIn(text, behaviours);
  assert.ok(query.kind === "predicate", text);
  return query;
}
