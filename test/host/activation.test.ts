/** What the manifest promises, and what activation does and leaves. This suite comes first: nothing has been asked yet. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { COMMAND_IDS } from "../../src/extension/commands/register.js";
import { inProject } from "../support/root.js";
import { command, onsetExtension } from "./editor.js";

interface Manifest {
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
  };
}

const manifest = JSON.parse(readFileSync(inProject("package.json"), "utf8")) as Manifest;
const { contributes } = manifest;
const strings = JSON.parse(readFileSync(inProject("package.nls.json"), "utf8")) as Readonly<
  Record<string, string>
>;
const contributed = contributes.commands.map(({ command: id }) => id).sort();
const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));

/** Threads of this process that run Onset's worker or anybody else's. */
function threads(): number {
  const report = process.report.getReport() as unknown as { workers: readonly unknown[] };
  return report.workers.length;
}

describe("activation", () => {
  it("comes with a workspace that has an onset.json, and starts no worker", async () => {
    const extension = onsetExtension();
    assert.equal(extension.isActive, true);
    const before = threads();
    const runs = await command("onset.refresh");
    assert.ok(runs >= 6, `${runs} runs`);
    assert.equal(threads(), before + 1, "the first question starts the worker");
  });

  it("exports nothing", () => {
    assert.equal(onsetExtension().exports, undefined);
  });

  it("comes with views, commands, panels, exact names and languages, never with a search or a start", () => {
    const allowed = /^(workspaceContains:[\w./-]+|onLanguage:\w+|onWebviewPanel:onset\.\w+)$/;
    for (const event of manifest.activationEvents) assert.match(event, allowed);
  });
});

describe("the manifest", () => {
  it("contributes the commands that are registered, and no others", async () => {
    assert.deepEqual([...COMMAND_IDS].sort(), contributed);
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      contributed.filter((id) => !known.has(id)),
      [],
    );
    const ofViews = new RegExp(`^(${views.join("|").replaceAll(".", "\\.")})\\.`);
    const registered = [...known].filter((id) => id.startsWith("onset.") && !ofViews.test(id));
    assert.deepEqual(registered.sort(), contributed);
  });

  it("names in menus and empty views only commands that exist", () => {
    const inMenus = Object.values(contributes.menus).flatMap((items) =>
      items.map(({ command: id }) => id),
    );
    const inTexts = Object.values(strings).flatMap((text) =>
      [...text.matchAll(/\(command:([\w.]+)[)?]/g)].map(([, id]) => id ?? ""),
    );
    assert.ok(inMenus.length > 10 && inTexts.length > 2);
    const unknown = [...inMenus, ...inTexts].filter(
      (id) =>
        id.startsWith("onset.") &&
        !contributed.includes(id) &&
        !views.includes(id.replace(/\.focus$/, "")),
    );
    assert.deepEqual(unknown, []);
  });

  it("has all its texts where they can be translated, and no others there", () => {
    const text = JSON.stringify(manifest);
    const named = [...text.matchAll(/"%([\w.]+)%"/g)].map(([, key = ""]) => key);
    assert.deepEqual([...new Set(named)].sort(), Object.keys(strings).sort());
    const plain = [...text.matchAll(/"(?:title|description|markdownDescription)":"(?!%)([^"]*)"/g)];
    assert.deepEqual(
      plain.map(([, words]) => words).filter((words) => words !== "Onset"),
      [],
    );
    const { packageJSON } = onsetExtension() as { packageJSON: Manifest };
    const [first] = packageJSON.contributes.commands;
    assert.equal(first?.title, strings["command.when"]);
  });

  it("shows empty states for views that exist", () => {
    assert.deepEqual(
      contributes.viewsWelcome.filter(({ view }) => !views.includes(view)),
      [],
    );
  });

  it("has the views that the shipped extension creates, and no others", () => {
    const bundle = readFileSync(join(onsetExtension().extensionPath, "dist/extension.js"), "utf8");
    const created = [...bundle.matchAll(/createTreeView\(\s*["'`]([\w.]+)/g)].map(([, id]) => id);
    assert.deepEqual(created.sort(), [...views].sort());
  });

  it("is written against the oldest editor that it runs on", () => {
    assert.equal(`^${manifest.devDependencies["@types/vscode"] ?? ""}`, manifest.engines.vscode);
  });

  it("has whatever files it names", () => {
    const { packageJSON } = onsetExtension() as { packageJSON: Record<string, unknown> };
    const files = [
      ...JSON.stringify(packageJSON).matchAll(/"(\.?\/?(?:media|schemas|docs)\/[^"]+)"/g),
    ];
    assert.ok(files.length >= 9);
    for (const [, file = ""] of files) assert.ok(readFileSync(inProject(file)).length > 0, file);
  });
});
