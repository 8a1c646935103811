/** What differs in the tensors of the two checkpoints, by name, dtype and shape. */

import type { TensorChange, TensorShape, WeightDiffAnswer } from "../../src/core/index.js";
import { element } from "../shared/dom.js";
import { counted, formatParameters, formatStep } from "../shared/format.js";
import { listOf } from "../shared/listGrid.js";

type Side = WeightDiffAnswer["a"];

export class WeightsSection {
  readonly element = element("section", { attributes: { "aria-label": "weights" } });
  private readonly content = element("div");
  private asking = 0;

  constructor(private readonly ask: () => Promise<WeightDiffAnswer>) {
    const heading = element("div", { class: "heading" }, element("h2", {}, "Weights"));
    this.element.append(heading, this.content);
  }

  async show(): Promise<void> {
    const current = ++this.asking;
    try {
      const answer = await this.ask();
      if (current === this.asking) this.draw(answer);
    } catch (error) {
      if (current !== this.asking) return;
      const message = error instanceof Error ? error.message : String(error);
      this.content.replaceChildren(element("p", { class: "muted" }, message));
    }
  }

  private draw({ a, b, differences }: WeightDiffAnswer): void {
    const sides = element(
      "ul",
      { class: "sides muted" },
      element("li", {}, `A: ${sideText(a)}`),
      element("li", {}, `B: ${sideText(b)}`),
    );
    if (!differences) {
      this.content.replaceChildren(sides);
      return;
    }
    const { same, added, removed, changed, tensors } = differences;
    const isSame = added + removed + changed === 0;
    const text = isSame
      ? `All ${counted(same, "tensor")} have the same names, shapes and dtypes.`
      : `${counted(same, "tensor")} alike · ${formatStep(changed)} changed · ${formatStep(added)} only in B · ${formatStep(removed)} only in A`;
    const list = isSame ? null : listOfChanges(tensors, added + removed + changed);
    this.content.replaceChildren(sides, element("p", {}, text), ...(list ? [list.element] : []));
    list?.shown();
  }
}

function listOfChanges(
  tensors: readonly TensorChange[],
  of: number,
): ReturnType<typeof listOf<TensorChange>> {
  return listOf<TensorChange>({
    title: "Tensors that differ",
    head: "tensor",
    rows: tensors,
    of,
    columnWidth: 150,
    nameOf: ({ name }) => name,
    columns: [
      {
        name: "change",
        cell: ({ a, b }) => (!a ? "+ only in B" : !b ? "− only in A" : "changed"),
      },
      { name: "A", cell: ({ a }) => shapeText(a) },
      { name: "B", cell: ({ b }) => shapeText(b) },
    ],
  });
}

function shapeText(tensor: TensorShape | null): string {
  if (!tensor) return "—";
  const { dtype, shape } = tensor;
  return `${dtype} ${shape.length === 0 ? "scalar" : shape.join(" × ")}`;
}

function sideText({ path, tensors, parameters, reason }: Side): string {
  const name = path === null ? null : path.slice(path.lastIndexOf("/") + 1);
  if (reason !== null) return name === null ? reason : `${name} ${reason}`;
  return `${name ?? ""}: ${counted(tensors, "tensor")}, ${formatParameters(parameters)} parameters`;
}
