/** How deeply a text nests, told without parsing it: parsers that call themselves would run out of stack. */

const MAX_NESTING = 500;

/** Lists and maps of YAML in block style: `- - - …` on one line, or a line that is indented very far. */
const DEEP_BLOCK = new RegExp(
  `^[ \\t]*(?:[-?:][ \\t]+){${MAX_NESTING}}|^ {${2 * MAX_NESTING}}\\S`,
  "m",
);

/**
 * True for a text with more than 500 brackets open at once, or as many levels of YAML's block style. Brackets in texts
 * and comments count too: no real configuration comes near. O(length).
 */
export function nestsTooDeeply(text: string): boolean {
  let open = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "[" || char === "{") open += 1;
    else if ((char === "]" || char === "}") && open > 0) open -= 1;
    if (open > MAX_NESTING) return true;
  }
  return DEEP_BLOCK.test(text);
}
