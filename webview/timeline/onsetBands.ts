/** Onset intervals, shaded: from the last evaluation without a behaviour to the first one with it. */

import type { Chart, Plugin } from "chart.js";
import type { PlacedBand, TimelineChart } from "../../src/core/index.js";
import { axisToStep, stepToAxis } from "../../src/protocol/stepScale.js";
import { withOpacity, type Theme } from "../shared/theme.js";
import type { TimelineView } from "./state.js";

/** An onset as it was painted: `drawn` are its ends on the axis, read back from the pixels. Null where the end is open. */
export interface PaintedBand {
  /** Id of the run. */
  readonly run: string;
  readonly behaviour: string;
  readonly metric: string;
  readonly after: number | null;
  readonly by: number | null;
  readonly drawn: { readonly after: number | null; readonly by: number | null };
  /** What one pixel covers at each end. */
  readonly tolerance: { readonly after: number; readonly by: number };
}

/** Opacity of one band, and of as many as there are when they lie upon each other. */
const SHADE = 0.18;
const SHADE_OF_ALL = 0.5;
/** An onset that never came leaves room for itself at the right end. */
const OPEN_WIDTH = 6;

export function onsetBands(
  view: TimelineView,
  theme: Theme,
  chart: TimelineChart,
  onPainted: (painted: readonly PaintedBand[]) => void,
): Plugin<"line"> {
  const colorOf = ({ run }: PlacedBand): string => {
    const group = view.groups[view.runs[run]?.group ?? 0];
    return theme.series[group?.color ?? 0] ?? theme.foreground;
  };
  return {
    id: "onsetBands",
    beforeDatasetsDraw(drawn) {
      const { ctx, chartArea } = drawn;
      const x = drawn.scales["x"];
      if (!x) return;
      const toPixel = (at: number): number => x.getPixelForValue(stepToAxis(at, view.scale));
      const toAxis = (pixel: number): number =>
        axisToStep(x.getValueForPixel(pixel) ?? NaN, view.scale);
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      ctx.clip();
      const painted: PaintedBand[] = [];
      const shade = Math.min(SHADE, SHADE_OF_ALL / deepest(chart.bands));
      for (const band of chart.bands) {
        const { after, by } = band.x;
        // Where an end lies on this axis is not always known; a table names it all the same.
        if ((after === null) !== (band.after === null) || (by === null) !== (band.by === null)) {
          continue;
        }
        const left = after === null ? chartArea.left : toPixel(after);
        const right = by === null ? chartArea.right : toPixel(by);
        if (band.kind !== "onset") {
          later(ctx, band.kind, left, right, chartArea, colorOf(band));
          continue;
        }
        const width = Math.max(1, right - left);
        const { top, height, bottom } = chartArea;
        const color = colorOf(band);
        ctx.fillStyle = withOpacity(color, shade * (after === null || by === null ? 0.2 : 1));
        ctx.fillRect(left, top, width, height);
        ctx.strokeStyle = withOpacity(color, 0.75);
        ctx.lineWidth = 1;
        ctx.setLineDash(band.confirmed || by === null ? [] : [4, 3]);
        if (by !== null) line(ctx, right, top, bottom);
        if (after !== null) {
          ctx.setLineDash([1, 3]);
          line(ctx, left, top, bottom);
        }
        painted.push({
          run: view.runs[band.run]?.id ?? "",
          behaviour: band.behaviour,
          metric: chart.metric,
          after: band.after,
          by: band.by,
          drawn: {
            after: after === null ? null : toAxis(left),
            by: by === null ? null : toAxis(right),
          },
          tolerance: {
            after: after === null ? 0 : Math.abs(toAxis(left + 1) - toAxis(left)),
            by: by === null ? 0 : Math.abs(toAxis(right) - toAxis(right - 1)),
          },
        });
      }
      ctx.restore();
      const onsets = chart.bands.filter(({ kind }) => kind === "onset");
      label(drawn, chart.behaviour, onsets, toPixel, theme.foreground, theme.font);
      onPainted(painted);
    },
  };
}

/** What became of a behaviour after its onset: hatched where it was lost, framed where it came again. */
function later(
  ctx: CanvasRenderingContext2D,
  kind: PlacedBand["kind"],
  left: number,
  right: number,
  { top, bottom }: { readonly top: number; readonly bottom: number },
  color: string,
): void {
  ctx.save();
  ctx.strokeStyle = withOpacity(color, 0.7);
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.rect(left, top, Math.max(1, right - left), bottom - top);
  ctx.stroke();
  if (kind === "offset") {
    ctx.clip();
    ctx.beginPath();
    for (let at = left - (bottom - top); at < right; at += 6) {
      ctx.moveTo(at, bottom);
      ctx.lineTo(at + bottom - top, top);
    }
    ctx.stroke();
  }
  ctx.restore();
}

/** How many bands lie upon each other where most of them do. */
function deepest(bands: readonly PlacedBand[]): number {
  const holds = (band: PlacedBand, step: number): boolean =>
    (band.after ?? -Infinity) < step && step <= (band.by ?? Infinity);
  const ends = bands.map(({ by }) => by ?? Infinity);
  return Math.max(1, ...ends.map((end) => bands.filter((band) => holds(band, end)).length));
}

function line(ctx: CanvasRenderingContext2D, x: number, top: number, bottom: number): void {
  const at = Math.round(x) + 0.5;
  ctx.beginPath();
  ctx.moveTo(at, top);
  ctx.lineTo(at, bottom);
  ctx.stroke();
}

/** The behaviour's name over the first band that has a right end; over the open end where none has. */
function label(
  { ctx, chartArea }: Chart<"line">,
  behaviour: string | null,
  bands: readonly PlacedBand[],
  toPixel: (step: number) => number,
  color: string,
  font: string,
): void {
  if (behaviour === null || bands.length === 0) return;
  const closed = bands.filter(({ x }) => x.by !== null);
  const first = closed.reduce<PlacedBand | undefined>(
    (best, band) => (best && (best.x.by ?? 0) <= (band.x.by ?? 0) ? best : band),
    undefined,
  );
  const at = first
    ? toPixel(first.x.after ?? first.x.by ?? 0)
    : Math.min(chartArea.right - OPEN_WIDTH, toPixel(bands[0]?.x.after ?? 0));
  if (at < chartArea.left || at > chartArea.right) return;
  ctx.save();
  ctx.font = `11px ${font}`;
  ctx.fillStyle = color;
  ctx.textBaseline = "bottom";
  const text = first ? `onset: ${behaviour}` : `${behaviour}: not by the end`;
  const width = ctx.measureText(text).width;
  const left = Math.max(chartArea.left, Math.min(at, chartArea.right - width));
  ctx.fillText(text, left, chartArea.top - 2);
  ctx.restore();
}
