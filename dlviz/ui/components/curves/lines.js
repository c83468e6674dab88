// The lines of all runs: which are shown, and by what each run is told from the others.

import { PALETTE } from "../shared/palette.js";

const DASHES = [[], [9, 4], [2, 3], [10, 3, 2, 3], [16, 4]];
const SHAPES = ["circle", "square", "triangle", "diamond", "cross"];
export const MARKED = ["validation", "test", "train", "known"]; // a point an epoch
export const OPEN = ["train", "known"]; // whose points are hollow: of what was learned from

export function visible(view) {
  return view.message.lines.filter((line) => !view.hidden.has(view.message.runs[line.run].label));
}

export function styleOf(run) {
  const colour = PALETTE.runs[run % PALETTE.runs.length];
  return { colour, dash: DASHES[run % DASHES.length], shape: SHAPES[run % SHAPES.length] };
}

// The place of the last point at or before a value of the axis, half a pixel forgiven; −1 for none.
export function newestBefore(panel, line, value) {
  const edge = panel.x(value) + 0.5;
  let [low, high] = [0, line.x.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (panel.x(line.x[middle]) <= edge) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
