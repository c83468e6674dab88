// The bar that says which weight has which colour, over the large pattern.

import { largest } from "../shared/arrays.js";
import { cssColour, sharpContext } from "../shared/canvas.js";
import { colourOf, cssOf } from "../shared/colour.js";
import { short } from "../shared/numbers.js";

const [WIDTH, HEIGHT] = [340, 56];
const ROWS = [9, 37, 50]; // of numbers: above the bar, below it, and below these
const [SIDE, TOP, THICK] = [26, 15, 10]; // room for numbers at both ends, above the bar, and the bar

export function paintBar(view) {
  const { scale, even } = view.message;
  const width = Math.min(WIDTH, view.bar.parentElement.clientWidth);
  const context = sharpContext(view.bar, width, HEIGHT);
  const low = scale === "diverging" ? -view.limit : 0;
  const length = width - 2 * SIDE;
  for (let x = 0; x < length; x++) {
    context.fillStyle = cssOf(colourOf(low + ((view.limit - low) * x) / (length - 1), scale, view.limit));
    context.fillRect(SIDE + x, TOP, 1, THICK);
  }
  context.strokeStyle = "#8889";
  context.strokeRect(SIDE, TOP, length, THICK);
  context.font = "11px sans-serif";
  context.fillStyle = context.strokeStyle = cssColour(view.root, "--st-text-color") || "#222";
  const placeOf = (value) => SIDE + (length * (value - low)) / (view.limit - low || 1);
  for (const value of [low, view.limit]) mark(context, width, placeOf(value), short(value), ROWS[1]);
  if (scale === "diverging") return;
  if (even && even < view.limit) mark(context, width, placeOf(even), `${short(even)} each, if spread evenly`, ROWS[0], true);
  const most = largest(view.large);
  if (most < 0.98 * view.limit) mark(context, width, placeOf(most), `largest here ${short(most)}`, ROWS[2], true);
}

// A tick on the bar at x, and its text above or below it, kept within the width.
function mark(context, width, x, text, y, ticked = false) {
  const half = context.measureText(text).width / 2;
  if (ticked) context.fillRect(x - 1, TOP - 2, 2, THICK + 4);
  context.textAlign = "center";
  context.fillText(text, Math.min(Math.max(x, half), width - half), y);
}
