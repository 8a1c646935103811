/** A button with a box below it: Escape and a press elsewhere close it. */

import { button } from "./controls.js";
import { element } from "./dom.js";

export class Popover {
  readonly element: HTMLElement;
  private readonly opener: HTMLElement;
  private readonly box: HTMLElement;
  /** Where the focus was: it goes back there. */
  private before: Element | null = null;

  constructor(
    label: string,
    content: HTMLElement,
    private readonly onOpen: () => void = () => undefined,
    { title = label, side = "left" }: { title?: string; side?: "left" | "right" } = {},
  ) {
    this.opener = button(
      label,
      () => {
        if (this.isOpen) this.close();
        else this.open();
      },
      { title },
    );
    this.opener.setAttribute("aria-label", title);
    this.opener.setAttribute("aria-expanded", "false");
    this.box = element(
      "div",
      {
        class: `popover ${side}`,
        hidden: true,
        attributes: { role: "group", "aria-label": title },
      },
      content,
    );
    this.element = element("div", { class: "anchor" }, this.opener, this.box);
    this.box.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.close();
    });
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.isOpen && !this.element.contains(target as Node)) this.hide();
    });
  }

  get isOpen(): boolean {
    return !this.box.hidden;
  }

  set label(text: string) {
    if (this.opener.textContent !== text) this.opener.textContent = text;
  }

  open(): void {
    this.before = document.activeElement;
    this.box.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    this.onOpen();
  }

  /** Closes it, and the focus goes back to where it was. */
  close(): void {
    this.hide();
    const { before } = this;
    (before instanceof HTMLElement && before !== document.body ? before : this.opener).focus();
  }

  private hide(): void {
    this.box.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
  }
}
