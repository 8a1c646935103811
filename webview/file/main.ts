/** A read-only editor: what is in one file of tensors, of events, or of a table. */

import type { FileContents, Problem } from "../../src/core/index.js";
import type { FileQuestions } from "../../src/protocol/panelProtocol.js";
import { isAborted } from "../../src/protocol/rpc.js";
import { element, setText } from "../shared/dom.js";
import { formatBytes, formatStep } from "../shared/format.js";
import { connect } from "../shared/host.js";
import { eventsView } from "./events.js";
import { tableView } from "./table.js";
import { tensorsView } from "./tensors.js";
import "./file.css";

const main = document.getElementById("file") as HTMLElement;
/** The document's own, which says the file's name here. */
const title = document.querySelector("h1") ?? element("h1");
title.className = "";
title.textContent = "…";
const lead = element("p", { class: "lead" });
const problems = element("ul", { class: "problems", attributes: { "aria-label": "problems" } });
const note = element("p", { class: "note", attributes: { role: "status" } }, "Reading …");
const content = element("div", { class: "content" });
main.append(title, lead, problems, note, content);

const host = connect<FileQuestions, null>({ fileChanged: () => void ask() });
let asking: AbortController | null = null;

async function ask(): Promise<void> {
  asking?.abort();
  const current = (asking = new AbortController());
  try {
    const { name, contents } = await host.peer.ask("contents", null, current.signal);
    setText(title, name);
    draw(name, contents);
  } catch (error) {
    if (!isAborted(error)) {
      setState("failed", error instanceof Error ? error.message : String(error));
    }
  }
}

function draw(name: string, contents: FileContents): void {
  if (contents.kind === "unreadable") {
    lead.textContent = contents.bytes === null ? "" : formatBytes(contents.bytes);
    problems.replaceChildren();
    content.replaceChildren();
    setState("failed", `${name} ${contents.reason}.`);
    return;
  }
  const view = viewOf(contents);
  lead.textContent = [...view.facts, formatBytes(contents.bytes ?? 0)].join(" · ");
  problems.replaceChildren(...contents.problems.map(problemItem));
  content.replaceChildren(...view.parts);
  setState("drawn", "");
  view.shown();
}

/** What a kind of file makes of the page. */
export interface FileView {
  /** For the line under the file's name. */
  readonly facts: readonly string[];
  readonly parts: readonly HTMLElement[];
  /** Called once the parts are in the document. */
  shown(): void;
}

function viewOf(contents: Exclude<FileContents, { kind: "unreadable" }>): FileView {
  switch (contents.kind) {
    case "tensors":
      return tensorsView(contents);
    case "events":
      return eventsView(contents);
    case "table":
      return tableView(contents, (from, to) => host.peer.ask("rows", { from, to }, asking?.signal));
  }
}

function problemItem({ message, offset, line }: Problem): HTMLElement {
  const place = line !== undefined ? `line ${formatStep(line)}: ` : "";
  const at = offset !== undefined && place === "" ? `byte ${formatStep(offset)}: ` : place;
  return element("li", {}, `${at}${message}`);
}

function setState(state: "drawn" | "failed", message: string): void {
  document.body.dataset["state"] = state;
  setText(note, message);
  note.hidden = message === "";
}

void ask();
