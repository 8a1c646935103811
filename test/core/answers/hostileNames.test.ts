/** Names from files that would be something else to a program are names like any other, in every answer and export. */

import assert from "node:assert/strict";
import { tableFromIPC } from "apache-arrow";
import { answerAtStep } from "../../../src/core/answers/atStep.js";
import { answerConfigKeys } from "../../../src/core/answers/configKeys.js";
import { answerDiff } from "../../../src/core/answers/diff.js";
import { answerExamples } from "../../../src/core/answers/examples.js";
import { answerLineage } from "../../../src/core/answers/lineage.js";
import { answerOnsets } from "../../../src/core/answers/onsets.js";
import { recheckRecord } from "../../../src/core/answers/record.js";
import { answerRun } from "../../../src/core/answers/runs.js";
import { toJson } from "../../../src/core/answers/json.js";
import { answerTimeline, type TimelineQuestion } from "../../../src/core/answers/timeline.js";
import { exportPoints, timelineRecord } from "../../../src/core/answers/timelineExport.js";
import { answerVocabulary } from "../../../src/core/answers/vocabulary.js";
import type { Catalog } from "../../../src/core/catalog/catalog.js";
import { splitRow } from "../../../src/core/formats/framing/delimited.js";
import { decodeMessage, encodeMessage } from "../../../src/protocol/wire.js";
import { catalogOf, whenById } from "../../support/catalogs.js";
import { examplesQuestion } from "../../support/examplesQuestion.js";
import { HOSTILE_NAMES, hostileFiles, MARKUP, quoted, wellFormed } from "../../support/extremes.js";

