/**
 * Pictures of every view in every theme and width, and of extreme ones in every width, for people to look at:
 * `npm run screenshots`.
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Chromium } from "../support/pages.js";
import { THEMES, themeNamed, type ThemeName } from "../support/themes.js";
import { Views, type View } from "../support/views.js";

/** Pixels: a side bar, half an editor, an editor, a large screen. */
const WIDTHS = [280, 600, 1200, 2000];

async function main(folder: string, only: string | undefined): Promise<void> {
  await mkdir(folder, { recursive: true });
  const chromium = await Chromium.start();
  const views = await Views.make();
  const extreme = await Views.makeExtreme();
  const take = async (
    { name, open }: View,
    looks: readonly (readonly [width: number, theme: ThemeName])[],
  ): Promise<void> => {
    if (only !== undefined && !name.startsWith(only)) return;
    for (const [width, theme] of looks) {
      const { page, close } = await open(chromium, {
        ...{ theme: themeNamed(theme), width, height: 900 },
      });
      await page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) });
      await close();
    }
    console.log(name);
  };
  const every = WIDTHS.flatMap((width) => THEMES.map((theme) => [width, theme] as const));
  const each = WIDTHS.map((width, i) => [width, THEMES[i] ?? "light"] as const);
  try {
    for (const view of views.all) await take(view, every);
    for (const view of extreme.all) await take(view, each);
  } finally {
    await views.dispose();
    await extreme.dispose();
    await chromium.stop();
  }
}

const [, , folder = "", only] = process.argv;
void main(folder, only);
