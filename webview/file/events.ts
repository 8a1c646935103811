/** An event file: scalars with their courses, texts, and what else is in it. */

import type { FileContents } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { counted, formatStep } from "../shared/format.js";
import type { FileView } from "./main.js";
import { seriesList } from "./series.js";

type Events = Extract<FileContents, { kind: "events" }>;
type Tag = Events["tags"][number];

export function eventsView(contents: Events): FileView {
  const { series, metrics, points, tags } = contents;
  const list = seriesList(contents);
  const texts = tags.filter(({ text }) => text !== null);
  const others = tags.filter(({ text }) => text === null);
  return {
    facts: [counted(metrics, "metric"), counted(points, "point"), ...rangeOf(series)],
    parts: [
      ...(series.length > 0
        ? [list.element]
        : [element("p", { class: "muted" }, "The file holds no scalars yet.")]),
      ...(texts.length > 0 ? [textsOf(texts)] : []),
      ...(others.length > 0 ? [othersOf(others)] : []),
    ],
    shown: () => {
      if (series.length > 0) list.shown();
    },
  };
}

/** Where the steps of all metrics lie. */
export function rangeOf(series: Events["series"]): string[] {
  const first = series.flatMap((one) => (one.first === null ? [] : [one.first]));
  const last = series.flatMap((one) => (one.last === null ? [] : [one.last]));
  if (first.length === 0) return [];
  const least = first.reduce((a, b) => Math.min(a, b));
  const most = last.reduce((a, b) => Math.max(a, b));
  return [`steps ${formatStep(least)}–${formatStep(most)}`];
}

function textsOf(texts: readonly Tag[]): HTMLElement {
  return element(
    "section",
    { attributes: { "aria-label": "Texts" } },
    element("h2", {}, `Texts (${formatStep(texts.length)})`),
    ...texts.map(({ tag, count, last, text }) =>
      element(
        "details",
        {},
        element(
          "summary",
          {},
          `${tag} · ${count === 1 ? "at" : `${formatStep(count)} times, the last at`} step ${formatStep(last)}`,
        ),
        element("pre", { attributes: { tabindex: "0", "aria-label": tag } }, text ?? ""),
      ),
    ),
  );
}

function othersOf(others: readonly Tag[]): HTMLElement {
  const table = element("table", { class: "numbers" });
  table.createCaption().textContent = "What is not drawn";
  const head = table.createTHead().insertRow();
  for (const column of ["tag", "kind", "times", "steps"]) {
    head.append(element("th", { attributes: { scope: "col" } }, column));
  }
  const body = table.createTBody();
  for (const { tag, kind, count, first, last } of others) {
    body.append(
      element(
        "tr",
        {},
        element("th", { attributes: { scope: "row" } }, tag),
        element("td", {}, kind),
        element("td", { class: "number" }, formatStep(count)),
        element("td", { class: "number" }, `${formatStep(first)}–${formatStep(last)}`),
      ),
    );
  }
  return element(
    "section",
    { attributes: { "aria-label": "What is not drawn" } },
    element("h2", {}, "What is not drawn"),
    element("div", { class: "scroll" }, table),
  );
}
