/** A step as people type it: `1000`, `1,000`, `1k` or `1.5k`; null where it is none. */
export function parseStep(text: string): number | null {
  const match = /^(\d[\d,_ ]*(?:\.\d+)?)\s*([kmb]?)$/i.exec(text.trim());
  if (!match) return null;
  const number = Number((match[1] ?? "").replace(/[,_ ]/g, ""));
  const unit = { k: 1e3, m: 1e6, b: 1e9 }[match[2]?.toLowerCase() ?? ""];
  // 1.1 × 1000 is a little more than 1100.
  return unit === undefined ? number : Math.round(number * unit);
}
