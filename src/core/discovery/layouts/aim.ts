/** Aim's repository: found, and not read. */

import { joinPath } from "../../io/path.js";
import { problem } from "../../model/problem.js";
import type { Layout } from "./layout.js";

export const aim: Layout = {
  system: "Aim",
  claims: (place) => place.name === ".aim" && place.has("VERSION"),
  lay: (place) =>
    Promise.resolve({
      belongsTo: "here",
      taken: "all",
      problems: [
        problem(
          "aim/unsupported",
          joinPath(place.path, "VERSION"),
          "marks an Aim repository: its values lie in a RocksDB store with a private encoding, which cannot be read " +
            "soundly; export the runs with Aim (for instance Repo.iter_runs and Run.dataframe to CSV) to see them here",
        ),
      ],
    }),
};
