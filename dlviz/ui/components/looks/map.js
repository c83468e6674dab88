// The weights of one head as a map: a row for each token that looks, a column for each that is looked at.

import { cssColour, sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { outlineToken } from "../shared/hover.js";
import { PALETTE } from "../shared/palette.js";
import { nameColumn, namedTokens, nameRow } from "../shared/token_names.js";

const [LARGEST, NAMES] = [60, 92]; // pixels of a cell and of a name, at most
const FONT = "11px sans-serif";

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

// The pinned token's row, and the row and column of the one under the pointer.
function outline(view, context) {
  const { edge, cell } = view.map;
  const size = cell * view.count;
  if (view.pinned >= 0) {
    context.strokeStyle = PALETTE.accent;
    context.lineWidth = 2.5;
    context.strokeRect(edge, edge + view.pinned * cell, size, cell);
  }
  outlineToken(view, context, [edge, edge, size, size], 2.5);
}

function name(view, context) {
  const { edge, cell } = view.map;
  context.fillStyle = cssColour(view.root, "--st-text-color") || "#222";
  for (const at of namedTokens(view.count, { step: cell, line: 11, first: [view.hovered, view.pinned] })) {
    const [text, middle] = [view.message.tokens[at], edge + (at + 0.5) * cell];
    context.font = at === view.hovered || at === view.pinned ? `bold ${FONT}` : FONT;
    nameRow(context, text, edge - 6, middle, edge - 9);
    nameColumn(context, text, middle, edge - 6, edge - 9);
  }
}

export function cellOfMap(view, x, y) {
  const { edge, cell } = view.map;
  const within = (index) => (index >= 0 && index < view.count ? index : undefined);
  const [query, key] = [within(Math.floor((y - edge) / cell)), within(Math.floor((x - edge) / cell))];
  if (x < edge) return [query, undefined];
  return query === undefined || key === undefined ? [undefined] : [query, key];
}
