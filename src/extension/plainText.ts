import { shownText } from "../protocol/shownText.js";

/**
 * Names from files where the editor would read signs in them: `$(name)` as an icon (pickers, lenses), `[text](link)` as a
 * link that may call a command (notifications).
 */
export function plainText(text: string): string {
  return shownText(text)
    .replace(/\$(?=\()/g, "＄")
    .replace(/\](?=\()/g, "]\u200b")
    .replace(/\s+/g, " ");
}
