/** What commands ask people for: a question, a step, a run, a checkpoint. */

import * as vscode from "vscode";
import { parseStep } from "../../protocol/parseStep.js";
import { isAborted } from "../../protocol/rpc.js";
import type { RunAtStep, Snapshot } from "../../protocol/workerProtocol.js";
import type { OnsetWindow } from "../onsetWindow.js";
import type { Dialogue } from "./dialogue.js";

interface QuestionItem extends vscode.QuickPickItem {
  /** Text that the choice stands for. */
  readonly text: string;
  /** `whole`: it can be asked. `begun`: it is to be completed. `typed`: by a person, so that it may be no question. */
  readonly state: "whole" | "begun" | "typed";
}

/** Ends of a question that begins with a metric. */
const ENDINGS = [
  { text: "> ", description: "a value: `> 0.9`, or `> 0.9 for 3` evaluations in a row" },
  { text: "< ", description: "a value" },
  { text: "above chance", description: "where the chance rate is known" },
  { text: "above baseline", description: "above its own values at the start" },
  { text: "reaches 50% of range", description: "half of its way" },
];

/** Metrics listed at once; typing finds the others. */
const MAX_METRICS = 100;

/** A behaviour's name or a predicate, completed while it is typed. */
export async function askQuestion(
  dialogue: Dialogue,
  onset: OnsetWindow,
  title: string,
): Promise<string | undefined> {
  const { behaviours } = await onset.store.start();
  const picker = vscode.window.createQuickPick<QuestionItem>();
  picker.title = title;
  picker.placeholder = "A behaviour, or a metric and a threshold: held_out/acc > 0.9 for 2";
  picker.matchOnDescription = true;
  let metrics: readonly string[] = [];
  /** What has been typed, and why it is no question; null where it is one. */
  let checked: { readonly text: string; readonly objection: string | null } | null = null;
  const show = (): void => {
    const typed = picker.value.trim();
    const metric = metrics.find((name) => picker.value.startsWith(`${name} `));
    const completions =
      metric === undefined ? completionsOf(typed, behaviours, metrics) : endingsOf(metric);
    const isOwn = typed !== "" && !behaviours.some(({ name }) => name === typed);
    const objection = checked?.text === typed ? checked.objection : "";
    const own = {
      label: typed,
      description: objection ?? "ask this",
      ...({ text: typed, state: "typed", alwaysShow: true } as const),
    };
    const near = completions.find(({ label }) => label.toLowerCase().includes(typed.toLowerCase()));
    picker.items = isOwn ? [own, ...completions] : completions;
    if (isOwn) picker.activeItems = [objection !== null && near ? near : own];
  };
  const check = async (text: string): Promise<boolean> => {
    const answer = await onset.store.ask("checkQuestion", { text });
    checked = { text, objection: answer.ok ? null : answer.message };
    if (picker.value.trim() === text) show();
    return answer.ok;
  };
  picker.busy = true;
  show();
  picker.onDidChangeValue((value) => {
    show();
    if (value.trim() !== "") void check(value.trim());
  });
  onset.store
    .ask("metrics", { runs: onset.comparison.runs() })
    .then((names) => {
      metrics = names;
      show();
    })
    .catch((error: unknown) => {
      if (!isAborted(error)) onset.log.error(String(error));
    })
    .finally(() => {
      picker.busy = false;
    });
  return dialogue.ask(picker, async () => {
    const typed = picker.value.trim();
    const [item] = picker.activeItems;
    if (item?.state === "begun") {
      picker.value = item.text;
      show();
      return undefined;
    }
    if (item?.state === "whole") return item.text;
    return typed !== "" && (await check(typed)) ? typed : undefined;
  });
}

