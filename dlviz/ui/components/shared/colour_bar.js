// A bar of the colours of attention weights, with the weights that stand out marked on it.

import { cssColour, sharpContext } from "./canvas.js";
import { picture } from "./colour.js";
import { short } from "./numbers.js";

const [WIDTH, EDGE, TOP, THICK, ROW] = [230, 52, 14, 9, 12];

// limit: the value of the darkest colour. most: the largest weight that is drawn. count: of tokens; a row that looks at
// all of them evenly has weights of 1/count. Differences have a diverging scale, and neither of these two marks.
export function paintColourBar(canvas, { scale = "sequential", limit, most, count }) {
  const context = sharpContext(canvas, WIDTH + 2 * EDGE, TOP + THICK + ROW + 3);
  const low = scale === "diverging" ? -1 : 0;
  const shades = Float32Array.from({ length: WIDTH }, (_, at) => low + ((1 - low) * at) / (WIDTH - 1));
  context.drawImage(picture(shades, 1, WIDTH, scale, 1), EDGE, TOP, WIDTH, THICK);
  context.strokeStyle = "#8a939e";
  context.strokeRect(EDGE + 0.5, TOP + 0.5, WIDTH - 1, THICK - 1);
  context.fillStyle = cssColour(canvas, "--st-text-color") || "#222";
  context.strokeStyle = context.fillStyle;
  context.font = "11px sans-serif";
  context.textAlign = "right";
  context.fillText(short(low * limit), EDGE - 5, TOP + 8);
  context.textAlign = "left";
  context.fillText(short(limit), EDGE + WIDTH + 5, TOP + 8);
  if (low) return canvas.setAttribute("aria-label", `Values from ${short(-limit)} to ${short(limit)}; white is zero`);
  mark(context, most / limit, `largest ${short(most)}`, TOP - 3, TOP - 4);
  mark(context, 1 / count / limit, `1/${count} = ${short(1 / count)}`, TOP + THICK - 2, TOP + THICK + ROW);
  return canvas.setAttribute("aria-label", `Weights from 0, white, to ${short(limit)}, darkest; the largest is ${short(most)}, an even row has ${short(1 / count)}`);
}

// A tick at a share of the bar's length, and its text, kept within the canvas.
function mark(context, share, text, tick, y) {
  const x = EDGE + Math.min(1, share) * WIDTH;
  const half = context.measureText(text).width / 2;
  context.strokeRect(x, tick, 0, 5);
  context.fillText(text, Math.max(0, Math.min(WIDTH + 2 * EDGE - 2 * half, x - half)), y);
}
