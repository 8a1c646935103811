/** Pictures of every view in every theme and width, for people to look at: `npm run screenshots`. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Chromium } from "../support/pages.js";
import { THEMES, themeNamed } from "../support/themes.js";
import { Views } from "../support/views.js";

/** Pixels: a side bar, half an editor, an editor, a large screen. */
const WIDTHS = [280, 600, 1200, 2000];

async function main(folder: string, only: string | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  const chromium = await Chromium.start();
  const views = await Views.make();
  try {
    for (const { name, open } of views.all) {
      if (only !== undefined && only !== name) continue;
      for (const width of WIDTHS) {
        for (const theme of THEMES) {
          const { page, close } = await open(chromium, {
            ...{ theme: themeNamed(theme), width, height: 900 },
          });
          await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) });
          await close();
        }
      }
      console.log(name);
    }
  } finally {
    await views.dispose();
    await chromium.stop();
  }
}

const [, , folder = "", only] = process.argv;
void main(folder, only);
