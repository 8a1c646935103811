/**
 * A name may hold anything. As a label, what a terminal would take for a command, what would turn the direction of the text around it (bidirectional
 * controls, UAX #9) and halves of characters are shown as the sign for what cannot be shown.
 */
export function shownName(text: string): string {
  return text.replace(UNSHOWN, "\ufffd");
}

const UNSHOWN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
