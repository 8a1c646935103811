/**
 * Lenses above a run's config: of which run it is and how far that came, when behaviours began, how many keys differ from
 * the baseline. Hints at the values that do. Nothing is walked for them: they come once the runs are known.
 */

import * as vscode from "vscode";
import type { RunConfigAnswer } from "../../core/index.js";
import { isAborted } from "../../protocol/rpc.js";
import { Disposables } from "../lifecycle.js";
import type { OnsetWindow } from "../onsetWindow.js";
import { plainText } from "../plainText.js";
import { isOn, SECTION } from "../services/settings.js";
import { counted } from "../views/labels.js";
import { CONFIG_FILES, CONFIG_LANGUAGES, pathOf } from "./runConfigs.js";

/** Runs that grow are told of a little later, and once. */
const COALESCE_MS = 500;

export function registerConfigLenses(onset: OnsetWindow): vscode.Disposable {
  const own = new Disposables();
  const changed = own.add(new vscode.EventEmitter<void>());
  let changeSoon: NodeJS.Timeout | undefined;
  const change = (): void => {
    changeSoon ??= setTimeout(() => {
      changeSoon = undefined;
      changed.fire();
    }, COALESCE_MS);
  };
  own.add(new vscode.Disposable(() => clearTimeout(changeSoon)));
  own.add(onset.store.onDidChange(change));
  own.add(onset.store.onDidGrow(change));
  own.add(onset.comparison.onDidChange(change));
  own.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(SECTION)) change();
    }),
  );
  own.add(
    vscode.languages.registerCodeLensProvider(CONFIG_FILES, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document, token) =>
        whenKnown(onset, document, "codeLens", token, (signal) => lenses(onset, document, signal)),
    }),
  );
  own.add(
    vscode.languages.registerInlayHintsProvider(CONFIG_FILES, {
      onDidChangeInlayHints: changed.event,
      provideInlayHints: (document, range, token) =>
        whenKnown(onset, document, "inlayHints", token, (signal) =>
          hints(onset, document, range, signal),
        ),
    }),
  );
  return own;
}

/** What `work` gives, if runs are known, the setting is on and the editor still wants it. */
async function whenKnown<T>(
  { store, log }: OnsetWindow,
  document: vscode.TextDocument,
  setting: "codeLens" | "inlayHints",
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T[]>,
): Promise<T[]> {
  if (store.snapshot.runs.length === 0 || !isOn(setting, document)) return [];
  const abort = new AbortController();
  const cancelling = token.onCancellationRequested(() => {
    abort.abort();
  });
  try {
    return await work(abort.signal);
  } catch (error) {
    if (!isAborted(error)) log.error(String(error));
    return [];
  } finally {
    cancelling.dispose();
  }
}

async function lenses(
  { store, comparison }: OnsetWindow,
  document: vscode.TextDocument,
  signal: AbortSignal,
): Promise<vscode.CodeLens[]> {
  const question = { file: pathOf(document), baseline: comparison.baseline };
  const answer = await store.ask("runConfig", question, signal);
  return answer ? commandsOf(answer).map((command) => new vscode.CodeLens(START, command)) : [];
}

const START = new vscode.Range(0, 0, 0, 0);

function commandsOf(answer: RunConfigAnswer): vscode.Command[] {
  const { run, label, runs, lastStep, behaviours, baseline } = answer;
  const name = runs.length === 1 ? label : `${label} and ${counted(runs.length - 1, "other run")}`;
  const reached = lastStep === null ? "" : ` · step ${lastStep.toLocaleString("en-US")}`;
  const differing = baseline?.keys.join(", ") ?? "";
  return [
    {
      title: `Onset: ${plainText(name)}${reached}`,
      tooltip: "The run of this config. Show it in the Timeline",
      command: "onset.showInTimeline",
      arguments: [{ runs }],
    },
    ...behaviours.map((behaviour) => ({
      title: `${plainText(behaviour.name)} ${behaviour.text}`,
      tooltip: "When it began in this run. Show it in the Timeline",
      command: "onset.openTimeline",
      arguments: [
        { behaviour: behaviour.name, ...(behaviour.by !== null && { step: behaviour.by }) },
      ],
    })),
    ...(baseline && lastStep !== null
      ? [
          {
            title: `${counted(baseline.count, "key")} ${baseline.count === 1 ? "differs" : "differ"} from the baseline`,
            tooltip: `${differing}${baseline.count > baseline.keys.length ? ", …" : ""}: Diff against ${baseline.label}`,
            command: "onset.diffCheckpoints",
            arguments: [
              { key: baseline.key, step: lastStep },
              { key: run, step: lastStep },
            ],
          },
        ]
      : []),
  ];
}

async function hints(
  { store, comparison }: OnsetWindow,
  document: vscode.TextDocument,
  range: vscode.Range,
  signal: AbortSignal,
): Promise<vscode.InlayHint[]> {
  const language = CONFIG_LANGUAGES[document.languageId];
  const { baseline } = comparison;
  if (!language || baseline === null) return [];
  const question = { file: pathOf(document), text: document.getText(), language, baseline };
  const found = await store.ask("configHints", question, signal);
  const name = store.run(baseline)?.label ?? "";
  return found.flatMap(({ end, key, baseline: value }) => {
    const position = document.positionAt(end);
    if (!range.contains(position)) return [];
    const said = value === null ? "not in the baseline" : `baseline: ${shortened(value)}`;
    const hint = new vscode.InlayHint(position, said);
    hint.paddingLeft = true;
    hint.tooltip = value === null ? `${name} has no ${key}` : `${key} of ${name}: ${value}`;
    return [hint];
  });
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 39)}…` : value;
}
