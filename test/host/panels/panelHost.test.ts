/** The host's side of a page: the real page in the real editor, answered by the worker. */

import assert from "node:assert/strict";
import * as vscode from "vscode";
import { PanelHost } from "../../../src/extension/panels/panelHost.js";
import { FIRST_TIMELINE, type TimelineQuestions } from "../../../src/protocol/panelProtocol.js";
import { eventually } from "../../support/eventually.js";
import { TimelineHost } from "../../support/panelHosts.js";
import { workerOn, type WorkerOn } from "../../support/workerOn.js";
import { onsetExtension, workspacePath } from "../editor.js";

const VIEW_TYPE = "onset.testOfPanels";

describe("a page in the editor", () => {
  let worker: WorkerOn;
  let host: TimelineHost;
  let panel: PanelHost<TimelineQuestions>;

  before(async () => {
    worker = await workerOn(workspacePath());
    host = new TimelineHost(worker);
    const runs = ["adamw_d256_s0.jsonl", "muon_d256_s0.jsonl"].map((id) => worker.key(id));
    host.comparison = { runs, baseline: runs[0] ?? null, step: null, known: 1 };
    panel = new PanelHost<TimelineQuestions>(onsetExtension().extensionUri, {
      viewType: VIEW_TYPE,
      page: "timeline",
      title: "Test",
      handlers: host.handlers,
    });
  });
  after(() => {
    panel.dispose();
    worker.client.dispose();
  });

  function tabs(): vscode.Tab[] {
    return vscode.window.tabGroups.all
      .flatMap(({ tabs: all }) => all)
      .filter(
        ({ input }) =>
          input instanceof vscode.TabInputWebview && input.viewType.endsWith(VIEW_TYPE),
      );
  }

  it("speaks first, is answered, draws, and tells where its cursor begins", async () => {
    assert.equal(panel.isOpen, false);
    panel.open();
    assert.equal(panel.isOpen, true);
    await eventually(() => {
      assert.equal(host.askedFor("moveCursor").length, 1);
    }, 15_000);
    assert.deepEqual(host.asked[0], { kind: "ready", params: { intent: null } });
    assert.ok((host.askedFor("timeline")[0]?.width ?? 0) >= 200);
    const rows = await worker.client.ask("when", {
      text: "grokking",
      runs: host.comparison.runs,
    });
    const [first] = rows.flatMap(({ by }) => (by === null ? [] : [by])).sort((x, y) => x - y);
    assert.deepEqual(host.askedFor("moveCursor"), [{ step: first }]);
    const { metrics, step } = host.askedFor("atStep").at(-1) ?? {};
    assert.equal(step, first);
    assert.ok(metrics?.includes("test_acc"));
  });

  it("asks again when it is told that something changed", async () => {
    const before = host.askedFor("timeline").length;
    panel.tell("changed", host.comparison);
    await eventually(() => {
      assert.equal(host.askedFor("timeline").length, before + 1);
    });
  });

  it("shows what it is told to show", async () => {
    const wanted = { ...FIRST_TIMELINE, metrics: ["test_loss"], behaviour: "" };
    panel.tell("intent", wanted);
    await eventually(() => {
      const last = host.askedFor("timeline").at(-1);
      assert.deepEqual({ ...last?.intent, cursor: null }, wanted);
    });
  });

  it("is there once, however often it is opened", () => {
    panel.open();
    assert.equal(tabs().length, 1);
  });

  it("asks anew when it was hidden and is shown again, with what it showed", async () => {
    const before = host.askedFor("ready").length;
    const document = await vscode.workspace.openTextDocument(workspacePath("onset.json"));
    await vscode.window.showTextDocument(document, { preview: false });
    await eventually(() => {
      assert.equal(panel.isVisible, false);
    });
    panel.open();
    await eventually(() => {
      assert.equal(host.askedFor("ready").length, before + 1);
    }, 15_000);
    assert.deepEqual(host.askedFor("ready").at(-1), {
      intent: { metrics: ["test_loss"], scale: "linear", behaviour: "" },
    });
  });

  it("is gone when its tab is closed, and can be opened anew", async () => {
    await vscode.window.tabGroups.close(tabs());
    await eventually(() => {
      assert.equal(panel.isOpen, false);
    });
    panel.tell("changed", host.comparison);
    const before = host.askedFor("ready").length;
    panel.open();
    await eventually(() => {
      assert.equal(host.askedFor("ready").length, before + 1);
    }, 15_000);
  });
});
