import assert from "node:assert/strict";
import { START } from "../../../../src/core/formats/reader.js";
import { tfevents } from "../../../../src/core/formats/tfevents.js";
import { Kernel } from "../../../../src/core/formats/kernels/kernel.js";
import { eventFile } from "../../../support/eventFile.js";
import { sourceOf } from "../../../support/scriptedFiles.js";

describe("a platform without WebAssembly", () => {
  const platform = Object.getOwnPropertyDescriptor(globalThis, "WebAssembly");
  before(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  after(() => Object.defineProperty(globalThis, "WebAssembly", platform ?? {}));

  it("has no kernel, and reads event files all the same", async () => {
    assert.equal(Kernel.take(), null);
    const bytes = eventFile([
      { step: 3, wallTime: 1e9, scalars: [{ tag: "loss", value: 0.5 }] },
      { step: 4, wallTime: 1e9, scalars: [{ tag: "loss", value: 0.25 }] },
    ]);
    const chunks = tfevents.read({ source: sourceOf(bytes), file: "/runs/events", from: START });
    const values: number[] = [];
    for await (const { points } of chunks) values.push(...points.value);
    assert.deepEqual(values, [0.5, 0.25]);
  });
});
