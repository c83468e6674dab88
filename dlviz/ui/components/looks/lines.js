// The weights of several heads as lines from the tokens that look to those that are looked at, laid over each other.

import { clipped, cssColour, sharpContext } from "../shared/canvas.js";
import { PALETTE } from "../shared/palette.js";

const FONT = "12px sans-serif";
const FAINT = 0.02; // of the darkest: weights below are not drawn
const BETWEEN = 3; // pixels between the lines of two heads
const WIDEST = 560;

const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [14, 4]]; // colour alone does not tell heads apart

// Gives lines the colour and the dash of the head at a place among those that are drawn.
function setStyle(context, at) {
  context.strokeStyle = PALETTE.runs[at % PALETTE.runs.length];
  context.setLineDash(DASHES[at % DASHES.length]);
  context.lineWidth = 2;
}

// A piece of that head's line, for a legend.
export function paintSample(canvas, at) {
  const context = sharpContext(canvas, 40, 10);
  setStyle(context, at);
  context.beginPath();
  context.moveTo(0, 5);
  context.lineTo(40, 5);
  context.stroke();
}

export function paintLines(view, room) {
  const width = Math.min(WIDEST, room);
  const row = view.count > 40 ? 16 : 22;
  const side = Math.min(130, width / 3);
  view.lines = { row, side, width };
  const context = sharpContext(view.big, width, row * view.count + 6);
  const alone = [view.hovered, view.pinned].find((token) => token >= 0 && token < view.count);
  view.patterns.forEach((pattern, at) => paintHead(view, context, pattern, at, alone));
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.fillStyle = cssColour(view.root, "--st-text-color") || "#222";
  context.textBaseline = "middle";
  view.message.tokens.forEach((token, at) => {
    context.font = at === alone ? `bold ${FONT}` : FONT;
    context.textAlign = "right";
    context.fillText(clipped(context, token, side - 8), side - 6, (at + 0.5) * row);
    context.textAlign = "left";
    context.fillText(clipped(context, token, side - 8), width - side + 6, (at + 0.5) * row);
  });
}

function paintHead(view, context, { weights }, at, alone) {
  const { row, side, width } = view.lines;
  const shift = (at - (view.patterns.length - 1) / 2) * Math.min(BETWEEN, row / view.patterns.length);
  setStyle(context, at);
  for (let query = 0; query < view.count; query++) {
    if (alone !== undefined && query !== alone) continue;
    for (let key = 0; key < view.count; key++) {
      const share = weights[query * view.count + key] / view.limit;
      if (share < FAINT) continue;
      context.globalAlpha = Math.min(1, Math.sqrt(share)); // else small weights could not be seen
      context.beginPath();
      context.moveTo(side, (query + 0.5) * row + shift);
      context.lineTo(width - side, (key + 0.5) * row + shift);
      context.stroke();
    }
  }
}

// A key only over the right-hand tokens, of the pinned one.
export function cellOfLines(view, x, y) {
  const { row, side, width } = view.lines;
  const at = Math.floor(y / row);
  if (at < 0 || at >= view.count) return [undefined];
  return x > width - side && view.pinned >= 0 ? [view.pinned, at] : [at, undefined];
}
