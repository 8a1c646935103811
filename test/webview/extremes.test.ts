/** Every page over names that would be markup, too much, too little and no numbers: drawn, as text, and within its width. */

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import type { Page } from "playwright-core";
import type {
  ExamplesQuestions,
  LineageQuestions,
  OnsetsQuestions,
  TimelineQuestions,
} from "../../src/protocol/panelProtocol.js";
import type { Questions } from "../../src/protocol/rpc.js";
import { eventually } from "../support/eventually.js";
import {
  HOSTILE_NAMES,
  hostileFiles,
  MARKUP,
  onePoint,
  RIGHT_TO_LEFT,
} from "../support/extremes.js";
import { Chromium, type OpenedPage } from "../support/pages.js";
import { ExamplesHost, LineageHost, OnsetsHost, TimelineHost } from "../support/panelHosts.js";
import { removeFolder, temporaryFolder } from "../support/temporaryFolder.js";
import { themeNamed } from "../support/themes.js";
import { Views } from "../support/views.js";
import { workerOn } from "../support/workerOn.js";

/** What no page makes of names: elements, and signs that turn the text around them. */
async function isOnlyText(page: Page): Promise<void> {
  assert.equal(await page.locator("main :is(img, script, b, iframe, object, style)").count(), 0);
  assert.notEqual(await page.title(), "breached");
  const shown = await page.locator("main").evaluate((main) => {
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const texts: string[] = [];
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement?.id !== "onset-bands") {
        texts.push(walker.currentNode.textContent ?? "");
      }
    }
    const titles = Array.from(main.querySelectorAll("[title]"), (one) => one.getAttribute("title"));
    return [...texts, ...titles];
  });
  assert.deepEqual(
    shown.filter((text) => /[\u202a-\u202e\u2066-\u2069]/.test(text ?? "")),
    [],
  );
}

