/** Elements in one expression. Text only ever becomes text nodes. */

import { shownText } from "../../src/protocol/shownText.js";

type Child = Node | string;

interface Options {
  readonly class?: string;
  readonly id?: string;
  readonly title?: string;
  readonly hidden?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, id, title, hidden, attributes }: Options = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== undefined) made.className = className;
  if (id !== undefined) made.id = id;
  if (title !== undefined) made.title = shownText(title);
  if (hidden !== undefined) made.hidden = hidden;
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  made.append(...children.map((child) => (typeof child === "string" ? shownText(child) : child)));
  return made;
}

/** Text from files in an element that is there; nothing happens where it says so already. */
export function setText(node: Element, text: string): void {
  const shown = shownText(text);
  if (node.textContent !== shown) node.textContent = shown;
}
