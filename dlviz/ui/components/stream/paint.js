// The stations' heat maps, the tokens' names beside them, and the digit.

import { argmax, clampIndex } from "../shared/arrays.js";
import { sharpContext } from "../shared/canvas.js";
import { picture } from "../shared/colour.js";
import { element } from "../shared/elements.js";
import { HOVERED } from "../shared/hover.js";
import { short } from "../shared/numbers.js";
import { PALETTE } from "../shared/palette.js";
import { named, sizeOf, STATIONS, tone } from "./stations.js";

const LABELLED = 9; // pixels of a row from which every token stands beside its own
const PAPER = 84;
export const POOLED = " Where values are more than pixels, a column shows the strongest of its neighbours.";

// Ten maps that stand one below the other must not make an endless page.
export function rowHeight({ count, narrow }) {
  return Math.max(3, Math.min(34, (narrow ? 156 : 252) / count));
}

export function gutterWidth(view) {
  if (view.narrow) return 0;
  const longest = Math.max(...view.message.tokens.map((token) => token.length));
  return Math.max(28, Math.min(96, 12 + 7.2 * longest));
}

export function paintStation(view, figure) {
  const width = figure.box.clientWidth;
  const height = view.row * view.count;
  const context = sharpContext(figure.canvas, width, height);
  const step = Math.max(1, Math.ceil(figure.width / figure.canvas.width));
  if (step !== figure.step) {
    figure.step = step;
    const across = Math.ceil(figure.width / step);
    figure.base = picture(strongest(figure, view.count, across), view.count, across, figure.scale, figure.limit);
  }
  // The last column may stand for fewer values than the others.
  context.drawImage(figure.base, 0, 0, (width * figure.base.width * step) / figure.width, height);
  context.strokeStyle = "#8a939e66";
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect(1, view.token * view.row + 1, width - 2, Math.max(2, view.row - 2));
  if (!["pattern", "hidden"].includes(figure.name)) {
    const cell = width / figure.width;
    context.strokeRect(view.unit * cell, view.token * view.row + 1, Math.max(2, cell), Math.max(2, view.row - 2));
  }
  if (view.hovered >= 0 && view.hovered < view.count) {
    context.strokeStyle = HOVERED;
    context.strokeRect(1, view.hovered * view.row + 1, width - 2, Math.max(2, view.row - 2));
  }
  context.lineWidth = 1;
  showSize(view, figure);
}

// (count, across) of (count, width): of each `step` neighbours in a row the one that is furthest from 0.
function strongest({ values, width, step }, count, across) {
  if (step === 1) return values;
  const kept = new Float32Array(count * across);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < width; column++) {
      const [value, place] = [values[row * width + column], row * across + Math.floor(column / step)];
      if (Math.abs(value) > Math.abs(kept[place])) kept[place] = value;
    }
  }
  return kept;
}

function showSize(view, figure) {
  if (figure.name === "pattern") {
    const row = figure.values.subarray(view.token * view.count, (view.token + 1) * view.count);
    const most = argmax(row);
    figure.size.textContent = `mean of ${view.message.heads} ${view.message.heads === 1 ? "head" : "heads"}; most at ${named(view, most)}: ${short(row[most])}; darkest: ${short(figure.limit)}`;
    return;
  }
  const names = STATIONS.map(({ name }) => name).filter((name) => name !== "pattern");
  const full = Math.max(...names.map((name) => sizeOf(view, name)));
  const size = sizeOf(view, figure.name);
  const bar = element("i");
  bar.style.setProperty("--share", `${(100 * size) / full}%`);
  bar.style.setProperty("--tone", tone(figure.name));
  figure.size.replaceChildren(bar, sizeText(view, figure, size));
}

function sizeText(view, figure, size) {
  if (["dropout1", "out"].includes(figure.name) && view.message.share) {
    const row = figure.values.subarray(view.token * figure.width, (view.token + 1) * figure.width);
    return `size ${short(size)}; ${row.filter((value) => value === 0).length} of ${figure.width} silenced`;
  }
  if (figure.name === "dropout1") return `size ${short(size)}; off, so nothing changes`;
  if (figure.name !== "hidden") return `size ${short(size)}`;
  const row = figure.values.subarray(view.token * figure.width, (view.token + 1) * figure.width);
  const on = row.filter((value) => value > 0).length;
  return `${on} of ${figure.width} units ${on === 1 ? "is" : "are"} on`;
}

export function showGutters(view) {
  const top = view.figures[0].canvas.offsetTop - view.figures[0].box.offsetTop;
  for (const gutter of view.gutters) {
    const spans = view.message.tokens.map((token, at) => {
      const span = element("span", token, at === view.token ? "it" : at === view.hovered ? "lit" : "");
      span.style.top = `${top + (at + 0.5) * view.row}px`;
      return span;
    });
    gutter.replaceChildren(...spans.filter((_, at) => view.row >= LABELLED || at === view.token || at === view.hovered));
  }
}

// The digit with the chosen patch outlined; token 0 is the class token, which is no patch.
export function paintPaper(view) {
  const { digit } = view.message.arrays;
  if (!digit) return;
  const context = sharpContext(view.paper, PAPER, PAPER);
  context.drawImage(picture(digit.values, 28, 28, "ink", 1), 0, 0, PAPER, PAPER);
  view.paper.setAttribute("aria-label", `The digit; token ${named(view)} is outlined.`);
  context.strokeStyle = "#8a939e66";
  context.strokeRect(0.5, 0.5, PAPER - 1, PAPER - 1);
  if (view.token === 0) return;
  const [row, column] = [Math.floor((view.token - 1) / 7), (view.token - 1) % 7];
  context.strokeStyle = PALETTE.accent;
  context.lineWidth = 2;
  context.strokeRect((column * PAPER) / 7, (row * PAPER) / 7, PAPER / 7, PAPER / 7);
}

export function patchAt(view, event) {
  const at = (offset) => clampIndex(Math.floor((offset * 7) / PAPER), 7);
  return 1 + 7 * at(event.offsetY) + at(event.offsetX);
}

// -> [token, unit] under the pointer.
export function placeOn(view, figure, event) {
  const box = figure.canvas.getBoundingClientRect();
  const token = clampIndex(Math.floor((event.clientY - box.top) / view.row), view.count);
  return [token, clampIndex(Math.floor(((event.clientX - box.left) / box.width) * figure.width), figure.width)];
}
