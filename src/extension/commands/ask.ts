/** What commands ask people for: a question, a step, a run, a checkpoint. */

import * as vscode from "vscode";
import { parseStep } from "../../protocol/parseStep.js";
import { isAborted } from "../../protocol/rpc.js";
import type { Completion } from "../../core/index.js";
import type { BehaviourEntry, QuestionCheck, RunAtStep } from "../../protocol/workerProtocol.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { plainText } from "../plainText.js";
import type { Dialogue } from "./dialogue.js";

interface QuestionItem extends vscode.QuickPickItem {
  /** What the field holds when the item is taken. */
  readonly text: string;
  /** `whole`: it can be asked. `begun`: it is to be completed. `typed`: by a person, so that it may be no question. */
  readonly state: "whole" | "begun" | "typed";
}

/** Most completions that are shown: more are found by typing on. */
const MAX_COMPLETIONS = 500;

/** A behaviour's name or a question, completed while it is typed. */
export async function askQuestion(
  dialogue: Dialogue,
  onset: OnsetWindow,
  title: string,
): Promise<string | undefined> {
  const { store, comparison, log } = onset;
  const { behaviours } = await store.start();
  const picker = vscode.window.createQuickPick<QuestionItem>();
  picker.title = title;
  picker.placeholder = "A behaviour, or a metric and a threshold: held_out/acc > 0.9 for 2";
  picker.matchOnDescription = true;
  const named: readonly QuestionItem[] = behaviours.map(({ name, question, note }) => ({
    label: plainText(name),
    description: name === question ? "built in" : plainText(question),
    ...(note === null ? {} : { detail: plainText(note) }),
    text: name,
    state: "whole",
  }));
  let asking = new AbortController();
  const show = async (): Promise<void> => {
    asking.abort();
    const { signal } = (asking = new AbortController());
    const { value } = picker;
    const typed = value.trim();
    picker.busy = true;
    try {
      const [check, completions] = await Promise.all([
        store.ask("checkQuestion", { text: typed }, signal),
        store.ask(
          "completeQuestion",
          { text: value, offset: value.length, runs: comparison.runs() },
          signal,
        ),
      ]);
      const own = typedItem(typed, check, behaviours);
      const offered = [
        ...(typed === "" ? [heading("behaviours"), ...named, heading("questions")] : []),
        ...completions.slice(0, MAX_COMPLETIONS).map((one) => completionItem(value, one)),
      ];
      picker.items = own ? [own, ...offered] : offered;
      // What is no question yet is completed by Enter, where something fits.
      const near = check.ok ? undefined : offered.find(({ text }) => text.includes(typed));
      if (own) picker.activeItems = [near ?? own];
      picker.busy = false;
    } catch (error) {
      if (isAborted(error)) return;
      log.error(String(error));
      picker.busy = false;
    }
  };
  picker.items = named;
  void show();
  picker.onDidChangeValue(show);
  return dialogue.ask(picker, async () => {
    const typed = picker.value.trim();
    const [item] = picker.activeItems;
    if (item?.state === "begun") {
      picker.value = item.text;
      void show();
      return undefined;
    }
    if (item?.state === "whole") return item.text;
    return typed !== "" && (await store.ask("checkQuestion", { text: typed })).ok
      ? typed
      : undefined;
  });
}

/** The text as typed: to ask it, or with what is wrong with it. */
function typedItem(
  text: string,
  check: QuestionCheck,
  behaviours: readonly BehaviourEntry[],
): QuestionItem | null {
  if (text === "" || behaviours.some(({ name }) => name === text)) return null;
  const description = check.ok ? "ask this" : plainText(check.message);
  return { label: plainText(text), description, text, state: "typed", alwaysShow: true };
}

function completionItem(value: string, completion: Completion): QuestionItem {
  const { kind, label, insert, start, end } = completion;
  const isOpen = insert.endsWith("(");
  const text = `${value.slice(0, start)}${insert}${value.slice(end)}${isOpen ? "" : " "}`;
  return {
    label: plainText(text.trim()),
    ...(kind === "word"
      ? {}
      : { description: label === text.trim() ? kind : `${kind} ${plainText(label)}` }),
    text,
    state: "begun",
    alwaysShow: true,
  };
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

/** One run, of all or `among` some; compared ones first. */
export async function askRun(
  dialogue: Dialogue,
  { store, comparison }: Pick<OnsetWindow, "store" | "comparison">,
  title: string,
  among: readonly string[] | null = null,
): Promise<string | undefined> {
  const known = (await store.start()).runs;
  const runs = among === null ? known : known.filter(({ key }) => among.includes(key));
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
    {
      location: vscode.ProgressLocation.Notification,
      title: `Onset: ${plainText(title)}`,
      cancellable: true,
    },
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
