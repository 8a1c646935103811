/** Every page in the editor's four themes, as axe-core sees it; and what it cannot see: keys, motion, names as text. */

import assert from "node:assert/strict";
import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { Chromium, dress } from "../support/pages.js";
import { THEMES, themeNamed } from "../support/themes.js";
import { Views, type View } from "../support/views.js";

const NAMES = [
  ...["timeline", "diff", "onsets", "examples", "lineage"],
  ...["tensors", "events", "table", "unreadable", "empty"],
];

describe("access to the pages", function () {
  this.timeout(60_000);
  let chromium: Chromium;
  let views: Views;

  before(async () => {
    chromium = await Chromium.start();
    views = await Views.make();
  });
  after(async () => {
    await views.dispose();
    await chromium.stop();
  });

  function view(name: string): View {
    const found = views.all.find((one) => one.name === name);
    assert.ok(found, name);
    return found;
  }

  it("is asked of every view", () => {
    assert.deepEqual(views.all.map(({ name }) => name).sort(), [...NAMES].sort());
  });

  for (const name of NAMES) {
    it(`finds nothing in the way of anybody in ${name}, in each theme; nothing moves`, async () => {
      const opened = await view(name).open(chromium, { theme: themeNamed("light") });
      const { page, close, complaints } = opened;
      try {
        await page.evaluate(axe.source);
        for (const theme of THEMES) {
          await page.evaluate(dress, themeNamed(theme));
          await page.waitForTimeout(100);
          assert.deepEqual(await violationsOf(page), [], theme);
          assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
        }
        assert.equal(await page.locator("main img").count(), 0);
        assert.deepEqual(complaints, []);
      } finally {
        await close();
      }
    });

    it(`has every control of ${name} within reach of the Tab key`, async () => {
      const { page, close } = await view(name).open(chromium, { theme: themeNamed("dark") });
      try {
        assert.deepEqual(await missedByTab(page), []);
      } finally {
        await close();
      }
    });
  }
});

/** Violations of what axe-core, which the page has by now, asks. */
async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 5).map(({ html, failureSummary = "" }) => {
      const reason = failureSummary.split("\n").slice(1, 3).join(" ").trim();
      return `${id}: ${html.slice(0, 140)} — ${reason}`;
    }),
  );
}

const CONTROLS =
  "vscode-button, vscode-dropdown, vscode-checkbox, vscode-text-field, button, a[href], input, summary, [role=grid], [role=application]";

/** Controls that the Tab key does not come to, by their names. Of a grid one cell is enough: arrow keys move on. */
async function missedByTab(page: Page): Promise<string[]> {
  const total = await page.locator(CONTROLS).count();
  for (let i = 0; i < total + 20; i++) {
    await page.keyboard.press("Tab");
    await page.evaluate(() => {
      const { activeElement: active } = document;
      active?.setAttribute("data-reached", "");
      active?.closest("[role=grid]")?.setAttribute("data-reached", "");
    });
  }
  return page.locator(CONTROLS).evaluateAll((all) =>
    all
      .filter((one) => {
        // What a control of the toolkit is made of is its own affair, and what is in a grid the grid's.
        const isPart = one.getRootNode() !== document || one.parentElement?.closest("[role=grid]");
        const isUsable = one.checkVisibility() && !one.hasAttribute("disabled");
        return isUsable && !isPart && !one.closest("[data-reached]");
      })
      .map((one) => `${one.tagName} ${one.getAttribute("aria-label") ?? one.textContent}`),
  );
}
