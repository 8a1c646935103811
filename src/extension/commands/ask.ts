/** What commands ask people for: a question, a step, a run, a checkpoint. */

import * as vscode from "vscode";
import { isAborted } from "../../protocol/rpc.js";
import type { Completion } from "../../core/index.js";
import type { BehaviourEntry, QuestionCheck, RunAtStep } from "../../protocol/workerProtocol.js";
import type { OnsetWindow } from "../onsetWindow.js";

interface QuestionItem extends vscode.QuickPickItem {
  /** What the field holds when the item is taken. */
  readonly text: string;
  /** False for a text that is still to be completed. */
  readonly isWhole: boolean;
}

/** Most completions that are shown: more are found by typing on. */
const MAX_COMPLETIONS = 500;

/** A behaviour's name or a question, completed while it is typed. */
export async function askQuestion(onset: OnsetWindow, title: string): Promise<string | undefined> {
  const { store, comparison, log } = onset;
  const { behaviours } = await store.start();
  const picker = vscode.window.createQuickPick<QuestionItem>();
  picker.title = title;
  picker.placeholder = "A behaviour, or a metric and a threshold: held_out/acc > 0.9 for 2";
  picker.matchOnDescription = true;
  const named: readonly QuestionItem[] = behaviours.map(({ name, question, note }) => ({
    label: name,
    description: name === question ? "built in" : question,
    ...(note === null ? {} : { detail: note }),
    text: name,
    isWhole: true,
  }));
  let asking = new AbortController();
  const show = async (): Promise<void> => {
    asking.abort();
    const { signal } = (asking = new AbortController());
    const { value } = picker;
    picker.busy = true;
    try {
      const [check, completions] = await Promise.all([
        store.ask("checkQuestion", { text: value.trim() }, signal),
        store.ask(
          "completeQuestion",
          { text: value, offset: value.length, runs: comparison.runs() },
          signal,
        ),
      ]);
      picker.items = [
        ...typedItem(value.trim(), check, behaviours),
        ...(value.trim() === "" ? [heading("behaviours"), ...named, heading("questions")] : []),
        ...completions.slice(0, MAX_COMPLETIONS).map((one) => completionItem(value, one)),
      ];
      picker.busy = false;
    } catch (error) {
      if (isAborted(error)) return;
      log.error(String(error));
      picker.busy = false;
    }
  };
  picker.items = named;
  void show();
  const subscriptions = [picker.onDidChangeValue(show)];
  try {
    return await new Promise<string | undefined>((resolve) => {
      subscriptions.push(
        picker.onDidAccept(() => {
          const [item] = picker.activeItems;
          if (!item) return;
          if (item.isWhole) resolve(item.text);
          else {
            picker.value = item.text;
            void show();
          }
        }),
        picker.onDidHide(() => {
          resolve(undefined);
        }),
      );
      picker.show();
    });
  } finally {
    asking.abort();
    for (const subscription of subscriptions) subscription.dispose();
    picker.dispose();
  }
}

/** The text as typed: to ask it, or with what is wrong with it. */
function typedItem(
  text: string,
  check: QuestionCheck,
  behaviours: readonly BehaviourEntry[],
): QuestionItem[] {
  if (text === "" || behaviours.some(({ name }) => name === text)) return [];
  const description = check.ok ? "ask this" : check.message;
  return [{ label: text, description, text, isWhole: true, alwaysShow: true }];
}

function completionItem(value: string, completion: Completion): QuestionItem {
  const { kind, label, insert, start, end } = completion;
  const isOpen = insert.endsWith("(");
  const text = `${value.slice(0, start)}${insert}${value.slice(end)}${isOpen ? "" : " "}`;
  return {
    label: text.trim(),
    ...(kind === "word" ? {} : { description: label === text.trim() ? kind : `${kind} ${label}` }),
    text,
    isWhole: false,
    alwaysShow: true,
  };
}

function heading(label: string): QuestionItem {
  return { label, kind: vscode.QuickPickItemKind.Separator, text: "", isWhole: false };
}

/** A step: `1000`, `1,000`, `1k` or `1.5k`. */
export async function askStep(
  title: string,
  value: number | null = null,
): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt: "A step, for instance 1000 or 1k",
    value: value === null ? "" : String(value),
    validateInput: (input) =>
      parseStep(input) === null ? "A step is a number, for instance 1000 or 1k." : null,
  });
  return text === undefined ? undefined : (parseStep(text) ?? undefined);
}

export function parseStep(text: string): number | null {
  const match = /^(\d[\d,_ ]*(?:\.\d+)?)\s*([kKmMbB]?)$/.exec(text.trim());
  if (!match) return null;
  const unit = { k: 1e3, m: 1e6, b: 1e9 }[match[2]?.toLowerCase() ?? ""] ?? 1;
  return Number((match[1] ?? "").replace(/[,_ ]/g, "")) * unit;
}

/** One run; compared ones first. */
export async function askRun(onset: OnsetWindow, title: string): Promise<string | undefined> {
  const { runs } = await onset.store.start();
  if (runs.length === 0) throw new Error("no runs were found. Add a folder of runs first.");
  const { comparison } = onset;
  const items = [...runs]
    .sort((a, b) => Number(comparison.has(b.key)) - Number(comparison.has(a.key)))
    .map(({ key, id, label }) => ({ label, description: id, key }));
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return chosen?.key;
}

/** A checkpoint of a run, or any step where it has none. */
export async function askCheckpoint(
  onset: OnsetWindow,
  title: string,
): Promise<RunAtStep | undefined> {
  const key = await askRun(onset, `${title}: run`);
  if (key === undefined) return undefined;
  const rows = await onset.store.ask("checkpoints", { key });
  if (rows.length === 0) {
    const step = await askStep(`${title}: step`);
    return step === undefined ? undefined : { key, step };
  }
  const items = rows.map(({ step, label, state, reason }) => ({
    label: `step ${label}`,
    description: state === "complete" ? "" : [state, reason].filter(Boolean).join(": "),
    step,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: `${title}: checkpoint` });
  return chosen && { key, step: chosen.step };
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
