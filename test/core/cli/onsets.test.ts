/** The contract of `onset onsets`, `describe` and `recheck`, and of questions over runs: what they answer, and exit codes. */

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inProject } from "../../support/root.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";
import { onset, onsetJson } from "../../support/terminal.js";

const sample = inProject("samples", "grokking");

interface Cell {
  readonly run: number;
  readonly after: number | null;
  readonly by: number | null;
  readonly status: string;
}
interface Matrix {
  readonly runs: readonly { readonly run: { readonly id: string }; readonly recipe: string }[];
  readonly rows: readonly {
    readonly label: string;
    readonly behaviour: string;
    readonly metric: string | null;
    readonly present: number;
    readonly median: { readonly by: number | null } | null;
    readonly cells: readonly Cell[];
  }[];
}
interface WhenRow {
  readonly run: { readonly id: string };
  readonly metric: string | null;
  readonly after: number | null;
  readonly by: number | null;
}

describe("onset onsets", function () {
  this.timeout(120_000);

  it("answers each cell as onset when does, rows in the order of acquisition", async () => {
    const { code, answer } = await onsetJson(["onsets", sample]);
    assert.equal(code, 0);
    const { runs, rows } = answer as unknown as Matrix;
    assert.equal(runs.length, 10);
    const medians = rows.map(({ median }) => median?.by ?? Infinity);
    assert.deepEqual(
      medians,
      medians.toSorted((a, b) => a - b),
    );
    const generalises = rows.find(({ behaviour }) => behaviour === "generalises");
    const asked = (await onsetJson(["when", "generalises", sample])).answer;
    const results = asked["results"] as readonly WhenRow[];
    assert.equal(results.length, 10);
    for (const result of results) {
      const cell = generalises?.cells.find(({ run }) => runs[run]?.run.id === result.run.id);
      assert.deepEqual(
        [cell?.after, cell?.by],
        [result.after, result.by],
        `generalises in ${result.run.id}`,
      );
    }
    assert.equal(generalises?.present, results.filter(({ by }) => by !== null).length);
  });

  it("lists a line per behaviour and run with --csv", async () => {
    const { code, stdout } = await onset(["onsets", sample, "--csv"]);
    assert.equal(code, 0);
    const [header, ...lines] = stdout.trimEnd().split("\n");
    assert.match(header ?? "", /^behaviour,metric,run,recipe,status,after,by,/);
    const { rows } = (await onsetJson(["onsets", sample])).answer as unknown as Matrix;
    assert.equal(
      lines.length,
      rows.reduce((sum, { cells }) => sum + cells.length, 0),
    );
    const line = lines.find((one) => one.startsWith("generalises,") && one.includes("wd1-seed0"));
    assert.match(line ?? "", /,observed,1125,1150,true,/);
  });

  it("exits with 1 where there is no run", async () => {
    const folder = await temporaryFolder();
    try {
      const { code, stdout } = await onset(["onsets", folder]);
      assert.deepEqual([code, stdout], [1, "No runs.\n"]);
    } finally {
      await removeFolder(folder);
    }
  });
});

describe("onset when, over runs", function () {
  this.timeout(120_000);

  const CASES: readonly [question: string, lines: readonly RegExp[]][] = [
    [
      "share of seeds with generalises by 3000",
      [/weight_decay=0: present by step 3,000 in 0 of 3/, /weight_decay=1: .* in 5 of 5/],
    ],
    ["order of memorises, generalises", [/^memorises before generalises in 10 of 10 /]],
    ["lag of memorises to generalises", [/median between 1,100 and ∞ steps over 10 runs/]],
    [
      "survival of generalises over weight_decay",
      [/weight_decay 0: median onset not by 10,000 .*, in 0 of 3/, /log-rank p 4\.0e-4, by all/],
    ],
  ];
  for (const [question, lines] of CASES) {
    it(`answers ${question}`, async () => {
      const { code, stdout } = await onset(["when", question, sample]);
      assert.equal(code, 0);
      for (const line of lines)
        assert.ok(
          stdout.split("\n").some((one) => line.test(one)),
          stdout,
        );
      const { answer } = await onsetJson(["when", question, sample]);
      const { lines: told } = answer["answer"] as { lines: readonly string[] };
      assert.equal(stdout, told.map((line) => `${line}\n`).join(""));
    });
  }

  it("says where a question goes wrong", async () => {
    const { code, stderr } = await onset(["when", "share of seeds with generalises", sample]);
    assert.equal(code, 2);
    assert.match(stderr, /expected .*by/i);
  });
});

describe("onset when --record, onset recheck", function () {
  this.timeout(120_000);
  let folder = "";
  let file = "";
  beforeEach(async () => {
    folder = await temporaryFolder();
    file = join(folder, "records.json");
    const args = ["when", "held_out/acc > 0.9", sample, "--record", file];
    assert.equal((await onset(args)).code, 0);
  });
  afterEach(() => removeFolder(folder));

  it("answers the same of nothing but the records", async () => {
    const { code, answer } = await onsetJson(["recheck", file]);
    assert.equal(code, 0);
    const records = answer["records"] as readonly { readonly verdict: string }[];
    assert.deepEqual(
      records.map(({ verdict }) => verdict),
      Array.from({ length: 10 }, () => "same"),
    );
  });

  it("tells an answer that was changed, and points that were", async () => {
    const document = JSON.parse(await readFile(file, "utf8")) as {
      results: { by: number | null; record: { points: [number, number][] } }[];
    };
    const [first, second] = document.results;
    assert.ok(first && second);
    first.by = 7;
    const [point] = second.record.points;
    assert.ok(point);
    point[1] += 0.5;
    await writeFile(file, JSON.stringify(document));
    const { code, stdout } = await onset(["recheck", file]);
    assert.equal(code, 1);
    assert.equal(stdout.match(/ differs /g)?.length, 2, stdout);
  });

  it("says what is no file of records", async () => {
    await writeFile(file, "[1, 2");
    const { code, stderr } = await onset(["recheck", file]);
    assert.equal(code, 2);
    assert.match(stderr, /cannot be read as JSON/);
    await writeFile(file, '{"results": [{"record": {"method": 1}}]}');
    const odd = await onset(["recheck", file]);
    assert.equal(odd.code, 1);
    assert.match(odd.stdout, /not a record/);
  });
});

describe("onset describe", function () {
  this.timeout(120_000);

  it("gives the shape per run, the groups, and signal to noise", async () => {
    const { code, answer } = await onsetJson(["describe", "held_out/acc", sample]);
    assert.equal(code, 0);
    const { runs } = answer as unknown as {
      runs: readonly {
        readonly run: { readonly id: string };
        readonly evaluations: number;
        readonly last: { readonly step: number; readonly value: number };
        readonly law: object | null;
      }[];
    };
    assert.equal(runs.length, 10);
    const one = runs.find(({ run }) => run.id === "runs/wd1-seed0");
    assert.deepEqual(
      [one?.evaluations, one?.last, one?.law],
      [209, { step: 5000, value: 1 }, null],
    );
    const { stdout } = await onset(["describe", "held_out/acc", sample]);
    assert.match(stdout, /^signal to noise /m);
    assert.match(stdout, /^weight_decay=1: final 1 ± 0 \(sd, n=5\)/m);
  });

  it("exits with 1 for a metric that no run has, and names the nearest", async () => {
    const { code, stdout, stderr } = await onset(["describe", "held_out/ac", sample]);
    assert.equal(code, 1);
    assert.match(stdout + stderr, /held_out\/acc/);
  });
});
