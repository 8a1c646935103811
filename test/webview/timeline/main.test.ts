/** The Timeline in Chromium, answered by the worker on the sample workspace. */

import assert from "node:assert/strict";
import { type Locator, type Page } from "playwright-core";
import type { AtStepAnswer, TimelineAnswer } from "../../../src/core/index.js";
import { FIRST_TIMELINE, type TimelineQuestions } from "../../../src/protocol/panelProtocol.js";
import { STEP_SCALES, stepToAxis } from "../../../src/protocol/stepScale.js";
import { formatSigned, formatStep, formatValue } from "../../../webview/shared/format.js";
import type { PaintedBand } from "../../../webview/timeline/onsetBands.js";
import { viewOf } from "../../../webview/timeline/state.js";
import { eventually } from "../../support/eventually.js";
import { jsonlText } from "../../support/jsonlText.js";
import { Chromium, type OpenedPage } from "../../support/pages.js";
import { TimelineHost } from "../../support/panelHosts.js";
import { inProject } from "../../support/root.js";
import { removeFolder, temporaryFolder } from "../../support/temporaryFolder.js";
import { workerOn, type WorkerOn } from "../../support/workerOn.js";

const SUGGESTED = ["held_out/acc", "train/acc", "held_out/loss", "train/loss"];
const TOOLKIT = [
  "vscode-button",
  "vscode-checkbox",
  "vscode-dropdown",
  "vscode-option",
  "vscode-panels",
  "vscode-panel-tab",
  "vscode-panel-view",
  "vscode-text-field",
];

