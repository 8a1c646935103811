/**
 * The directory that PyTorch's `add_hparams` makes below a log directory and names by the time: its event file holds the
 * hyper-parameters and their metrics. Several of them are trials by themselves.
 */

import type { Layout } from "./layout.js";

const BY_TIME = /^\d{10}\.\d+$/;

export const tensorboardHparams: Layout = {
  system: "TensorBoard",
  claims: (place) =>
    BY_TIME.test(place.name) && place.entries.some(({ name }) => name.includes("tfevents")),
  lay: ({ name }) => Promise.resolve({ belongsTo: { sibling: name }, taken: new Set<string>() }),
  mayBelongAbove: (name) => BY_TIME.test(name),
};
