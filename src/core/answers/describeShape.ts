/** The shape of a metric in words: lines for the terminal and the palette. */

import { formatStep } from "../model/interval.js";
import type { DescribeAnswer, MetricLaw, MetricShape } from "./describeMetric.js";

export function describeShape({ runs, without, signalToNoise, groups }: DescribeAnswer): {
  readonly runs: readonly string[][];
  readonly together: readonly string[];
} {
  const { ratio, signal, noise } = signalToNoise;
  const snr =
    ratio === null || signal === null || noise === null
      ? []
      : [
          `signal to noise ${number(ratio)}: runs differ by ${percent(signal)} of the mean, the last ${signalToNoise.checkpoints} checkpoints of a run by ${percent(noise)}`,
        ];
  const seeds = groups
    .filter(({ final }) => final.n > 1)
    .map(({ recipe, final, modes }) => {
      const spread = final.sd === null ? "" : ` ± ${number(final.sd)} (sd, n=${final.n})`;
      const interval = final.drawAs === "band" && final.ci ? `, 95 % CI ${range(final.ci)}` : "";
      const hidden = modes.hidesTwoGroups ? "; the mean hides two groups" : "";
      return `${recipe}: final ${number(final.mean ?? NaN)}${spread}${interval}${hidden}`;
    });
  const missing = without === 0 ? [] : [`${without} ${without === 1 ? "run" : "runs"} without it`];
  return { runs: runs.map(rowOf), together: [...snr, ...seeds, ...missing] };
}

function rowOf({
  run,
  evaluations,
  first,
  last,
  sharpness,
  breakthroughness,
  mirage,
  law,
}: MetricShape): string[] {
  const { linearity, breakthroughness: b } = breakthroughness;
  const remarks = [
    ...mirage.flatMap(({ with: other, check }) =>
      check.ok && check.label !== null
        ? [
            `${check.label}: sharpness ${number(check.discrete)}, of ${other} ${number(check.continuous)}`,
          ]
        : [],
    ),
    ...(law ? [lawText(law)] : []),
  ];
  return [
    run.id,
    String(evaluations),
    `${number(first.value)} → ${number(last.value)} at ${formatStep(last.step)}`,
    sharpness.sharpness === null ? "" : sharpness.sharpness.toFixed(2),
    sharpness.width === null ? "" : sharpness.width.toFixed(2),
    linearity === null ? "" : number(linearity),
    b === null ? "" : typeof b === "number" ? number(b) : b,
    remarks.join("; "),
  ];
}

function lawText({ candidates, chosen, intervals }: MetricLaw): string {
  const fit = candidates.find(({ breaks }) => breaks === chosen);
  if (!fit) return candidates[0]?.reason ?? "no law";
  const kind =
    chosen === 0 ? "scaling law" : `law with ${chosen} ${chosen === 1 ? "break" : "breaks"}`;
  const parameters = Object.entries(intervals).map(
    ([name, { value, low, high }]) =>
      `${name} ${number(value)} (${number(low)} to ${number(high)})`,
  );
  return `${kind}: ${parameters.join(", ")}, objective ${number(fit.objective ?? NaN)}`;
}

function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function range([low, high]: readonly [number, number]): string {
  return `${number(low)} to ${number(high)}`;
}