describe("the Timeline page", () => {
  let chromium: Chromium;
  let sample: WorkerOn;
  let host: TimelineHost;
  let opened: OpenedPage<TimelineQuestions> | null = null;
  const folders: string[] = [];
  const workers: WorkerOn[] = [];

  before(async () => {
    chromium = await Chromium.start();
    sample = await workerOn(inProject("samples", "grokking"));
    workers.push(sample);
  });
  after(async () => {
    for (const { client } of workers) client.dispose();
    for (const folder of folders) await removeFolder(folder);
    await chromium.stop();
  });
  beforeEach(() => {
    host = new TimelineHost(sample);
  });
  afterEach(async () => {
    const complaints = opened?.complaints ?? [];
    await opened?.close();
    opened = null;
    assert.deepEqual(complaints, []);
  });

  async function open(
    state: "drawn" | "empty" | "failed" = "drawn",
    kept?: unknown,
  ): Promise<Page> {
    opened = await chromium.open({
      page: "timeline",
      handlers: host.handlers,
      state: kept,
    });
    await opened.page.waitForSelector(`body[data-state="${state}"]`);
    return opened.page;
  }

  async function workerOver(files: Readonly<Record<string, string>>): Promise<WorkerOn> {
    const folder = await temporaryFolder(files);
    folders.push(folder);
    const worker = await workerOn(folder);
    workers.push(worker);
    return worker;
  }

  /** The page is told that the cursor moved, and shows the step. */
  async function moveTo(
    page: Page,
    step: number,
    title = `At step ${formatStep(step)}`,
  ): Promise<void> {
    opened?.peer.tell("cursorMoved", { step });
    await caption(page, title).waitFor();
  }

  async function atStep(step: number, byGroup = true): Promise<AtStepAnswer> {
    const { runs, baseline } = host.comparison;
    return sample.client.ask("atStep", { runs, baseline, metrics: SUGGESTED, step, byGroup });
  }

  it("speaks first, and draws what the runs suggest", async () => {
    const page = await open();
    assert.deepEqual(host.asked[0], { kind: "ready", params: { intent: null } });
    assert.deepEqual(await page.locator("figcaption strong").allTextContents(), SUGGESTED);
    assert.equal(await page.locator("canvas").count(), SUGGESTED.length + 1);
    assert.equal(await page.locator(".note").isVisible(), false);
  });

  it("has its controls upgraded by the toolkit", async () => {
    const page = await open();
    await openMetrics(page);
    for (const tag of TOOLKIT) {
      const upgraded = await page
        .locator(tag)
        .evaluateAll((all) => all.map((one) => one.matches(":defined") && one.shadowRoot !== null));
      assert.ok(upgraded.length > 0, `no ${tag}`);
      assert.ok(
        upgraded.every((is) => is),
        `${tag} is not upgraded`,
      );
    }
  });

  for (const scale of STEP_SCALES) {
    it(`paints every onset where the answers say it is, on a ${scale} axis`, async () => {
      host.intent = { ...host.intent, scale };
      const page = await open();
      const bands = await paintedBands(page);
      for (const { run, behaviour, metric, after, by, drawn, tolerance } of bands) {
        const rows = await sample.client.ask("when", {
          text: behaviour,
          runs: [sample.key(run)],
        });
        const row = rows.find((one) => one.metric === metric);
        assert.ok(row, `${behaviour} was not asked of ${run}`);
        assert.deepEqual({ after, by }, { after: row.after, by: row.by }, `${behaviour} ${run}`);
        isWithin(drawn.after, row.after, tolerance.after, `${behaviour} begins in ${run}`);
        isWithin(drawn.by, row.by, tolerance.by, `${behaviour} ends in ${run}`);
      }
      const painted = bands.map(({ run, behaviour }) => `${behaviour} ${run}`).sort();
      const expected = ["generalises", "memorises"].flatMap((behaviour) =>
        sample.snapshot.runs.map(({ id }) => `${behaviour} ${id}`),
      );
      assert.deepEqual(painted, expected.sort());
    });
  }

  for (const spread of [null, "sd"] as const) {
    const what = spread === null ? "each run" : "each seed group";
    it(`shows at the cursor the numbers that are answered of ${what} for the step`, async () => {
      host.intent = { ...host.intent, spread };
      const page = await open();
      // Tall enough for all rows.
      await page.setViewportSize({ width: 1400, height: 3200 });
      await moveTo(page, 1210);
      const answer = await atStep(1210, spread !== null);
      assert.ok(answer.rows.length >= 4 * (spread === null ? 8 : 3));
      const expected = answer.rows.map((row) => [
        row.metric,
        row.label,
        row.value === null ? "—" : `${row.interpolated ? "≈ " : ""}${formatValue(row.value)}`,
        ...(spread === null
          ? []
          : [row.n > 0 ? String(row.n) : "", row.sd === null ? "" : formatValue(row.sd)]),
        signed(row.difference?.delta, row.difference?.better),
        ratio(row.difference),
        since(row.sincePrevious),
      ]);
      await eventually(async () => {
        assert.deepEqual(await tableOf(page), expected);
      });
    });
  }

  it("has the charts' axis and what differs at the cursor in sight at once", async () => {
    const page = await open();
    const { height } = page.viewportSize() ?? { height: NaN };
    for (const part of [".axis-title", "table.diff tbody tr:not(.space)"]) {
      const box = await page.locator(part).first().boundingBox();
      assert.ok(box && box.y >= 0 && box.y + box.height <= height, part);
    }
    const overflow = await page.evaluate(
      () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
    );
    assert.equal(overflow, 0);
  });

  it("takes keys without a click first, unless another part has the focus", async () => {
    const page = await open();
    await eventually(async () => {
      assert.ok(await page.evaluate(() => document.activeElement?.classList.contains("stage")));
    });
    await page.keyboard.press("g");
    await page.keyboard.type("1.5k");
    await page.keyboard.press("Enter");
    await caption(page, "At step 1,500").waitFor();
    await openMetrics(page);
    const focused = (): Promise<string | undefined> =>
      page.evaluate(() => document.activeElement?.tagName);
    const before = await focused();
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    assert.equal(await focused(), before);
    assert.notEqual(before, "SECTION");
  });

  it("begins with the cursor at the first onset on the first chart, and says so to the window", async () => {
    const page = await open();
    const bands = await paintedBands(page);
    const ends = bands.flatMap(({ by, metric }) =>
      by === null || metric !== bands[0]?.metric ? [] : [by],
    );
    await eventually(() => {
      assert.deepEqual(host.askedFor("moveCursor"), [{ step: Math.min(...ends) }]);
    });
  });

  it("moves the cursor by evaluation with the arrow keys, by checkpoint with Shift", async () => {
    const page = await open();
    await moveTo(page, 1000);
    const { evaluations, checkpoints } = await atStep(1000);
    const right = evaluations.behind;
    const checkpoint = checkpoints.behind;
    assert.notEqual(right, checkpoint);
    await page.locator(".stage").focus();
    const moves: [string, number | null][] = [
      ["ArrowRight", right],
      ["ArrowLeft", 1000],
      ["Shift+ArrowRight", checkpoint],
      ["Shift+ArrowLeft", 1000],
    ];
    for (const [key, step] of moves) {
      await page.keyboard.press(key);
      await caption(page, `At step ${formatStep(step ?? NaN)}`).waitFor();
      assert.deepEqual(host.askedFor("moveCursor").at(-1), { step }, key);
    }
  });

  it("goes to a step that is typed after g, and nowhere after Escape or words", async () => {
    const page = await open();
    await moveTo(page, 1000);
    const before = host.askedFor("moveCursor").length;
    await page.locator(".stage").focus();
    for (const [typed, key] of [
      ["1,500", "Escape"],
      ["soon", "Enter"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.type(typed);
      await page.keyboard.press(key);
      await page.locator(".go-to").waitFor({ state: "detached" });
    }
    await page.keyboard.press("g");
    await page.keyboard.type("1,500");
    await page.keyboard.press("Enter");
    await caption(page, "At step 1,500").waitFor();
    assert.deepEqual(host.askedFor("moveCursor").slice(before), [{ step: 1500 }]);
  });

  it("moves the cursor to the evaluation that is nearest to a click", async () => {
    const page = await open();
    const answer = await timelineOf(host, sample);
    const { axis } = viewOf(answer, host.intent, host.comparison);
    const canvas = page.locator(".plot canvas").first();
    const { width } = (await canvas.boundingBox()) ?? { width: NaN };
    const share = (stepToAxis(1200, "symlog") - axis.min) / (axis.max - axis.min);
    await canvas.click({ position: { x: Math.round(64 + share * (width - 72)), y: 60 } });
    await caption(page, "At step 1,200").waitFor();
    assert.deepEqual(host.askedFor("moveCursor").at(-1), { step: 1200 });
  });

  it("draws the metrics that are picked, found by a filter", async () => {
    const page = await open();
    await openMetrics(page);
    const names = page.locator(".popover vscode-checkbox:not(.all)");
    assert.equal(await names.count(), 5);
    await page.locator(".popover vscode-text-field input").fill("LOSS");
    assert.deepEqual(await names.allTextContents(), ["held_out/loss", "train/loss"]);
    await names.filter({ hasText: "train/loss" }).click();
    await eventually(async () => {
      const captions = await page.locator("figcaption strong").allTextContents();
      assert.deepEqual(captions, SUGGESTED.slice(0, 3));
    });
    await page.locator(".popover vscode-text-field input").fill("norm");
    await names.filter({ hasText: "weight_norm" }).click();
    await page.locator("figcaption strong", { hasText: "weight_norm" }).waitFor();
    const wanted = [...SUGGESTED.slice(0, 3), "weight_norm"];
    assert.deepEqual(host.askedFor("timeline").at(-1)?.intent.metrics, wanted);
    await page.locator(".popover vscode-text-field input").fill("no such thing");
    assert.equal(await page.locator(".chooser .rows").textContent(), "No such metric.");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".popover").first().isVisible(), false);
  });

  it("shades the behaviour that is picked, or nothing", async () => {
    const page = await open();
    await choose(page, "onset of", "memorises");
    await eventually(async () => {
      const bands = await paintedBands(page);
      assert.deepEqual([...new Set(bands.map(({ behaviour }) => behaviour))], ["memorises"]);
      assert.equal(bands.length, 10);
    });
    assert.equal(host.askedFor("timeline").at(-1)?.intent.behaviour, "memorises");
    await choose(page, "onset of", "nothing");
    await eventually(async () => {
      assert.deepEqual(await paintedBands(page), []);
    });
    assert.equal(host.askedFor("timeline").at(-1)?.intent.behaviour, "");
    await choose(page, "onset of", "what fits each metric");
    await eventually(async () => {
      assert.equal((await paintedBands(page)).length, 20);
    });
    assert.equal(host.askedFor("timeline").at(-1)?.intent.behaviour, null);
  });

  it("keeps what was chosen, and comes back with it", async () => {
    const page = await open();
    assert.match(
      (await page.locator(".axis-title").textContent()) ?? "",
      /^step, logarithmic with a place for 0/,
    );
    await choose(page, "scale", "linear");
    await page.locator(".axis-title", { hasText: "linear" }).waitFor();
    const kept = await page.evaluate(() => window.keptState);
    const cursor = host.comparison.step;
    assert.deepEqual(kept, { ...FIRST_TIMELINE, scale: "linear", cursor });
    await opened?.close();

    host = new TimelineHost(sample);
    const again = await open("drawn", kept);
    assert.deepEqual(host.askedFor("ready"), [{ intent: kept }]);
    await again.locator(".axis-title", { hasText: "linear" }).waitFor();
    await eventually(async () => {
      const shown = await again
        .locator("vscode-dropdown[aria-label='scale']")
        .evaluate((control) => (control as HTMLSelectElement).value);
      assert.equal(shown, "linear");
    });
  });

  it("shows what the window wants to be seen", async () => {
    const page = await open();
    opened?.peer.tell("intent", {
      ...FIRST_TIMELINE,
      metrics: ["weight_norm"],
      behaviour: "weight_norm < 12",
    });
    await page.locator("figcaption strong", { hasText: "weight_norm" }).waitFor();
    assert.equal(await page.locator(".plot").count(), 1);
    await eventually(async () => {
      assert.ok((await paintedBands(page)).every(({ metric }) => metric === "weight_norm"));
    });
  });

  it("draws anew in the colours of a new theme", async () => {
    const page = await open();
    const magenta = [255, 0, 255] as const;
    assert.equal(await pixelsOf(page, magenta), 0);
    await page.evaluate(() => {
      document.documentElement.style.setProperty("--vscode-charts-blue", "#ff00ff");
      document.body.className = "vscode-light";
    });
    await eventually(async () => {
      assert.ok((await pixelsOf(page, magenta)) > 50);
    });
    const legend = page.locator(".legend line").first();
    assert.equal(
      await legend.evaluate((line) => getComputedStyle(line).stroke),
      "rgb(255, 0, 255)",
    );
    assert.equal(await page.locator("body").getAttribute("data-state"), "drawn");
  });

  it("asks for as many points as fit when it is made narrow, and stays within", async () => {
    const page = await open();
    const wide = host.askedFor("timeline").at(-1)?.width ?? 0;
    await page.setViewportSize({ width: 420, height: 900 });
    await eventually(() => {
      const narrow = host.askedFor("timeline").at(-1)?.width ?? 0;
      assert.ok(narrow < wide / 2, `${narrow} of ${wide}`);
    });
    await eventually(async () => {
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0);
    });
  });

  it("says that no runs are compared, and leads to them", async () => {
    host.comparison = { runs: [], baseline: null, step: null, known: 3 };
    const page = await open("empty");
    const note = page.locator(".note");
    assert.match((await note.textContent()) ?? "", /^No runs are compared\./);
    assert.equal(await page.locator(".stage").isVisible(), false);
    await note.locator("vscode-button").click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("chooseRuns"), [null]);
    });
  });

  it("says that there are no runs at all", async () => {
    host.comparison = { runs: [], baseline: null, step: null, known: 0 };
    const page = await open("empty");
    assert.match((await page.locator(".note").textContent()) ?? "", /^No runs were found\./);
  });

  it("says what to do where no onset is known", async () => {
    host.intent = { ...host.intent, metrics: ["weight_norm"] };
    const page = await open();
    await page.locator("vscode-panel-tab", { hasText: "Onsets (0)" }).click();
    await page.locator(".details p vscode-button", { hasText: "When did" }).click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("ask"), [null]);
    });
  });

  it("says that the compared runs have no metrics", async () => {
    host = new TimelineHost(
      await workerOver({
        "bare/checkpoint-100/optimizer.pt": "",
        "bare/checkpoint-200/optimizer.pt": "",
      }),
    );
    assert.equal(host.comparison.runs.length, 1);
    const page = await open("empty");
    const text = (await page.locator(".note").textContent()) ?? "";
    assert.match(text, /^No metrics were found in the run compared\./);
  });

  it("shows a failure in words, and recovers when it is told that something changed", async () => {
    host.failure = "the disk is gone";
    const page = await open("failed");
    assert.equal(await page.locator(".note").textContent(), "the disk is gone");
    host.failure = null;
    opened?.peer.tell("changed", host.comparison);
    await page.waitForSelector('body[data-state="drawn"]');
    assert.equal(await page.locator(".note").isVisible(), false);
  });

  it("takes names from files as text, whatever they hold", async () => {
    const hostile = `<img src=x onerror="document.title='breached'">`;
    const when = { when: `"${hostile}" > 0.5` };
    host = new TimelineHost(
      await workerOver({
        "onset.json": JSON.stringify({ behaviours: { [`${hostile} comes`]: when } }),
        "a/config.json": JSON.stringify({ lr: `<script>${hostile}</script>` }),
        "a/metrics.jsonl": jsonlText(
          [0, 1, 2].map((step) => ({ step, [hostile]: step / 2, loss: 1 })),
        ),
        "b/config.json": JSON.stringify({ lr: "<b>bold</b>" }),
        "b/metrics.jsonl": jsonlText([0, 1, 2].map((step) => ({ step, [hostile]: 0 }))),
      }),
    );
    host.annotations = [{ run: null, step: 1, text: hostile }];
    const page = await open();
    await moveTo(page, 1);
    await openMetrics(page);
    const text = (await page.locator("main").textContent()) ?? "";
    assert.ok(text.includes(hostile));
    assert.ok(text.includes("<b>bold</b>"));
    assert.equal(await page.locator("main img, main script, main b").count(), 0);
    assert.notEqual(await page.title(), "breached");
  });

  it("shows values that are no finite numbers, in the table and as marks", async () => {
    host = new TimelineHost(
      await workerOver({
        "run/metrics.jsonl": jsonlText([
          { step: 0, loss: 2, norm: 1 },
          { step: 10, loss: 1, norm: 2 },
          { step: 20, loss: NaN, norm: Infinity },
          { step: 30, loss: 0.5, norm: -Infinity },
        ]),
      }),
    );
    host.intent = { ...host.intent, metrics: ["loss", "norm"] };
    const page = await open();
    await moveTo(page, 20);
    assert.deepEqual(await valuesOf(page), ["NaN", "∞"]);
    assert.ok((await page.locator(".legend").textContent())?.includes("× non-finite"));
    await moveTo(page, 30);
    assert.deepEqual(await valuesOf(page), ["0.5", "−∞"]);
  });

  it("lists what is marked and what began at the cursor", async () => {
    host.annotations = [{ run: null, step: 1250, text: "raised the rate (ada)" }];
    const page = await open();
    await moveTo(page, 1250);
    const marks = page.locator("aside", { hasText: "Marks here" });
    await marks.locator("li", { hasText: "raised the rate (ada)" }).waitFor();
    const here = (await paintedBands(page)).filter(
      ({ after, by }) => after !== null && by !== null && after < 1250 && 1250 <= by,
    );
    assert.ok(here.length > 0);
    const onsets = page.locator("aside h2:text('Onset here') + ul li");
    assert.equal(await onsets.count(), here.length);
    await page.locator("aside vscode-button").click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("annotate"), [{ step: 1250 }]);
    });
  });

  it("opens the Diff of a run at the cursor, and makes a run the baseline", async () => {
    host.intent = { ...host.intent, spread: null };
    const page = await open();
    await moveTo(page, 2000);
    const { baseline } = host.comparison;
    const other = sample.snapshot.runs.find(({ id }) => id.endsWith("wd1-seed4"));
    assert.ok(other);
    const row = page.locator("tbody tr", { hasText: other.label }).first();
    await row.locator("button.link").first().click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("openDiff"), [
        { a: { key: baseline, step: 2000 }, b: { key: other.key, step: 2000 } },
      ]);
    });
    await row.locator("button", { hasText: "set as baseline" }).click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("setBaseline"), [{ run: other.key }]);
    });
    opened?.peer.tell("changed", host.comparison);
    await page.locator("tr.baseline", { hasText: other.label }).first().waitFor();
  });

  it("lists all onsets in words, each of which leads to its step", async () => {
    const page = await open();
    await page.locator("vscode-panel-tab", { hasText: "Onsets (20)" }).click();
    const rows = page.locator("table:has(caption:text('Onsets')) tbody tr");
    assert.equal(await rows.count(), 20);
    const band = (await paintedBands(page)).find(
      ({ run, behaviour }) => run.endsWith("wd1-seed0") && behaviour === "generalises",
    );
    assert.ok(band?.by);
    const label = sample.snapshot.runs.find(({ id }) => id === band.run)?.label ?? "";
    await rows
      .filter({ hasText: "generalises" })
      .filter({ hasText: label })
      .locator("button")
      .click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("moveCursor").at(-1), { step: band.by });
    });
  });

  it("places everything on another axis, says where that comes from, and finds steps there", async () => {
    host = new TimelineHost(
      await workerOver({
        "run/metrics.jsonl": jsonlText(
          [10, 20, 30, 40].map((step) => ({ step, loss: 5 - step / 10, num_tokens: step * 100 })),
        ),
      }),
    );
    host.intent = { ...host.intent, metrics: ["loss"], scale: "linear" };
    const page = await open();
    await choose(page, "x", "num_tokens");
    await page.locator(".axis-title", { hasText: "logged as num_tokens" }).waitFor();
    assert.match((await page.locator(".axis-title").textContent()) ?? "", /^num_tokens, linear/);
    await moveTo(page, 30);
    const { left, width } = await plotArea(page);
    await eventually(async () => {
      assert.ok(Math.abs((await cursorAt(page)) - (left + (width * 20) / 30.6)) < 2);
    });
    await page.mouse.click(left + (width * 10) / 30.6, (await plotArea(page)).middle);
    await eventually(() => {
      assert.deepEqual(host.askedFor("moveCursor").at(-1), { step: 20 });
    });
  });

  it("says what has no place on a logarithmic axis, of steps and of values", async () => {
    host = new TimelineHost(
      await workerOver({
        "run/metrics.jsonl": jsonlText([0, 1, 2, 3].map((step) => ({ step, gain: step - 2 }))),
      }),
    );
    host.intent = { ...host.intent, metrics: ["gain"], scale: "log", values: "log" };
    const page = await open();
    const title = page.locator(".axis-title");
    await title.getByText("1 points at 0 or below not on a logarithmic axis").waitFor();
    const caption = page.locator("figcaption .warning");
    assert.match((await caption.textContent()) ?? "", /^2 drawn values of 0 or less/);
  });

  it("zooms to what is brushed, by the wheel and by keys, and shows all after a double click", async () => {
    const page = await open();
    const { left, width, middle } = await plotArea(page);
    const range = (): readonly [number, number] | null | undefined =>
      host.askedFor("timeline").at(-1)?.intent.range;
    await page.mouse.move(left + width * 0.5, middle);
    await page.mouse.down();
    await page.mouse.move(left + width * 0.75, middle, { steps: 4 });
    assert.ok(await page.locator(".charts .brush").isVisible());
    await page.mouse.up();
    const whole = viewOf(await timelineOf(host, sample), host.intent, host.comparison).whole;
    const at = (share: number): number => 10 ** (whole.max * share) - 1;
    await eventually(() => {
      const [first, last] = range() ?? [NaN, NaN];
      assert.ok(Math.abs(first / at(0.5) - 1) < 0.02, `${first}`);
      assert.ok(Math.abs(last / at(0.75) - 1) < 0.02, `${last}`);
    });
    await page.locator(".minimap").waitFor();
    const before = range();
    await page.mouse.move(left + width / 2, middle);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -100);
    await page.keyboard.up("Control");
    await eventually(() => {
      const now = range();
      assert.ok(now && before && now[0] > before[0] && now[1] < before[1]);
    });
    await page.locator(".stage").focus();
    await page.keyboard.press("0");
    await eventually(() => {
      assert.equal(range(), null);
    });
    await page.keyboard.press("+");
    await eventually(() => {
      assert.ok(range());
    });
    await page.mouse.dblclick(left + width / 2, middle);
    await eventually(() => {
      assert.equal(range(), null);
    });
    await page.locator(".minimap").waitFor({ state: "hidden" });
  });

  it("compares two pins, and goes back without them", async () => {
    host.intent = { ...host.intent, spread: null };
    const page = await open();
    await page.setViewportSize({ width: 1400, height: 3200 });
    await moveTo(page, 1000);
    await page.locator(".stage").focus();
    await page.keyboard.press("p");
    await moveTo(page, 2000, "Between step 1,000 and step 2,000");
    await page.locator(".stage").focus();
    await page.keyboard.press("p");
    opened?.peer.tell("cursorMoved", { step: 3000 });
    await eventually(async () => {
      const { rows } = await sample.client.ask("atStep", {
        ...{ runs: host.comparison.runs, baseline: host.comparison.baseline },
        ...{ metrics: SUGGESTED, step: 2000, since: 1000 },
      });
      const shown = (await tableOf(page)).map((cells) => cells.at(-1));
      assert.deepEqual(
        shown,
        rows.map((row) => since(row.sincePrevious)),
      );
    });
    assert.deepEqual(
      await page.evaluate(() => (window.keptState as { pins: number[] }).pins),
      [1000, 2000],
    );
    await page.keyboard.press("Escape");
    await caption(page, "At step 3,000").waitFor();
  });

  it("keeps its pins when it is told to show something else", async () => {
    const page = await open();
    await moveTo(page, 1000);
    await page.locator(".stage").focus();
    await page.keyboard.press("p");
    opened?.peer.tell("intent", { ...host.intent, metrics: ["train/acc"], pins: [] });
    await eventually(() => {
      assert.deepEqual(host.askedFor("timeline").at(-1)?.intent.pins, [1000]);
    });
    await page.locator(".charts .pin-a.seen").waitFor();
  });

  it("shows a group's single seeds beside its band on demand, and smooths over the raw line", async () => {
    const page = await open();
    const entry = page.locator(".legend button").first();
    assert.match((await entry.textContent()) ?? "", /band: sd, n=\d/);
    await entry.click();
    await eventually(async () => {
      assert.equal(await entry.getAttribute("aria-pressed"), "true");
    });
    assert.equal(host.askedFor("timeline").at(-1)?.intent.apart.length, 1);
    await choose(page, "smooth", "median of 5");
    await eventually(() => {
      const { smooth } = host.askedFor("timeline").at(-1)?.intent ?? {};
      assert.deepEqual(smooth, { kind: "median", points: 5 });
    });
    await choose(page, "group", "single seeds");
    await eventually(async () => {
      assert.equal(await page.locator(".legend button").count(), 0);
    });
    assert.equal((await paintedBands(page)).length, 20);
  });

  it("sorts and filters the table at the cursor, and copies what is shown", async () => {
    host.intent = { ...host.intent, spread: null };
    const page = await open();
    await page.setViewportSize({ width: 1400, height: 3200 });
    await moveTo(page, 2000);
    const sort = page.locator("th .sort", { hasText: "value" });
    await sort.click();
    const value = async (): Promise<number[]> =>
      (await tableOf(page))
        .map((cells) => Number((cells[2] ?? "").replace("≈ ", "").replace("−", "-")))
        .filter((one) => !Number.isNaN(one));
    const descending = await value();
    assert.deepEqual(
      descending,
      [...descending].sort((a, b) => b - a),
    );
    assert.equal(await page.locator("th[aria-sort='descending']").count(), 1);
    await page.locator(".table-tools input").fill("held_out/acc seed=0");
    await eventually(async () => {
      const metrics = (await tableOf(page)).map(([metric]) => metric);
      assert.ok(metrics.length > 0 && metrics.every((metric) => metric === "held_out/acc"));
    });
    const rows = await page.locator("table.diff tbody tr:not(.space)").count();
    await page.locator(".table-tools button", { hasText: "TSV" }).click();
    await eventually(() => {
      const text = host.askedFor("copy").at(-1)?.text ?? "";
      assert.equal(text.trimEnd().split("\n").length, rows + 1);
      assert.ok(text.startsWith("metric\trun\tvalue\t"));
    });
  });

  it("takes pictures, points, a record and a script away", async () => {
    const page = await open();
    const take = async (label: string): Promise<void> => {
      await page.locator("vscode-button[title='Export or copy']").click();
      await page.locator(".menu button", { hasText: label }).click();
    };
    await take("SVG");
    await page.locator(".said", { hasText: "Saved /saved/timeline.svg." }).waitFor();
    const svg = host.askedFor("save").at(-1)?.text ?? "";
    const parsed = await page.evaluate((text) => {
      const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
      return {
        name: root.nodeName,
        texts: Array.from(root.querySelectorAll("text"), (one) => one.textContent),
      };
    }, svg);
    assert.equal(parsed.name, "svg");
    for (const metric of SUGGESTED) assert.ok(parsed.texts.includes(metric), metric);
    assert.ok(!svg.includes("NaN") && !svg.includes("color-mix"));
    await take("PNG");
    await page.locator(".said", { hasText: "Saved /saved/timeline.png." }).waitFor();
    const png = Buffer.from(host.askedFor("save").at(-1)?.text ?? "", "base64");
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    await take("CSV");
    await page.locator(".said", { hasText: "timeline.csv" }).waitFor();
    assert.deepEqual(host.askedFor("exportPoints").at(-1)?.metrics, SUGGESTED);
    await take("Record");
    await page.locator(".said", { hasText: "timeline.md" }).waitFor();
    await take("matplotlib");
    await eventually(() => {
      assert.match(host.askedFor("copy").at(-1)?.text ?? "", /import matplotlib\.pyplot/);
    });
  });

  it("chooses metrics by a pattern and by a pinned set, and pins a pattern", async () => {
    host = new TimelineHost(
      await workerOver({
        "onset.json": JSON.stringify({ pinned: { mine: ["eval/*acc*", "lr"] } }),
        "run/metrics.jsonl": jsonlText(
          [0, 1].map((step) => ({
            step,
            "eval/a/acc": 1,
            "eval/b/acc": 1,
            "eval/b/loss": 1,
            lr: 1,
          })),
        ),
      }),
    );
    const page = await open();
    await openMetrics(page);
    const captions = (): Promise<string[]> => page.locator("figcaption strong").allTextContents();
    await page.locator(".chip", { hasText: "mine (3)" }).click();
    await eventually(async () => {
      assert.deepEqual(await captions(), ["eval/a/acc", "eval/b/acc", "lr"]);
    });
    await page.locator(".popover vscode-text-field input").first().fill("eval/b/*");
    await page.locator(".chooser-tools vscode-button", { hasText: "Show these 2 only" }).click();
    await eventually(async () => {
      assert.deepEqual(await captions(), ["eval/b/acc", "eval/b/loss"]);
    });
    await page.locator(".chooser-tools vscode-button", { hasText: "Pin this pattern" }).click();
    await eventually(() => {
      assert.deepEqual(host.askedFor("pinMetrics"), [{ patterns: ["eval/b/*"] }]);
    });
  });

  it("draws nothing anew when the cursor moves, keeps few rows in the page, and speaks", async () => {
    const names = Array.from({ length: 50 }, (_, i) => `m${i}`);
    host = new TimelineHost(
      await workerOver({
        "run/metrics.jsonl": jsonlText(
          [0, 10, 20, 30].map((step) => ({
            step,
            ...Object.fromEntries(names.map((name, i) => [name, step + i])),
          })),
        ),
      }),
    );
    host.intent = { ...host.intent, metrics: names };
    const page = await open();
    assert.equal(await page.locator("figure").count(), 50);
    await moveTo(page, 10);
    await page.evaluate(() => {
      const counted = window as unknown as { strokes: number };
      counted.strokes = 0;
      CanvasRenderingContext2D.prototype.stroke = new Proxy(
        Object.getOwnPropertyDescriptor(CanvasRenderingContext2D.prototype, "stroke")
          ?.value as () => void,
        {
          apply: (stroke, canvas, args) => {
            counted.strokes += 1;
            Reflect.apply(stroke, canvas, args);
          },
        },
      );
    });
    await page.locator(".stage").focus();
    await page.keyboard.press("ArrowRight");
    await caption(page, "At step 20").waitFor();
    assert.equal(await page.evaluate(() => (window as unknown as { strokes: number }).strokes), 0);
    assert.ok((await page.locator("table.diff tbody tr:not(.space)").count()) < 50);
    assert.equal(await page.locator("table.diff").getAttribute("aria-rowcount"), "51");
    const spoken = page.locator(".spoken[role=status]");
    await spoken.getByText(/^step 20; m0, .*: 20; m1,/).waitFor();
  });

  it("has a table behind the charts", async () => {
    const page = await open();
    await page.locator("vscode-panel-tab", { hasText: "Values" }).click();
    const grid = page.locator("[role=grid]");
    await grid.locator("[role=gridcell]").first().waitFor();
    const { width } = host.askedFor("timeline").at(-1) ?? { width: NaN };
    const { charts } = await timelineOf(host, sample, width);
    const steps = new Set(
      charts[0]?.lines
        .flatMap(({ x }) => [...x])
        .concat(charts[0].groups.flatMap(({ x }) => [...x])),
    );
    assert.equal(await grid.getAttribute("aria-rowcount"), String(steps.size + 1));
  });

  it("comes back with a part of the axis, pins and smoothing, and survives what another version kept", async () => {
    const kept = {
      ...FIRST_TIMELINE,
      range: [10, 1000] as const,
      pins: [100],
      values: "linear" as const,
    };
    const page = await open("drawn", kept);
    assert.deepEqual(host.askedFor("timeline")[0]?.intent, kept);
    await page.locator(".minimap").waitFor();
    await page.locator(".charts .pin-a.seen").waitFor();
  });

  it("asks the window for questions and runs", async () => {
    const page = await open();
    await page.locator("vscode-button", { hasText: "When did" }).click();
    await page.locator("vscode-button", { hasText: "Runs …" }).click();
    await eventually(() => {
      assert.deepEqual([host.askedFor("ask"), host.askedFor("chooseRuns")], [[null], [null]]);
    });
  });
});

