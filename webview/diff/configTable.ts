/** Keys of the two configs that differ. */

import type { DiffAnswer } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { formatConfigValue } from "../shared/format.js";

export function configTable({ config, configFiles }: DiffAnswer): HTMLElement {
  if (config.length === 0) {
    const hasBoth = configFiles.a !== null && configFiles.b !== null;
    return element(
      "p",
      { class: "muted" },
      hasBoth ? "The configs say the same." : "No configs that could be compared were found.",
    );
  }
  const table = element("table", { class: "numbers" });
  table.createCaption().textContent = "Config keys that differ";
  const head = table.createTHead().insertRow();
  for (const column of ["key", "A", "B"]) {
    head.append(element("th", { attributes: { scope: "col" } }, column));
  }
  const body = table.createTBody();
  for (const { key, a, b } of config) {
    body.append(
      element(
        "tr",
        {},
        element("th", { title: key, attributes: { scope: "row" } }, key),
        valueCell(a),
        valueCell(b),
      ),
    );
  }
  return element("div", { class: "scroll" }, table);
}

function valueCell(value: unknown): HTMLElement {
  const text = formatConfigValue(value);
  return element("td", { class: value === undefined ? "muted" : "", title: text }, text);
}