describe("hostile names", function () {
  this.timeout(60_000);
  let catalog: Catalog;
  let runs: string[];
  let question: TimelineQuestion;
  const proto = Object.getOwnPropertyNames(Object.prototype).join();

  before(async () => {
    const files = Object.entries(hostileFiles()).map(([path, content]) => [`/w/${path}`, content]);
    catalog = await catalogOf(Object.fromEntries(files) as Record<string, string>);
    runs = catalog
      .runs()
      .map(({ key }) => key)
      .filter((key) => !key.endsWith("/logged"));
    question = {
      ...{ runs, metrics: HOSTILE_NAMES, range: null, width: 500, behaviour: null },
      ...{ axis: "step", smooth: null, spread: "sd", apart: [] },
    };
  });
  afterEach(() => {
    assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), proto);
  });

  it("are metrics and config keys of every run", async () => {
    assert.equal(runs.length, 8);
    for (const key of runs) {
      const { config, metrics } = JSON.parse(toJson(await answerRun(catalog, key, false))) as {
        config: object;
        metrics: { name: string }[];
      };
      const names = new Set(metrics.map(({ name }) => name));
      for (const name of HOSTILE_NAMES) {
        assert.ok(names.has(wellFormed(name)) || names.has(name), JSON.stringify(name));
        assert.ok(Object.hasOwn(config, name), JSON.stringify(name));
      }
    }
  });

  it("are columns of a text log", async () => {
    const text = ["constructor", "toString"].reduce((log, name) => log.replace("x", name), LOG);
    const one = await catalogOf({ "/w/a/train.log": text });
    assert.equal((await whenById(one, "constructor >= 2 for 1")).get("a")?.by, 10);
    assert.equal((await whenById(one, "toString >= 3 for 1")).get("a")?.by, 20);
  });

  it("label runs without signs that a terminal or a reader would be misled by", async () => {
    for (const { label, seedGroup } of (await catalog.identify()).values()) {
      assert.doesNotMatch(`${label}${seedGroup ?? ""}`, /[\p{Cc}\p{Cs}\u202e]/u);
    }
  });

  it("have their curves, onsets and differences", async () => {
    const { charts } = await answerTimeline(catalog, question, (x) => x, []);
    assert.deepEqual(charts.map(({ metric }) => metric).sort(), [...HOSTILE_NAMES].sort());
    assert.ok(charts.every(({ lines }) => lines.length === runs.length));
    const onsets = await answerOnsets(catalog, runs);
    for (const name of HOSTILE_NAMES) {
      const row = onsets.rows.find(({ behaviour }) => behaviour === `${name} comes`);
      assert.ok(row && row.present > 0, JSON.stringify(name));
    }
    const { rows } = await answerAtStep(catalog, {
      ...{ runs, baseline: runs[0] ?? null, metrics: HOSTILE_NAMES, step: 1000, byGroup: false },
    });
    assert.equal(rows.length, HOSTILE_NAMES.length * runs.length);
    assert.ok(rows.every(({ value }) => typeof value === "number"));
    const [a = "", b = ""] = runs;
    const sides = { a: { key: a, step: 1000 }, b: { key: b, step: 1000 } };
    const diff = await answerDiff(catalog, sides.a, sides.b);
    const differing = new Set(diff.metrics.map(({ metric }) => metric));
    assert.ok(HOSTILE_NAMES.every((name) => differing.has(name)));
    const known = new Set(await vocabularyOf(catalog, runs));
    assert.ok(HOSTILE_NAMES.every((name) => known.has(name)));
    const keys = new Set((await answerConfigKeys(catalog, runs)).map(({ key }) => key));
    assert.ok(HOSTILE_NAMES.every((name) => keys.has(name)));
  });

  it("are tasks and examples", async () => {
    for (const task of [MARKUP, "__proto__"]) {
      const { learned } = await answerExamples(catalog, runs[0] ?? "", examplesQuestion({ task }));
      assert.deepEqual(
        learned?.rows.examples.map(({ id }) => id).sort(),
        HOSTILE_NAMES.map((name) => name.trim()).sort(),
      );
    }
  });

  it("name a parent and what a branch changed", async () => {
    const { rows } = await answerLineage(catalog);
    assert.equal(rows.filter(({ parent }) => parent !== null).length, 1);
  });

  it("come through a record that is written, read and checked again, and through messages", async () => {
    for (const name of HOSTILE_NAMES) {
      const asked = `${quoted(name)} > 0.5 for 1`;
      const [result] = (await whenById(catalog, asked)).values();
      assert.ok(result, JSON.stringify(name));
      const json = toJson(result.record);
      const checked = await recheckRecord(JSON.parse(json));
      assert.ok(typeof checked !== "string", name);
      assert.ok(checked.isUnchanged, JSON.stringify(name));
      const { record, ...rest } = result;
      assert.equal(record.question, checked.question);
      assert.deepEqual(decodeMessage(JSON.parse(JSON.stringify(encodeMessage(rest)))), rest);
    }
  });

  it("are the same in CSV and in Arrow", async () => {
    const points = { runs, metrics: HOSTILE_NAMES, range: null, axis: "step" } as const;
    const csv = new TextDecoder().decode(await exportPoints(catalog, { ...points, format: "csv" }));
    const names = new Set(rowsOf(csv).map((row) => row[2]));
    for (const name of HOSTILE_NAMES) assert.ok(names.has(wellFormed(name)), name);
    const table = tableFromIPC(await exportPoints(catalog, { ...points, format: "arrow" }));
    const arrow = new Set(table.getChild("metric")?.toArray() as string[]);
    for (const name of HOSTILE_NAMES) assert.ok(arrow.has(wellFormed(name)), name);
    assert.equal(table.numRows, HOSTILE_NAMES.length * runs.length * 5);
  });

  for (const axis of ["__proto__", "constructor", "value", "attempt"]) {
    it(`has a column for an axis that is called ${axis}`, async () => {
      const log = [0, 1, 2]
        .map((step) => `{"step": ${step}, "loss": ${3 - step}, "${axis}": ${step * 10}}\n`)
        .join("");
      const one = await catalogOf({ "/w/a/metrics.jsonl": log });
      const points = {
        ...{ runs: ["/w/a"], metrics: ["loss"], range: null },
        axis: `metric:${axis}` as const,
      };
      const name = ["value", "attempt"].includes(axis) ? `axis ${axis}` : axis;
      const arrow = tableFromIPC(await exportPoints(one, { ...points, format: "arrow" }));
      assert.deepEqual([...(arrow.getChild(name)?.toArray() as Float64Array)], [0, 10, 20]);
      assert.deepEqual([...(arrow.getChild("value")?.toArray() as Float64Array)], [3, 2, 1]);
      const csv = new TextDecoder().decode(await exportPoints(one, { ...points, format: "csv" }));
      const [head = [], ...rows] = rowsOf(csv);
      assert.equal(new Set(head).size, head.length);
      assert.deepEqual(
        rows.map((row) => row[head.indexOf(name)]),
        ["0", "10", "20"],
      );
    });
  }

  it("neither end a cell nor begin markup in a record", async () => {
    const text = await timelineRecord(
      catalog,
      { ...question, scale: "linear", picture: "a) [b](c).svg" },
      (x) => x,
    );
    const lines = text.split("\n");
    for (const [i, line] of lines.entries()) {
      const plain = line.replace(/\\./g, "");
      assert.doesNotMatch(plain, /[<`]|^#{1,3} d/, line);
      if (i > 2) assert.doesNotMatch(plain, /\]\(/, line);
      if (!line.startsWith("| ---")) continue;
      const columns = (row: string): number => row.replace(/\\./g, "").split("|").length;
      for (let row = i - 1; lines[row]?.startsWith("|") === true; row++) {
        assert.equal(columns(lines[row] ?? ""), columns(line), lines[row]);
      }
    }
    assert.match(lines[2] ?? "", /\]\(a\\\)%20%5Bb%5D\\\(c\\\)\.svg\)$/);
  });
});

const LOG = "step  x  x  loss\n0  1  1  4\n10  2  2  3\n20  3  3  2\n";

async function vocabularyOf(catalog: Catalog, runs: readonly string[]): Promise<string[]> {
  return [...(await answerVocabulary(catalog, runs)).metrics];
}

/** Rows of quoted text; line ends within quotes do not end a row. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [];
  let row = "";
  for (const line of csv.split("\n")) {
    row = row === "" ? line : `${row}\n${line}`;
    if ((row.match(/"/g) ?? []).length % 2 === 1) continue;
    if (row !== "") rows.push([...splitRow(row, ",")]);
    row = "";
  }
  return rows;
}
