/**
 * The raster: a row per example in the order in which they were learned, a column per checkpoint. Only what is in view is
 * drawn, on one canvas, and only what is in view is asked for. Right is a full cell, wrong an empty one, unknown a stroke.
 */

import type { LearnedExamples } from "../../src/core/index.js";
import { shownText } from "../../src/protocol/shownText.js";
import { element } from "../shared/dom.js";
import { formatCompactStep } from "../shared/format.js";
import { readTheme, withOpacity } from "../shared/theme.js";
import { outcomeAt, type Outcome } from "./outcome.js";

export type Page = LearnedExamples["rows"];
export type ExampleRow = Page["examples"][number];

export interface RasterParts {
  /** Rows that are needed and not there yet: the answer comes by `fill`. */
  readonly ask: (from: number, to: number) => void;
  /** What became of an example, in a few words. */
  readonly describe: (example: ExampleRow) => string;
  readonly select: (row: number, checkpoint: number) => void;
  readonly open: (row: number, checkpoint: number) => void;
}

export interface RasterShape {
  /** Steps of the checkpoints, ascending. */
  readonly steps: readonly number[];
  readonly rows: number;
}

/** Rows that are asked for at once. */
const PAGE = 1024;
/** Pages that are kept: enough for some scrolling back and forth. */
const MAX_PAGES = 24;
const HEAD = 120;
const TOP = 34;
export const ROW_HEIGHTS = [2, 6, 16] as const;

export class RasterView {
  readonly element: HTMLElement;
  private readonly canvas = element("canvas", { attributes: { "aria-hidden": "true" } });
  private readonly spacer = element("div", { class: "raster-rows" }, this.canvas);
  private readonly pages = new Map<number, Page>();
  private readonly asked = new Set<number>();
  private shape: RasterShape = { steps: [], rows: 0 };
  private rowHeight: number = ROW_HEIGHTS[2];
  private row = 0;
  private checkpoint = 0;
  private scheduled = false;
  /** True while the selected row is on its way: what selects it is told once it is there. */
  private isAwaited = false;

  constructor(private readonly parts: RasterParts) {
    this.element = element(
      "div",
      {
        class: "raster",
        attributes: {
          tabindex: "0",
          role: "application",
          "aria-label":
            "Examples by checkpoints. Arrow keys move by example and by checkpoint, Enter shows the example's text.",
        },
      },
      this.spacer,
    );
    this.element.addEventListener("scroll", () => {
      this.schedule();
    });
    this.element.addEventListener("keydown", (event) => {
      this.onKey(event);
    });
    this.element.addEventListener("click", (event) => {
      this.onClick(event);
    });
    new ResizeObserver(() => {
      this.schedule();
    }).observe(this.element);
  }

  /** Another table: what was kept of the one before goes. */
  show(shape: RasterShape, first: Page): void {
    this.shape = shape;
    this.pages.clear();
    this.asked.clear();
    this.row = Math.min(this.row, Math.max(0, shape.rows - 1));
    this.checkpoint = Math.min(this.checkpoint, Math.max(0, shape.steps.length - 1));
    this.fill(first);
  }

