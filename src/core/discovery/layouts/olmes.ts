/** The output directory of OLMES, which says each metric up to three times: the most complete of them is read. */

import { OLMES_ALL, OLMES_SUMMARY, OLMES_TASK, olmes } from "../../formats/olmes.js";
import { olmesPredictions } from "../../formats/examples/olmesPredictions.js";
import { joinPath } from "../../io/path.js";
import type { Laid, Layout, Place } from "./layout.js";

const PART = /^task-\d{3,}-.*-(?:metrics\.json|(?:predictions|requests|recorded-inputs)\.jsonl)$/;

function lay(place: Place): Promise<Laid> {
  const { path, entries } = place;
  const names = entries.filter(({ kind }) => kind !== "directory").map(({ name }) => name);
  const own = names.filter(
    (name) => PART.test(name) || name === OLMES_ALL || name === OLMES_SUMMARY,
  );
  // All tasks at once are written at the end: until then there is one file for each that is done.
  const read = place.has(OLMES_ALL) ? [OLMES_ALL] : names.filter((name) => OLMES_TASK.test(name));
  const examples = own.filter((name) => olmesPredictions.claims(name, null).kind === "yes");
  return Promise.resolve({
    belongsTo: "here",
    taken: new Set(own),
    evaluations: read.map((name) => ({
      file: joinPath(path, name),
      format: olmes.format,
      split: null,
      stream: null,
    })),
    examples: examples.map((name) => {
      const results = olmesPredictions.resultsAmong(name, names);
      return {
        file: joinPath(path, name),
        format: olmesPredictions.format,
        results: results === null ? null : joinPath(path, results),
      };
    }),
  });
}

export const olmesLayout: Layout = {
  system: olmes.system,
  claims: ({ entries }) => entries.some(({ name }) => OLMES_TASK.test(name) || name === OLMES_ALL),
  lay,
};
