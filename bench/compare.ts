import { table } from "./figures";

/** One measured figure. The smaller, the better: all of them are costs. */
export interface Figure {
  what: string;
  measured: number;
  /** Of an earlier run. Without it, the figure is printed and not compared. */
  recorded?: number;
  /** Digits after the point. Defaults to none. */
  digits?: number;
}

/** Whether a figure is more than a fifth worse than the recorded one. */
export function isWorse({ measured, recorded }: Figure): boolean {
  if (recorded === undefined) return false;
  // A measurement that failed is not a number, and no comparison with one is true.
  if (Number.isNaN(measured)) return true;
  return measured > recorded * 1.2;
}

/** A table of the figures beside the recorded ones. */
export function comparisonTable(figures: Figure[]): string {
  const rows = figures.map((figure) => {
    const { what, measured, recorded, digits = 0 } = figure;
    const note = isWorse(figure) ? "more than a fifth worse" : "";
    return [what, measured.toFixed(digits), recorded?.toFixed(digits) ?? "", note];
  });
  return table([["figure", "measured", "recorded", ""], ...rows]);
}
