/** Activation: a table of contents. Nothing is read before a view is seen or a command is called. */

import { join } from "node:path";
import * as vscode from "vscode";
import { WorkerClient } from "../node/workerClient.js";
import { registerCommands } from "./commands/register.js";
import { registerFileEditors } from "./editors/fileEditor.js";
import { registerCheckpointLinks } from "./hovers/checkpointLinks.js";
import { registerHovers } from "./hovers/runConfigHover.js";
import { registerConfigLenses } from "./hovers/runConfigLens.js";
import { Disposables } from "./lifecycle.js";
import { registerOnsetFile } from "./onsetFile/language.js";
import { DiffPanel } from "./panels/diffPanel.js";
import { ExamplesPanel } from "./panels/examplesPanel.js";
import { LineagePanel } from "./panels/lineagePanel.js";
import { OnsetsPanel } from "./panels/onsetsPanel.js";
import { TimelinePanel } from "./panels/timelinePanel.js";
import { Annotations } from "./services/annotations.js";
import { Arrangement } from "./services/arrangement.js";
import { Comparison } from "./services/comparison.js";
import { Expectations } from "./services/expectations.js";
import { RunStates } from "./services/runStates.js";
import { RunStore } from "./services/runStore.js";
import { concernsDiscovery } from "./services/settings.js";
import { Watcher } from "./services/watcher.js";
import { BehavioursView } from "./views/behavioursView.js";
import { CursorView } from "./views/cursorView.js";
import { LiveStatus } from "./views/liveStatus.js";
import { ProblemsView } from "./views/problemsView.js";
import { RunsView } from "./views/runsView.js";

export function activate(context: vscode.ExtensionContext): void {
  const own = new Disposables();
  context.subscriptions.push(own);
  const log = own.add(vscode.window.createOutputChannel("Onset", { log: true }));
  const worker = own.add(
    new WorkerClient(
      join(context.extensionPath, "dist", "worker.js"),
      {
        found: (snapshot) => {
          store.accept(snapshot);
        },
        progress: (state) => {
          store.progress(state);
        },
        reading: (state) => {
          store.tellReading(state);
        },
        trouble: (message) => {
          log.warn(message);
        },
      },
      (reason, isGivenUp) => {
        log.error(
          `the worker ended: ${reason}${isGivenUp ? "; questions are not asked again" : ""}`,
        );
      },
    ),
  );
  const store = own.add(new RunStore(worker, log, join(context.globalStorageUri.fsPath, "cache")));
  const comparison = own.add(new Comparison(store, context.workspaceState));
  const annotations = own.add(new Annotations(log));
  const expectations = own.add(new Expectations(store, log));
  const states = own.add(new RunStates(store, expectations, log));
  const arrangement = own.add(new Arrangement(context.workspaceState));
  const timeline = own.add(new TimelinePanel(context.extensionUri, store, comparison, annotations));
  const onsets = own.add(new OnsetsPanel(context.extensionUri, store, comparison));
  const examples = own.add(new ExamplesPanel(context.extensionUri, store, comparison));
  const diff = own.add(new DiffPanel(context.extensionUri, store, comparison, examples));
  const lineage = own.add(new LineagePanel(context.extensionUri, store, comparison));
  const panels = { timeline, diff, onsets, examples, lineage };
  const onset = {
    store,
    comparison,
    annotations,
    expectations,
    states,
    arrangement,
    ...panels,
    log,
  };

  const runs = own.add(new RunsView(onset));
  const behaviours = own.add(new BehavioursView(onset));
  own.add(new CursorView(onset));
  own.add(new ProblemsView(onset));
  own.add(new LiveStatus(store));
  own.add(registerFileEditors(context.extensionUri, worker));
  own.add(registerCommands(onset));
  own.add(registerHovers(onset));
  own.add(registerConfigLenses(onset));
  own.add(registerCheckpointLinks(onset));
  own.add(registerOnsetFile(onset));

  own.add(
    new Watcher(
      store,
      () => {
        const isSeen = [timeline, onsets, examples, runs, behaviours].some(
          ({ isVisible }) => isVisible,
        );
        return isSeen ? comparison.runs() : [];
      },
      log,
    ),
  );
  const walkAgain = (): void => {
    if (store.isStarted) void store.refresh();
  };
  own.add(vscode.workspace.onDidChangeWorkspaceFolders(walkAgain));
  own.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (concernsDiscovery(event)) walkAgain();
    }),
  );
}

export function deactivate(): void {
  // What was created is owned by the context, which disposes it.
}
