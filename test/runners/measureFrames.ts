/**
 * Measures frames for `bench/frames.mjs`, in one browser: the Timeline with its worker behind it, and charting libraries that
 * hold as many points. What is counted of a zoom, a pan and a move of the cursor is the page's main thread.
 *
 *     node measureFrames.js SERIES_FOLDER CHARTS_FOLDER RUNS POINTS ROUNDS UPLOT|-
 */

import type { Page } from "playwright-core";
import {
  FIRST_TIMELINE,
  type Comparison,
  type TimelineIntent,
  type TimelineQuestions,
} from "../../src/protocol/panelProtocol.js";
import { Chromium, type OpenedPage } from "../support/pages.js";
import { TimelineHost } from "../support/panelHosts.js";
import { inProject } from "../support/root.js";
import { workerOn } from "../support/workerOn.js";

declare global {
  interface Window {
    /**
     * Of a library's page: makes the chart from columns of numbers, and returns the milliseconds until it was painted; in
     * `made` those that the library's form of points took.
     */
    drawFirst(): Promise<{ first: number; made: number }>;
    /** Shows the points from one step to another. */
    drawRange(from: number, to: number): void;
  }
}

const [, , seriesFolder = "", chartsFolder = "", ...rest] = process.argv;
const [runs, points, rounds] = rest.slice(0, 3).map(Number) as [number, number, number];
const uplot = rest[3] ?? "-";

const INTENT: TimelineIntent = {
  ...FIRST_TIMELINE,
  ...{ metrics: ["reward"], behaviour: "", spread: null, scale: "linear" },
};
/** Frames of a zoom or a pan, and moves of the cursor, that a round's number is the mean of. */
const FRAMES = 20;

/** Milliseconds. */
interface Frames {
  readonly first: number;
  /** Of `first`, for the library's form of points. */
  readonly made: number;
  readonly range: number;
}

async function main(): Promise<void> {
  const [series, charts] = [await workerOn(seriesFolder), await workerOn(chartsFolder)];
  const chromium = await Chromium.start();
  try {
    const host = new TimelineHost(series);
    host.intent = INTENT;
    const { runs: keys } = host.comparison;
    const question = { ...INTENT, runs: keys, width: 500, annotations: [] };
    // From here on all points are read, and the pyramids built.
    const answer = await series.client.ask("timeline", question);
    const lines = answer.charts[0]?.lines.length ?? 0;
    const read = series.snapshot.runs.length;
    if (lines !== runs || read !== runs) throw new Error(`${lines} of ${runs} lines are drawn.`);
    const rows: Record<string, Frames>[] = [];
    const cursor: number[] = [];
    for (let round = 0; round < rounds; round++) {
      rows.push({
        Onset: await ofTimeline(chromium, host),
        "chart.js": await ofLibrary(chromium, "chart.js"),
        ...(uplot === "-" ? {} : { uPlot: await ofLibrary(chromium, "uPlot") }),
      });
      cursor.push(await ofCursor(chromium, new TimelineHost(charts)));
    }
    process.stdout.write(JSON.stringify({ rows, cursor }));
  } finally {
    series.client.dispose();
    charts.client.dispose();
    await chromium.stop();
  }
}

type Opened = OpenedPage<TimelineQuestions>;

async function openTimeline(chromium: Chromium, host: TimelineHost): Promise<Opened> {
  return chromium.open({ page: "timeline", handlers: host.handlers });
}