  fill(page: Page): void {
    const index = Math.floor(page.from / PAGE);
    this.asked.delete(index);
    this.pages.delete(index);
    this.pages.set(index, page);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= MAX_PAGES) break;
      this.pages.delete(oldest);
    }
    this.draw();
    if (this.isAwaited) this.tellSelected();
  }

  setRowHeight(height: number): void {
    this.rowHeight = height;
    this.reveal();
    this.draw();
  }

  /** Moves the marked checkpoint to the last one up to `step`. */
  setStep(step: number): void {
    const index = this.shape.steps.findLastIndex((one) => one <= step);
    if (index < 0 || index === this.checkpoint) return;
    this.checkpoint = index;
    this.draw();
  }

  /** Moves to an example that is there, and opens it. */
  goTo(row: number): void {
    this.element.focus({ preventScroll: true });
    this.select(row, this.checkpoint);
    this.parts.open(this.row, this.checkpoint);
  }

  exampleAt(row: number): ExampleRow | null {
    return this.pages.get(Math.floor(row / PAGE))?.examples[row % PAGE] ?? null;
  }

  outcomeAt(row: number, checkpoint: number): Outcome | null {
    const page = this.pages.get(Math.floor(row / PAGE));
    return page && page.examples[row % PAGE]
      ? outcomeAt(page.raster, row % PAGE, checkpoint)
      : null;
  }

  redraw(): void {
    this.draw();
  }

  private onKey(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor((this.element.clientHeight - TOP) / this.rowHeight) - 1);
    const moves: Readonly<Record<string, readonly [rows: number, checkpoints: number]>> = {
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      PageDown: [page, 0],
      PageUp: [-page, 0],
      Home: [-Infinity, 0],
      End: [Infinity, 0],
    };
    if (event.key === "Enter") {
      event.preventDefault();
      this.parts.open(this.row, this.checkpoint);
      return;
    }
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    this.select(this.row + move[0], this.checkpoint + move[1]);
  }

  private onClick({ clientX, clientY }: MouseEvent): void {
    const box = this.element.getBoundingClientRect();
    const row = Math.floor((clientY - box.top + this.element.scrollTop - TOP) / this.rowHeight);
    if (clientY - box.top < TOP || row >= this.shape.rows) return;
    const column = Math.floor((clientX - box.left - HEAD) / this.columnWidth());
    this.select(row, clientX - box.left < HEAD ? this.checkpoint : column);
    this.parts.open(this.row, this.checkpoint);
  }

  private select(row: number, checkpoint: number): void {
    const { rows, steps } = this.shape;
    this.row = Math.max(0, Math.min(rows - 1, row));
    this.checkpoint = Math.max(0, Math.min(steps.length - 1, checkpoint));
    this.reveal();
    this.draw();
    this.tellSelected();
  }

  private tellSelected(): void {
    this.isAwaited = this.exampleAt(this.row) === null;
    if (!this.isAwaited) this.parts.select(this.row, this.checkpoint);
  }

  private reveal(): void {
    const { element: box, rowHeight } = this;
    this.resize();
    const top = this.row * rowHeight;
    const height = box.clientHeight - TOP;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + height) box.scrollTop = top + rowHeight - height;
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.draw();
    });
  }

  private columnWidth(): number {
    const room = this.element.clientWidth - HEAD - 4;
    return Math.max(2, Math.min(28, room / Math.max(1, this.shape.steps.length)));
  }

  private resize(): void {
    this.spacer.style.height = `${TOP + this.shape.rows * this.rowHeight}px`;
  }

  private draw(): void {
    const { element: box, canvas, rowHeight, shape } = this;
    this.resize();
    const width = box.clientWidth;
    const height = box.clientHeight;
    const context = canvas.getContext("2d");
    if (!context || width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    context.scale(ratio, ratio);
    const theme = readTheme();
    const right = theme.series[0] ?? theme.foreground;
    const columnWidth = this.columnWidth();
    const first = Math.floor(box.scrollTop / rowHeight);
    const last = Math.min(shape.rows, first + Math.ceil((height - TOP) / rowHeight) + 1);
    const y = (row: number): number => TOP + row * rowHeight - box.scrollTop;
    const gap = rowHeight > 5 ? 1 : 0;
    context.font = `11px ${theme.font}`;
    context.textBaseline = "middle";
    for (let row = first; row < last; row++) {
      const page = this.pages.get(Math.floor(row / PAGE));
      if (!page) {
        this.want(Math.floor(row / PAGE));
        continue;
      }
      const example = page.examples[row % PAGE];
      if (!example) continue;
      const top = y(row);
      if (row === this.row) {
        context.fillStyle = withOpacity(theme.foreground, 0.16);
        context.fillRect(0, top, width, Math.max(2, rowHeight));
      }
      for (let c = 0; c < shape.steps.length; c++) {
        const x = HEAD + c * columnWidth;
        const outcome = outcomeAt(page.raster, row % PAGE, c);
        if (outcome === "right") {
          context.fillStyle = right;
          context.fillRect(x, top, columnWidth - (columnWidth > 5 ? 1 : 0), rowHeight - gap);
        } else if (outcome === "unknown" && rowHeight > 5) {
          context.fillStyle = theme.muted;
          context.fillRect(x + columnWidth * 0.25, top + rowHeight / 2, columnWidth * 0.5, 1);
        }
      }
      if (rowHeight >= 12) {
        context.fillStyle = row === this.row ? theme.foreground : theme.muted;
        context.fillText(fitted(context, shownText(example.id), HEAD - 12), 6, top + rowHeight / 2);
        const end = HEAD + shape.steps.length * columnWidth + 12;
        if (width - end > 150) {
          const text = fitted(context, this.parts.describe(example), width - end - 6);
          context.fillText(text, end, top + rowHeight / 2);
        }
      }
    }
    this.drawHead(context, theme.background, theme.foreground, theme.muted, width, columnWidth);
  }

  private drawHead(
    context: CanvasRenderingContext2D,
    background: string,
    foreground: string,
    muted: string,
    width: number,
    columnWidth: number,
  ): void {
    const { steps } = this.shape;
    context.fillStyle = background;
    context.fillRect(0, 0, width, TOP);
    context.fillStyle = muted;
    context.fillText("example", 6, TOP - 10);
    context.textAlign = "center";
    let free = -Infinity;
    for (const [c, step] of steps.entries()) {
      const x = HEAD + (c + 0.5) * columnWidth;
      const text = formatCompactStep(step);
      const half = context.measureText(text).width / 2;
      const isMarked = c === this.checkpoint;
      if (isMarked) {
        context.fillStyle = foreground;
        context.fillRect(HEAD + c * columnWidth, TOP - 3, Math.max(2, columnWidth - 1), 3);
        context.fillStyle = muted;
      }
      if (x - half < free) continue;
      context.fillText(text, x, TOP - 12);
      free = x + half + 6;
    }
    context.textAlign = "start";
  }

  private want(page: number): void {
    if (this.asked.has(page)) return;
    this.asked.add(page);
    this.parts.ask(page * PAGE, (page + 1) * PAGE);
  }
}

/** As much of the text as there is room for: canvas would squeeze it. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  const width = context.measureText(text).width;
  if (width <= room) return text;
  return `${text.slice(0, Math.max(0, Math.floor((text.length * room) / width) - 1))}…`;
}
