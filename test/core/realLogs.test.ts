/**
 * A sweep over real logs: every file of a kind that can be parsed in a few plain lines is parsed so here, and each of its
 * values must be among the points of the run that Onset read the file into. The folder is the one in
 * `ONSET_TEST_DATA`, else the samples of this project.
 */

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Catalog } from "../../src/core/catalog/catalog.js";
import { toSlashes } from "../../src/core/io/path.js";
import { fsFiles } from "../../src/node/fsFiles.js";
import { fixture } from "../support/root.js";

const given = process.env["ONSET_TEST_DATA"];
const folder = toSlashes(given === undefined || given === "" ? fixture() : resolve(given));

type Pairs = [step: number, value: number][];

/** A kind of log, read in the plainest way. */
interface PlainLog {
  readonly kind: string;
  readonly isOne: (path: string) => boolean;
  /** Values by metric, as the file has them. */
  readonly parse: (text: string, path: string) => Map<string, Pairs>;
}

function parsePython(text: string): unknown {
  return JSON.parse(text.replace(/(?<=[:[,]\s*)(NaN|-?Infinity)(?=\s*[,}\]])/g, '"$1"'));
}

const lines = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== "");

const LOGS: readonly PlainLog[] = [
  {
    kind: "MLflow metric files",
    isOne: (path) =>
      /\/[0-9a-f]{32}\/metrics\//.test(path) &&
      !path.includes("/.trash/") &&
      existsSync(path.replace(/\/metrics\/.*$/, "/meta.yaml")),
    parse: (text, path) =>
      new Map([
        [
          path.replace(/^.*\/[0-9a-f]{32}\/metrics\//, ""),
          lines(text).map((line): [number, number] => {
            const [, value, step = "0"] = line.split(" ");
            return [Number(step), Number(value)];
          }),
        ],
      ]),
  },
  {
    kind: "DVCLive metric files",
    isOne: (path) => /\/plots\/metrics\/.+\.tsv$/.test(path),
    parse: (text, path) => {
      const [header = "", ...rows] = lines(text).map((line) => line.split("\t"));
      const step = header.indexOf("step");
      return new Map([
        [
          path.replace(/^.*\/plots\/metrics\//, "").replace(/\.tsv$/, ""),
          rows.map((cells): [number, number] => [Number(cells[step]), Number(cells.at(-1))]),
        ],
      ]);
    },
  },
  {
    kind: "Megatron-LM recorded curves",
    isOne: (path) => /\/golden_values_[\w-]+\.json$/.test(path),
    parse: (text) => {
      const document = JSON.parse(text) as Record<string, { values?: Record<string, unknown> }>;
      return new Map(
        Object.entries(document).map(([metric, { values = {} }]): [string, Pairs] => [
          metric,
          Object.entries(values).flatMap(([step, value]): Pairs =>
            typeof value === "number" ? [[Number(step), value]] : [],
          ),
        ]),
      );
    },
  },
  {
    kind: "modded-nanogpt logs",
    isOne: (path) =>
      /\.(txt|log)$/.test(path) && /^step:\d+\/\d+ \w+_loss:/m.test(readFileSync(path, "utf8")),
    parse: (text) => {
      const metrics = new Map<string, Pairs>();
      for (const [, step, metric, value] of text.matchAll(
        /^step:(\d+)\/\d+ (val_loss|train_loss):([\d.]+)/gm,
      )) {
        const name = metric as string;
        metrics.set(name, [...(metrics.get(name) ?? []), [Number(step), Number(value)]]);
      }
      return metrics;
    },
  },
  {
    kind: "Lightning tables",
    isOne: (path) => /\/version_\d+\/metrics\.csv$/.test(path),
    parse: (text) => {
      const [header = [], ...rows] = lines(text).map((line) => line.split(","));
      const step = header.indexOf("step");
      return new Map(
        header.flatMap((metric, column): [string, Pairs][] =>
          column === step
            ? []
            : [
                [
                  metric,
                  rows.flatMap((cells): Pairs =>
                    cells.length === header.length && cells[column] !== ""
                      ? [[Number(cells[step]), Number(cells[column])]]
                      : [],
                  ),
                ],
              ],
        ),
      );
    },
  },
  {
    kind: "states of the Hugging Face Trainer",
    isOne: (path) => basename(path) === "trainer_state.json",
    parse: (text) => {
      const { log_history: history } = parsePython(text) as {
        log_history: Record<string, unknown>[];
      };
      const metrics = new Map<string, Pairs>();
      for (const row of history) {
        for (const [metric, value] of Object.entries(row)) {
          if (metric === "step" || typeof value !== "number") continue;
          const pairs = metrics.get(metric) ?? [];
          metrics.set(metric, [...pairs, [Number(row["step"]), value]]);
        }
      }
      return metrics;
    },
  },
];

describe(`real logs in ${basename(folder)}`, function () {
  this.timeout(600_000);
  let catalog: Catalog;
  let paths: string[];

  before(async () => {
    catalog = new Catalog(fsFiles, { isExcluded: () => false });
    await catalog.discover([{ path: folder, name: "data" }]);
    paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => toSlashes(join(entry.parentPath, entry.name)));
  });

  for (const { kind, isOne, parse } of LOGS) {
    it(`has ${kind}, whose every value is among the points of their run`, async () => {
      for (const path of paths.filter((candidate) => isOne(candidate))) {
        const runs = catalog
          .runs()
          .filter(({ sources }) => sources.some(({ file }) => file === path));
        assert.equal(runs.length, 1, `${path} belongs to ${runs.length} runs`);
        const { table } = await catalog.load(runs[0]?.key ?? "");
        for (const [metric, pairs] of parse(readFileSync(path, "utf8"), path)) {
          const points = table.points(metric);
          const found = new Set(
            points ? [...points.step].map((step, i) => `${step} ${points.value[i]}`) : [],
          );
          const missing = pairs.filter(([step, value]) => !found.has(`${step} ${value}`));
          assert.deepEqual(missing, [], `${metric} in ${path} of ${dirname(path)}`);
        }
        catalog.release(runs[0]?.key ?? "");
      }
    });
  }
});
