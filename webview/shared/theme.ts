/** The editor's colours, read again whenever the theme changes. */

export interface Theme {
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly error: string;
  /** Of what is shown over a chart. */
  readonly hover: {
    readonly background: string;
    readonly foreground: string;
    readonly border: string;
  };
  readonly font: string;
  /** One per seed group, in this order; dash patterns tell groups apart as well. */
  readonly series: readonly string[];
}

const SERIES: readonly (readonly [variable: string, fallback: string])[] = [
  ["--vscode-charts-blue", "#3794ff"],
  ["--vscode-charts-orange", "#d18616"],
  ["--vscode-charts-green", "#89d185"],
  ["--vscode-charts-purple", "#b180d7"],
  ["--vscode-charts-red", "#f14c4c"],
  ["--vscode-charts-yellow", "#cca700"],
];

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const read = (variable: string, fallback: string): string =>
    style.getPropertyValue(variable).trim() || fallback;
  const foreground = read("--vscode-foreground", "#cccccc");
  return {
    foreground,
    muted: read("--vscode-descriptionForeground", foreground),
    grid: withOpacity(foreground, 0.14),
    background: read("--vscode-editor-background", "#1e1e1e"),
    error: read("--vscode-errorForeground", "#f14c4c"),
    hover: {
      background: read("--vscode-editorHoverWidget-background", "#252526"),
      foreground: read("--vscode-editorHoverWidget-foreground", foreground),
      border: read("--vscode-editorHoverWidget-border", "transparent"),
    },
    font: read("--vscode-font-family", "sans-serif"),
    series: SERIES.map(([variable, fallback]) => opaque(read(variable, fallback), fallback)),
  };
}

/** Some themes define chart colours with transparency, which leaves too little of a thin line. */
function opaque(color: string, fallback: string): string {
  return /^#[\da-f]{8}$/i.test(color) || color.startsWith("rgba(") ? fallback : color;
}

export function onThemeChange(listener: () => void): void {
  let scheduled = false;
  const observer = new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    // The class and the variables change one after the other.
    requestAnimationFrame(() => {
      scheduled = false;
      listener();
    });
  });
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
}

/** `color` with its opacity multiplied: works for every colour that CSS knows. */
export function withOpacity(color: string, opacity: number): string {
  return `color-mix(in srgb, ${color} ${opacity * 100}%, transparent)`;
}
