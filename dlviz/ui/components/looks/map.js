// The weights of one head as a map: a row for each token that looks, a column for each that is looked at.

import { clipped, cssColour, sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { HOVERED } from "../shared/hover.js";
import { PALETTE } from "../shared/palette.js";

const [LARGEST, LINE, NAMES] = [38, 12, 92]; // pixels of a cell, of a line of text, and of a name at most
const FONT = "12px sans-serif";

export function paintMap(view, width) {
  const measure = view.big.getContext("2d");
  measure.font = FONT;
  const edge = 10 + Math.min(NAMES, Math.max(...view.message.tokens.map((token) => measure.measureText(token).width)));
  const cell = Math.min(LARGEST, (width - edge - 2) / view.count);
  const size = cell * view.count;
  view.map = { edge, cell };
  const context = sharpContext(view.big, width, edge + size + 2);
  const base = picture(view.patterns[0].weights, view.count, view.count, "sequential", view.limit);
  context.drawImage(base, edge, edge, size, size);
  context.strokeStyle = "#8a939e88";
  context.strokeRect(edge, edge, size, size);
  outline(view, context);
  name(view, context);
}

// The rows that are pinned and under the pointer, and what of them is looked at.
function outline(view, context) {
  const { edge, cell } = view.map;
  const size = cell * view.count;
  for (const [token, colour] of [[view.pinned, PALETTE.accent], [view.hovered, HOVERED]]) {
    if (token < 0 || token >= view.count) continue;
    context.strokeStyle = colour;
    context.lineWidth = 2.5;
    context.strokeRect(edge, edge + token * cell, size, cell);
    context.setLineDash([4, 4]);
    if (token === view.hovered) context.strokeRect(edge + token * cell, edge, cell, size);
    context.setLineDash([]);
  }
}

function name(view, context) {
  const { edge, cell } = view.map;
  context.fillStyle = cssColour(view.root, "--st-text-color") || "#222";
  context.textBaseline = "middle";
  for (const at of namedTokens(view, cell)) {
    const text = view.message.tokens[at];
    context.font = at === view.hovered || at === view.pinned ? `bold ${FONT}` : FONT;
    context.textAlign = "right";
    context.fillText(clipped(context, text, edge - 9), edge - 6, edge + (at + 0.5) * cell);
    context.save();
    context.translate(edge + (at + 0.5) * cell, edge - 6);
    context.rotate(-Math.PI / 2);
    context.textAlign = "left";
    context.fillText(clipped(context, text, edge - 9), 0, 0);
    context.restore();
  }
}

// As many as there is room for, first those that are looked at.
function namedTokens(view, cell) {
  const every = Math.ceil(LINE / cell);
  const wanted = [view.hovered, view.pinned, ...view.message.tokens.keys()].filter((at) => at >= 0 && at < view.count);
  const shown = [];
  for (const at of wanted) if (shown.every((other) => Math.abs(other - at) >= every)) shown.push(at);
  return shown;
}

export function cellOfMap(view, x, y) {
  const { edge, cell } = view.map;
  const within = (index) => (index >= 0 && index < view.count ? index : undefined);
  const [query, key] = [within(Math.floor((y - edge) / cell)), within(Math.floor((x - edge) / cell))];
  if (x < edge) return [query, undefined];
  return query === undefined || key === undefined ? [undefined] : [query, key];
}