function caption(page: Page, text: string): Locator {
  return page.locator("caption").getByText(text, { exact: true });
}

/** Where the first chart draws, in pixels of the page. */
async function plotArea(page: Page): Promise<{ left: number; width: number; middle: number }> {
  const box = await page.locator(".charts .overlay").boundingBox();
  const canvas = await page.locator(".plot .canvas").first().boundingBox();
  if (!box || !canvas) throw new Error("no chart");
  return { left: box.x, width: box.width, middle: canvas.y + canvas.height / 2 };
}

/** Pixels from the left of the page at which the first chart's cursor is. */
async function cursorAt(page: Page): Promise<number> {
  const line = page.locator(".charts .line.cursor");
  return line.evaluate((one) => one.getBoundingClientRect().left);
}

async function paintedBands(page: Page): Promise<readonly PaintedBand[]> {
  const text = await page.locator("#onset-bands").textContent();
  return JSON.parse(text ?? "null") as PaintedBand[];
}

async function openMetrics(page: Page): Promise<void> {
  await page.locator("vscode-button", { hasText: "Metrics (" }).click();
  await page.locator(".popover vscode-checkbox:not(.all)").first().waitFor();
}

async function choose(page: Page, picker: string, option: string): Promise<void> {
  const control = page.locator(`vscode-dropdown[aria-label='${picker}']`);
  await control.click();
  await control.locator("vscode-option").getByText(option, { exact: true }).click();
}

