/** The editor's own themes as `scripts/themes.mjs` wrote them down. */

import { readFileSync } from "node:fs";
import { fixture } from "./root.js";

export const THEMES = ["light", "dark", "high-contrast-light", "high-contrast-dark"] as const;
export type ThemeName = (typeof THEMES)[number];

/** What the editor gives a page. */
export interface Theme {
  /** Of the body. */
  readonly classes: string;
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

export function themeNamed(name: ThemeName): Theme {
  return JSON.parse(readFileSync(fixture("themes", `${name}.json`), "utf8")) as Theme;
}