function completionsOf(
  typed: string,
  behaviours: Snapshot["behaviours"],
  metrics: readonly string[],
): QuestionItem[] {
  const fitting = metrics.filter((name) => name.toLowerCase().includes(typed.toLowerCase()));
  return [
    heading("behaviours"),
    ...behaviours.map(({ name, question, note }): QuestionItem => ({
      label: name,
      description: name === question ? "built in" : question,
      ...(note === null ? {} : { detail: note }),
      text: name,
      state: "whole",
    })),
    heading("metrics"),
    ...fitting.slice(0, MAX_METRICS).map((name): QuestionItem => ({
      label: name,
      text: `${name} `,
      state: "begun",
    })),
  ];
}

function endingsOf(metric: string): QuestionItem[] {
  return ENDINGS.map(({ text, description }) => ({
    label: `${metric} ${text}`,
    description,
    text: `${metric} ${text}`,
    state: text.endsWith(" ") ? "begun" : "whole",
  }));
}

function heading(label: string): QuestionItem {
  return { label, kind: vscode.QuickPickItemKind.Separator, text: "", state: "begun" };
}

export function askStep(
  dialogue: Dialogue,
  title: string,
  value: number | null = null,
): Promise<number | undefined> {
  return dialogue
    .type(title, {
      prompt: "A step, for instance 1000 or 1k",
      value: value === null ? "" : String(value),
      check: (text) =>
        parseStep(text) === null ? "A step is a number, for instance 1000 or 1k." : null,
    })
    .then((text) => (text === undefined ? undefined : (parseStep(text) ?? undefined)));
}

/** One run; compared ones first. */
export async function askRun(
  dialogue: Dialogue,
  { store, comparison }: OnsetWindow,
  title: string,
): Promise<string | undefined> {
  const { runs } = await store.start();
  if (runs.length === 0) throw new Error("no runs were found. Add a folder of runs first.");
  const items = [...runs]
    .sort((a, b) => Number(comparison.has(b.key)) - Number(comparison.has(a.key)))
    .map(({ key, id, label }) => ({ label, description: id, key }));
  return (await dialogue.choose(title, items))?.key;
}

interface StepItem extends vscode.QuickPickItem {
  readonly step: number;
}

/** A run, and one of its checkpoints or any step that is typed. */
export async function askCheckpoint(
  dialogue: Dialogue,
  onset: OnsetWindow,
  title: string,
): Promise<RunAtStep | undefined> {
  const key = await askRun(dialogue, onset, `${title}: run`);
  if (key === undefined) return undefined;
  const rows = await onset.store.ask("checkpoints", { key });
  const items = rows.map(({ step, label, state, reason }): StepItem => ({
    label: `step ${label}`,
    description: state === "complete" ? "" : [state, reason].filter(Boolean).join(": "),
    step,
  }));
  const picker = vscode.window.createQuickPick<StepItem>();
  picker.title = `${title}: ${items.length > 0 ? "checkpoint" : "step"}`;
  picker.placeholder = "A step, for instance 1000 or 1k";
  picker.items = items;
  picker.onDidChangeValue((value) => {
    const typed = typedStep(value, items);
    picker.items = typed ? [typed, ...items.filter(({ step }) => step !== typed.step)] : items;
    if (typed) picker.activeItems = [typed];
  });
  const step = await dialogue.ask(picker, () => picker.activeItems[0]?.step);
  return step === undefined ? undefined : { key, step };
}

/** The checkpoint that was typed as people type steps, or a step without any. */
function typedStep(text: string, items: readonly StepItem[]): StepItem | null {
  const step = parseStep(text);
  if (step === null) return null;
  const item = items.find((one) => one.step === step);
  const label = `step ${step.toLocaleString("en-US")}`;
  return { ...(item ?? { label, description: "no checkpoint", step }), alwaysShow: true };
}

/** Runs long work under a notification with a count and a way to stop it. */
export async function withProgress<T>(
  onset: OnsetWindow,
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Onset: ${title}`, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      const subscriptions = [
        token.onCancellationRequested(() => {
          abort.abort();
        }),
        onset.store.onDidProgress(({ done, of }) => {
          progress.report({ message: `${done} of ${of} runs`, increment: 100 / of });
        }),
      ];
      try {
        return await work(abort.signal);
      } finally {
        for (const subscription of subscriptions) subscription.dispose();
      }
    },
  );
}
