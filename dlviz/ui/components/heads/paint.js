// The drawing of attention: the grid of small patterns, the large heat map, the lines between words.

import { clipped, cssColour, hatch, sharpContext } from "../shared/canvas.js";
import { outlineToken } from "../shared/hover.js";
import { PALETTE } from "../shared/palette.js";
import { nameColumn, namedTokens, nameRow } from "../shared/token_names.js";
import { rowLimit, weight } from "./weights.js";

const GAP = 4;
const FAINT = 0.02; // of the largest: weights below are not drawn as lines
const FONT = "11px sans-serif";

function textColour(view) {
  return cssColour(view.root, "--st-text-color") || "#222";
}

export function paintGrid(view) {
  const { rows, columns } = view.message;
  const width = view.grid.parentElement.clientWidth;
  const edge = rows.length > 1 ? 22 : 0;
  const cell = Math.min(150, (width - edge - GAP * (columns.length - 1)) / columns.length);
  const place = { left: edge, top: 18, step: cell + GAP, cell };
  view.place = place;
  const context = sharpContext(view.grid, width, place.top + rows.length * place.step);
  context.font = "11px sans-serif";
  context.fillStyle = textColour(view);
  context.textAlign = "center";
  columns.forEach((_, at) => context.fillText(at + 1, edge + at * place.step + cell / 2, 11));
  rows.forEach((_, at) => edge && context.fillText(at + 1, 9, place.top + at * place.step + cell / 2 + 4));
  view.thumbnails.forEach((base, at) => {
    const [row, column] = [Math.floor(at / columns.length), at % columns.length];
    paintThumbnail(view, context, base, row, column);
  });
  const [row, column] = view.shown ?? [-1, -1];
  view.grid.setAttribute("aria-label", row < 0 ? view.message.heading : `${rows[row]}, ${columns[column]} is shown large`);
}

function paintThumbnail(view, context, base, row, column) {
  const { left, top, step, cell } = view.place;
  const [x, y] = [left + column * step, top + row * step];
  context.imageSmoothingEnabled = base.width > cell;
  context.drawImage(base, x, y, cell, cell);
  if (view.message.off.some(([r, c]) => r === row && c === column)) {
    hatch(context, x, y, cell, cell, PALETTE.accent);
  }
  paintMoved(view, context, row, column);
  const chosen = view.shown && view.shown[0] === row && view.shown[1] === column;
  context.strokeStyle = chosen ? PALETTE.accent : "#8884";
  context.lineWidth = chosen ? 3 : 1;
  context.strokeRect(x, y, cell, cell);
  outlineToken(view, context, [x, y, cell, cell], 1.5);
}

// How many per cent of a head's attention have moved, with a frame as thick as that beside the most moved one.
function paintMoved(view, context, row, column) {
  const { moved, columns } = view.message;
  const share = moved[row * columns.length + column];
  if (!share) return;
  const { left, top, step, cell } = view.place;
  const [x, y] = [left + column * step, top + row * step];
  const line = (5 * share) / Math.max(...moved);
  context.strokeStyle = PALETTE.scales.diverging[2];
  context.lineWidth = line;
  context.strokeRect(x + line / 2, y + line / 2, cell - line, cell - line);
  if (share < 0.005) return;
  const text = String(Math.round(100 * share));
  context.font = "bold 10px sans-serif";
  context.textAlign = "center";
  const width = context.measureText(text).width + 4;
  context.fillStyle = PALETTE.scales.ink[0];
  context.fillRect(x + cell / 2 - width / 2, y + cell / 2 - 6, width, 12);
  context.fillStyle = PALETTE.scales.ink[1];
  context.fillText(text, x + cell / 2, y + cell / 2 + 4);
}

export function headAt(view, event) {
  const box = view.grid.getBoundingClientRect();
  const { left, top, step } = view.place;
  return [Math.floor((event.clientY - box.top - top) / step), Math.floor((event.clientX - box.left - left) / step)];
}

function labelWidth(view, context) {
  context.font = FONT;
  return Math.min(96, Math.max(20, ...view.message.tokens.map((token) => context.measureText(token).width)) + 8);
}

