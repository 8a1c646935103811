/** The pointer over the charts: a click moves the cursor, a drag chooses a part of the axis, the wheel zooms. */

import { RIGHT, VALUE_AXIS_WIDTH } from "./chart.js";
import { moveBrush, moveLine } from "./overlay.js";

export interface Gestures {
  /** Shares are of the visible axis, from 0 at its left end to 1. */
  readonly click: (share: number) => void;
  readonly brush: (from: number, to: number) => void;
  /** `factor` above 1 shows more. */
  readonly zoom: (share: number, factor: number) => void;
  readonly pan: (shares: number) => void;
  readonly reset: () => void;
}

/** Pixels from which on a press that moves is a drag. */
const DRAG = 4;
/** A notch of a wheel. */
const NOTCH = 100;

export function listen(stage: HTMLElement, gestures: Gestures): void {
  let from: { readonly x: number; readonly share: number; readonly canvas: Element } | null = null;
  let isBrushing = false;

  stage.addEventListener("pointerdown", (event) => {
    const canvas = canvasOf(event);
    if (!canvas || event.button !== 0) return;
    from = { x: event.clientX, share: shareOf(event.clientX, canvas), canvas };
    isBrushing = false;
  });
  stage.addEventListener("pointermove", (event) => {
    const canvas = from?.canvas ?? canvasOf(event);
    const share = canvas && shareOf(event.clientX, canvas);
    moveLine(stage, "hover", share);
    if (!from || share === null) return;
    if (!isBrushing && Math.abs(event.clientX - from.x) < DRAG) return;
    if (!isBrushing) stage.setPointerCapture(event.pointerId);
    isBrushing = true;
    moveBrush(stage, [clamped(from.share), clamped(share)]);
  });
  const end = (event: PointerEvent): void => {
    const begun = from;
    from = null;
    moveBrush(stage, null);
    if (!begun || event.type === "pointercancel") return;
    const share = shareOf(event.clientX, begun.canvas);
    if (isBrushing) gestures.brush(clamped(begun.share), clamped(share));
    else gestures.click(share);
    isBrushing = false;
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("pointerleave", () => {
    moveLine(stage, "hover", null);
  });
  stage.addEventListener("dblclick", (event) => {
    if (canvasOf(event)) gestures.reset();
  });
  stage.addEventListener(
    "wheel",
    (event) => {
      const canvas = canvasOf(event);
      if (!canvas) return;
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      // Charts that do not fit are scrolled by the wheel, and zoomed with a key held.
      const scrolls = stage.scrollHeight > stage.clientHeight + 1;
      const isZoom = event.ctrlKey || event.metaKey || event.altKey || !scrolls;
      if (!isSideways && !isZoom) return;
      event.preventDefault();
      if (isSideways) gestures.pan(event.deltaX / canvas.clientWidth);
      else gestures.zoom(shareOf(event.clientX, canvas), 1.25 ** (event.deltaY / NOTCH));
    },
    { passive: false },
  );
}

function canvasOf({ target }: Event): Element | null {
  return target instanceof Element ? target.closest(".canvas, .rug") : null;
}

function shareOf(clientX: number, canvas: Element): number {
  const { left, width } = canvas.getBoundingClientRect();
  return (clientX - left - VALUE_AXIS_WIDTH) / (width - VALUE_AXIS_WIDTH - RIGHT);
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
