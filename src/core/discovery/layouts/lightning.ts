/** A version directory of PyTorch Lightning's loggers: `lightning_logs/version_0`, or any name with what they write. */

import { baseName, directoryOf } from "../../io/path.js";
import type { Layout } from "./layout.js";

export const lightning: Layout = {
  system: "PyTorch Lightning",
  claims: (place) =>
    (place.has("hparams.yaml") || baseName(directoryOf(place.path)) === "lightning_logs") &&
    (place.has("metrics.csv") || place.entries.some(({ name }) => name.includes("tfevents"))),
  lay: () => Promise.resolve({ belongsTo: "here", taken: new Set<string>() }),
};
