/**
 * Writes down what the editor's own themes give a page: the variables that Onset's pages use, and the classes of the body.
 * The tests of the pages and their pictures take them from there. To be run again when a page uses another variable.
 *
 *     node scripts/themes.mjs
 */

import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { main, Stop } from "./processes.mjs";
import { build, root } from "./setup.mjs";
import { address, withWorkbench } from "./workbench.mjs";

const limitMs = 120_000;
const themes = {
  light: "Default Light Modern",
  dark: "Default Dark Modern",
  "high-contrast-light": "Default High Contrast Light",
  "high-contrast-dark": "Default High Contrast",
};

await main(async () => {
  await build();
  const wanted = usedVariables();
  const target = path.join(root, "test/fixtures/themes");
  await mkdir(target, { recursive: true });
  const folder = await mkdtemp(path.join(tmpdir(), "onset-"));
  try {
    await cp(path.join(root, "samples/grokking"), folder, { recursive: true });
    await withWorkbench({ extensions: [root] }, async ({ server, newPage }) => {
      for (const [name, theme] of Object.entries(themes)) {
        await mkdir(path.join(folder, ".vscode"), { recursive: true });
        const settings = { "workbench.colorTheme": theme };
        await writeFile(path.join(folder, ".vscode/settings.json"), JSON.stringify(settings));
        const { page } = await newPage();
        await page.goto(address(server, folder));
        const given = await themeOf(page, wanted);
        await page.close();
        await writeFile(path.join(target, `${name}.json`), `${JSON.stringify(given, null, 2)}\n`);
        console.log(
          `${name}: ${Object.keys(given.variables).length} of ${wanted.length} variables`,
        );
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
});

function usedVariables() {
  const dist = path.join(root, "dist/webview");
  const text = readdirSync(dist)
    .filter((name) => /\.(js|css)$/.test(name))
    .map((name) => readFileSync(path.join(dist, name), "utf8"))
    .join("\n");
  return [...new Set(text.match(/--vscode-[\w-]+/g))].sort();
}

/**
 * @param {import("playwright-core").Page} page
 * @param {readonly string[]} wanted
 */
async function themeOf(page, wanted) {
  const end = Date.now() + limitMs;
  while (Date.now() < end) {
    await page.locator(".monaco-workbench").waitFor({ timeout: limitMs });
    await page.keyboard.press("F1");
    const input = page.locator(".quick-input-widget input").first();
    await input.fill(">Onset: Open Lineage", { timeout: 5_000 }).catch(() => undefined);
    await sleep(1_500);
    await page.keyboard.press("Enter");
    await sleep(3_000);
    for (const frame of page.frames()) {
      const found = await frame
        .evaluate((names) => {
          if (!document.querySelector("#lineage")) return null;
          const style = getComputedStyle(document.documentElement);
          const { className, dataset } = document.body;
          const variables = names
            .map((name) => [name, style.getPropertyValue(name).trim()])
            .filter(([, value]) => value !== "");
          return {
            classes: className,
            kind: dataset["vscodeThemeKind"] ?? "",
            variables: /** @type {Record<string, string>} */ (Object.fromEntries(variables)),
          };
        }, wanted)
        .catch(() => null);
      if (found && Object.keys(found.variables).length > 0) return found;
    }
    await page.keyboard.press("Escape");
  }
  throw new Stop("no page of Onset was opened");
}
