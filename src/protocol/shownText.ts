/**
 * Text from files as it is shown: control characters, and signs that would turn the direction of what stands around them
 * (UAX #9), are shown as the sign for what cannot be shown. Lines and tabs stay.
 */
export function shownText(text: string): string {
  return text.replace(UNSHOWN, "\ufffd");
}

const UNSHOWN = /(?![\t\n\r])[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
