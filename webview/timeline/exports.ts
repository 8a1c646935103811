/** What can be taken away of a Timeline. */

import type {
  NoQuestions,
  TimelineIntent,
  TimelineQuestions,
} from "../../src/protocol/panelProtocol.js";
import type { Peer } from "../../src/protocol/rpc.js";
import { readTheme } from "../shared/theme.js";
import { toMarkdown, toTsv, type DiffRows } from "./diffRows.js";
import { matplotlibScript } from "./matplotlib.js";
import { pictureOf, toPng, type Picture } from "./picture.js";
import type { TimelineView } from "./state.js";

export const EXPORTS = [
  { kind: "png", label: "Picture as PNG …" },
  { kind: "svg", label: "Picture as SVG …" },
  { kind: "csv", label: "All points as CSV …" },
  { kind: "arrow", label: "All points as Arrow …" },
  { kind: "record", label: "Record as Markdown …" },
  { kind: "matplotlib", label: "Copy as matplotlib" },
  { kind: "tsv", label: "Copy the table at the cursor as TSV" },
  { kind: "markdown", label: "Copy the table at the cursor as Markdown" },
] as const;

export type ExportKind = (typeof EXPORTS)[number]["kind"];

/** Pixels that a picture is wide. */
const WIDTH = 1000;
const NAME = "timeline";

export interface Exported {
  readonly view: TimelineView;
  readonly intent: TimelineIntent;
  /** Value of the axis. */
  readonly cursor: number | null;
  readonly table: DiffRows | null;
}

/** What became of it, in a sentence; null where the user went away. */
export async function exportAs(
  kind: ExportKind,
  peer: Pick<Peer<NoQuestions, TimelineQuestions>, "ask">,
  { view, intent, cursor, table }: Exported,
): Promise<string | null> {
  const metrics = view.answer.charts.map(({ metric }) => metric);
  const title = metrics.length === 1 ? (metrics[0] ?? "") : `${metrics.length} metrics`;
  const picture = (): Picture => pictureOf(view, readTheme(), cursor, title, WIDTH);
  const copied = async (text: string, what: string): Promise<string> => {
    await peer.ask("copy", { text });
    return `Copied ${what}.`;
  };
  const saved = (path: string | null): string | null => (path === null ? null : `Saved ${path}.`);
  switch (kind) {
    case "png":
      return saved(
        await peer.ask("save", { name: NAME, format: kind, text: await toPng(picture()) }),
      );
    case "svg":
      return saved(await peer.ask("save", { name: NAME, format: kind, text: picture().svg }));
    case "csv":
    case "arrow":
      return saved(await peer.ask("exportPoints", { intent, metrics, format: kind }));
    case "record":
      return saved(await peer.ask("exportRecord", { intent, metrics, picture: picture().svg }));
    case "matplotlib":
      return copied(matplotlibScript(view, title), "a script for matplotlib");
    case "tsv":
      return copied(table ? toTsv(table) : "", "the table");
    case "markdown":
      return copied(table ? toMarkdown(table) : "", "the table");
  }
}