/** Values in the table at the cursor, top to bottom. */
async function valuesOf(page: Page): Promise<string[]> {
  return page.locator("table.diff tbody tr:not(.space) td:nth-child(3)").allTextContents();
}

/** How many pixels of all charts have exactly this colour. */
async function pixelsOf(page: Page, color: readonly [number, number, number]): Promise<number> {
  return page.evaluate((wanted) => {
    let count = 0;
    for (const canvas of Array.from(document.querySelectorAll("canvas"))) {
      // Read from a copy: reading a canvas makes the browser draw it in another way.
      const { width, height } = canvas;
      const copy = new OffscreenCanvas(width, height).getContext("2d");
      copy?.drawImage(canvas, 0, 0);
      const data = copy?.getImageData(0, 0, width, height).data ?? [];
      for (let i = 0; i < data.length; i += 4) {
        if (wanted.every((part, at) => data[i + at] === part) && data[i + 3] === 255) count += 1;
      }
    }
    return count;
  }, color);
}

function timelineOf(
  host: TimelineHost,
  { client }: WorkerOn,
  width = 1000,
): Promise<TimelineAnswer> {
  const { runs } = host.comparison;
  return client.ask("timeline", {
    ...host.intent,
    ...{ runs, width, annotations: [] },
  });
}

