/**
 * What a command asks a person for, one input after the other. A webview takes the focus that it is given back a moment
 * later, from whatever has it by then. So each input is shown in place of the one before it, which goes only then; and the
 * first one, which follows upon the palette, is shown again where it loses the focus at once.
 */

import * as vscode from "vscode";
import { plainText } from "../plainText.js";

/** Nobody goes away from an input as soon as this. */
const LATE_FOCUS_MS = 500;

type Input<T extends vscode.QuickPickItem> = vscode.QuickPick<T> | vscode.InputBox;

interface TypeOptions extends Partial<Pick<vscode.InputBox, "prompt" | "placeholder" | "value">> {
  /** What is wrong with a text, or only to be warned of. */
  readonly check?: (text: string) => vscode.InputBoxValidationMessage | string | null;
}

export class Dialogue {
  private shown: vscode.QuickInput | null = null;

  /** Asks within one dialogue, whose last input goes when `work` is done. */
  static async run<T>(work: (dialogue: Dialogue) => Promise<T>): Promise<T> {
    const dialogue = new Dialogue();
    try {
      return await work(dialogue);
    } finally {
      dialogue.shown?.dispose();
    }
  }

  /**
   * Shows an input until `answer`, asked at each Enter, gives something. It stays, busy, until the next one is shown.
   * Undefined when the person goes away.
   */
  ask<T extends vscode.QuickPickItem, A>(
    input: Input<T>,
    answer: () => A | undefined | Promise<A | undefined>,
  ): Promise<A | undefined> {
    const last = this.shown;
    this.shown = input;
    return new Promise((resolve, reject) => {
      input.onDidAccept(async () => {
        try {
          const given = await answer();
          if (given === undefined) return;
          input.busy = true;
          resolve(given);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
      const shownAt = Date.now();
      let isShownAgain = false;
      input.onDidHide(() => {
        if (isShownAgain || this.shown !== input || Date.now() - shownAt > LATE_FOCUS_MS) {
          resolve(undefined);
          return;
        }
        isShownAgain = true;
        // A list that is shown again is empty until it gets its items.
        if ("items" in input) input.items = [...input.items];
        input.show();
      });
      input.show();
      last?.dispose();
    });
  }

  /** One of the items. */
  choose<T extends vscode.QuickPickItem>(
    title: string,
    items: readonly T[],
    placeholder = "",
  ): Promise<T | undefined> {
    const picker = picked(title, items, placeholder);
    return this.ask(picker, () => picker.activeItems[0]);
  }

  /** Those of the items that are picked, at first those with `picked`. */
  chooseSeveral<T extends vscode.QuickPickItem>(
    title: string,
    items: readonly T[],
    placeholder = "",
  ): Promise<readonly T[] | undefined> {
    const picker = picked(title, items, placeholder);
    picker.canSelectMany = true;
    picker.selectedItems = picker.items.filter((item) => item.picked === true);
    return this.ask(picker, () => picker.selectedItems);
  }

  /** A text to which `check` does not object; what it warns of is allowed. */
  type(
    title: string,
    { check = () => null, ...options }: TypeOptions = {},
  ): Promise<string | undefined> {
    const box = Object.assign(vscode.window.createInputBox(), { title, ...options });
    const show = (): boolean => {
      const objection = check(box.value);
      box.validationMessage = objection ?? undefined;
      return typeof objection !== "string";
    };
    box.onDidChangeValue(show);
    return this.ask(box, () => (show() ? box.value : undefined));
  }
}

/** Its texts may be names from files. */
function plainItem<T extends vscode.QuickPickItem>(item: T): T {
  const { label, description, detail } = item;
  return {
    ...item,
    label: plainText(label),
    ...(description !== undefined && { description: plainText(description) }),
    ...(detail !== undefined && { detail: plainText(detail) }),
  };
}

function picked<T extends vscode.QuickPickItem>(
  title: string,
  items: readonly T[],
  placeholder: string,
): vscode.QuickPick<T> {
  return Object.assign(vscode.window.createQuickPick<T>(), {
    ...{ title, placeholder },
    items: items.map((item) => plainItem(item)),
    matchOnDescription: true,
  });
}
