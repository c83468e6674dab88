// A bar of the colours of attention weights, with the weights that stand out marked on it.

import { cssColour, sharpContext } from "./canvas.js";
import { picture } from "./colour.js";
import { short } from "./numbers.js";

const [WIDTH, EDGE, TOP, THICK, ROW] = [230, 30, 14, 9, 12];

// limit: the weight of the darkest colour. most: the largest weight that is drawn. count: of tokens; a row that looks at
// all of them evenly has weights of 1/count.
export function paintColourBar(canvas, { limit, most, count }) {
  const context = sharpContext(canvas, WIDTH + 2 * EDGE, TOP + THICK + ROW + 3);
  const shades = Float32Array.from({ length: WIDTH }, (_, at) => at / (WIDTH - 1));
  context.drawImage(picture(shades, 1, WIDTH, "sequential", 1), EDGE, TOP, WIDTH, THICK);
  context.strokeStyle = "#8a939e";
  context.strokeRect(EDGE + 0.5, TOP + 0.5, WIDTH - 1, THICK - 1);
  context.fillStyle = cssColour(canvas, "--st-text-color") || "#222";
  context.strokeStyle = context.fillStyle;
  context.font = "11px sans-serif";
  const write = (text, x, y) => {
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.max(0, Math.min(WIDTH + 2 * EDGE - 2 * half, x - half)), y);
  };
  const mark = (value, top) => {
    const x = EDGE + Math.min(1, value / limit) * WIDTH;
    context.strokeRect(x, top, 0, 5);
    return x;
  };
  write("0", EDGE - 9, TOP + 8);
  if (most < limit) write(short(limit), EDGE + WIDTH + 15, TOP + 8);
  write(`largest ${short(most)}`, mark(most, TOP - 3), TOP - 4);
  write(`1/${count} = ${short(1 / count)}`, mark(1 / count, TOP + THICK - 2), TOP + THICK + ROW);
  canvas.setAttribute("aria-label", `Weights from 0, white, to ${short(limit)}, darkest; the largest is ${short(most)}, an even row has ${short(1 / count)}`);
}