function isWithin(
  actual: number | null,
  expected: number | null,
  tolerance: number,
  what: string,
): void {
  if (actual === null || expected === null) assert.equal(actual, expected, what);
  else {
    const distance = Math.abs(actual - expected);
    assert.ok(distance <= tolerance, `${what} at ${actual}, not ${expected}`);
  }
}

function signed(delta: number | null | undefined, better: boolean | null | undefined): string {
  if (delta === null || delta === undefined) return "";
  const word = typeof better !== "boolean" || delta === 0 ? "" : better ? " better" : " worse";
  return `${formatSigned(delta)}${word}`;
}

function ratio(difference: AtStepAnswer["rows"][number]["difference"]): string {
  if (difference?.delta === undefined || difference.delta === null) return "";
  const { ratio: size, verdict } = difference;
  return size === null ? "noise unknown" : `${size.toFixed(1)}× ${verdict}`;
}

function since(change: AtStepAnswer["rows"][number]["sincePrevious"]): string {
  if (!change || change.delta === null) return "";
  const noise = change.ratio === null ? "" : ` (${change.ratio.toFixed(1)}×)`;
  return `${signed(change.delta, change.better)}${noise}`;
}

/** Texts of the rows at the cursor that are in the document; hidden parts of cells left out. */
async function tableOf(page: Page): Promise<string[][]> {
  return page.locator("table.diff tbody tr:not(.space)").evaluateAll((rows) =>
    rows.map((row) =>
      Array.from(row.children, (cell) => {
        const parts = Array.from(cell.children).filter((part) => !(part as HTMLElement).hidden);
        return (parts[0] ?? cell).textContent;
      }),
    ),
  );
}
