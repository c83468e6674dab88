// The paper as a list of steps: strokes, digits put there by the page, clearings. The picture that is seen and the
// bitmap that is sent are both drawn from it; undo takes the last step away. Lengths are parts of the paper's side.

import { pixelCanvas, rgbPixel } from "../shared/colour.js";
import { PALETTE } from "../shared/palette.js";

export const GRID = 28;
const BITMAP = 168; // pixels a side, six for each of the 28
const INK = PALETTE.scales.ink.at(-1);
const KEPT = 50; // digits from the page that undo can go back to; the page remembers as many and one more

// The steps since the paper was last cleared or given a digit.
export function visible(steps) {
  return steps.slice(Math.max(0, steps.findLastIndex((step) => step.kind !== "stroke")));
}

// The digit that is on the paper just as the page gave it, if so.
export function untouched(steps) {
  const [first, ...others] = visible(steps);
  return first?.kind === "placed" && !others.length ? first : null;
}

export function forgetOldest(steps) {
  const placed = steps.flatMap((step, index) => (step.kind === "placed" ? [index] : []));
  if (placed.length > KEPT) steps.splice(0, placed.at(-KEPT));
}

export function redraw({ context, side }, steps) {
  context.clearRect(0, 0, side, side);
  for (const step of visible(steps)) {
    if (step.kind === "placed") context.drawImage(step.image, 0, 0, side, side);
    if (step.kind === "stroke") drawStroke({ context, side }, step, 0);
  }
}

// A stroke from its point number `from` on, so that a stroke in progress grows without being drawn again. It runs
// through the middles between its points, bent towards the points, and reaches the last one when it is done.
export function drawStroke({ context, side }, { points, width, erases, done }, from) {
  const middle = (i) => (i > 0 ? points[i].map((part, axis) => (part + points[i - 1][axis]) / 2) : points[0]);
  const curve = (start, bend, end) => {
    const [x0, y0, x1, y1, x2, y2] = [...start, ...bend, ...end].map((part) => part * side);
    context.beginPath();
    context.moveTo(x0, y0);
    context.quadraticCurveTo(x1, y1, x2 + 0.01, y2); // a curve of no length would not be drawn
    context.stroke();
  };
  const last = points.length - 1;
  context.globalCompositeOperation = erases ? "destination-out" : "source-over";
  Object.assign(context, { strokeStyle: INK, lineWidth: width * side, lineCap: "round" });
  for (let i = from; i <= last; i++) curve(middle(i - 1), points[Math.max(0, i - 1)], middle(i));
  if (done) curve(middle(last), points[last], points[last]);
  context.globalCompositeOperation = "source-over";
}

export function bitmapLayer() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = BITMAP;
  return { context: canvas.getContext("2d", { willReadFrequently: true }), side: BITMAP };
}

// The bitmap in base64, eight pixels a byte, the first in the highest bit: 1 where the ink covers half of the pixel
// or more. An empty text if there is none.
export function ink({ context }) {
  const { data } = context.getImageData(0, 0, BITMAP, BITMAP);
  const bytes = new Uint8Array((BITMAP * BITMAP) / 8);
  for (let pixel = 0; pixel < BITMAP * BITMAP; pixel++) {
    if (data[4 * pixel + 3] > 127) bytes[pixel >> 3] |= 128 >> (pixel & 7);
  }
  return bytes.some(Boolean) ? btoa(String.fromCharCode(...bytes)) : "";
}

// 28×28 grey values in base64 as a small canvas, the ink as opaque as the value says.
export function greyDigit(text) {
  const values = atob(text);
  const ink = [1, 3, 5].map((i) => parseInt(INK.slice(i, i + 2), 16));
  return pixelCanvas(GRID, GRID, (at) => rgbPixel(...ink, values.charCodeAt(at)));
}
