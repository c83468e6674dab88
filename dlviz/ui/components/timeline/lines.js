// Lines and frames on a canvas.

import { PALETTE } from "../shared/palette.js";

// Through the values at the places from … to; x and y give their pixels.
export function line(context, [from, to], valueOf, x, y, colour, alpha, width = 1, dash = []) {
  context.save();
  Object.assign(context, { globalAlpha: alpha, strokeStyle: colour, lineWidth: width });
  context.setLineDash(dash);
  context.beginPath();
  for (let i = from; i <= to; i++) context.lineTo(x(i), y(valueOf(i)));
  context.stroke();
  context.restore();
}

export function outlined(context, left, top, width, height) {
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(left + 1, top, width - 2, height);
}
