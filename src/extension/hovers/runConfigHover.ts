/** Hover on a key of a run config, and on a step name in Python: what this value did, and what had happened by the step. */

import * as vscode from "vscode";
import type { KeyHover, StepHover } from "../../core/index.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { CONFIG_FILES, CONFIG_LANGUAGES, pathOf } from "./runConfigs.js";

/** A hover that is not there by then says that runs are being read; the next one has it. */
const PATIENCE_MS = 700;

/** `step3000`, `step_3000`, `checkpoint-500`, `global_step2000`, `iter_0000100`, in a string or a path. */
const STEP_NAME = /(?:global_step|step|checkpoint|ckpt|iter)[-_=]?(\d+)/;

export function registerHovers(onset: OnsetWindow): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(CONFIG_FILES, {
      provideHover: (document, position) => hoverKey(onset, document, position),
    }),
    vscode.languages.registerHoverProvider([{ language: "python", scheme: "file" }], {
      provideHover: (document, position) => hoverStep(onset, document, position),
    }),
  );
}

async function hoverKey(
  onset: OnsetWindow,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const language = CONFIG_LANGUAGES[document.languageId];
  if (!language) return undefined;
  const file = pathOf(document);
  const offset = document.offsetAt(position);
  const answer = await soon(
    onset.store.ask("hoverKey", { file, text: document.getText(), language, offset }),
  );
  if (answer === LATE) {
    const isOfRun = onset.store.snapshot.runs.some(({ directory }) => file.startsWith(directory));
    return isOfRun ? new vscode.Hover("Onset is reading the runs here. Hover again.") : undefined;
  }
  if (!answer) return undefined;
  const range = new vscode.Range(
    document.positionAt(answer.start),
    document.positionAt(answer.end),
  );
  return new vscode.Hover(keyText(answer), range);
}

async function hoverStep(
  onset: OnsetWindow,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.Hover | undefined> {
  const range = document.getWordRangeAtPosition(position, STEP_NAME);
  const step = range && Number(STEP_NAME.exec(document.getText(range))?.[1]);
  if (step === undefined) return undefined;
  const answer = await soon(onset.store.ask("hoverStep", { step }));
  if (answer === LATE) return new vscode.Hover("Onset is reading the runs. Hover again.", range);
  return answer ? new vscode.Hover(stepText(answer), range) : undefined;
}

const LATE = Symbol("late");

async function soon<T>(work: Promise<T>): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, LATE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // What comes later goes into the cache; its failure has been told by whoever asks next.
    work.catch(() => undefined);
  }
}

function keyText(hover: KeyHover): vscode.MarkdownString {
  const markdown = trusted();
  const values = hover.rows.map(({ value, runs }) => `${code(value)} (${count(runs)})`);
  const of = hover.totalRuns > hover.runs.length ? ` (first ${hover.runs.length} read)` : "";
  markdown.appendMarkdown(`**${escape(hover.key)}**: ${code(hover.value)}\n\n`);
  if (hover.rows.length === 1) {
    markdown.appendMarkdown(`the same in all ${count(hover.totalRuns)} here${of}\n\n`);
  } else {
    markdown.appendMarkdown(
      `varies over ${count(hover.totalRuns)} here${of}: ${values.join(" · ")}\n\n`,
    );
  }
  const hasOnset = hover.rows.some(({ onset }) => onset !== "");
  const header = [
    escape(hover.key),
    ...(hasOnset && hover.behaviour !== null ? [escape(hover.behaviour)] : []),
    hover.metric === null ? "" : `final ${escape(hover.metric)}`,
    "",
  ];
  markdown.appendMarkdown(`${row(header)}|${" --- |".repeat(header.length)}\n`);
  for (const { value, onset, final, sparkline } of hover.rows) {
    const cells = [code(value), ...(hasOnset ? [escape(onset)] : []), escape(final), sparkline];
    markdown.appendMarkdown(row(cells));
  }
  const links = [
    link("Compare these runs", "onset.compareOnly", { runs: hover.runs }),
    link("Open timeline", "onset.openTimeline", {
      runs: hover.runs,
      ...(hover.behaviour !== null && { behaviour: hover.behaviour }),
    }),
    ...diffLink(hover),
  ];
  markdown.appendMarkdown(`\n\n${links.join(" · ")}`);
  return markdown;
}

/** The Diff of the run hovered over against the first one with another value, at the onset. */
function diffLink({ runs, otherRun, onsetStep: step }: KeyHover): string[] {
  const [own] = runs;
  if (own === undefined || otherRun === null || step === null) return [];
  return [
    link("Diff at onset", "onset.diffCheckpoints", { key: own, step }, { key: otherRun, step }),
  ];
}

function stepText(hover: StepHover): vscode.MarkdownString {
  const markdown = trusted();
  const at = hover.step.toLocaleString("en-US");
  markdown.appendMarkdown(`**step ${at}** in ${count(hover.runs.length)}\n\n`);
  for (const { behaviour, text } of hover.rows) {
    markdown.appendMarkdown(`- ${escape(behaviour)}: ${escape(text)}\n`);
  }
  const [first] = hover.values;
  if (first) {
    const values = hover.values.map(
      ({ label, value }) => `${escape(label)} ${Number(value.toPrecision(4))}`,
    );
    markdown.appendMarkdown(`\n${escape(first.metric)}: ${values.join(" · ")}\n`);
  }
  markdown.appendMarkdown(
    `\n\n${link("Compare at this step", "onset.openTimeline", { runs: hover.runs, step: hover.step })}`,
  );
  return markdown;
}

/** Markdown whose links may call these commands and no others. */
function trusted(): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.isTrusted = {
    enabledCommands: ["onset.compareOnly", "onset.openTimeline", "onset.diffCheckpoints"],
  };
  return markdown;
}

function link(text: string, command: string, ...args: unknown[]): string {
  // A bracket in a path would end the link.
  const query = encodeURIComponent(JSON.stringify(args)).replace(
    /[()]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `[${text}](command:${command}?${query})`;
}

/** Of a table, whose columns the editor would put side by side without a space. */
function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => `${cell}&nbsp;&nbsp;&nbsp;`).join(" | ")} |\n`;
}

function count(runs: number): string {
  return runs === 1 ? "1 run" : `${runs} runs`;
}

function escape(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, "\\$&").replace(/\s+/g, " ");
}

function code(text: string): string {
  return `\`${text.replace(/[`|\r\n]/g, " ")}\``;
}
