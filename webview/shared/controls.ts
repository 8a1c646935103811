/**
 * Form controls. The toolkit is archived upstream: it is registered here and used nowhere else, so that another one can
 * take its place in this file.
 */

import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeTextField,
  type Checkbox,
  type Dropdown,
  type TextField,
} from "@vscode/webview-ui-toolkit";
import { shownText } from "../../src/protocol/shownText.js";
import { element } from "./dom.js";

provideVSCodeDesignSystem().register(
  vsCodeButton(),
  vsCodeCheckbox(),
  vsCodeDropdown(),
  vsCodeOption(),
  vsCodePanels(),
  vsCodePanelTab(),
  vsCodePanelView(),
  vsCodeTextField(),
);

export function button(
  label: string,
  onClick: () => void,
  { isPrimary = false, title = "" } = {},
): HTMLElement {
  const control = document.createElement("vscode-button");
  control.setAttribute("appearance", isPrimary ? "primary" : "secondary");
  control.title = title;
  control.textContent = label;
  control.addEventListener("click", onClick);
  return control;
}

export function checkbox(
  label: string,
  isChecked: boolean,
  onChange: (isChecked: boolean) => void,
): HTMLElement {
  const control = document.createElement("vscode-checkbox") as Checkbox;
  control.textContent = shownText(label);
  if (isChecked) control.setAttribute("checked", "");
  control.addEventListener("change", () => {
    onChange(control.checked);
  });
  return control;
}

export interface Option {
  readonly value: string;
  readonly label: string;
}

export interface Picker {
  readonly element: HTMLElement;
  /** Replaces the options and the chosen one, without telling anybody. */
  set(options: readonly Option[], value: string): void;
}

export function picker(label: string, onChange: (value: string) => void): Picker {
  const control = document.createElement("vscode-dropdown") as Dropdown;
  control.setAttribute("aria-label", label);
  let shown = "";
  control.addEventListener("change", () => {
    onChange(control.value);
  });
  const caption = element("span", { class: "caption" }, label);
  return {
    element: element("label", { class: "picker" }, caption, control),
    set: (options, value) => {
      const wanted = JSON.stringify(options);
      if (wanted !== shown) {
        shown = wanted;
        control.replaceChildren(
          ...options.map((option) => {
            const item = document.createElement("vscode-option");
            item.setAttribute("value", option.value);
            if (option.value === value) item.setAttribute("selected", "");
            item.textContent = shownText(option.label);
            item.title = item.textContent;
            return item;
          }),
        );
      }
      // Options are upgraded after this turn; until then a value would be lost.
      requestAnimationFrame(() => {
        control.value = value;
      });
    },
  };
}

export function textField(
  placeholder: string,
  onInput: (text: string) => void,
  { value = "", label = placeholder } = {},
): HTMLElement & { value: string } {
  const control = document.createElement("vscode-text-field") as TextField;
  control.setAttribute("placeholder", placeholder);
  control.setAttribute("aria-label", label);
  if (value !== "") control.setAttribute("value", value);
  control.addEventListener("input", () => {
    onInput(control.value);
  });
  return control;
}

/** Tabs with their contents. */
export function tabs(
  pages: readonly { readonly title: HTMLElement; readonly content: HTMLElement }[],
): HTMLElement {
  const control = document.createElement("vscode-panels");
  for (const { title } of pages) {
    const tab = document.createElement("vscode-panel-tab");
    tab.append(title);
    // The toolkit names a tab after its first text and keeps to that.
    new MutationObserver(() => {
      tab.setAttribute("aria-label", tab.textContent);
    }).observe(title, { childList: true, characterData: true, subtree: true });
    control.append(tab);
  }
  for (const { content } of pages) {
    const view = document.createElement("vscode-panel-view");
    view.append(content);
    control.append(view);
  }
  return control;
}
