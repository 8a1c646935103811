/** Metrics as a tree by the parts of their names, and the patterns that choose many at once. Pure. */

export interface MetricNode {
  /** Part of the name, or several where nothing branches off between them. */
  readonly label: string;
  /** The metric that is called so; null for a mere folder. */
  readonly metric: string | null;
  readonly children: readonly MetricNode[];
  /** Metrics at and below it. */
  readonly metrics: readonly string[];
}

/** `*` stands for any text and `?` for a sign; without either, any name that holds the text. Never throws. */
export function matcher(pattern: string): (metric: string) => boolean {
  const wanted = pattern.trim().toLowerCase();
  if (!/[*?]/.test(wanted)) return (metric) => metric.toLowerCase().includes(wanted);
  return (metric) => globFits(wanted, metric.toLowerCase());
}

/** Metrics that fit any of the patterns whole, in the order of `metrics`. */
export function chosenBy(patterns: readonly string[], metrics: readonly string[]): string[] {
  return metrics.filter((metric) =>
    patterns.some((pattern) => globFits(pattern.toLowerCase(), metric.toLowerCase())),
  );
}

/** Without backtracking over more than the last star: O(pattern · text) at worst. */
function globFits(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let from = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++;
      from = t;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++from;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

interface Growing {
  metric: string | null;
  readonly children: Map<string, Growing>;
}

/** Folders in the order of their first metric. O(metrics · parts). */
export function metricTree(metrics: readonly string[]): MetricNode[] {
  const root: Growing = { metric: null, children: new Map() };
  for (const metric of metrics) {
    let node = root;
    for (const part of metric.split("/")) {
      let child = node.children.get(part);
      if (!child) node.children.set(part, (child = { metric: null, children: new Map() }));
      node = child;
    }
    node.metric = metric;
  }
  return [...root.children].map(([label, node]) => finished(label, node));
}

function finished(label: string, node: Growing): MetricNode {
  const [only, ...others] = node.children;
  if (only && others.length === 0 && node.metric === null) {
    return finished(`${label}/${only[0]}`, only[1]);
  }
  const children = [...node.children].map(([name, child]) => finished(name, child));
  const metrics = [
    ...(node.metric === null ? [] : [node.metric]),
    ...children.flatMap((child) => child.metrics),
  ];
  return { label, metric: node.metric, children, metrics };
}
