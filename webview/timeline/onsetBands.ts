/** Onset intervals, shaded: from the last evaluation without a behaviour to the first one with it. */

import type { Chart, Plugin } from "chart.js";
import type { Band, TimelineChart } from "../../src/core/index.js";
import { axisToStep, stepToAxis } from "../../src/protocol/stepScale.js";
import { withOpacity, type Theme } from "../shared/theme.js";
import type { TimelineView } from "./state.js";

/** A band as it was painted: its ends read back from the pixels. Null where the end is open. */
export interface PaintedBand {
  /** Id of the run. */
  readonly run: string;
  readonly behaviour: string;
  readonly metric: string;
  readonly after: number | null;
  readonly by: number | null;
  readonly drawn: { readonly after: number | null; readonly by: number | null };
  /** Steps that one pixel covers at each end. */
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
  const colorOf = ({ run }: Band): string => {
    const group = view.groups[view.runs[run]?.group ?? 0];
    return theme.series[group?.color ?? 0] ?? theme.foreground;
  };
  return {
    id: "onsetBands",
    beforeDatasetsDraw(drawn) {
      const { ctx, chartArea } = drawn;
      const x = drawn.scales["x"];
      if (!x) return;
      const toPixel = (step: number): number => x.getPixelForValue(stepToAxis(step, view.scale));
      const toStep = (pixel: number): number =>
        axisToStep(x.getValueForPixel(pixel) ?? NaN, view.scale);
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      ctx.clip();
      const painted: PaintedBand[] = [];
      const shade = Math.min(SHADE, SHADE_OF_ALL / deepest(chart.bands));
      for (const band of chart.bands) {
        const { after, by } = band;
        const left = after === null ? chartArea.left : toPixel(after);
        const right = by === null ? chartArea.right : toPixel(by);
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
          after,
          by,
          drawn: {
            after: after === null ? null : toStep(left),
            by: by === null ? null : toStep(right),
          },
          tolerance: {
            after: after === null ? 0 : Math.abs(toStep(left + 1) - toStep(left)),
            by: by === null ? 0 : Math.abs(toStep(right) - toStep(right - 1)),
          },
        });
      }
      ctx.restore();
      label(drawn, chart.behaviour, chart.bands, toPixel, theme.foreground, theme.font);
      onPainted(painted);
    },
  };
}

/** How many bands lie upon each other where most of them do. */
function deepest(bands: readonly Band[]): number {
  const holds = (band: Band, step: number): boolean =>
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
  bands: readonly Band[],
  toPixel: (step: number) => number,
  color: string,
  font: string,
): void {
  if (behaviour === null || bands.length === 0) return;
  const closed = bands.filter(({ by }) => by !== null);
  const first = closed.reduce<Band | undefined>(
    (best, band) => (best && (best.by ?? 0) <= (band.by ?? 0) ? best : band),
    undefined,
  );
  const at = first
    ? toPixel(first.after ?? first.by ?? 0)
    : Math.min(chartArea.right - OPEN_WIDTH, toPixel(bands[0]?.after ?? 0));
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
