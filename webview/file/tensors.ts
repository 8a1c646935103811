/** Tensors of a safetensors file: where its bytes are, and each tensor with its shape. */

import type { FileContents, TensorGroup } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { counted, formatBytes, formatParameters, formatStep } from "../shared/format.js";
import { listOf } from "../shared/listGrid.js";
import type { FileView } from "./main.js";

type Tensors = Extract<FileContents, { kind: "tensors" }>;
type Tensor = Tensors["tensors"][number];

export function tensorsView({ total, tensors, dtypes, layers, metadata }: Tensors): FileView {
  const largest = layers.reduce((most, { bytes }) => Math.max(most, bytes), 1);
  const byLayer = listOf<TensorGroup>({
    title: "Size by layer",
    head: "layer",
    rows: layers,
    columnWidth: 110,
    nameOf: ({ name }) => name,
    columns: [
      { name: "size", isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
      { name: "share", cell: ({ bytes }) => bar(bytes / largest) },
      {
        name: "parameters",
        isNumber: true,
        cell: ({ parameters }) => formatParameters(parameters),
      },
      { name: "tensors", isNumber: true, cell: (group) => formatStep(group.tensors) },
    ],
  });
  const list = listOf<Tensor>({
    title: "Tensors",
    head: "tensor",
    rows: tensors,
    of: total.tensors,
    columnWidth: 130,
    nameOf: ({ name }) => name,
    columns: [
      { name: "shape", cell: ({ shape }) => (shape.length === 0 ? "scalar" : shape.join(" × ")) },
      { name: "dtype", cell: ({ dtype }) => dtype },
      { name: "size", isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
    ],
  });
  return {
    facts: [
      counted(total.tensors, "tensor"),
      `${formatParameters(total.parameters)} parameters`,
      dtypes.map(({ name, tensors: n }) => `${name} (${formatStep(n)})`).join(", ") || "no dtype",
    ],
    parts: [
      ...(metadata.length > 0 ? [metadataTable(metadata)] : []),
      ...(tensors.length > 0 ? [byLayer.element, list.element] : [nothing()]),
    ],
    shown: () => {
      if (tensors.length === 0) return;
      byLayer.shown();
      list.shown();
    },
  };
}

function nothing(): HTMLElement {
  return element("p", { class: "muted" }, "The header names no tensor.");
}

function metadataTable(metadata: Tensors["metadata"]): HTMLElement {
  const table = element("table", { class: "numbers" });
  table.createCaption().textContent = "Metadata";
  const body = table.createTBody();
  for (const [key, value] of metadata) {
    body.append(
      element(
        "tr",
        {},
        element("th", { attributes: { scope: "row" } }, key),
        element("td", { class: "text" }, value),
      ),
    );
  }
  return element(
    "section",
    { attributes: { "aria-label": "Metadata" } },
    element("h2", {}, "Metadata"),
    element("div", { class: "scroll" }, table),
  );
}

/** Its length repeats a number that stands beside it. */
function bar(share: number): HTMLElement {
  const filled = element("span", { class: "share" });
  filled.style.width = `${Math.round(share * 100)}%`;
  return element("span", { class: "bar", attributes: { "aria-hidden": "true" } }, filled);
}
