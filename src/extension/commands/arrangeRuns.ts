/** *Group runs by …*, *Filter runs …*: what the Runs view shows, and in which order. */

import * as vscode from "vscode";
import { RUN_STATES, type RunState } from "../services/runStates.js";
import type { Command } from "./command.js";
import { Dialogue } from "./dialogue.js";

interface KeyItem extends vscode.QuickPickItem {
  readonly key: string | null;
}

export const groupRuns: Command<"onset.groupRuns"> = async (onset, args) => {
  const { store, arrangement } = onset;
  if (args) {
    await arrangement.set({ grouping: args.key });
    return args.key;
  }
  const chosen = await Dialogue.run(async (dialogue) => {
    const { runs } = await store.start();
    const keys = await store.ask("configKeys", { runs: runs.map(({ key }) => key) });
    const items: KeyItem[] = [
      { label: "Experiment and seed", description: "the usual", key: null },
      { label: "config keys that differ", kind: vscode.QuickPickItemKind.Separator, key: null },
      ...keys.map(({ key, values, count }) => ({
        label: key,
        description: values.join(" · ") + (count > values.length ? ` · … (${count})` : ""),
        key,
      })),
    ];
    return dialogue.choose("Group runs by …", items, "A config key");
  });
  if (!chosen) return undefined;
  await arrangement.set({ grouping: chosen.key });
  return chosen.key;
};

export const filterRuns: Command<"onset.filterRuns"> = async ({ arrangement }, args) => {
  const text =
    args?.text ??
    (await Dialogue.run((dialogue) =>
      dialogue.type("Filter runs …", {
        prompt: "Words that a run has in its label, name, path or system; empty shows all",
        value: arrangement.value.text,
      }),
    ));
  if (text === undefined) return undefined;
  await arrangement.set({ text: text.trim() });
  return text.trim();
};

const MEANINGS: Readonly<Record<RunState, string>> = {
  failed: "the training loss ends as NaN or infinite",
  unexpected: "does not hold to what onset.json expects of a behaviour",
  live: "has grown within the last minute",
  partial: "stopped before the steps that its config plans",
  finished: "has taken the steps that its config plans",
};

export const filterRunsByState: Command<"onset.filterRunsByState"> = async (
  { store, arrangement },
  args,
) => {
  const states =
    args?.states ??
    (await Dialogue.run(async (dialogue) => {
      await store.start();
      const items = RUN_STATES.map((state) => ({
        ...{ label: state, description: MEANINGS[state], state },
        picked: arrangement.value.states.includes(state),
      }));
      const chosen = await dialogue.chooseSeveral(
        "Filter runs by state …",
        items,
        "None shows all",
      );
      return chosen?.map(({ state }) => state);
    }));
  if (states === undefined) return undefined;
  await arrangement.set({ states: RUN_STATES.filter((state) => states.includes(state)) });
  return arrangement.value.states;
};

export const clearFilter: Command<"onset.clearFilter"> = async ({ arrangement }) => {
  await arrangement.clearFilter();
  return true;
};