describe("pages over extremes", function () {
  this.timeout(120_000);
  let chromium: Chromium;
  let views: Views;

  before(async () => {
    chromium = await Chromium.start();
    views = await Views.makeExtreme();
  });
  after(async () => {
    await views.dispose();
    await chromium.stop();
  });

  it("are there for every page", () => {
    const pages = new Set(views.all.map(({ name }) => name.slice(name.lastIndexOf("-") + 1)));
    assert.deepEqual([...pages].sort(), [
      "diff",
      "events",
      "examples",
      "lineage",
      "onsets",
      "timeline",
    ]);
  });

  for (const width of [280, 1200]) {
    it(`draw them without a complaint, and need no more than ${width} pixels`, async () => {
      for (const { name, open } of views.all) {
        const { page, close, complaints } = await open(chromium, {
          ...{ theme: themeNamed("dark"), width, height: 900 },
        });
        try {
          await isOnlyText(page);
          const { scrollWidth, clientWidth } = await page.evaluate(() => ({
            scrollWidth: document.documentElement.scrollWidth,
            clientWidth: document.documentElement.clientWidth,
          }));
          assert.ok(scrollWidth <= clientWidth, `${name}: ${scrollWidth} > ${clientWidth}`);
          assert.deepEqual(complaints, [], name);
        } finally {
          await close();
        }
      }
    });
  }

  it("name what is hostile as it is", async () => {
    for (const { name, open } of views.all.filter((one) => one.name.startsWith("hostile"))) {
      // The raster is a canvas, and its clusters have no names.
      const expected = name === "hostile-examples" ? ["__proto__"] : [MARKUP, "__proto__"];
      const { page, close } = await open(chromium, { width: 2000, height: 2000 });
      const text = (await page.locator("main").textContent()) ?? "";
      for (const one of expected) assert.ok(text.includes(one), `${name}: ${one}`);
      await close();
    }
  });

  describe("one by one", () => {
    let opened: Pick<OpenedPage<Questions>, "complaints" | "close"> | null = null;
    let folder = "";

    afterEach(async () => {
      const complaints = opened?.complaints ?? [];
      await opened?.close();
      opened = null;
      await removeFolder(folder);
      assert.deepEqual(complaints, []);
    });

    it("leave the Timeline as a picture, a script and tables that mean the same names", async () => {
      folder = await temporaryFolder(hostileFiles());
      const worker = await workerOn(folder);
      try {
        const host = new TimelineHost(worker);
        host.intent = { ...host.intent, metrics: HOSTILE_NAMES };
        const here = await chromium.open<TimelineQuestions>({
          ...{ page: "timeline", handlers: host.handlers },
        });
        opened = here;
        const { page } = here;
        await page.waitForSelector('body[data-state="drawn"]');
        await page.locator("table.diff tbody tr.first").first().waitFor();
        const take = async (label: string): Promise<void> => {
          await page.locator("vscode-button[title='Export or copy']").click();
          await page.locator(".menu button", { hasText: label }).click();
        };
        await take("SVG");
        await page.locator(".said", { hasText: "timeline.svg" }).waitFor();
        const parsed = await page.evaluate(
          (text) => {
            const { documentElement: root } = new DOMParser().parseFromString(
              text,
              "image/svg+xml",
            );
            const names = Array.from(root.querySelectorAll("*"), ({ nodeName }) => nodeName);
            const texts = Array.from(root.querySelectorAll("text"), (one) => one.textContent);
            return { names: [...new Set(names)].sort(), texts };
          },
          host.askedFor("save").at(-1)?.text ?? "",
        );
        assert.deepEqual(parsed.names, ["clipPath", "g", "line", "path", "rect", "text"]);
        for (const name of [MARKUP, "__proto__", "constructor", "toString", "</script><b>bold</b>"])
          assert.ok(parsed.texts.includes(name), name);
        assert.ok(parsed.texts.every((text) => text.length <= 150));
        await take("PNG");
        await page.locator(".said", { hasText: "timeline.png" }).waitFor();
        const copied = async (label: string): Promise<string> => {
          const before = host.askedFor("copy").length;
          await take(label);
          await eventually(() => {
            assert.equal(host.askedFor("copy").length, before + 1);
          });
          return host.askedFor("copy").at(-1)?.text ?? "";
        };
        const tsv = (await copied("TSV")).replace(/\n$/, "").split("\n");
        // An event file cannot hold half a character: in the run that has one it is another name.
        assert.equal(tsv.length - 1, host.comparison.runs.length * HOSTILE_NAMES.length - 1);
        assert.equal(new Set(tsv.map((line) => line.split("\t").length)).size, 1);
        const [, , ...markdown] = (await copied("cursor as Markdown"))
          .replace(/\n$/, "")
          .split("\n");
        assert.equal(markdown.length, tsv.length + 1);
        const bars = (line: string): number => line.replace(/\\./g, "").split("|").length;
        const wrong = markdown.filter((line) => bars(line) !== bars(markdown[0] ?? ""));
        assert.deepEqual(wrong, []);
        const script = await copied("matplotlib");
        for (const name of HOSTILE_NAMES) assert.ok(script.includes(JSON.stringify(name)), name);
        assert.ok(script.includes(JSON.stringify(RIGHT_TO_LEFT)));
      } finally {
        worker.client.dispose();
      }
    });

    it("show an example's text as text", async () => {
      folder = await temporaryFolder(hostileFiles());
      const worker = await workerOn(folder);
      try {
        const host = new ExamplesHost(worker, worker.snapshot.runs[0]?.key ?? null);
        const here = await chromium.open<ExamplesQuestions>({
          ...{ page: "examples", handlers: host.handlers },
        });
        opened = here;
        const { page } = here;
        await page.waitForSelector('body[data-state="drawn"]');
        await page.locator(".raster").focus();
        for (let row = 0; row < HOSTILE_NAMES.length; row++) {
          await page.keyboard.press("Enter");
          await page.locator(".story", { hasText: MARKUP }).waitFor();
          await isOnlyText(page);
          await page.locator(".raster").focus();
          await page.keyboard.press("ArrowDown");
        }
      } finally {
        worker.client.dispose();
      }
    });

    it("go on without a run that vanishes while it is shown", async () => {
      folder = await temporaryFolder(onePoint());
      const worker = await workerOn(folder);
      const { client } = worker;
      const gone = worker.key("a");
      const timeline = new TimelineHost(worker);
      const onsets = new OnsetsHost(worker);
      try {
        const shown = [
          await chromium.open<TimelineQuestions>({
            ...{ page: "timeline", handlers: timeline.handlers },
          }),
          await chromium.open<OnsetsQuestions>({ page: "onsets", handlers: onsets.handlers }),
          await chromium.open<LineageQuestions>({
            ...{ page: "lineage", handlers: new LineageHost(worker).handlers },
          }),
        ] as const;
        for (const { page } of shown) await page.waitForSelector("body[data-state]");
        await rm(`${folder}/a`, { recursive: true });
        const found = await client.ask("discover", {
          ...{ folders: [{ path: folder, name: "test" }], exclude: [] },
        });
        assert.deepEqual(
          found.runs.map(({ id }) => id),
          ["b"],
        );
        // The page may still name the run that is gone.
        for (const { peer } of shown) peer.tell("changed", timeline.comparison);
        const [first, second, third] = shown;
        await eventually(async () => {
          const runs = await first.page.locator("#onset-bands").getAttribute("data-runs");
          assert.equal(runs, '["b"]');
        });
        await first.page.waitForSelector('body[data-state="drawn"]');
        await eventually(async () => {
          const count = await second.page.getByRole("grid").getAttribute("aria-colcount");
          assert.equal(count, "2");
        });
        await third.page.locator(".note", { hasText: "None of the 1 run started" }).waitFor();
        assert.ok(timeline.comparison.runs.includes(gone));
        for (const { complaints, close } of shown) {
          assert.deepEqual(complaints, []);
          await close();
        }
      } finally {
        client.dispose();
      }
    });
  });
});
