/** What commands ask people for: a question, a step, a run, a checkpoint. */

import * as vscode from "vscode";
import { isAborted } from "../../protocol/rpc.js";
import type { RunAtStep } from "../../protocol/workerProtocol.js";
import type { OnsetWindow } from "../onsetWindow.js";

interface QuestionItem extends vscode.QuickPickItem {
  /** Text that the choice stands for. */
  readonly text: string;
  /** False for a text that is still to be completed. */
  readonly isWhole: boolean;
}

/** Ends of a question that begins with a metric. */
const ENDINGS = [
  { text: "> ", description: "a value: `> 0.9`, or `> 0.9 for 3` evaluations in a row" },
  { text: "< ", description: "a value" },
  { text: "above chance", description: "where the chance rate is known" },
  { text: "above baseline", description: "above its own values at the start" },
  { text: "reaches 50% of range", description: "half of its way" },
];

/** A behaviour's name or a predicate, completed while it is typed. */
export async function askQuestion(onset: OnsetWindow, title: string): Promise<string | undefined> {
  const { behaviours } = await onset.store.start();
  const picker = vscode.window.createQuickPick<QuestionItem>();
  picker.title = title;
  picker.placeholder = "A behaviour, or a metric and a threshold: held_out/acc > 0.9 for 2";
  picker.matchOnDescription = true;
  let metrics: readonly string[] = [];
  let check = "";
  const items = (): QuestionItem[] => {
    const value = picker.value.trim();
    const typed: QuestionItem[] =
      value === "" || behaviours.some(({ name }) => name === value)
        ? []
        : [{ label: value, description: check, text: value, isWhole: true, alwaysShow: true }];
    const metric = metrics.find((name) => picker.value.startsWith(`${name} `));
    if (metric !== undefined) {
      const endings = ENDINGS.map(({ text, description }) => ({
        label: `${metric} ${text}`,
        description,
        text: `${metric} ${text}`,
        isWhole: !text.endsWith(" "),
      }));
      return [...typed, ...endings];
    }
    return [
      ...typed,
      heading("behaviours"),
      ...behaviours.map(({ name, question, note }) => ({
        label: name,
        description: name === question ? "built in" : question,
        ...(note === null ? {} : { detail: note }),
        text: name,
        isWhole: true,
      })),
      heading("metrics"),
      ...metrics.map((name) => ({ label: name, text: `${name} `, isWhole: false })),
    ];
  };
  const show = (): void => {
    picker.items = items();
  };
  picker.busy = true;
  show();
  const subscriptions = [
    picker.onDidChangeValue(async (value) => {
      check = "";
      show();
      const text = value.trim();
      if (text === "") return;
      const answer = await onset.store.ask("checkQuestion", { text });
      if (picker.value.trim() !== text) return;
      check = answer.ok ? "ask this" : answer.message;
      show();
    }),
  ];
  onset.store
    .ask("metrics", { runs: onset.comparison.runs() })
    .then((names) => {
      metrics = names;
      picker.busy = false;
      show();
    })
    .catch((error: unknown) => {
      if (!isAborted(error)) onset.log.error(String(error));
      picker.busy = false;
    });
  try {
    return await new Promise<string | undefined>((resolve) => {
      subscriptions.push(
        picker.onDidAccept(() => {
          const [item] = picker.activeItems;
          if (!item) return;
          if (item.isWhole) resolve(item.text);
          else {
            picker.value = item.text;
            show();
          }
        }),
        picker.onDidHide(() => {
          resolve(undefined);
        }),
      );
      picker.show();
    });
  } finally {
    for (const subscription of subscriptions) subscription.dispose();
    picker.dispose();
  }
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
