// What is drawn over pictures of the plane: points, a chosen one, and the line where a function is 0.

import { PALETTE } from "./palette.js";

// values: (pixels, pixels) row by row; a polyline where they cross 0, by marching squares.
export function drawFold(context, values, pixels, side, colour, thick) {
  const step = side / pixels;
  const across = (one, other) => one / (one - other);
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = thick;
  context.lineCap = "round";
  context.beginPath();
  for (let row = 0; row + 1 < pixels; row++) {
    for (let column = 0; column + 1 < pixels; column++) {
      const at = row * pixels + column;
      const [a, b, c, d] = [values[at], values[at + 1], values[at + pixels + 1], values[at + pixels]];
      const crossed = [];
      if (a > 0 !== b > 0) crossed.push([column + across(a, b), row]);
      if (b > 0 !== c > 0) crossed.push([column + 1, row + across(b, c)]);
      if (d > 0 !== c > 0) crossed.push([column + across(d, c), row + 1]);
      if (a > 0 !== d > 0) crossed.push([column, row + across(a, d)]);
      for (let end = 0; end + 1 < crossed.length; end += 2) {
        // Values belong to the middles of the pixels.
        context.moveTo(...crossed[end].map((each) => (each + 0.5) * step));
        context.lineTo(...crossed[end + 1].map((each) => (each + 0.5) * step));
      }
    }
  }
  context.stroke();
  context.restore();
}

export function drawPoints(context, { xy, labels }, reach, side, opacity = 1) {
  const radius = side > 280 ? 2.6 : 2;
  context.save();
  context.globalAlpha = opacity;
  context.lineWidth = 0.8;
  context.strokeStyle = "#ffffff";
  const colours = [PALETTE.scales.diverging[1], PALETTE.scales.diverging[9]];
  labels.values.forEach((label, at) => {
    const [x, y] = [xy.values[2 * at], xy.values[2 * at + 1]];
    if (Math.max(Math.abs(x), Math.abs(y)) > reach) return;
    context.fillStyle = colours[label];
    context.beginPath();
    context.arc(((x / reach + 1) / 2) * side, ((1 - y / reach) / 2) * side, radius, 0, 7);
    context.fill();
    context.stroke();
  });
  context.restore();
}

// A chosen point: a filled dot where the unit passes something on there, else a ring.
export function drawPlace(context, [x, y], reach, left, top, side, passes, radius = 3.2) {
  context.save();
  context.beginPath();
  context.arc(left + ((x / reach + 1) / 2) * side, top + ((1 - y / reach) / 2) * side, radius, 0, 7);
  context.fillStyle = passes ? PALETTE.accent : "#ffffff";
  context.strokeStyle = passes ? "#ffffff" : PALETTE.accent;
  context.lineWidth = 1.6;
  context.fill();
  context.stroke();
  context.restore();
}