/** The page is there before any run is compared: then all are, and the first frame is what comes of it. */
async function ofTimeline(chromium: Chromium, host: TimelineHost): Promise<Frames> {
  const all: Comparison = host.comparison;
  host.comparison = { ...all, runs: [] };
  const opened = await openTimeline(chromium, host);
  const { page, peer, close } = opened;
  try {
    await page.waitForSelector('body[data-state="empty"]');
    host.comparison = all;
    const painted = page.evaluate(async () => {
      const changed = new Promise((resolve) => {
        window.addEventListener("message", resolve, { once: true });
      });
      document.body.dataset["armed"] = "";
      await changed;
      const begin = performance.now();
      while (document.body.dataset["state"] !== "drawn") await nextFrame();
      await nextFrame();
      return performance.now() - begin;

      function nextFrame(): Promise<unknown> {
        return new Promise((resolve) => requestAnimationFrame(resolve));
      }
    });
    await page.waitForSelector("body[data-armed]");
    peer.tell("changed", all);
    const first = await painted;
    const range = await mainThread(page, async () => {
      await page.evaluate(async (frames) => {
        const canvas = document.querySelector("figure canvas") as HTMLElement;
        const { left, top, width, height } = canvas.getBoundingClientRect();
        for (let frame = 0; frame < frames; frame++) {
          const isZoom = frame < frames / 2;
          const move = isZoom ? { deltaY: -100 } : { deltaX: width / 40 };
          const place = { clientX: left + width * 0.6, clientY: top + height / 2 };
          const event = { ...place, ...move, ctrlKey: isZoom, bubbles: true, cancelable: true };
          canvas.dispatchEvent(new WheelEvent("wheel", event));
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      }, FRAMES);
      // The finer points that are asked for once at the end belong to these frames.
      const asked = host.askedFor("timeline").length;
      while (host.askedFor("timeline").length === asked) await page.waitForTimeout(10);
      await page.waitForTimeout(100);
    });
    return { first, made: 0, range: range / FRAMES };
  } finally {
    await close();
  }
}

/** Of a move of the cursor over all charts, with the table of what is there. */
async function ofCursor(chromium: Chromium, host: TimelineHost): Promise<number> {
  host.intent = { ...INTENT, metrics: ["*"] };
  const { page, peer, close } = await openTimeline(chromium, host);
  try {
    await page.waitForSelector('body[data-state="drawn"]');
    await page.waitForTimeout(500);
    const spent = await mainThread(page, async () => {
      for (let move = 1; move <= FRAMES; move++) {
        peer.tell("cursorMoved", { step: 10 * move });
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
      }
    });
    return spent / FRAMES;
  } finally {
    await close();
  }
}

/** Milliseconds that the page's main thread is busy while `action` goes on. */
async function mainThread(page: Page, action: () => Promise<void>): Promise<number> {
  const session = await page.context().newCDPSession(page);
  // Of the thread itself: what else the machine does is not counted.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
  const before = await busy();
  await action();
  return (await busy()) - before;
}

async function ofLibrary(chromium: Chromium, library: "chart.js" | "uPlot"): Promise<Frames> {
  const page = await chromium.blank();
  try {
    const script =
      library === "uPlot" ? uplot : inProject("node_modules", "chart.js", "dist", "chart.umd.js");
    await page.addScriptTag({ path: script });
    await page.evaluate(library === "uPlot" ? prepareUplot : prepareChartJs, { runs, points });
    const { first, made } = await page.evaluate(() => window.drawFirst());
    const range = await mainThread(page, async () => {
      await page.evaluate(
        async ({ frames, last }) => {
          let [from, to] = [0, last];
          for (let frame = 0; frame < frames; frame++) {
            const length = to - from;
            const isZoom = frame < frames / 2;
            from += isZoom ? length * 0.12 : length / 40;
            to += isZoom ? -length * 0.08 : length / 40;
            window.drawRange(from, to);
            await new Promise((resolve) => requestAnimationFrame(resolve));
          }
        },
        { frames: FRAMES, last: points - 1 },
      );
    });
    return { first, made, range: range / FRAMES };
  } finally {
    await page.context().close();
  }
}

interface Size {
  readonly runs: number;
  readonly points: number;
}

/** Runs in the page. With its own decimation, and all that it says makes it fast. */
function prepareChartJs({ runs: count, points: length }: Size): void {
  const { Chart } = window as unknown as {
    Chart: new (
      canvas: HTMLCanvasElement,
      config: unknown,
    ) => {
      options: { scales: { x: { min: number; max: number } } };
      update(mode: string): void;
    };
  };
  document.body.innerHTML = '<div style="width:1150px;height:300px"><canvas></canvas></div>';
  const columns = Array.from({ length: count }, (_, run) =>
    new Float64Array(length).map(
      (_, x) => 3 / (1 + x / 50_000) + 0.3 * Math.sin(x * 0.7 + run) * Math.cos(x * 0.013),
    ),
  );
  let chart: InstanceType<typeof Chart> | undefined;
  window.drawFirst = async () => {
    const begin = performance.now();
    // Its decimation takes nothing but points that are objects.
    const datasets = columns.map((column) => ({
      data: Array.from(column, (y, x) => ({ x, y })),
      borderWidth: 1,
      pointRadius: 0,
    }));
    const made = performance.now() - begin;
    chart = new Chart(document.querySelector("canvas") as HTMLCanvasElement, {
      type: "line",
      data: { datasets },
      options: {
        ...{ animation: false, parsing: false, normalized: true, maintainAspectRatio: false },
        plugins: {
          decimation: { enabled: true, algorithm: "min-max" },
          legend: { display: false },
        },
        scales: { x: { type: "linear", min: 0, max: length - 1 } },
      },
    });
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return { first: performance.now() - begin, made };
  };
  window.drawRange = (from, to) => {
    if (!chart) throw new Error("drawn before it was made");
    Object.assign(chart.options.scales.x, { min: from, max: to });
    chart.update("none");
  };
}

/** Runs in the page. */
function prepareUplot({ runs: count, points: length }: Size): void {
  const { uPlot } = window as unknown as {
    uPlot: new (
      options: unknown,
      data: unknown,
      body: HTMLElement,
    ) => { setScale(key: string, ends: { min: number; max: number }): void };
  };
  const x = Float64Array.from({ length }, (_, i) => i);
  const series = Array.from({ length: count }, (_, run) =>
    x.map((at) => 3 / (1 + at / 50_000) + 0.3 * Math.sin(at * 0.7 + run) * Math.cos(at * 0.013)),
  );
  let chart: InstanceType<typeof uPlot> | undefined;
  window.drawFirst = async () => {
    const begin = performance.now();
    const options = {
      ...{ width: 1150, height: 300, legend: { show: false } },
      scales: { x: { time: false } },
      series: [{}, ...series.map(() => ({ stroke: "#369", points: { show: false } }))],
    };
    chart = new uPlot(options, [x, ...series], document.body);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return { first: performance.now() - begin, made: 0 };
  };
  window.drawRange = (from, to) => {
    chart?.setScale("x", { min: from, max: to });
  };
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