export function paintMap(view) {
  const width = view.big.parentElement.clientWidth;
  const measure = view.big.getContext("2d");
  const left = labelWidth(view, measure);
  const cell = Math.min(52, Math.max(2, (width - left) / view.count));
  // Names that are wider than a column are written upwards over it.
  const upright = view.message.tokens.every((token) => measure.measureText(token).width <= cell);
  const top = upright ? 20 : left;
  view.map = { left, top, cell };
  const size = cell * view.count;
  const context = sharpContext(view.big, Math.max(width, left + size), top + size + 2);
  context.imageSmoothingEnabled = false;
  context.drawImage(view.base, left, top, size, size);
  if (view.pinned >= 0) dim(view, context, size);
  context.strokeStyle = "#8886";
  context.strokeRect(left, top, size, size);
  outlineToken(view, context, [left, top, size, size]);
  mapLabels(view, context, { room: left - 8, upright });
}

// The other rows pale. Maps are light in both themes.
function dim(view, context, size) {
  const { left, top, cell } = view.map;
  context.fillStyle = "#ffffffb8";
  context.fillRect(left, top, size, view.pinned * cell);
  context.fillRect(left, top + (view.pinned + 1) * cell, size, size - (view.pinned + 1) * cell);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(left, top + view.pinned * cell, size, cell);
  context.lineWidth = 1;
}

function mapLabels(view, context, { room, upright }) {
  const { left, top, cell } = view.map;
  const { tokens } = view.message;
  context.fillStyle = textColour(view);
  for (const at of namedTokens(view.count, { step: cell, line: 11, first: [view.hovered, view.pinned] })) {
    const [text, middle] = [tokens[at], (at + 0.5) * cell];
    context.font = at === view.hovered || at === view.pinned ? `bold ${FONT}` : FONT;
    nameRow(context, text, left - 5, top + middle, room);
    if (!upright) {
      nameColumn(context, text, left + middle, top - 5, room);
      continue;
    }
    context.textAlign = "center";
    context.fillText(text, left + middle, top - 10);
  }
}

export function paintLines(view) {
  const width = Math.min(560, view.big.parentElement.clientWidth);
  const row = view.count > 40 ? 16 : 22;
  const side = Math.min(130, width / 3);
  view.map = { row, side, width };
  const context = sharpContext(view.big, width, row * view.count + 6);
  context.font = FONT;
  context.lineWidth = 1.6;
  for (let query = 0; query < view.count; query++) {
    if (view.pinned < 0 || view.pinned === query) paintLinesOf(view, context, query);
  }
  context.globalAlpha = 1;
  context.fillStyle = textColour(view);
  view.message.tokens.forEach((token, at) => {
    const y = (at + 0.5) * row + 4;
    context.font = at === view.pinned || at === view.hovered ? `bold ${FONT}` : FONT;
    context.textAlign = "right";
    context.fillText(clipped(context, token, side - 8), side - 6, y);
    context.textAlign = "left";
    context.fillText(clipped(context, token, side - 8), width - side + 6, y);
  });
}

function paintLinesOf(view, context, query) {
  const { row, side, width } = view.map;
  const limit = view.pinned < 0 ? view.limit : rowLimit(view);
  for (let key = 0; key < view.count; key++) {
    const value = weight(view, query, key);
    const share = limit ? Math.abs(value) / limit : 0;
    if (share < FAINT) continue;
    context.globalAlpha = Math.min(1, Math.sqrt(share)); // else small weights could not be seen
    context.strokeStyle = value < 0 ? PALETTE.scales.diverging[2] : PALETTE.scales.sequential[3];
    context.beginPath();
    context.moveTo(side, (query + 0.5) * row);
    context.lineTo(width - side, (key + 0.5) * row);
    context.stroke();
  }
}

// -> [query, key] under the pointer; in the lines' view a key only over the right-hand words.
export function cellAt(view, event) {
  const box = view.big.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const within = (index) => (index >= 0 && index < view.count ? index : undefined);
  if (view.message.view === "lines") {
    const at = within(Math.floor(y / view.map.row));
    return x > view.map.width - view.map.side && view.pinned >= 0 ? [view.pinned, at] : [at, undefined];
  }
  const { left, top, cell } = view.map;
  const query = within(Math.floor((y - top) / cell));
  const key = within(Math.floor((x - left) / cell));
  return x < left ? [query, undefined] : query === undefined || key === undefined ? [undefined] : [query, key];
}
