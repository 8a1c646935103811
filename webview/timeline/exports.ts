/** What can be taken away of a Timeline. */

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
